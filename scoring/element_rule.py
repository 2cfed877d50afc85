"""Elements of a bundle as data: which act, by which of its times, within which limit of which clock, and when."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.clinical import ActName, Quantity
from schemas.strict_model import StrictModel
from scoring.circulation_rule import Circumstance
from scoring.number import Duration, Limit, Number, Offsets


class CountsFrom(StrEnum):
    """From when an element's window counts."""

    TIME_ZERO = "time_zero"
    SEPTIC_SHOCK = "septic_shock"
    HYPOTENSION_OR_SHOCK = "hypotension_or_shock"
    """The earlier of initial hypotension and septic shock."""
    INITIAL_LACTATE = "initial_lactate"
    """Collection of the initial lactate."""


class _Element(StrictModel):
    """What every element has.

    Without a limit the window lasts until the stay ends.
    """

    limit: Limit | None = None
    counts_from: CountsFrom = CountsFrom.TIME_ZERO
    look_back: Duration | None = None
    """How long before the clock's start an act may lie; without it there is no lower bound."""
    due_soon: Offsets | None = None
    """When to warn; without it nobody is warned."""
    grace: Duration | None = None
    """Charting grace, where it differs from the convention."""
    applies_when: tuple[Circumstance, ...] = ()
    """Any of these switches the element on, and off again when it no longer holds; empty: always."""
    applies_when_source: str | None = None
    in_bundle: bool = True
    in_bundle_source: str | None = None
    """Why it stands outside of the bundle, where it does."""


class Antibiotic(_Element):
    """The first systemic antibacterial."""

    act: Literal["antibiotic"]
    clocked: Literal["started"]
    routes: tuple[str, ...] = ()
    """Routes that count; empty: those of the conventions."""
    routes_source: str | None = None


class BroadSpectrum(_Element):
    """Antibacterials that together are broad enough: one that is alone, or one of each list."""

    act: Literal["broad_spectrum"]
    clocked: Literal["started"]
    alone: tuple[str, ...] = ()
    """Substances of which one is enough; with `together` empty, too, those of the conventions."""
    together: tuple[tuple[str, ...], ...] = ()
    spectrum_source: str | None = None
    any_before_time_zero: bool = False
    """Any systemic antibacterial from the look-back to time zero is enough."""


class BloodCulture(_Element):
    """The first blood culture drawn."""

    act: Literal["blood_culture"]
    clocked: Literal["collected"]
    before_antibiotic: bool = False
    """It must not come after the first systemic antibacterial; the same minute passes."""
    before_antibiotic_source: str | None = None
    antibiotic_look_back: Duration | None = None
    """From how long before the clock's start on that antibacterial counts."""
    delay_accepted_by: ActName | None = None
    """The act after which the order of culture and antibacterial is not asked for."""
    needs_antibiotic_without: ActName | None = None
    """Where this act was never done, a culture counts only once an antibacterial follows it."""
    needs_antibiotic_source: str | None = None


class Lactate(_Element):
    """The initial lactate, as `[initial_lactate]` chooses it."""

    act: Literal["lactate"]
    clocked: Literal["collected", "resulted"]


class RepeatLactate(_Element):
    """The next lactate after an elevated initial one."""

    act: Literal["repeat_lactate"]
    clocked: Literal["collected"]
    elevated_above: Number


class CrystalloidVolume(_Element):
    """The crystalloid that brings the volume up to the target by weight.

    Clocked by completion: the end of the infusion that reaches it. Clocked by start: that of the
    first infusion of those begun in the window that reach it, once they are in.
    """

    act: Literal["crystalloid_volume"]
    clocked: Literal["completed", "started"]
    volume: Number
    """In mL/kg."""
    accepted_share: Number | None = None
    """Share of the target that is enough; without it all of it is asked for."""
    lesser_volume_by: ActName | None = None
    """The act whose value in mL replaces the target."""


class Bolus(_Element):
    """A crystalloid bolus by its number: the first, the third."""

    act: Literal["bolus"]
    clocked: Literal["started"]
    number: Number
    at_least: Number | None = None
    """In mL/kg: what is less is no bolus; without it any crystalloid is one, and no weight is needed."""


class Vasopressor(_Element):
    """The first vasopressor."""

    act: Literal["vasopressor"]
    clocked: Literal["started"]


class Statement(_Element):
    """The first of some acts or statements."""

    act: Literal["statement"]
    clocked: Literal["happened"]
    statements: tuple[ActName, ...]
    statements_source: str
    after_fluids: bool = False
    """Only from the start of the first crystalloid of the look-back on, where there is one."""
    after_fluids_source: str | None = None


class VitalSigns(_Element):
    """A full set of vital signs; complete when the last of it is charted."""

    act: Literal["vital_signs"]
    clocked: Literal["recorded"]
    full_set: tuple[tuple[Quantity, ...], ...]
    """Of each group one is asked for."""
    full_set_source: str


class Death(_Element):
    """The patient died: an outcome, which nobody is asked to do and no alert tells of."""

    act: Literal["death"]
    clocked: Literal["happened"]
    in_bundle: Literal[False] = False


ElementRule = Annotated[
    Antibiotic
    | BroadSpectrum
    | BloodCulture
    | Lactate
    | RepeatLactate
    | CrystalloidVolume
    | Bolus
    | Vasopressor
    | Statement
    | VitalSigns
    | Death,
    Field(discriminator="act"),
]
"""One element: which act, by which of its times, by when, from when on, with which warnings."""
