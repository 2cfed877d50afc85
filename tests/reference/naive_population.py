"""Whom a measure leaves out: drops, population and exclusions, each a question to the chart.

Every question takes the stay and the minute of time zero. There is no lower bound: what came before time zero
leaves out as well. `None` as a limit: whenever it was.
"""

from reference.naive_chart import DAY, exactly_timed, last_minute, minute


def bad_datetime(stay):
    """The last discharge is not after the first admission."""
    admitted = stay.steps("admitted")
    return bool(admitted and stay.discharges) and minute(stay.discharges[-1]) <= minute(admitted[0])


def no_birth_date(stay):
    """The stay ended, and nobody sent a date of birth."""
    return bool(stay.discharges) and stay.born is None


def age(stay, zero):
    """Completed years on the day of the first admission, else arrival, else time zero; None where nobody can tell."""
    first = [rows[0].on_day for rows in (stay.steps("admitted"), stay.steps("arrived")) if rows]
    on_day = first[0] if first else day_of(stay, zero)
    if stay.born is None or on_day is None:
        return None
    had_birthday = (on_day.month, on_day.day) >= (stay.born.month, stay.born.day)
    return on_day.year - stay.born.year - (0 if had_birthday else 1)


def day_of(stay, zero):
    """The hospital's day of the minute of time zero, as the rows of that minute have it, or who said it."""
    said = [row.says[2] for row in stay.rows if row.says is not None and row.says[0] // 60 == zero]
    return next((row.on_day for row in stay.rows if row.at is not None and minute(row) == zero), *said[:1] or [None])


def is_grown_up(stay, zero):
    """18 years or more; without a date of birth nobody is left out."""
    years = age(stay, zero)
    return years is not None and years >= 18


def is_child(stay, zero):
    """Below 18 years; without a date of birth nobody is left out."""
    years = age(stay, zero)
    return years is not None and years < 18


def act_within(stay, zero, name, limit, reasons=None):
    """An act lies no more than `limit` minutes after time zero."""
    acts = [row for row in stay.acts(name) if reasons is None or row.reason in reasons]
    if limit is None:
        return bool(acts)
    return zero is not None and any(last_minute(row) - zero <= limit for row in acts)


def expired_within(stay, zero, limit, *, by_death=False):
    """The last discharge as expired lies within the limit; `by_death`: the time of death, where one is charted."""
    expired = [row for row in stay.discharges if row.discharge_status == "20"]
    last = (stay.steps("died") if by_death else []) or expired
    return zero is not None and bool(last) and minute(last[-1]) - zero <= limit


def discharged_within(stay, zero, limit):
    """The last discharge, or transfer to another hospital, lies within the limit."""
    return zero is not None and bool(stay.departures) and minute(stay.departures[-1]) - zero <= limit


def transferred(stay, *steps):
    """The patient came from, or went to, another hospital."""
    return bool(stay.steps(*steps))


def stayed_longer_than(stay, limit):
    """From the first admission, else arrival, to the last discharge it took more than the limit."""
    begun = stay.steps("admitted") or stay.steps("arrived")
    return bool(begun and stay.discharges) and minute(stay.discharges[-1]) - minute(begun[0]) > limit


def on_antibiotics_for_more_than(stay, zero, limit, gap=DAY):
    """Going back from time zero dose by dose, over no gap longer than `gap`, one lies more than `limit` before."""
    if zero is None:
        return False
    earliest = zero
    for dose in reversed(exactly_timed(stay.antibacterials())):
        if minute(dose) <= zero and earliest - minute(dose) <= gap:
            earliest = minute(dose)
    return zero - earliest > limit
