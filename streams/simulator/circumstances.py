"""Low blood pressure and septic shock, as the texts have them: what switches elements on, and the further clocks.

A reading counts by the minute in which it was taken. Initial hypotension is dated by the last of its
low readings, persistent hypotension by the second of two in a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from schemas.clinical import ActName, Quantity
from streams.simulator.course import BloodTest, Course, Reading, cut_to_minute
from streams.simulator.elements import crystalloids, exact, hours, initial_lactate, minutes, volume_reached
from streams.simulator.spans import Span
from streams.simulator.texts import CirculationText, texts


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds, and since when.

    Attributes:
        untold: Nobody can tell whether hypotension persisted: no weight, so no target volume.
        shock: Septic shock; not before time zero.
    """

    lactate: BloodTest | None
    initial_hypotension: datetime | None = None
    persistent_hypotension: datetime | None = None
    hypotension_on_fluids: datetime | None = None
    high_lactate: datetime | None = None
    documented: datetime | None = None
    untold: bool = False
    shock: datetime | None = None

    @property
    def needs_fluids(self) -> bool:
        """Whether a measure asks for fluids."""
        return any(at is not None for at in (self.initial_hypotension, self.high_lactate, self.documented))


def target_ml(course: Course, text: CirculationText) -> Decimal | None:
    """The volume asked for: a lesser one where a reason is documented, else by weight; None without either."""
    lesser = course.said(ActName.LESSER_VOLUME_ORDERED) if text.lesser_volume else []
    if lesser:
        return exact(lesser[-1].value)
    if course.weighed_at is None:
        return None
    return exact(text.ml_per_kg) * exact(course.weight_kg) * exact(text.accepted_share)


def find_circumstances(course: Course, zero: datetime, text: CirculationText, span: Span) -> Circumstances:
    """What holds in the case of a span with this time zero, cut to the minute.

    What is documented counts in the case in which it was said; readings and fluids as far as their look-back reaches.
    """
    look_back = hours(texts().look_back.fluids)
    target = target_ml(course, text)
    reached = [] if target is None else volume_reached(course, target, zero - look_back)
    in_at = reached[0].at if reached else None
    lactate = initial_lactate(course, zero, hours(texts().look_back.lactate), highest_before=text.highest_before)
    initial = _initial_hypotension(course, zero, text, in_at)
    persistent = None if initial is None or in_at is None else _persistent_hypotension(course, in_at)
    high = lactate is not None and lactate.value >= texts().thresholds.very_high_lactate
    high_at = lactate.collected_at if lactate is not None and high else None
    said = [each.at for each in course.said(ActName.SEPTIC_SHOCK_DOCUMENTED) if span.holds(each.at)]
    documented_at = min((at for at in said if at >= zero - look_back), default=None)
    low_at = initial if text.shock_by_initial_hypotension else persistent
    return Circumstances(
        lactate,
        initial,
        persistent,
        _hypotension_on_fluids(course, zero, text),
        high_at,
        documented_at,
        untold=target is None and initial is not None,
        shock=_shock(zero, low_at, high_at, documented_at),
    )


def _shock(zero: datetime, *signs: datetime | None) -> datetime | None:
    """The earliest sign up to the hours after time zero in which shock belongs to it."""
    latest = zero + hours(texts().thresholds.shock_within_hours)
    found = [at for at in signs if at is not None and cut_to_minute(at) <= latest]
    return max(zero, min(found)) if found else None


def _pressures(course: Course) -> Iterator[Reading]:
    yield from (
        reading
        for reading in course.readings
        if reading.quantity in {Quantity.SYSTOLIC_BP, Quantity.MEAN_ARTERIAL_PRESSURE}
    )


def _is_low(reading: Reading) -> bool:
    limits = texts().thresholds
    limit = limits.low_systolic_mmhg if reading.quantity is Quantity.SYSTOLIC_BP else limits.low_mean_mmhg
    return reading.value < limit


def _low_readings(course: Course, zero: datetime, text: CirculationText) -> list[datetime]:
    """When a pressure was low, from so long before time zero until so long after it."""
    since, until = zero - hours(text.before_hours), zero + minutes(text.after_minutes)
    taken = [reading.at for reading in _pressures(course) if _is_low(reading)]
    return sorted(at for at in taken if since <= cut_to_minute(at) <= until)


def _initial_hypotension(
    course: Course, zero: datetime, text: CirculationText, in_at: datetime | None
) -> datetime | None:
    """Low readings of different minutes, close together, before the minute in which the target volume is in."""
    by_minute: dict[datetime, datetime] = {}
    for at in _low_readings(course, zero, text):
        if in_at is None or cut_to_minute(at) < cut_to_minute(in_at):
            by_minute.setdefault(cut_to_minute(at), at)
    found = sorted(by_minute)
    for last in range(text.readings - 1, len(found)):
        if found[last] - found[last + 1 - text.readings] <= hours(text.apart_hours):
            return by_minute[found[last]]
    return None


def _persistent_hypotension(course: Course, in_at: datetime) -> datetime | None:
    """Two low readings of one kind in a row, in the hour from the minute in which the target volume was in.

    Of several readings of one minute the first counts.
    """
    since = cut_to_minute(in_at)
    until = since + minutes(texts().thresholds.observed_minutes)
    seconds = [
        second.at
        for quantity in (Quantity.SYSTOLIC_BP, Quantity.MEAN_ARTERIAL_PRESSURE)
        for first, second in _in_a_row(course, quantity, since, until)
        if _is_low(first) and _is_low(second)
    ]
    return min(seconds, default=None)


def _in_a_row(
    course: Course, quantity: Quantity, since: datetime, until: datetime
) -> Iterator[tuple[Reading, Reading]]:
    taken = [
        each for each in _pressures(course) if each.quantity is quantity and since <= cut_to_minute(each.at) <= until
    ]
    by_minute: dict[datetime, Reading] = {}
    for reading in sorted(taken, key=lambda reading: (reading.at, reading.name)):
        by_minute.setdefault(cut_to_minute(reading.at), reading)
    yield from pairwise(by_minute.values())


def _hypotension_on_fluids(course: Course, zero: datetime, text: CirculationText) -> datetime | None:
    """A low reading from the minute on in which the first crystalloid began."""
    since = zero - hours(texts().look_back.fluids)
    begun = [cut_to_minute(part.started_at) for _, _, part in crystalloids(course) if part.started_at >= since]
    if not begun:
        return None
    return min((at for at in _low_readings(course, zero, text) if cut_to_minute(at) >= begun[0]), default=None)
