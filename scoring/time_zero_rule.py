"""Rules of time zero as data: what opens a case, and from when a measure counts."""

from enum import StrEnum
from typing import Annotated, Literal, assert_never

from pydantic import Field

from schemas.clinical import ActName
from schemas.strict_model import StrictModel
from scoring.number import Age, Criterion, Duration, Number
from scoring.phoenix_rule import Phoenix


class Entry(StrictModel):
    """What opens a live case."""

    acts: tuple[ActName, ...]
    acts_source: str
    pews_at_least: Number | None = None
    """Score from which a PEWS opens a case; without it none does."""


class Moment(StrEnum):
    """What a time zero can be: the first of its kind in the stay."""

    PROTOCOL_STARTED = "protocol_started"
    ORDER_SET_STARTED = "order_set_started"
    BEST_PRACTICE_ALERT = "best_practice_alert"
    SEPSIS_DOCUMENTED = "sepsis_documented"
    SEVERE_SEPSIS_DOCUMENTED = "severe_sepsis_documented"
    SEPTIC_SHOCK_DOCUMENTED = "septic_shock_documented"
    SEPSIS_SCREEN_POSITIVE = "sepsis_screen_positive"
    SEPSIS_HUDDLE = "sepsis_huddle"
    SEPSIS_TRIAGE_FORM = "sepsis_triage_form"
    INFECTION_SUSPECTED = "infection_suspected"
    PEWS = "pews"
    """A score at or above the threshold of the entry."""
    ARRIVED = "arrived"
    TRIAGED = "triaged"
    ADMITTED = "admitted"
    ANTIBIOTIC = "antibiotic"
    """Start of a systemic antibacterial."""
    CRYSTALLOID = "crystalloid"
    """Start of a crystalloid."""
    ENTRY = "entry"
    """The act that opened the case."""


CONTACTS = frozenset({Moment.ARRIVED, Moment.TRIAGED, Moment.ADMITTED})
"""First contacts with the hospital: steps of the visit, not signs of sepsis."""


class FirstKnown(StrictModel):
    """Time zero is the earliest of the moments in the first group that has any."""

    rule: Literal["first_known"]
    first_known: tuple[tuple[Moment, ...], ...]
    look_back: Duration | None = None
    """How long before the act that opened the case a moment may lie; without it there is no lower bound."""
    emergency_contacts_only: bool = False
    """Arrival, triage and admission count only where the case was opened in the emergency department."""
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
    documented_by: tuple[ActName, ...] = ()
    """Acts that are a presentation by themselves, where they come before the criteria are met."""
    documented_source: str | None = None


class AgeBand(StrictModel):
    """Which vital signs are abnormal in children of one age."""

    band: str
    below: Age
    """The first age that is too old for the band; too young for it are those of the band before."""
    vitals: tuple[Criterion, ...]


class AbnormalVitals(StrictModel):
    """Time zero is the first abnormal vital sign, by age on that day, from the look-back before a sign of sepsis on."""

    rule: Literal["abnormal_vitals"]
    signs: tuple[Moment, ...]
    """The earliest of these is the sign of sepsis that the look-back counts from."""
    look_back: Duration
    children: tuple[AgeBand, ...]
    """The youngest first; who is too old for the last is an adult."""
    children_source: str
    adults: tuple[Criterion, ...]
    source: str


class SepticShock(StrictModel):
    """Time zero is septic shock, as `[hypotension]` and `[shock]` define it, after severe sepsis."""

    rule: Literal["septic_shock"]
    severe_sepsis: SevereSepsisCriteria
    source: str


InfectionRule = SevereSepsisCriteria | Phoenix
"""Rules that ask for suspected infection, documented or by a culture and an antibiotic."""


def documenting(rule: InfectionRule) -> tuple[Moment, ...]:
    """Acts by which a clinician documents that the criteria of a rule are met."""
    return tuple(Moment(act.value) for act in rule.documented_by) if isinstance(rule, SevereSepsisCriteria) else ()


TimeZeroRule = Annotated[
    FirstKnown | SevereSepsisCriteria | AbnormalVitals | Phoenix | SepticShock, Field(discriminator="rule")
]


def infection_rule(rule: TimeZeroRule) -> InfectionRule | None:
    """The part of a rule that asks for suspected infection; None where it does not."""
    match rule:
        case SevereSepsisCriteria() | Phoenix():
            return rule
        case SepticShock():
            return rule.severe_sepsis
        case FirstKnown() | AbnormalVitals():
            return None
        case _:
            assert_never(rule)


def moments(rule: TimeZeroRule) -> frozenset[Moment]:
    """The moments that a rule names."""
    match rule:
        case FirstKnown():
            return frozenset(moment for group in rule.first_known for moment in group)
        case AbnormalVitals():
            return frozenset(rule.signs)
        case _:
            return frozenset()
