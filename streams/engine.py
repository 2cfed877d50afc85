"""The judgement as the plumbing sees it: a step, records of cases, and a state that can be written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from scoring.case_records import take_records
from scoring.measure_words import measure_words
from scoring.rules import SHIPPED_ONLY, load_rules, offered_measures
from scoring.step import step
from scoring.written_state import decode_state, encode_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from schemas.alert import Alert
    from schemas.belief import Belief
    from schemas.case_record import CaseRecord
    from schemas.clinical import AnyFact, ClockTick
    from schemas.measure_words import MeasureWords
    from schemas.verdict import Verdict
    from scoring.rules import SiteRules


class EngineStep(Protocol):
    """What came of one event; see `scoring.step.Step`."""

    @property
    def state(self) -> Any:
        """The patient's state after the event."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Verdicts that changed."""

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Alerts to send, in order."""

    @property
    def beliefs(self) -> tuple[Belief, ...]:
        """What is held of cases now and was not before, in order."""

    @property
    def removed_cases(self) -> tuple[str, ...]:
        """Keys of case records that are no more."""

    @property
    def removed_verdicts(self) -> tuple[str, ...]:
        """Keys of verdicts that are no more."""

    @property
    def forward(self) -> tuple[AnyFact, ...]:
        """Facts that another patient owns now."""

    @property
    def wake_at(self) -> datetime | None:
        """When to tick if nothing else comes."""

    @property
    def changed(self) -> bool:
        """Whether the state must be written."""


class Engine(Protocol):
    """Judges one patient's events, one by one."""

    def step(self, state: Any, event: AnyFact | ClockTick) -> EngineStep:
        """Live through one event; `state` is None for a patient not seen before."""

    def records(self, state: Any) -> tuple[CaseRecord, ...]:
        """The records of cases that are, or in between may have been, otherwise than when this was asked last."""

    def encode(self, state: Any) -> bytes:
        """Write a state down."""

    def decode(self, data: bytes) -> Any:
        """Read a state written by `encode`."""

    def size(self, state: Any) -> int:
        """How many bytes a state was as text when it was written or read last: it takes several times that decoded."""

    def words(self) -> tuple[MeasureWords, ...]:
        """The measures it judges by, in words."""


class ScoringEngine:
    """`scoring` with the rules of the chosen measures."""

    def __init__(self, measures: Sequence[str] = (), site: SiteRules = SHIPPED_ONLY) -> None:
        """Load the rules; none named: every measure that is shipped, and every one of the site's own.

        Raises:
            ValueError: a measure is not known; the message names those that are.
        """
        self._rules = load_rules(measures or offered_measures(site), site)

    def step(self, state: Any, event: AnyFact | ClockTick) -> EngineStep:
        """Live through one event."""
        return step(state, event, self._rules)

    def records(self, state: Any) -> tuple[CaseRecord, ...]:
        """The records of cases that are, or in between may have been, otherwise than when this was asked last."""
        return take_records(state, self._rules)

    def encode(self, state: Any) -> bytes:
        """Write a state down."""
        return encode_state(state)

    def decode(self, data: bytes) -> Any:
        """Read a state written by `encode`."""
        return decode_state(data)

    def size(self, state: Any) -> int:
        """How many bytes the facts of a state were as text when it was written or read last."""
        return int(state.facts.written.text_bytes)

    def words(self) -> tuple[MeasureWords, ...]:
        """The measures it judges by, in words."""
        return tuple(measure_words(measure) for measure in self._rules.measures)
