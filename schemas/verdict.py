"""Verdicts: how each element of each case stands, with the evidence for it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import joined_key


class Element(StrEnum):
    """Elements of the shipped measures."""

    PROTOCOL = "protocol"
    ASSESSMENT = "assessment"
    LACTATE = "lactate"
    REPEAT_LACTATE = "repeat_lactate"
    BLOOD_CULTURE = "blood_culture"
    ANTIBIOTICS = "antibiotics"
    BROAD_SPECTRUM = "broad_spectrum"
    FLUIDS = "fluids"
    FIRST_BOLUS = "first_bolus"
    THIRD_BOLUS = "third_bolus"
    VASOPRESSOR = "vasopressor"
    REASSESSMENT = "reassessment"
    DIED_IN_HOSPITAL = "died_in_hospital"
    DIED_WITHIN_3_DAYS = "died_within_3_days"
    DIED_WITHIN_30_DAYS = "died_within_30_days"
    BUNDLE = "bundle"


OUTCOMES = frozenset({Element.DIED_IN_HOSPITAL, Element.DIED_WITHIN_3_DAYS, Element.DIED_WITHIN_30_DAYS})
"""What became of the patient, and nothing that anybody is asked to do: `met` means that the patient died."""


class ElementStatus(StrEnum):
    """How an element stands; the value is the word on the board."""

    NOT_APPLICABLE = "not_applicable"
    NOT_OPEN = "not_open"
    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    """Its window has closed, nothing is charted, and charting may still come."""
    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    EXCLUDED = "excluded"
    CANNOT_ASSESS = "cannot_assess"


SETTLED = frozenset(
    {
        ElementStatus.NOT_APPLICABLE,
        ElementStatus.MET,
        ElementStatus.MET_LATE,
        ElementStatus.MISSED,
        ElementStatus.EXCLUDED,
        ElementStatus.CANNOT_ASSESS,
    }
)
"""Statuses that no clock will change; only a new fact can."""


def _is_absent(value: object) -> bool:
    return value is None


class Evidence(StrictModel):
    """One fact that decided something."""

    event_id: Identifier
    type: str
    """What it is: `antibacterial`, `blood_culture`, `lactate`, `triaged`, `heart_rate`, ..."""
    what: str | None = Field(default=None, exclude_if=_is_absent)
    """It by its own name, where that says more than `type`: `ceftriaxone`."""
    happened_at: Instant | None = None
    """The time the measure clocks it by."""
    recorded_at: Instant | None = None
    value: float | None = None
    unit: str | None = None
    ordered_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    collected_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    started_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    completed_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    resulted_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    received_at: Instant | None = Field(default=None, exclude_if=_is_absent)
    """When our ingest first took this version of it."""

    @property
    def name(self) -> str:
        """What it is, in words."""
        return self.what or self.type.replace("_", " ")

    def times(self) -> tuple[tuple[str, datetime], ...]:
        """Every time it has, each with its word, in the order in which they are written down.

        When it happened is said apart only where it is none of the others.
        """
        done = (
            ("ordered", self.ordered_at),
            ("collected", self.collected_at),
            ("started", self.started_at),
            ("completed", self.completed_at),
            ("resulted", self.resulted_at),
        )
        told = [(word, moment) for word, moment in done if moment is not None]
        if self.happened_at is not None and self.happened_at not in dict(told).values():
            told.insert(0, ("happened", self.happened_at))
        noted = (("charted", self.recorded_at), ("received", self.received_at))
        return (*told, *((word, moment) for word, moment in noted if moment is not None))


class Verdict(StrictModel):
    """How one element of one case stands."""

    facility_id: Identifier
    case_id: Identifier
    encounter_id: Identifier
    measure: str
    """Identifier with version, as in `nys-ped-1h/spec-2015`."""
    element: Element
    status: ElementStatus
    reason: str | None = None
    """Snake case; why it stands so, where the status alone does not say."""
    time_zero: Instant | None = None
    time_zero_rule: str | None = None
    due_at: Instant | None = None
    """What the board counts down to."""
    closes_at: Instant | None = None
    """The first instant at which the measure would fail it."""
    settles_at: Instant | None = None
    """`closes_at` plus the charting grace."""
    done_at: Instant | None = None
    """When the act that counts was done, by the field the measure clocks."""
    known_at: Instant | None = None
    """When we received the fact that decided it."""
    evidence: tuple[Evidence, ...] = ()
    sentence: str

    @property
    def key(self) -> str:
        """Key in the compacted topic `encounter.verdicts`."""
        return joined_key(self.facility_id, self.case_id, self.measure, self.element)


def find_time_zero_evidence(verdicts: Iterable[Verdict]) -> tuple[Evidence, ...]:
    """Find what time zero rests on: all that the bundle itself has for evidence."""
    return next((verdict.evidence for verdict in verdicts if verdict.element is Element.BUNDLE), ())


def own_evidence(verdict: Verdict, of_time_zero: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Leave out the evidence of time zero that stands after an element's own.

    The act that counts is always told, also where time zero rests on it too.
    """
    evidence = verdict.evidence
    for count in range(len(evidence)):
        own = evidence[:count]
        known = {fact.event_id for fact in own}
        if evidence[count:] == tuple(fact for fact in of_time_zero if fact.event_id not in known):
            return own or evidence[: verdict.done_at is not None]
    return evidence
