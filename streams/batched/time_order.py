"""Topics read side by side: about in the order in which their records were written."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from heapq import merge
from itertools import accumulate, chain, islice, takewhile
from math import inf
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from faust.types import TP

    from streams.batched.fetched import Fetched

_FIRST_FETCHES = 0.2
"""Seconds in which each partition's first records are fetched, where there are any."""
_GIVES_WAY = 2.0
"""Seconds that the stage behind them waits at most for a backlog that they are about to hand it."""
_TAKES_TURNS = 2.0
"""Seconds that one who has read his part of a turn waits at most for the others to take theirs."""


class Lane(Protocol):
    """One of those who read side by side."""

    @property
    def waiting(self) -> Collection[tuple[TP, Sequence[Fetched]]]:
        """What was fetched and waits, each partition's in its order."""

    @property
    def more_after(self) -> Iterable[int]:
        """Of each partition of which the broker has more that is about to come, the latest moment that came so far."""

    @property
    def is_at_work(self) -> bool:
        """Whether it is at a batch."""

    @property
    def is_held_up(self) -> bool:
        """Whether it has been at one batch for so long that nobody should wait for it."""

    def look_again(self) -> None:
        """See whether more may be taken."""


class TimeOrder:
    """Says up to which moment each of several stages may take its records: as far as the earliest that wait at any.

    Each at its own pace, a stage whose topic has few records would come to its end long before one whose topic has
    many, and after an outage one half of what happened would be read hours before the other. So a stage takes what
    is among the `within` earliest that wait at all of them, and not later than what is still to be fetched of a
    backlog: a turn, and the next begins once each is done with what is its own. It is a rule of thumb: none waits
    for a stage that is held up, or for what does not come.
    """

    def __init__(self, within: int, now_ms: Callable[[], int]) -> None:
        """Keep `within` records together. A record of a time that `now_ms` has not seen yet waits for nobody."""
        self._within = within
        self._now_ms = now_ms
        self._lanes: list[Lane] = []
        self._moved = asyncio.Event()
        self._begins_at: float | None = -inf
        self._turn_ends: float | None = None
        """Up to which moment this turn goes; None: all may be taken."""
        self._is_rest = False
        """This turn is what was left of a backlog: what comes after it waits for nobody."""

    def join(self, lane: Lane) -> None:
        """Read side by side with all who have joined."""
        self._lanes.append(lane)

    def begin(self) -> None:
        """Partitions were given: once something has come, wait until the first of each may have."""
        self._begins_at = self._turn_ends = None
        self._is_rest = False

    @property
    def in_turns(self) -> bool:
        """Whether there is a backlog, of which each takes what is its own up to one moment."""
        return self._turn_ends is not None

    def look_again(self) -> None:
        """Records were taken, or are held up no longer: others may have their turn."""
        self._moved.set()
        for lane in self._lanes:
            lane.look_again()

    def _waiting(self) -> Iterator[tuple[TP, Sequence[Fetched]]]:
        return chain.from_iterable(lane.waiting for lane in self._lanes if not lane.is_held_up)

    def _count_waiting(self) -> int:
        return sum(len(records) for _, records in self._waiting())

    async def most_taken(self) -> None:
        """Wait, though not for long, until less than what is kept together waits at all of them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GIVES_WAY):
                while self._count_waiting() >= self._within:
                    self._moved.clear()
                    await self._moved.wait()

    async def others_took(self, but: Collection[str]) -> None:
        """Wait, though not for long, until of all topics but these was taken what is of this turn, and handed in."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TAKES_TURNS):
                # Whoever has just taken his part hands in what comes of it before this goes on.
                await asyncio.sleep(0)
                while self._turn_ends is not None and self._is_to_take(self._turn_ends, but):
                    self._moved.clear()
                    await self._moved.wait()
                    await asyncio.sleep(0)

    def _is_to_take(self, until: float, but: Collection[str] = ()) -> bool:
        """Whether something of a turn waits, by what is first of each partition with a time."""
        now_ms = self._now_ms()
        firsts: dict[TP, int] = {}
        for tp, records in self._waiting():
            firsts.setdefault(tp, next(iter(_moments(records, now_ms)), 0))
        return any(0 < first <= until for tp, first in firsts.items() if tp.topic not in but)

    def until(self) -> float:
        """The last moment, in milliseconds since 1970, of which records may be taken now."""
        loop = asyncio.get_running_loop()
        if self._begins_at is None:
            self._begins_at = loop.time() + _FIRST_FETCHES
            loop.call_at(self._begins_at, self.look_again)
        if loop.time() < self._begins_at:
            return -inf
        if self._turn_ends is not None and (self._is_to_take(self._turn_ends) or self._is_under_way()):
            return self._turn_ends
        earliest, fetched = self._among_the_earliest(), self._fetched()
        self._is_rest = earliest == inf and self._turn_ends is not None and not self._is_rest
        if self._is_rest:
            earliest = max(self._moments_waiting(), default=inf)
        last = min(earliest, fetched)
        # What little waits without a backlog is taken as it comes, up to what is still to be fetched.
        self._turn_ends = None if earliest == inf else last
        return last

    def _is_under_way(self) -> bool:
        return any(lane.is_at_work and not lane.is_held_up for lane in self._lanes)

    def _moments_waiting(self) -> Iterator[int]:
        now_ms = self._now_ms()
        return chain.from_iterable(_moments(records, now_ms) for _, records in self._waiting())

    def _among_the_earliest(self) -> float:
        """The latest moment of the earliest that are kept together; where fewer wait, all are."""
        if self._count_waiting() < self._within:
            return inf
        runs: dict[TP, list[Sequence[Fetched]]] = defaultdict(list)
        for tp, records in self._waiting():
            runs[tp].append(records)
        now_ms = self._now_ms()
        # Each record has the latest moment of those before it: so somebody's first may always be taken.
        moments = [accumulate(_moments(chain.from_iterable(run), now_ms), max) for run in runs.values()]
        return next(islice(merge(*moments), self._within - 1, None), inf)

    def _fetched(self) -> float:
        """Up to which moment all has come; what is still to be fetched may be later."""
        now_ms = self._now_ms()
        moments = chain.from_iterable(lane.more_after for lane in self._lanes if not lane.is_held_up)
        return min((at for at in moments if 0 < at <= now_ms), default=inf)

    def moment(self, record: Fetched) -> int:
        """When a record was written, in milliseconds; 0 where it does not say, or says what has not been yet."""
        return _moment(record, self._now_ms())

    def count(self, records: Iterable[Fetched], until: float) -> int:
        """How many of these, from the first on, may be taken."""
        now_ms = self._now_ms()
        return sum(1 for _ in takewhile(lambda each: _moment(each, now_ms) <= until, records))


def _moment(record: Fetched, now_ms: int) -> int:
    return record.timestamp if 0 < record.timestamp <= now_ms else 0


def _moments(records: Iterable[Fetched], now_ms: int) -> Iterator[int]:
    return (moment for each in records if (moment := _moment(each, now_ms)))
