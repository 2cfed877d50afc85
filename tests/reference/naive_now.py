"""How every case stands at some moment, from what had been received by then: open, due soon, overdue, not open.

Since when something has been known is found by brute force: everything is judged anew after each receipt. A window
that had closed before its case, its time zero or its condition was known waits the charting grace from then on.
"""

from dataclasses import dataclass, replace

from reference.naive_feed import read_patients, read_version
from reference.naive_judge import MEASURES
from reference.naive_measure import bundle_of, judge_by
from reference.naive_sepsis import UNCONFIRMED_FOR
from reference.naive_stays import find_stays

GRACE = 60 * 60
WARNED = {15: 5, 20: 5, 60: 20, 180: 60, 240: 60, 360: 90}
"""By limit, how many minutes before it is due an element is due soon."""

NEVER_WARNED = ["broad_spectrum"]
WAITS_FOR_CLOSE = ["no_weight", "no_value"]
OUTCOMES = ["died_in_hospital", "died_within_3_days", "died_within_30_days"]
AT_ONCE = [("missed", "died"), ("cannot_assess", "left_alive"), ("open", None), ("excluded", None)]
"""Verdicts that wait for nothing."""


@dataclass
class Knowledge:
    """What was believed after one receipt: every verdict as if everything had settled."""

    at: int
    cases: list


def received(message):
    """When a message was received; what cannot be read never was."""
    version = read_version(message)
    return None if version is None else version.row.received


def judge_known(messages, measures, now):
    """Every verdict by some messages as if all had settled; sepsis unconfirmed lapses by `now`."""
    found = []
    for rows in read_patients(messages).values():
        for stay in find_stays(rows):
            stay.now = now
            found += [each for measure in measures for each in judge_by(measure, stay)]
    return found


def history_of(messages, now, measures=MEASURES):
    """What was believed after each receipt, and at each lapse of a lonely sign, up to now; the latest first."""
    known = [(at, message) for message in messages if (at := received(message)) is not None and at <= now]
    rows = [row for rows in read_patients([each for _, each in known]).values() for row in rows]
    lonely = [row.at for row in rows if row.at is not None and (row.kind == "culture" or row.drug == "antibacterial")]
    moments = {at for at, _ in known} | {at + UNCONFIRMED_FOR for at in lonely}
    return [
        Knowledge(moment, judge_known([each for at, each in known if at <= moment], measures, moment))
        for moment in sorted((each for each in moments if each <= now), reverse=True)
    ]


def is_same(one, other):
    """Whether two verdicts are about one case, whose number may not have been settled."""
    numbers, after = one.stretch
    return one.measure == other.measure and after == other.stretch[1] and bool(numbers & other.stretch[0])


def since(history, case, holds):
    """The moment since which a case has been so without a break; None where it is not so now."""
    known = None
    for each in history:
        if not any(is_same(case, then) and holds(then) for then in each.cases):
            break
        known = each.at
    return known


def is_asked(judged, name, window):
    """Whether an element was switched on, with the same start of its clock."""
    found = judged.would_be().get(name)
    return found is not None and found.window is not None and found.window.start == window.start


def known_from(history, case, name, window):
    """Since when a window could be watched: its case, population, time zero, condition, and the dose that shut it."""
    believed = since(history, case, lambda judged: judged.belongs and judged.zero.second == case.zero.second)
    asked = since(history, case, lambda judged: is_asked(judged, name, window))
    return max(believed, asked or 0, window.shut_by.received if window.shut_by is not None else 0)


def running(name, window, unit, now):
    """How an element stands while its window runs."""
    warned = None if name in NEVER_WARNED else WARNED.get(window.limit * unit // 60)
    return "due_soon" if warned is not None and now >= window.due * unit - warned * 60 else "open"


def stand(found, name, unit, now, known):
    """How an element stands now that would settle as `found`; `known`: since when its window could be watched."""
    window = found.window
    if window is None or found.status in {"met", "met_late"} or (found.status, found.reason) in AT_ONCE:
        return found
    closes = window.closes * unit
    if found.reason == "no_initial_lactate":
        return replace(found, status="not_open") if now < closes else found
    if now < closes:
        return replace(found, status=running(name, window, unit, now))
    waits = found.reason not in WAITS_FOR_CLOSE and name not in OUTCOMES and found.done is None
    return replace(found, status="overdue") if waits and now < max(closes, known) + GRACE else found


def judge_at(messages, now, measures=MEASURES, history=None):
    """Every case as it stands at a second, by what had been received by then; `history`: of all messages."""
    history = [each for each in history or history_of(messages, now, measures) if each.at <= now]
    known = [message for message in messages if (at := received(message)) is not None and at <= now]
    present = Knowledge(now, judge_known(known, measures, now))
    units = {measure.name: (measure, 1 if measure.is_to_the_second else 60) for measure in measures}
    for case in present.cases:
        measure, unit = units[case.measure]
        if case.status == "denominator":
            for name, found in case.elements.items():
                watched = watched_from([present, *history], case, name, found)
                case.elements[name] = stand(found, name, unit, now, watched)
            case.bundle = bundle_of(measure, case.elements)
    return present.cases


def watched_from(history, case, name, found):
    """Since when an element's window could be watched, as far as that matters."""
    if found.window is None or found.window.limit == 0:
        return 0
    return known_from(history, case, name, found.window)
