"""Lactate, fluids by weight, hypotension and septic shock of a stay, as `sep1-like/1` words them.

- Initial lactate: the highest of the 6 h to time zero, of equals the earliest, else the first after it.
- Target volume: 90 % of 30 mL/kg of crystalloid begun from 6 h before time zero on; it is in with the part whose end
  brings the sum there. Weight: the last by time zero, else the first after it.
- Initial hypotension: a second low reading (systolic below 90 or mean below 65) at most 3 h after the one before it,
  both from 6 h before to 6 h after time zero and before the target volume is in.
- Persistent hypotension: after initial hypotension, in the hour from the minute the target volume is in, two readings
  in a row of systolic or of mean pressure, of different minutes (of one minute the lowest), both low; since the second.
- Septic shock: persistent hypotension, or an initial lactate of 4 or more since its collection, no later than 6 h after
  time zero and not before it.
"""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from reference.mimic3_rows import HOUR, low_mean, low_systolic


class Circulation(NamedTuple):
    """Since when; None: not."""

    weight: Decimal | None
    lactate: tuple | None
    target_in: datetime | None
    hypotension: datetime | None
    persistent: datetime | None
    high_lactate: datetime | None
    shock: datetime | None

    @property
    def fluids_clock(self):
        """The earlier of initial hypotension and septic shock."""
        return min((at for at in (self.hypotension, self.shock) if at), default=None)

    @property
    def cannot_tell(self):
        """Whether hypotension may have persisted after a volume that nobody can name without a weight."""
        return bool(self.hypotension) and self.weight is None


def judge_circulation(stay, time_zero):
    """What a stay's circulation was around time zero."""
    weight, lactate = find_weight(stay, time_zero), initial_lactate(stay, time_zero)
    target_in = find_target(stay, time_zero, weight)
    hypotension = initial_hypotension(stay, time_zero, target_in)
    persistent = persistent_hypotension(stay, target_in) if hypotension and target_in else None
    high_lactate = lactate[0] if lactate and lactate[1] >= 4.0 else None
    shocked = [at for at in (persistent, high_lactate) if at and at <= time_zero + 6 * HOUR]
    shock = max(time_zero, min(shocked)) if shocked else None
    return Circulation(weight, lactate, target_in, hypotension, persistent, high_lactate, shock)


def find_weight(stay, time_zero):
    """Kilograms."""
    before = [kilograms for at, kilograms in stay.weights if at <= time_zero]
    after = [kilograms for at, kilograms in stay.weights if at > time_zero]
    return before[-1] if before else after[0] if after else None


def initial_lactate(stay, time_zero):
    """When it was drawn, and its value."""
    before = [drawn for drawn in stay.lactates if time_zero - 6 * HOUR <= drawn[0] <= time_zero]
    after = [drawn for drawn in stay.lactates if drawn[0] > time_zero]
    if before:
        highest = max(value for _, value in before)
        return next(drawn for drawn in before if drawn[1] == highest)
    return after[0] if after else None


def target_ml(weight):
    """The accepted share of 30 mL/kg."""
    return Decimal("0.9") * 30 * weight


def find_target(stay, time_zero, weight):
    """When the target volume is in."""
    if weight is None:
        return None
    return reached([part for part in stay.parts if part.start >= time_zero - 6 * HOUR], target_ml(weight))[0]


def reached(parts, ml):
    """The minute at which the parts bring a volume in, and the parts that did; None and all of them if never."""
    given, needed = 0, []
    for part in sorted(parts, key=lambda part: part.end):
        given += part.ml
        needed.append(part)
        if given >= ml:
            return part.end, needed
    return None, needed


def initial_hypotension(stay, time_zero, target_in):
    """The second of two low readings at different minutes."""
    low = {at for at, _, value in stay.systolic if low_systolic(value)}
    low |= {at for at, _, value in stay.mean if low_mean(value)}
    near = [at for at in sorted(low) if time_zero - 6 * HOUR <= at <= time_zero + 6 * HOUR]
    early = [at for at in near if target_in is None or at < target_in]
    return next((second for first, second in pairwise(early) if second - first <= 3 * HOUR), None)


def persistent_hypotension(stay, target_in):
    """The second of two low readings in a row in the hour from the end of fluids."""
    found = []
    for readings, is_low in ((stay.systolic, low_systolic), (stay.mean, low_mean)):
        hour = [reading for reading in readings if target_in <= reading[0] <= target_in + HOUR]
        low = {minute: any(is_low(value) for at, _, value in hour if at == minute) for minute, _, _ in hour}
        found += [at for before, at in pairwise(sorted(low)) if low[before] and low[at]]
    return min(found, default=None)
