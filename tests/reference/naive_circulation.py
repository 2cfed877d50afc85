"""Blood pressure, lactate and fluids: hypotension that begins, hypotension that persists, septic shock.

What is known by its day only starts no clock and is in no volume. `zero` is the minute of time zero. A circumstance is
the minute since which it holds, None where it does not.
"""

from fractions import Fraction
from itertools import pairwise

from reference.naive_cases import own_acts
from reference.naive_chart import HOUR, exact, exactly_timed, minute

PRESSURES = {"systolic_bp": 90, "mean_arterial_pressure": 65}
"""A reading below is low: mmHg."""

BEFORE = 6 * HOUR
SHOCK_WITHIN = 6 * HOUR
FLUIDS_LOOK_BACK = 6 * HOUR
LACTATE_LOOK_BACK = 6 * HOUR
LACTATE_OF_SHOCK = 4
OBSERVED_FOR = HOUR


def weight(stay, zero):
    """The last weight by time zero's minute, else the first after it; None where nobody weighed."""
    weighed = [row for row in stay.values("weight") if row.value]
    before = [row for row in weighed if minute(row) <= zero]
    return exact((before or weighed[:1])[-1].value) if weighed else None


def first_lactate(stay, earliest):
    """The first lactate from a minute on."""
    return next((row for row in exactly_timed(stay.values("lactate")) if minute(row) >= earliest), None)


def highest_lactate(stay, zero):
    """The highest of the 6 h up to time zero's minute, of equals the earliest; else the first after it."""
    drawn = [row for row in exactly_timed(stay.values("lactate")) if minute(row) >= zero - LACTATE_LOOK_BACK]
    before = [row for row in drawn if minute(row) <= zero]
    known = [row for row in before if row.value is not None]
    if known:
        return max(known, key=lambda row: (exact(row.value), -row.at))
    return (before or drawn or [None])[0]


def target(stay, zero, *, per_kg=30, share=Fraction(1), lesser=False):
    """The volume to be given in mL; None where nobody weighed. A documented lesser volume stands instead."""
    said = [row for row in stay.acts("lesser_volume_ordered") if row.value is not None] if lesser else []
    if said:
        return exact(said[-1].value)
    kg = weight(stay, zero)
    return None if kg is None else per_kg * share * kg


def completed_parts(stay):
    """Parts of crystalloid infusions that are completed, in the order of completion."""
    parts = [
        row for row in exactly_timed(stay.drugs("crystalloid")) if row.ended is not None and row.volume is not None
    ]
    return sorted(parts, key=lambda row: (row.ended, row.event_id))


def parts_that_reach(parts, volume):
    """The parts, in the order of completion, up to the one with which the volume is in; None where it never is."""
    given = Fraction(0)
    for place, part in enumerate(parts):
        given += exact(part.volume)
        if given >= volume:
            return parts[: place + 1]
    return None


def target_minute(stay, zero, volume):
    """The minute in which the target volume is in, of infusions that start from 6 h before time zero on."""
    if volume is None:
        return None
    parts = [row for row in completed_parts(stay) if minute(row) >= zero - FLUIDS_LOOK_BACK]
    reached = parts_that_reach(parts, volume)
    return reached[-1].ended // 60 if reached else None


def is_low(row):
    """Whether a reading of a pressure is low."""
    return row.value is not None and exact(row.value) < PRESSURES[row.name]


def low_minutes(stay):
    """The different minutes at which a pressure was low, earliest first."""
    return sorted({minute(row) for row in exactly_timed(stay.values(*PRESSURES)) if is_low(row)})


def initial_hypotension(stay, zero, target_in, *, readings, apart, after):
    """`readings` low ones close together, from 6 h before time zero on and before the target volume is in."""
    lows = [at for at in low_minutes(stay) if zero - BEFORE <= at <= zero + after]
    lows = [at for at in lows if target_in is None or at < target_in]
    for last in lows:
        if len([at for at in lows if last - apart <= at <= last]) >= readings:
            return last
    return None


def persistent_hypotension(stay, target_in):
    """Two low readings of one pressure in a row, in the hour from the end of the fluids, both ends included.

    Of one minute the lowest reading counts.
    """
    found = []
    for pressure in PRESSURES if target_in is not None else []:
        rows = [
            row for row in exactly_timed(stay.values(pressure)) if target_in <= minute(row) <= target_in + OBSERVED_FOR
        ]
        low = {at: any(is_low(row) for row in rows if minute(row) == at) for at in sorted(map(minute, rows))}
        found += [later for at, later in pairwise(low) if low[at] and low[later]]
    return min(found, default=None)


def hypotension_on_fluids(stay, zero, until):
    """A low reading from the start of the first crystalloid on, until some minutes after time zero."""
    fluids = exactly_timed(stay.drugs("crystalloid"))
    begun = next((minute(row) for row in fluids if minute(row) >= zero - FLUIDS_LOOK_BACK), None)
    found = [at for at in low_minutes(stay) if begun is not None and begun <= at <= zero + until]
    return min(found, default=None)


def high_lactate(lactate):
    """The initial lactate is 4 mmol/L or more, since its collection."""
    is_high = lactate is not None and lactate.value is not None and exact(lactate.value) >= LACTATE_OF_SHOCK
    return minute(lactate) if is_high else None


def shock_documented(stay, case, zero):
    """Somebody said septic shock in this case, from 6 h before time zero on."""
    said = [minute(row) for row in exactly_timed(own_acts(stay, case, "septic_shock_documented"))]
    return min((at for at in said if at >= zero - FLUIDS_LOOK_BACK), default=None)


def septic_shock(zero, circumstances):
    """The earliest of some circumstances, not later than 6 h after time zero; its minute is not before time zero."""
    found = [since for since in circumstances if since is not None and since <= zero + SHOCK_WITHIN]
    return max(zero, min(found)) if found else None
