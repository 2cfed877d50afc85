"""How a perfect observer compares times: the same few comparisons for every measure, and nothing else.

Both times are cut to the measure's resolution before they are compared. A limit of `<=` passes all of
its last minute; a limit of `<` fails from its first second on. An act known by its day only counts where
every minute of that day would do; where some would, nothing can be said; where none would, it is as if
it were not known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.simulator.course import MINUTE, Course, cut_to_minute, day_of, first_instant
from streams.simulator.truth import Deed, Done, Outcome

SYSTEMIC = frozenset({"iv", "io"})
"""Routes by which an antibacterial counts."""
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From when on, and until when, an act is in time.

    Attributes:
        since: First instant that counts; None: no lower bound.
        closes_at: First instant too late.
    """

    since: datetime | None
    closes_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an act at this second is in time."""
        return (self.since is None or at >= self.since) and at < self.closes_at


def window(
    zero: datetime,
    limit: timedelta,
    look_back: timedelta | None = None,
    *,
    strictly: bool = False,
    to_the_second: bool = False,
) -> Window:
    """The window of a limit after time zero.

    Args:
        zero: Time zero, cut to the resolution.
        limit: How long after it an act is in time.
        look_back: How long before it an act counts; None: however long.
        strictly: The limit itself is too late.
        to_the_second: The measure is kept to the second.
    """
    unit = timedelta(0) if strictly else _SECOND if to_the_second else MINUTE
    return Window(None if look_back is None else zero - look_back, zero + limit + unit)


def judge(acts: Iterable[Done], within: Window) -> Deed:
    """Whether any of the acts was in time; else whether one came late."""
    told = sorted(acts, key=lambda act: (act.at, act.fact))
    exact = [act for act in told if not act.day_only and (within.since is None or act.at >= within.since)]
    in_time = [act for act in exact if act.at < within.closes_at]
    in_time += [act for act in told if act.day_only and _all_day_in(act, within)]
    if in_time:
        first = min(in_time, key=lambda act: (act.at, act.fact))
        return Deed(Outcome.MET, first, within.closes_at)
    if any(act.day_only and _some_of_the_day_in(act, within) for act in told):
        return Deed(Outcome.CANNOT_ASSESS, exact[0] if exact else None, within.closes_at)
    if exact:
        return Deed(Outcome.MET_LATE, exact[0], within.closes_at)
    return Deed(Outcome.MISSED, None, within.closes_at)


def _day(act: Done) -> tuple[datetime, datetime]:
    """The first instant of the act's day, and of the next."""
    day = day_of(act.at)
    return first_instant(day), first_instant(day + _DAY)


def _all_day_in(act: Done, within: Window) -> bool:
    begins_at, ends_at = _day(act)
    return (within.since is None or begins_at >= within.since) and ends_at <= within.closes_at


def _some_of_the_day_in(act: Done, within: Window) -> bool:
    begins_at, ends_at = _day(act)
    return begins_at < within.closes_at and (within.since is None or ends_at > within.since)


def antibacterials(course: Course) -> list[Done]:
    """Starts of antibacterials by vein or bone, in time order."""
    doses = [dose for dose in course.doses if dose.antibacterial and dose.route in SYSTEMIC]
    found = [Done(dose.started_at, dose.name, "started_at", dose.day_only) for dose in doses if dose.started_at]
    return sorted(found, key=lambda dose: (dose.at, dose.fact))


def before_antibacterial(course: Course, cultures: Iterable[Done], within: Window, since: datetime | None) -> Deed:
    """Judge a culture that may not come after the first antibacterial from `since` on; the same minute will do.

    A dose known by its day only rules nothing out.
    """
    doses = [dose for dose in antibacterials(course) if not dose.day_only and (since is None or dose.at >= since)]
    if not doses:
        return judge(cultures, within)
    closes_at = min(within.closes_at, cut_to_minute(doses[0].at) + MINUTE)
    return judge(cultures, Window(within.since, closes_at))
