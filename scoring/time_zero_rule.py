"""Rules of time zero as data: what opens a case, and from when a measure counts."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.clinical import ActName
from schemas.strict_model import StrictModel
from scoring.number import Criterion, Duration, Number


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


TimeZeroRule = Annotated[FirstKnown | SevereSepsisCriteria, Field(discriminator="rule")]
