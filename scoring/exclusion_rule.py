"""Rules of who belongs to a measure and who is left out of it, as data."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.clinical import ActName, VisitStep
from schemas.strict_model import StrictModel
from scoring.number import Duration, Limit, Years


class ShockPopulation(StrictModel):
    """Only cases with septic shock, as `[shock]` defines it, belong to the measure."""

    rule: Literal["septic_shock"]
    reason: str
    source: str


class EmergencyPopulation(StrictModel):
    """Only cases with this act in the emergency department belong to the measure.

    An act lies there where an arrival or triage is known, and it is not after the admission.
    """

    rule: Literal["act_in_emergency_department"]
    act: ActName
    reason: str
    source: str


Population = Annotated[ShockPopulation | EmergencyPopulation, Field(discriminator="rule")]


class AgeExclusion(StrictModel):
    """Leaves out by age in completed years at admission; at arrival where there was none."""

    rule: Literal["age_at_least", "age_below"]
    reason: str
    limit: Years


class ActExclusion(StrictModel):
    """Leaves out when an act lies within the limit of the clock; there is no lower bound.

    Without a limit it leaves out whenever the act was.
    """

    rule: Literal["act_within"]
    act: ActName
    reason: str
    act_reasons: tuple[str, ...] = ()
    """Reasons that the act must give to count; empty: any, or none."""
    limit: Limit | None = None
    source: str | None = None
    """Where the rule comes from, where no limit says so."""


class EndExclusion(StrictModel):
    """Leaves out when the stay ended within the limit of the clock: by death, or at all."""

    rule: Literal["expired_within", "discharged_within"]
    reason: str
    clocked_by: Literal["discharge", "death"] = "discharge"
    """Which time counts; `death`: that of the discharge where no other is charted."""
    limit: Limit


class VisitExclusion(StrictModel):
    """Leaves out a stay that has one of these steps, whenever it was."""

    rule: Literal["visit"]
    steps: tuple[VisitStep, ...]
    reason: str
    source: str


class StayExclusion(StrictModel):
    """Leaves out a stay that lasts longer than the limit, from admission (else arrival) to discharge."""

    rule: Literal["stay_longer_than"]
    reason: str
    limit: Limit


class CourseExclusion(StrictModel):
    """Leaves out where a course of antibiotics had begun before the limit and was running at time zero.

    A course is doses of systemic antibacterials no further than `gap` from each other.
    """

    rule: Literal["antibiotics_for_more_than"]
    reason: str
    limit: Duration
    gap: Duration


Exclusion = Annotated[
    AgeExclusion | ActExclusion | EndExclusion | VisitExclusion | StayExclusion | CourseExclusion,
    Field(discriminator="rule"),
]
