"""What was handed to the stages and is not finished: the measure of back-pressure."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faust.types import TP

    from streams.batched.fetched import Fetched


@dataclass(frozen=True, slots=True)
class _Handed:
    last: int
    records: int
    size_bytes: int


@dataclass(slots=True)
class _UnderWay:
    handed: deque[_Handed] = field(default_factory=deque)
    records: int = 0
    size_bytes: int = 0

    def add(self, fetch: _Handed) -> None:
        self.handed.append(fetch)
        self.records += fetch.records
        self.size_bytes += fetch.size_bytes

    def remove(self, fetch: _Handed) -> None:
        self.handed.remove(fetch)
        self.records -= fetch.records
        self.size_bytes -= fetch.size_bytes


class Backlog:
    """Counts records and bytes under way, by partition.

    A partition is full at `most_records`, or what its topic lets wait, or at `most_bytes`; since it is filled a
    fetch at a time, it holds at most one fetch more than that.
    """

    def __init__(self, most_records: int, most_bytes: int) -> None:
        """Begin with nothing under way."""
        self._most_records = most_records
        self._most_bytes = most_bytes
        self._let_wait: dict[str, int] = {}
        self._under_way: dict[TP, _UnderWay] = defaultdict(_UnderWay)

    def let_wait(self, topics: Iterable[str], records: int) -> None:
        """So many records of each partition of these topics may wait, where that is more than of others."""
        for topic in topics:
            self._let_wait[topic] = max(records, self._let_wait.get(topic, self._most_records))

    def hand(self, tp: TP, records: Sequence[Fetched]) -> None:
        """These were handed over."""
        size = sum(len(each.value or b"") + len(each.key or b"") for each in records)
        self._under_way[tp].add(_Handed(records[-1].offset, len(records), size))

    def finish(self, tp: TP, next_offset: int) -> None:
        """Everything below `next_offset` is finished."""
        under_way = self._under_way[tp]
        while under_way.handed and under_way.handed[0].last < next_offset:
            under_way.remove(under_way.handed[0])

    def drop(self, tp: TP, last: int) -> None:
        """The records that end at `last` were left, and will not be finished."""
        under_way = self._under_way[tp]
        for fetch in [each for each in under_way.handed if each.last == last]:
            under_way.remove(fetch)

    def is_full(self, tp: TP) -> bool:
        """Whether no more may be handed over for now."""
        under_way = self._under_way[tp]
        most_records = self._let_wait.get(tp.topic, self._most_records)
        return under_way.records >= most_records or under_way.size_bytes >= self._most_bytes

    def records(self) -> int:
        """How many records are under way, over all partitions."""
        return sum(each.records for each in self._under_way.values())

    def forget(self) -> None:
        """Partitions are being handed out anew, or read from where they were committed."""
        self._under_way.clear()

    def forget_partition(self, tp: TP) -> None:
        """A partition is being read from another offset."""
        self._under_way.pop(tp, None)
