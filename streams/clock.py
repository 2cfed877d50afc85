"""The one place where the wall clock is read.

Everything else is given an instant. The engine's clock is the wall's, or, for a recorded feed,
one that was started at a chosen instant and runs faster or slower (`EngineClock`); feed, worker,
ticker and board share it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from schemas.read_model import EngineClock


class Clock:
    """The engine's clock."""

    def __init__(self, engine: EngineClock | None = None) -> None:
        """Run on `engine`, or on the wall's clock."""
        wall_now = wall_clock()
        self.engine = engine or EngineClock(started_at=wall_now, wall_started_at=wall_now, speed=1.0)

    def now(self) -> datetime:
        """The engine's time, in UTC."""
        engine = self.engine
        return (engine.started_at + (wall_clock() - engine.wall_started_at) * engine.speed).astimezone(UTC)

    def wall_seconds_until(self, instant: datetime) -> float:
        """Wall seconds until the engine's clock shows `instant`; 0 once it has."""
        return max(0.0, (instant - self.now()) / timedelta(seconds=1) / self.engine.speed)


def wall_clock() -> datetime:
    """The wall's clock, in UTC: for measuring our own work, never for judging."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds from an arbitrary start; never goes back."""
    return time.monotonic()
