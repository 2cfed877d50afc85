"""A measure as data: every number with its unit and source, as `measures/*.toml` has it."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import field_validator, model_validator

from schemas.clinical import ActName, DrugClass, Quantity
from schemas.strict_model import StrictModel
from schemas.verdict import Element
from scoring.circulation_rule import Circumstance, Hypotension, Shock
from scoring.element_rule import (
    Bolus,
    CountsFrom,
    CrystalloidVolume,
    Death,
    ElementRule,
    Statement,
    Vasopressor,
    VitalSigns,
)
from scoring.exclusion_rule import Exclusion, Population
from scoring.number import Criterion, Duration, Resolution
from scoring.phoenix_rule import Phoenix, quantities
from scoring.time_zero_rule import (
    AbnormalVitals,
    Entry,
    Moment,
    SepticShock,
    SevereSepsisCriteria,
    TimeZeroRule,
    moments,
)


class InitialLactate(StrictModel):
    """Which lactate is the initial one."""

    which: Literal["first", "highest_before_else_first"]
    """`highest_before_else_first`: the highest by time zero, else the first after it."""
    look_back: Duration | None = None
    """From how long before time zero on a lactate counts; without it there is no lower bound."""
    source: str


class Stratum(StrictModel):
    """A group of cases that the measure reports apart: those whose gravest charted act is one of these."""

    name: str
    acts: tuple[ActName, ...]
    source: str


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
    stream_readings: tuple[str, ...] = ()
    """How a stream is read, where an abstraction file would say it itself."""
    entry: Entry
    time_zero: TimeZeroRule
    population: tuple[Population, ...] = ()
    """All must hold; the first that does not says why the case is not in the population."""
    exclusions: tuple[Exclusion, ...] = ()
    drops: tuple[Literal["bad_datetime", "no_birth_date"], ...] = ()
    """Faults of the data for which a case is left out of everything."""
    drops_source: str | None = None
    initial_lactate: InitialLactate | None = None
    hypotension: Hypotension | None = None
    shock: Shock | None = None
    elements: dict[Element, ElementRule]
    strata: tuple[Stratum, ...] = ()
    """Their acts, read in order, go from the gravest down; groups may overlap."""

    @field_validator("elements")
    @classmethod
    def _leave_the_bundle_to_the_engine(cls, elements: dict[Element, ElementRule]) -> dict[Element, ElementRule]:
        """The bundle is derived from the elements; a file that defines it is refused."""
        if Element.BUNDLE in elements:
            message = "the bundle is derived from the other elements and cannot be defined"
            raise ValueError(message)
        return elements

    @model_validator(mode="after")
    def _define_what_is_used(self) -> Self:
        """What an element, a clock, the population or septic shock asks for must be defined."""
        asked = {part for rule in self.elements.values() for part in _asked_by(rule)}
        asked.update(part for rule in self.population for part in asked_sections((), "", rule.rule))
        asked.update(asked_sections(self.shock.by, "", "") if self.shock is not None else ())
        asked.update(asked_sections((), "", self.time_zero.rule))
        for name in sorted(asked):
            if getattr(self, name) is None:
                message = f"the section [{name}] is missing, and an element, a clock or the population asks for it"
                raise ValueError(message)
        return self

    @cached_property
    def identifier(self) -> str:
        """Identifier with version, as in `nys-ped-1h/spec-2015`."""
        return f"{self.id}/{self.version}"

    @cached_property
    def watched_drugs(self) -> frozenset[DrugClass]:
        """Kinds of drugs that a clock or an element uses; antibacterials are always shown."""
        rules = self.elements.values()
        fluids = (
            self.shock is not None
            or Moment.CRYSTALLOID in moments(self.time_zero)
            or any(isinstance(rule, CrystalloidVolume | Bolus) for rule in rules)
            or any(isinstance(rule, Statement) and rule.after_fluids for rule in rules)
        )
        watched = {DrugClass.ANTIBACTERIAL, DrugClass.CRYSTALLOID} if fluids else {DrugClass.ANTIBACTERIAL}
        pressors = {
            DrugClass.VASOPRESSOR for rule in (*rules, self.time_zero) if isinstance(rule, Vasopressor | Phoenix)
        }
        return frozenset(watched | pressors)

    @cached_property
    def watched_quantities(self) -> frozenset[Quantity]:
        """Quantities that a clock, an element or the timeline uses after time zero, too."""
        low = self.hypotension.low if self.hypotension else ()
        sets = [rule.full_set for rule in self.elements.values() if isinstance(rule, VitalSigns)]
        weight = {Quantity.WEIGHT} if DrugClass.CRYSTALLOID in self.watched_drugs else set[Quantity]()
        pressures = {criterion.quantity for criterion in low if criterion.quantity is not None}
        vitals = {quantity for full_set in sets for group in full_set for quantity in group}
        return frozenset({Quantity.LACTATE} | weight | pressures | vitals)

    @cached_property
    def pressures(self) -> frozenset[Quantity]:
        """Quantities that are looked at for low blood pressure and, after time zero, for nothing else."""
        sets = [rule.full_set for rule in self.elements.values() if isinstance(rule, VitalSigns)]
        vitals = {quantity for full_set in sets for group in full_set for quantity in group}
        low = self.hypotension.low if self.hypotension else ()
        return frozenset(each.quantity for each in low if each.quantity is not None) - vitals

    @cached_property
    def moving_quantities(self) -> frozenset[Quantity]:
        """Quantities that may have a say in time zero."""
        rule = self.time_zero
        match rule:
            case AbnormalVitals():
                return _quantities((*rule.adults, *(limit for band in rule.children for limit in band.vitals)))
            case SevereSepsisCriteria():
                return _quantities((*rule.sirs, *rule.organ_dysfunction))
            case Phoenix():
                return quantities(rule)
            case SepticShock():
                severe = rule.severe_sepsis
                return self.watched_quantities | _quantities((*severe.sirs, *severe.organ_dysfunction))
            case _:
                return frozenset()

    @property
    def is_outcome(self) -> bool:
        """Whether all its elements are outcomes, which nobody is asked to do."""
        return all(isinstance(rule, Death) for rule in self.elements.values())


def _quantities(criteria: Iterable[Criterion]) -> frozenset[Quantity]:
    return frozenset(criterion.quantity for criterion in criteria if criterion.quantity is not None)


_LOW = frozenset(
    {Circumstance.INITIAL_HYPOTENSION, Circumstance.PERSISTENT_HYPOTENSION, Circumstance.HYPOTENSION_ON_FLUIDS}
)
_OF_SHOCK = frozenset(Circumstance) - {Circumstance.INITIAL_HYPOTENSION, Circumstance.HYPOTENSION_ON_FLUIDS}
_SHOCK_CLOCKS = frozenset({CountsFrom.SEPTIC_SHOCK, CountsFrom.HYPOTENSION_OR_SHOCK})
_LACTATES = frozenset({"lactate", "repeat_lactate"})


def asked_sections(circumstances: Collection[str], clock: str, act: str) -> set[str]:
    """The sections that must be there for what hangs on these circumstances, this clock and this act or rule."""
    asked = set()
    if _LOW.intersection(circumstances):
        asked.add("hypotension")
    if _OF_SHOCK.intersection(circumstances) or clock in _SHOCK_CLOCKS or act == "septic_shock":
        asked.add("shock")
    if act in _LACTATES or clock == CountsFrom.INITIAL_LACTATE or Circumstance.HIGH_LACTATE in circumstances:
        asked.add("initial_lactate")
    return asked


def _asked_by(rule: ElementRule) -> set[str]:
    return asked_sections(rule.applies_when, rule.counts_from, rule.act)
