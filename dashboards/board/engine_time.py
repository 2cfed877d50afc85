"""The engine's time on the board: the cache's clock and the engine's scale, never this machine's own clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.read_model import EngineClock


@dataclass(frozen=True, slots=True)
class EngineTime:
    """One reading of the engine's clock, and how it runs on from there.

    Attributes:
        read_at_s: Monotonic seconds of the reading.
        engine_at: The engine's time at the reading.
        wall_at: The cache's time at the reading.
        speed: Engine seconds a wall second.
        known: Whether an engine has set its clock; without one, the cache's own time is shown.
    """

    read_at_s: float
    engine_at: datetime
    wall_at: datetime
    speed: float
    known: bool

    def at(self, monotonic_s: float) -> datetime:
        """Tell the engine's time at a monotonic moment."""
        return self.engine_at + timedelta(seconds=(monotonic_s - self.read_at_s) * self.speed)

    def at_wall(self, wall: datetime) -> datetime:
        """Tell the engine's time at a moment on the wall."""
        return self.engine_at + (wall - self.wall_at) * self.speed

    def wall_seconds_since(self, then: datetime, monotonic_s: float) -> float:
        """Tell how many wall seconds ago the engine's time was `then`; never below zero."""
        return max(0.0, (self.at(monotonic_s) - then).total_seconds() / self.speed)


def read_engine_time(clock: EngineClock | None, cache_time: datetime, monotonic_s: float) -> EngineTime:
    """Set the engine's clock by the cache's: start + (cache time - wall start) * speed."""
    if clock is None:
        return EngineTime(monotonic_s, cache_time, cache_time, 1.0, known=False)
    engine_at = clock.started_at + (cache_time - clock.wall_started_at) * clock.speed
    return EngineTime(monotonic_s, engine_at, cache_time, clock.speed, known=True)
