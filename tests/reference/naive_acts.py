"""Was it done, and in time? One question for each act that a measure asks for.

`start` is the minute of the clock: time zero, or what else the measure counts from. A limit passes its whole last
minute; a `strict` one does not pass its own. What is said holds long after every clock has settled.
"""

from dataclasses import dataclass, replace

from reference.naive_chart import DAY, HOUR, SYSTEMIC, exact, exactly_timed, last_minute, minute
from reference.naive_circulation import completed_parts, parts_that_reach, weight
from reference.naive_words import BROAD_ALONE, BROAD_TOGETHER

FLUIDS_LOOK_BACK = 6 * HOUR
LACTATE_LOOK_BACK = 6 * HOUR
CULTURE_LOOK_BACK = 2 * DAY


@dataclass
class Window:
    """From the clock's start to `due`, and `closes`, the first minute that is too late.

    `shut_by` is the row that closes it before its limit.
    """

    start: int
    limit: int
    due: int
    closes: int
    shut_by: object = None


@dataclass
class Found:
    """How an element stands, why where the text has a word for it, the minute in which it was done, and its window."""

    status: str
    reason: str | None = None
    done: int | None = None
    window: Window | None = None


NOT_APPLICABLE = Found("not_applicable")
UNTOLD = Found("cannot_assess", "no_weight")
"""Nobody can tell whether the element is asked for."""


def within(start, limit, *, strict=False):
    """The window of a limit."""
    return Window(start, limit, start + limit, start + limit + (0 if strict else 1))


def by_minute(done, window):
    """How an act in a minute stands to a window."""
    if done is None:
        return Found("missed", window=window)
    return Found("met" if done < window.closes else "met_late", None, done, window)


def by_rows(rows, opens, window, *, doubtful=()):
    """The first row from a minute on decides.

    What is known by its day only counts where all of that day would do; where some of it would, nobody can say missed.
    `doubtful` are further such days, of which some minutes would not do for another reason.
    """
    closes = window.closes
    good = [minute(row) for row in exactly_timed(rows) if minute(row) >= opens]
    good += [minute(row) for row in rows if row.day_only and minute(row) >= opens and last_minute(row) < closes]
    found = by_minute(min(good, default=None), window)
    days = [row for row in [*rows, *doubtful] if row.day_only]
    if found.status != "met" and any(last_minute(row) >= opens and minute(row) < closes for row in days):
        return replace(found, status="cannot_assess", reason="day_only")
    return found


def antibiotic(stay, start, limit, *, look_back=DAY, routes=SYSTEMIC, strict=False):
    """A systemic antibacterial starts."""
    return by_rows(stay.antibacterials(routes), start - look_back, within(start, limit, strict=strict))


def broad_enough(given):
    """The minute at which doses, as pairs of name and minute, are broad enough; None where they never are."""
    done = [at for name, at in given if name in BROAD_ALONE]
    one, other = ([at for name, at in given if name in names] for names in BROAD_TOGETHER)
    if one and other:
        done.append(max(min(one), min(other)))
    return min(done, default=None)


def broad_spectrum(stay, start, limit, *, any_before=False):
    """A drug that is enough alone starts, or one of each list has; `any_before`: any of the day before is.

    What is known by its day only counts where all of that day would do; where its best minute would do, nobody can say
    missed.
    """
    window, opens, doses = within(start, limit), start - DAY, stay.antibacterials()
    surely = [row for row in doses if minute(row) >= opens and (not row.day_only or last_minute(row) < window.closes)]
    perhaps = [row for row in doses if last_minute(row) >= opens]
    done = [broad_enough([(row.name, minute(row)) for row in surely])]
    best = [broad_enough([(row.name, max(minute(row), opens)) for row in perhaps])]
    if any_before:
        done += [minute(row) for row in surely if last_minute(row) <= start]
        best += [max(minute(row), opens) for row in perhaps if minute(row) <= start]
    found = by_minute(min((at for at in done if at is not None), default=None), window)
    if found.status != "met" and any(at is not None and at < window.closes for at in best):
        return replace(found, status="cannot_assess", reason="day_only")
    return found


def shut_by_dose(window, stay):
    """A culture's window closes one minute after the first antibacterial from 24 h before on, if that is sooner."""
    doses = [row for row in exactly_timed(stay.antibacterials()) if minute(row) >= window.start - DAY]
    if not doses or minute(doses[0]) + 1 >= window.closes:
        return window
    return replace(window, due=minute(doses[0]), closes=minute(doses[0]) + 1, shut_by=doses[0])


def is_lost_to_dose(window, stay):
    """Whether the first antibacterial closes a culture's window no later than its limit."""
    doses = [minute(row) for row in exactly_timed(stay.antibacterials()) if minute(row) >= window.start - DAY]
    return bool(doses) and doses[0] + 1 <= window.closes


def blood_culture(stay, start, limit, *, look_back=CULTURE_LOOK_BACK, delay_accepted=False, needs_antibiotic=False):
    """A blood culture is drawn, in the first antibacterial's minute or before it."""
    cultures, doubtful = stay.of("culture", "blood"), []
    if needs_antibiotic:
        last_dose = max([minute(dose) for dose in exactly_timed(stay.antibacterials())], default=-1)
        doubtful = [row for row in cultures if minute(row) <= last_dose < last_minute(row)]
        cultures = [row for row in cultures if last_minute(row) <= last_dose]
    window = within(start, limit) if delay_accepted else shut_by_dose(within(start, limit), stay)
    found = by_rows(cultures, start - look_back, window, doubtful=doubtful)
    if not delay_accepted and found.status in {"met_late", "missed"} and is_lost_to_dose(window, stay):
        found.reason = "antibiotic_first"
    return found


def unless_by_day(found, rows, opens, window):
    """As found; but where it is not met, and one known by its day may lie in the window, nobody can say missed."""
    days = [row for row in rows if row.day_only]
    if found.status != "met" and any(last_minute(row) >= opens and minute(row) < window.closes for row in days):
        return replace(found, status="cannot_assess", reason="day_only")
    return found


def lactate(stay, initial, start, limit, *, by_result=False):
    """The initial lactate is collected, or resulted."""
    done, window = None if initial is None else initial.resulted if by_result else initial.at, within(start, limit)
    found = by_minute(None if done is None else done // 60, window)
    return unless_by_day(found, stay.values("lactate"), start - LACTATE_LOOK_BACK, window)


def repeat_lactate(stay, initial, zero, start, limit):
    """The next lactate after the initial one, if that is above 2 mmol/L, or where nobody knows whether it is.

    One known by its day only may have been the initial one where there is no other, or the next one after it.
    """
    window, opens = within(start, limit), zero - LACTATE_LOOK_BACK
    drawn = [row for row in stay.values("lactate") if last_minute(row) >= opens]
    if initial is None or minute(initial) >= window.closes:
        perhaps = [row for row in drawn if row.value is None or exact(row.value) > 2]
        found = unless_by_day(Found("not_applicable", None, None, window), perhaps, opens, window)
        return replace(found, reason="no_initial_lactate")
    days = [row for row in drawn if row.day_only and last_minute(row) * 60 > initial.at]
    later = [minute(row) for row in exactly_timed(drawn) if row.at > initial.at]
    later += [minute(row) for row in days if row.at > initial.at and last_minute(row) < window.closes]
    if initial.value is None and not later:
        return Found("cannot_assess", "no_value", None, window)
    if initial.value is not None and exact(initial.value) <= 2:
        return NOT_APPLICABLE
    return unless_by_day(by_minute(min(later, default=None), window), days, opens, window)


def fluids_completed(stay, start, limit, volume, *, look_back=FLUIDS_LOOK_BACK):
    """The volume is in, by the end of the part that reaches it."""
    window = within(start, limit)
    if volume is None:
        return Found("cannot_assess", "no_weight", None, window)
    reached = parts_that_reach([row for row in completed_parts(stay) if minute(row) >= start - look_back], volume)
    found = by_minute(reached[-1].ended // 60 if reached else None, window)
    return unless_by_day(found, stay.drugs("crystalloid"), start - look_back, window)


def fluids_started(stay, start, limit, volume):
    """Parts that start in the window bring the volume in; it was done when the first of them started.

    Where later parts are needed, it was done when the last of those needed started.
    """
    window = within(start, limit)
    if volume is None:
        return Found("cannot_assess", "no_weight", None, window)
    parts = [row for row in completed_parts(stay) if minute(row) >= start - FLUIDS_LOOK_BACK]
    in_time = parts_that_reach([row for row in parts if minute(row) < window.closes], volume)
    if in_time:
        return by_minute(min(minute(row) for row in in_time), window)
    late = parts_that_reach(parts, volume)
    found = by_minute(max(minute(row) for row in late) if late else None, window)
    return unless_by_day(found, stay.drugs("crystalloid"), start - FLUIDS_LOOK_BACK, window)


def boluses(stay):
    """Crystalloid hung once: minute of the start, and volume charted for all of its parts."""
    hung = {}
    for row in exactly_timed(stay.drugs("crystalloid")):
        hung.setdefault(row.infusion or row.event_id, []).append(row)
    return [(minute(parts[0]), sum(exact(row.volume) or 0 for row in parts)) for parts in hung.values()]


def bolus(stay, start, limit, number, *, per_kg=None, zero=None, strict=False):
    """The `number`-th bolus of `per_kg` mL/kg or more starts."""
    window, least = within(start, limit, strict=strict), 0
    if per_kg is not None:
        kg = weight(stay, zero)
        if kg is None:
            return Found("cannot_assess", "no_weight", None, window)
        least = per_kg * kg
    started = sorted(at for at, volume in boluses(stay) if volume >= least and at >= start - FLUIDS_LOOK_BACK)
    found = by_minute(started[number - 1] if len(started) >= number else None, window)
    return unless_by_day(found, stay.drugs("crystalloid"), start - FLUIDS_LOOK_BACK, window)


def vasopressor(stay, start, limit, *, look_back=FLUIDS_LOOK_BACK):
    """A vasopressor starts, by vein or bone where the feed names a route."""
    given = [row for row in stay.drugs("vasopressor") if row.route in {None, *SYSTEMIC}]
    return by_rows(given, start - look_back, within(start, limit))


def statement(said, start, limit, *, look_back, strict=False):
    """Somebody said so, from the look-back on; `said` are the case's own acts."""
    return by_rows(said, start - look_back, within(start, limit, strict=strict))


def statement_until_the_end(stay, acts):
    """Somebody said so before the stay ended, at whatever time; open while the patient is here."""
    said = [minute(row) for row in acts]
    ended = stay.ends()
    if ended is None:
        return Found("met", None, said[0]) if said else Found("open")
    return by_minute(min(said, default=None), Window(ended, 0, ended, ended + 1))


def reassessment(stay, said, start, limit):
    """Assessed again in this case, from the start of the first crystalloid on; without one from the clock's start."""
    hung = exactly_timed(stay.drugs("crystalloid"))
    fluids = [minute(row) for row in hung if minute(row) >= start - FLUIDS_LOOK_BACK]
    return by_rows(said, fluids[0] if fluids else start, within(start, limit))


def vital_signs(stay, start, limit, full_set):
    """Of each group one is measured from time zero on and charted; done when the last group's first is charted.

    What is known by its day only was measured at some minute of it, and not after it was charted. Where a set that is
    complete in time can be made with such signs, nobody can say missed.
    """
    window, surely, at_best = within(start, limit), [], []
    for group in full_set:
        rows = [row for row in stay.values(*group) if row.recorded is not None and row.value is not None]
        possible = [row.recorded // 60 for row in rows if min(last_minute(row), row.recorded // 60) >= start]
        sure = [row.recorded // 60 for row in rows if minute(row) >= start]
        surely.append(min(sure, default=None))
        at_best.append(min([*sure, *possible], default=None))
    found = by_minute(None if None in surely else max(surely), window)
    if found.status != "met" and None not in at_best and max(at_best) < window.closes:
        return replace(found, status="cannot_assess", reason="day_only")
    return found


def died_in_stay(stay):
    """The patient died; missed, once gone alive: who dies at home later did not die in the stay."""
    if stay.deaths():
        died = minute(stay.deaths()[-1])
        return Found("missed" if stay.left_alive() and stay.left_alive()[-1] < died else "met", None, died)
    return Found("missed" if stay.left_alive() else "open")


def died_within(stay, start, limit):
    """The patient died within the limit; who left alive before it is unknown."""
    window, left = within(start, limit), stay.left_alive()
    if stay.deaths():
        died = minute(stay.deaths()[-1])
        return Found("met" if died < window.closes else "missed", "died", died, window)
    if left and left[-1] < window.closes:
        return Found("cannot_assess", "left_alive", None, window)
    return Found("missed", None, None, window)
