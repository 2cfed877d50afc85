"""Whether records follow each other without a hole, and where to read again if they do not."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar

Place = TypeVar("Place", bound=Hashable)


class Arrival(Enum):
    """What to do with a record."""

    NEXT = auto()
    """Take it."""
    REPEATED = auto()
    """It was taken before, or comes after a hole that is being read again: leave it."""
    HOLE = auto()
    """Records before it are missing: leave it, and read again from the offset expected."""


@dataclass(slots=True)
class _Track:
    expected: int
    doubted: int | None = None


class Continuity(Generic[Place]):
    """Follows the offsets of each partition.

    A hole is believed only when reading again from where it begins shows it again: then the broker
    has no records there (compacted, expired, or marks of a transaction). The first time it may be
    ours: a client that lost records it had fetched.
    """

    def __init__(self) -> None:
        """Follow nothing."""
        self._tracks: dict[Place, _Track] = {}

    def start_anew(self) -> None:
        """Partitions are being handed out anew."""
        self._tracks.clear()

    def expected(self, place: Place) -> int:
        """The offset that must come next."""
        return self._tracks[place].expected

    def arrive(self, place: Place, offset: int, begins_at: int) -> Arrival:
        """Judge the record at `offset`; `begins_at` is what the first one of a partition should have."""
        track = self._tracks.setdefault(place, _Track(begins_at))
        if offset < track.expected:
            return Arrival.REPEATED
        if offset in (track.expected, track.doubted):
            track.expected, track.doubted = offset + 1, None
            return Arrival.NEXT
        if track.doubted is None or offset < track.doubted:
            track.doubted = offset
            return Arrival.HOLE
        return Arrival.REPEATED
