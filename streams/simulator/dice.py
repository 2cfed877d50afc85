"""Chance that comes from a seed: the same seed throws the same numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from streams.simulator.lag_table import LagTable, Range, between

Item = TypeVar("Item")

_SECONDS_A_MINUTE = 60
_SECONDS_AN_HOUR = 3600


class Dice:
    """Throws for one patient, hospital or day."""

    def __init__(self, seed: str) -> None:
        """Begin the sequence that belongs to `seed`."""
        self._random = Random(seed)  # noqa: S311 -- a seed makes the run, no secret hangs on it

    def chance(self, share: float) -> bool:
        """True in `share` of throws."""
        return self._random.random() < share

    def coin(self) -> bool:
        """True every other time."""
        return bool(self._random.getrandbits(1))

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, each as likely."""
        return self._random.choice(items)

    def whole(self, bounds: Range) -> int:
        """A whole number between the bounds, both possible."""
        low, high = bounds
        return self._random.randint(round(low), round(high))

    def measured(self, bounds: Range, digits: int = 1) -> float:
        """A number between the bounds, rounded as an instrument shows it."""
        return round(self._random.uniform(*bounds), digits)

    def exponential(self, mean: float) -> float:
        """A waiting time with this mean."""
        return self._random.expovariate(1 / mean)

    def minutes(self, bounds: Range) -> timedelta:
        """A length of time between so many minutes, to the second."""
        return timedelta(seconds=round(self._random.uniform(*bounds) * _SECONDS_A_MINUTE))

    def hours(self, bounds: Range) -> timedelta:
        """A length of time between so many hours, to the second."""
        return timedelta(seconds=round(self._random.uniform(*bounds) * _SECONDS_AN_HOUR))

    def seconds(self, bounds: Range) -> timedelta:
        """A length of time between so many whole seconds."""
        return timedelta(seconds=self.whole(bounds))

    def lag(self, table: LagTable) -> timedelta:
        """A delay drawn from the table, to the second."""
        return self.between(table.share, table.minutes)

    def between(self, shares: tuple[float, ...], minutes: tuple[float, ...]) -> timedelta:
        """A length of time with these quantiles in minutes, to the second."""
        return timedelta(seconds=round(between(shares, minutes, self._random.random()) * _SECONDS_A_MINUTE))

    def within_minute(self, minute: datetime) -> datetime:
        """Some second of the minute that begins at `minute`."""
        return minute + timedelta(seconds=self._random.randrange(_SECONDS_A_MINUTE))
