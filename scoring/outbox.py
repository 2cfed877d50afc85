"""What a step has to say, collected in the order in which it is to be sent."""

from dataclasses import dataclass, field

from schemas.alert import Alert
from schemas.belief import Belief
from schemas.clinical import AnyFact
from schemas.verdict import Verdict


@dataclass(slots=True)
class Outbox:
    """Everything one step says; see `scoring.step.Step` for what each list means."""

    verdicts: list[Verdict] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    beliefs: list[Belief] = field(default_factory=list)
    removed_cases: list[str] = field(default_factory=list)
    removed_verdicts: list[str] = field(default_factory=list)
    forward: list[AnyFact] = field(default_factory=list)
