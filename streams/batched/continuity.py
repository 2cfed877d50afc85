"""Whether records follow each other without a hole, and where to read again if they do not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.batched.fetched import Fetched

Place = TypeVar("Place", bound=Hashable)
_offset = attrgetter("offset")


class Arrival(Enum):
    """What to do with records that were fetched together."""

    NEXT = auto()
    """Take those that were not taken before."""
    REPEATED = auto()
    """They were taken before, or come after a hole that is being read again: leave them."""
    HOLE = auto()
    """Records before them are missing: leave them, and read again from the offset expected."""


@dataclass(slots=True)
class _Track:
    expected: int
    doubted: int | None = None


class Continuity(Generic[Place]):
    """Follows the offsets of each partition.

    A hole between two fetches is believed only when reading again from where it begins shows it
    again: then the broker has no records there (compacted, expired, or marks of a transaction).
    The first time it may be ours: a client that lost records it had fetched. Within one fetch the
    records are as the broker has them.
    """

    def __init__(self) -> None:
        """Follow nothing."""
        self._tracks: dict[Place, _Track] = {}

    def start_anew(self) -> None:
        """Partitions are being handed out anew."""
        self._tracks.clear()

    def begin(self, place: Place, offset: int) -> None:
        """The next record of `place` is to be the one at `offset`."""
        self._tracks[place] = _Track(offset)

    def expected(self, place: Place) -> int:
        """The offset that must come next."""
        return self._tracks[place].expected

    def arrive(self, place: Place, records: Sequence[Fetched], begins_at: int) -> tuple[Arrival, Sequence[Fetched]]:
        """Judge records of one fetch, and give those to take.

        `begins_at` is what the first record of a partition should have.
        """
        track = self._tracks.setdefault(place, _Track(begins_at))
        first, last = records[0].offset, records[-1].offset
        if last < track.expected:
            return Arrival.REPEATED, ()
        if first <= track.expected or first == track.doubted:
            fresh = records if first >= track.expected else records[bisect_left(records, track.expected, key=_offset) :]
            track.expected, track.doubted = last + 1, None
            return Arrival.NEXT, fresh
        if track.doubted is None or first < track.doubted:
            track.doubted = first
            return Arrival.HOLE, ()
        return Arrival.REPEATED, ()
