"""The clock of one element: when it is due, when it is too late, and when charting must be in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.verdict import ElementStatus
from scoring.number import Comparison, Limit, Resolution


@dataclass(frozen=True, slots=True)
class BundleClock:
    """A half-open window and what follows it.

    Attributes:
        opens_at: What it counts from; until then nobody can say what the feed covers of the window.
        due_at: What the board counts down to.
        closes_at: The first instant at which the measure would fail the element.
        settles_at: When a late chart entry is no longer waited for.
        warns_at: When to warn, earliest first, all before `due_at`.
    """

    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    settles_at: datetime
    warns_at: tuple[datetime, ...]

    def status(self, now: datetime) -> ElementStatus:
        """How an element that is not done stands at `now`."""
        if now >= self.settles_at:
            return ElementStatus.MISSED
        if now >= self.closes_at:
            return ElementStatus.OVERDUE
        if self.warns_at and now >= self.warns_at[0]:
            return ElementStatus.DUE_SOON
        return ElementStatus.OPEN

    def next_change_after(self, now: datetime) -> datetime | None:
        """The next instant at which `status`, a warning or what is covered changes; None where nothing will."""
        moments = (self.opens_at, *self.warns_at, self.closes_at, self.settles_at)
        return min((moment for moment in moments if moment > now), default=None)

    def warnings_by(self, now: datetime) -> int:
        """How many of the warnings are due by `now`."""
        return sum(moment <= now for moment in self.warns_at)


@dataclass(frozen=True, slots=True)
class Close:
    """An instant that closes a window early, with when that became known."""

    at: datetime
    known_at: datetime


def wind_clock(
    time_zero: datetime,
    limit: Limit,
    resolution: Resolution,
    *,
    grace: timedelta,
    warnings: tuple[timedelta, ...],
    known_from: datetime,
    early: Close | None = None,
) -> BundleClock:
    """Wind the clock of an element.

    `closes_at` is one unit of the resolution after `due_at` where the limit itself still
    passes, else `due_at`. An early close moves both to its own cut time if that is sooner.
    What had closed before it was known (`known_from`) waits for charting from then on.
    """
    slack = resolution.unit if limit.comparison is Comparison.AT_MOST else timedelta(0)
    due_at = resolution.cut(time_zero) + limit.delta
    closes_at = due_at + slack
    waits_from = max(closes_at, known_from)
    if early is not None and resolution.cut(early.at) + resolution.unit < closes_at:
        due_at = resolution.cut(early.at)
        closes_at = due_at + resolution.unit
        waits_from = max(closes_at, known_from, early.known_at)
    warns_at = tuple(due_at - offset for offset in warnings)
    return BundleClock(time_zero, due_at, closes_at, waits_from + grace, warns_at)
