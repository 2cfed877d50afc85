"""Case records: everything the board, the aggregates and an auditor need of one case of one measure."""

from enum import StrEnum

from pydantic import Field

from schemas.rival import Override, Rival
from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import joined_key
from schemas.verdict import Verdict


class CaseStatus(StrEnum):
    """Where a case stands towards its measure."""

    DENOMINATOR = "denominator"
    EXCLUDED = "excluded"
    DROPPED = "dropped"
    NOT_IN_POPULATION = "not_in_population"
    CANNOT_ASSESS = "cannot_assess"
    """No time zero can be told."""


class TimelineEntry(StrictModel):
    """One fact on the patient's timeline, in words."""

    event_id: Identifier
    type: str
    what: str
    happened_at: Instant
    recorded_at: Instant | None = None
    received_at: Instant
    value: float | None = None
    unit: str | None = None


class CaseRecord(StrictModel):
    """The latest of one case; published to the compacted topic `cases` when it has changed."""

    facility_id: Identifier
    patient_id: Identifier
    case_id: Identifier
    encounter_id: Identifier
    measure: str
    revision: int = Field(ge=0)
    """How many changes the patient had lived through; of a case's records the highest wins wherever they are kept."""
    as_of: Instant
    """The engine's time at which the case was judged so, or its rivals were otherwise."""
    status: CaseStatus
    reason: str | None = None
    time_zero: Instant | None = None
    time_zero_rule: str | None = None
    time_zero_sentence: str = ""
    time_zero_known_at: Instant | None = None
    """Since when this time zero has been known; what had closed by then was past when known."""
    computed_time_zero: Instant | None = None
    """What the measure's own rule says, also where a person said otherwise."""
    computed_time_zero_rule: str | None = None
    override: Override | None = None
    """What a person said of the time zero, where it is in force."""
    words_from: Instant | None = None
    """The earliest time zero that a person can be taken at their word for: birth, and about the stay's first event."""
    closed_at: Instant | None = None
    """Discharge, death or transfer out; the board folds such cases away once settled."""
    unit: str | None = None
    strata: tuple[str, ...] = ()
    """The groups in which the measure reports the case, where it has groups: `septic_shock`."""
    settled: bool
    """No clock is running and no grace either: only a new fact can change it."""
    elements: tuple[Verdict, ...]
    """One an element, `bundle` last."""
    timeline: tuple[TimelineEntry, ...] = ()
    rivals: tuple[Rival, ...] = ()
    """Every time zero that the case could have, the earliest first; none of cases without one."""

    @property
    def key(self) -> str:
        """Key in the compacted topic `cases`."""
        return joined_key(self.facility_id, self.case_id, self.measure)
