"""The state of one patient: facts, and what we said. Two states, and only the second knows order.

How it is written down: `scoring.written_state`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.case_record import CaseRecord
from schemas.verdict import Element, Verdict
from scoring.alert_decision import Said
from scoring.assessment import Assessment
from scoring.bearing import Bearing
from scoring.chart import Charts
from scoring.fact_store import FactStore
from scoring.rival_memory import RivalMemory

CaseKey = tuple[str, str]
"""Case id, or an episode's number, and measure."""


UNRECORDED = "unrecorded"
"""Digest of a record that is still to be put together."""


@dataclass(slots=True)
class Published:
    """What was published last of one case.

    Attributes:
        digest: Of the case record; `UNRECORDED` before there is one, empty while the case is no more.
        verdicts: By element, a digest of its verdict.
        threads: By element, what the alerts have said.
        encounter_id: The encounter that its time zero fell in when the case was judged last.
        unit: The ward that the patient was on then.
    """

    case_id: str
    measure: str
    encounter_id: str
    unit: str | None = None
    digest: str = ""
    verdicts: dict[Element, str] = field(default_factory=dict)
    threads: dict[Element, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldBelief:
    """A belief about a case.

    Attributes:
        after: The rule-out after which the case begins; None for the first of an episode.
        at: The time zero it is about.
        since: Since when it has been believed.
        before: What was held until the moment of `since`; None where nobody knows.
        present: False while the case is gone.
    """

    after: datetime | None
    at: datetime | None
    since: datetime
    before: "HeldBelief | None" = None
    present: bool = True

    def turned_to(self, at: datetime | None, now: datetime) -> "HeldBelief | None":
        """The belief once all that was received until `now` says `at`; None where only the facts can tell.

        What is received at one moment is believed as a whole: there and back within it is no change.
        """
        if self.at == at:
            return self
        before = self.before if self.since == now else replace(self, before=None)
        if before is not None and before.present and before.at == at:
            return before
        return None if before is None else HeldBelief(self.after, at, now, before)


def forget_before(beliefs: dict[CaseKey, HeldBelief]) -> None:
    """What came late may have had a say in what was held before: only the facts can tell now."""
    for key, held in beliefs.items():
        if held.before is not None:
            beliefs[key] = replace(held, before=None)


def opened_belief(after: datetime | None, at: datetime | None, now: datetime) -> HeldBelief:
    """The belief about a case that nobody had believed in before `now`."""
    return HeldBelief(after, at, now, before=HeldBelief(after, None, now, present=False))


@dataclass(slots=True)
class PatientState:
    """Everything about one patient; owned by one owner at a time.

    Attributes:
        now: Engine time: the latest receipt or tick that changed something, never going back; None before the first.
        revision: How many changes were lived through: facts that said something new, and wake-ups.
        published: What we said: records, verdicts and alerts, by case and measure.
        wake_at: When a clock will change something next.
        is_merged: The patient's facts have gone to another number.
        charts: Derived from `facts`; None where they must be drawn anew.
        beliefs: By case and measure, derived from `facts`.
        cases: By episode and measure, how they stood when last judged.
        bearings: By episode and measure, what can still change the only case there.
        rivals: By episode, what the rules of the catalogue say, derived from `facts`.
        verdicts: The verdicts published last of a case, where that was since the state was read.
        records: The record put together last of a case, where that was since the state was read.
        comparisons: By case, what can still change its rivals as they were recorded last.
        unrecorded: Cases that were judged, or whose rivals may be otherwise, since their records were put together;
            each with how many events had been lived through after the one with which that was so first.
        lived: How many events changed something since the state was read.
        latest_receipt: The latest `received_at` folded since the state was read; None before.
        read_at: `now` as it was when the state was read; None where it never was.
    """

    facts: FactStore = field(default_factory=FactStore)
    now: datetime | None = None
    revision: int = 0
    published: dict[CaseKey, Published] = field(default_factory=dict)
    wake_at: datetime | None = None
    is_merged: bool = False
    charts: Charts | None = None
    beliefs: dict[CaseKey, HeldBelief] = field(default_factory=dict)
    cases: dict[CaseKey, tuple[Assessment, ...]] = field(default_factory=dict)
    bearings: dict[CaseKey, Bearing] = field(default_factory=dict)
    rivals: dict[str, RivalMemory] = field(default_factory=dict)
    verdicts: dict[CaseKey, tuple[Verdict, ...]] = field(default_factory=dict)
    records: dict[CaseKey, CaseRecord] = field(default_factory=dict)
    comparisons: dict[CaseKey, Bearing] = field(default_factory=dict)
    unrecorded: dict[CaseKey, tuple[Assessment, int]] = field(default_factory=dict)
    lived: int = 0
    latest_receipt: datetime | None = None
    read_at: datetime | None = None
