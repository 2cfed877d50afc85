"""A measure as data: every number with its unit and source, as `measures/*.toml` has it."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from schemas.clinical import ActName, Quantity
from schemas.strict_model import StrictModel
from schemas.verdict import Element


class Number(StrictModel):
    """A number from a published text, with its unit and source."""

    value: float
    unit: str
    source: str


class Duration(StrictModel):
    """A length of time with its source."""

    value: float
    unit: Literal["minutes", "hours", "days"]
    source: str

    @cached_property
    def delta(self) -> timedelta:
        """The length as a `timedelta`."""
        return timedelta(**{self.unit: self.value})


class Comparison(StrEnum):
    """How a limit is compared; it decides whether the limit itself still passes."""

    AT_MOST = "<="
    BELOW = "<"
    AT_LEAST = ">="


class Limit(Duration):
    """A length of time that an act must not exceed, counted from time zero."""

    comparison: Literal[Comparison.AT_MOST, Comparison.BELOW]


class Years(StrictModel):
    """A limit of age in completed years."""

    value: int
    unit: Literal["years"]
    comparison: Literal[Comparison.BELOW, Comparison.AT_LEAST]
    source: str


class Offsets(StrictModel):
    """When to warn, counted back from `due_at`, farthest first."""

    value: tuple[float, ...]
    unit: Literal["minutes"]
    source: str

    @cached_property
    def deltas(self) -> tuple[timedelta, ...]:
        """The offsets as `timedelta`, farthest first."""
        return tuple(timedelta(minutes=minutes) for minutes in self.value)


class Resolution(StrEnum):
    """To what both times are cut down before any comparison."""

    MINUTE = "minute"
    SECOND = "second"

    @property
    def unit(self) -> timedelta:
        """One step of this resolution."""
        return timedelta(minutes=1) if self is Resolution.MINUTE else timedelta(seconds=1)

    def cut(self, instant: datetime) -> datetime:
        """Cut `instant` down to this resolution."""
        if self is Resolution.MINUTE:
            return instant.replace(second=0, microsecond=0)
        return instant.replace(microsecond=0)


class Criterion(StrictModel):
    """A threshold on one quantity, or an act, that meets a named criterion; comparisons are strict."""

    criterion: str
    quantity: Quantity | None = None
    act: ActName | None = None
    above: Number | None = None
    below: Number | None = None

    def is_met_by(self, value: float) -> bool:
        """Whether a value in the quantity's own unit lies strictly outside the thresholds."""
        return (self.above is not None and value > self.above.value) or (
            self.below is not None and value < self.below.value
        )


class Entry(StrictModel):
    """What opens a live case."""

    acts: tuple[ActName, ...]
    acts_source: str
    pews_at_least: Number | None = None


class FirstEntryAct(StrictModel):
    """Time zero is the first act that opens the case."""

    rule: Literal["first_entry_act"]
    source: str


class ProtocolElseFirstContact(StrictModel):
    """Time zero is the first protocol start, else the earliest of arrival, triage and admission."""

    rule: Literal["protocol_else_first_contact"]
    source: str


class SevereSepsisCriteria(StrictModel):
    """Time zero is when suspected infection, SIRS and organ dysfunction are first met close together."""

    rule: Literal["severe_sepsis_criteria"]
    source: str
    within: Duration
    antibiotic_before_culture: Duration
    antibiotic_after_culture: Duration
    unconfirmed_for: Duration
    sirs_needed: Number
    sirs: tuple[Criterion, ...]
    organ_dysfunction: tuple[Criterion, ...]


TimeZeroRule = Annotated[FirstEntryAct | ProtocolElseFirstContact | SevereSepsisCriteria, Field(discriminator="rule")]


class AgeExclusion(StrictModel):
    """Leaves out by age in completed years at admission; at arrival where there was none."""

    rule: Literal["age_at_least", "age_below"]
    reason: str
    limit: Years


class ActExclusion(StrictModel):
    """Leaves out when an act lies within the limit of time zero; there is no lower bound."""

    rule: Literal["act_within"]
    act: ActName
    reason: str
    limit: Limit


class EndExclusion(StrictModel):
    """Leaves out when the stay ended within the limit of time zero: by death, or at all."""

    rule: Literal["expired_within", "discharged_within"]
    reason: str
    clocked_by: Literal["discharge", "death"] = "discharge"
    """Which time counts; `death`: that of the discharge where no other is charted."""
    limit: Limit


Exclusion = Annotated[AgeExclusion | ActExclusion | EndExclusion, Field(discriminator="rule")]


class ElementAct(StrEnum):
    """Which act meets an element, and which of its times is clocked."""

    ANTIBIOTIC = "antibiotic"
    """Start of the first systemic antibacterial."""
    BLOOD_CULTURE = "blood_culture"
    """Collection of the first blood culture."""
    FIRST_LACTATE = "first_lactate"
    """Collection of the first lactate."""
    INITIAL_LACTATE = "initial_lactate"
    """Collection of the highest lactate before time zero, else of the first after it."""
    REPEAT_LACTATE = "repeat_lactate"
    """Collection of the next lactate after an elevated initial one."""
    WEIGHT_BASED_CRYSTALLOID = "weight_based_crystalloid"
    """Completion of the crystalloid that brings the volume up to the target by weight."""


class ElementRule(StrictModel):
    """One element of a bundle: which act, by when, from when on, with which warnings."""

    act: ElementAct
    limit: Limit
    look_back: Duration | None = None
    """How long before time zero an act may lie; without it there is no lower bound."""
    due_soon: Offsets
    grace: Duration | None = None
    """Charting grace, where it differs from the convention."""
    before_antibiotic: bool = False
    before_antibiotic_source: str | None = None
    antibiotic_look_back: Duration | None = None
    volume: Number | None = None
    elevated_above: Number | None = None
    in_bundle: bool = True


class Measure(StrictModel):
    """A published measure, or a hospital's own, as data."""

    id: str
    version: str
    title: str
    source: str
    resolution: Resolution
    resolution_source: str
    effective_from: date | None = None
    effective_until: date | None = None
    readings: tuple[str, ...] = ()
    """How ambiguous places of the text are read, in words."""
    entry: Entry
    time_zero: TimeZeroRule
    exclusions: tuple[Exclusion, ...] = ()
    drops: tuple[Literal["bad_datetime", "no_birth_date"], ...] = ()
    """Faults of the data for which a case is left out of everything."""
    drops_source: str | None = None
    elements: dict[Element, ElementRule]

    @field_validator("elements")
    @classmethod
    def _leave_the_bundle_to_the_engine(cls, elements: dict[Element, ElementRule]) -> dict[Element, ElementRule]:
        """The bundle is derived from the elements; a file that defines it is refused."""
        if Element.BUNDLE in elements:
            message = "the bundle is derived from the other elements and cannot be defined"
            raise ValueError(message)
        return elements

    @property
    def identifier(self) -> str:
        """Identifier with version, as in `nys-ped-1h/spec-2015`."""
        return f"{self.id}/{self.version}"
