"""Low blood pressure and septic shock as data: the second and third clock of a measure."""

from enum import StrEnum

from schemas.clinical import ActName
from schemas.strict_model import StrictModel
from scoring.exclusion_rule import Exclusion
from scoring.number import Criterion, Duration, Number


class Circumstance(StrEnum):
    """What may switch an element, or septic shock, on; each defined by `[hypotension]` and `[shock]`."""

    INITIAL_HYPOTENSION = "initial_hypotension"
    PERSISTENT_HYPOTENSION = "persistent_hypotension"
    HYPOTENSION_ON_FLUIDS = "hypotension_on_fluids"
    HIGH_LACTATE = "high_lactate"
    SHOCK_DOCUMENTED = "shock_documented"


class Hypotension(StrictModel):
    """When blood pressure counts as low, and how low readings make initial hypotension."""

    low: tuple[Criterion, ...]
    readings: Number
    """How many low readings, at different minutes; the last of them gives the time."""
    apart_at_most: Duration
    """How far those readings may lie from each other."""
    before: Duration
    """From how long before time zero on readings count."""
    after: Duration
    """Until how long after time zero, that minute included."""
    source: str


class TargetVolume(StrictModel):
    """How much crystalloid is asked for, by weight."""

    volume: Number
    """In mL/kg."""
    accepted_share: Number
    """Share of it that is enough."""
    look_back: Duration
    """From how long before time zero on an infusion's start counts."""
    lesser_volume_by: ActName | None = None
    """The act whose value in mL replaces the target."""


class Shock(StrictModel):
    """When a case has septic shock, and from when."""

    by: tuple[Circumstance, ...]
    """Any of these; the earliest gives the time, and no time is before time zero."""
    within: Duration
    """How long after time zero it may come, that minute included."""
    lactate_at_least: Number
    documented_by: tuple[ActName, ...]
    target: TargetVolume
    observed_for: Duration
    """How long after the target volume is in blood pressure is looked at, that minute included."""
    consecutive: Number
    """How many consecutive low readings of one quantity in that time make hypotension persistent."""
    exclusions: tuple[Exclusion, ...] = ()
    """They leave out the elements that count from shock, by its time."""
    source: str
