"""A stage: takes an agent's fetches in batches, and says which records are finished."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from itertools import accumulate, chain
from math import inf
from typing import TYPE_CHECKING, Any

from streams.batched.continuity import Arrival, Continuity
from streams.batched.task_end import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from faust.types import TP

    from streams.batched.app import BatchedApp
    from streams.batched.fetched import Fetched
    from streams.batched.time_order import TimeOrder

    Handler = Callable[[Sequence[Any]], Awaitable[int | None]]
    """Finishes so many of the records it is given, from the first on, and at least one; None: all of them."""

_Part = tuple["TP", "Sequence[Fetched]"]
"""Records of one partition, in their order."""
_log = logging.getLogger(__name__)
_RETRY_AFTER = 1.0
_TOLD_EVERY = 60
"""Tries of one batch between two lines in the log, about a minute; an error that is new to it is told at once."""
_PATIENCE = 4.0
"""Seconds a batch under way may still take when partitions are taken away; less than a rebalance may last."""
_HELD_UP_AFTER = 2.0
"""Seconds after which stages that read side by side with one do not wait for its batch any longer, nor for a partition
of which nothing has come; and after which a stage looks again by itself."""


class Stage:
    """Handles the records of some topics in their order, a batch at a time.

    A batch is finished when its handler returns; only then may its offsets be committed. A handler may return
    how many records it has finished, from the first on; the others come again with the next batch. One that
    raises is given the same batch again, after a pause, for as long as the worker runs.
    """

    hurries = False
    """Partitions are being taken away: a handler that can had better stop with what it has done so far."""

    def __init__(
        self,
        app: BatchedApp,
        name: str,
        topics: tuple[str, ...],
        handler: Handler,
        *,
        batch_records: int,
        on_finished: Callable[[str, Sequence[Fetched]], None],
        on_failed: Callable[[str, Exception], None],
        order: TimeOrder | None,
        after: TimeOrder | None,
    ) -> None:
        """Hand batches of at most `batch_records` to `handler`, in an `order` with other stages.

        `after`: those whose results it handles; a backlog that waits with them is taken first.
        """
        self.name = name
        self.topics = topics
        self._app = app
        self._handler = handler
        self._batch_records = batch_records
        self._on_finished = on_finished
        self._on_failed = on_failed
        self.waiting: deque[_Part] = deque()
        self._turns: dict[TP, int] = {}
        """Of each partition: in which turn something of it was finished last."""
        self._latest: dict[TP, tuple[int, float]] = {}
        """Of each partition: the latest moment of a record that came, and when, by the loop's clock, one came last."""
        self._arrived = asyncio.Event()
        self._continuity: Continuity[TP] = Continuity()
        self._work: asyncio.Task[None] | None = None
        self._began_at = 0.0
        self._times_put_down = 0
        self._open = True
        self._order = order
        self._after = after
        app.finished.register(name, topics)
        if order is not None:
            order.join(self)

    async def feed(self, stream: Any) -> None:
        """Take what was fetched from the agent's stream, for as long as it lasts."""
        async for event in stream.noack().events():
            message = event.message
            if message.generation_id == self._app.consumer_generation_id:
                await self._take_in(message.tp, message.value)

    async def _take_in(self, tp: TP, records: Sequence[Fetched]) -> None:
        arrival, fresh = self._continuity.arrive(tp, records, self._app.committed(tp))
        if arrival is Arrival.NEXT:
            self._came(tp, fresh)
            return
        self._app.backlog.drop(tp, records[-1].offset)
        if arrival is Arrival.HOLE:
            await self._read_again(tp)

    def _came(self, tp: TP, records: Sequence[Fetched]) -> None:
        self.waiting.append((tp, records))
        self._arrived.set()
        if self._order is not None:
            before, _ = self._latest.get(tp, (0, 0.0))
            latest = max(before, *map(self._order.moment, records))
            self._latest[tp] = latest, asyncio.get_running_loop().time()
            self._order.look_again()

    async def _read_again(self, tp: TP) -> None:
        fields = {"stage": self.name, "topic": tp.topic, "partition": tp.partition}
        _log.warning("reading_again", extra={"fields": fields})
        try:
            await self._app.consumer.seek(tp, self._continuity.expected(tp))
        except Exception as error:  # noqa: BLE001 - partitions are being handed out anew: all is read again
            _log.warning("not_read_again", extra={"fields": {"stage": self.name, "error": type(error).__name__}})

    async def run(self) -> None:
        """Handle batches until the stage is closed."""
        while self._open:
            await self._something_to_look_at()
            if self._after is not None:
                await self._after.most_taken()
            batch = self._next_batch()
            if batch and self._open:
                self._began_at = asyncio.get_running_loop().time()
                self._work = asyncio.ensure_future(self._finish(batch))
                await asyncio.wait([self._work])
                self._work = None
                if self._order is not None:
                    self._order.look_again()

    async def _something_to_look_at(self) -> None:
        """Records came, or may be taken now; what waits for others is looked at from time to time besides."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_HELD_UP_AFTER if self.waiting else None):
                await self._arrived.wait()

    @property
    def is_at_work(self) -> bool:
        """Whether it is at a batch."""
        return self._work is not None

    @property
    def is_held_up(self) -> bool:
        """Whether it has been at one batch for so long that none who reads side by side should wait for it."""
        return self._work is not None and asyncio.get_running_loop().time() - self._began_at > _HELD_UP_AFTER

    @property
    def more_after(self) -> list[int]:
        """Of each partition of which the broker has more that is about to come, the latest moment that came so far."""
        since = asyncio.get_running_loop().time() - _HELD_UP_AFTER
        return [moment for tp, (moment, at) in self._latest.items() if at > since and self._app.has_more(tp)]

    def look_again(self) -> None:
        """Take what may be taken of what waits."""
        if self.waiting:
            self._arrived.set()

    async def put_down(self) -> None:
        """Drop what waits, and let the batch under way finish; one that cannot is broken off, unfinished."""
        self.waiting.clear()
        if self._order is not None:
            self._order.look_again()
        self._times_put_down += 1
        self.start_anew()
        work = self._work
        if work is None:
            return
        self.hurries = True
        await asyncio.wait([work], timeout=_PATIENCE)
        self.hurries = False
        if not work.done():
            _log.warning("batch_broken_off", extra={"fields": {"stage": self.name}})
            await end([work])

    def start_anew(self) -> None:
        """Expect every partition to begin at what was committed."""
        self._continuity.start_anew()
        self._latest.clear()
        self._turns.clear()
        if self._order is not None:
            self._order.begin()

    async def close(self) -> None:
        """Put down what is under way, for good."""
        self._open = False
        self._arrived.set()
        await self.put_down()

    def _next_batch(self) -> list[_Part]:
        """What waits and may be taken, at most a batch of it; of a fetch that is larger, its beginning."""
        until = inf if self._order is None or not self.waiting else self._order.until()
        room, batch, left = self._batch_records, list[_Part](), list[_Part]()
        for tp, parts in self._by_turn():
            records = list(chain.from_iterable(parts))
            count = min(room, self._in_order(records, until))
            room -= count
            batch += [(tp, records[:count])] if count else []
            left += [(tp, records[count:])] if count < len(records) else []
        self.waiting = deque(left)
        self._after_taking(batch)
        return batch

    def _by_turn(self) -> list[tuple[TP, list[Sequence[Fetched]]]]:
        """What waits of each partition; those first of which nothing was finished for longest."""
        parts: dict[TP, list[Sequence[Fetched]]] = {}
        for tp, records in self.waiting:
            parts.setdefault(tp, []).append(records)
        return sorted(parts.items(), key=lambda part: self._turns.get(part[0], 0))

    def _in_order(self, records: Sequence[Fetched], until: float) -> int:
        return len(records) if self._order is None else self._order.count(records, until)

    def _after_taking(self, batch: list[_Part]) -> None:
        if self._open and not (self.waiting and batch):
            self._arrived.clear()
        if self._order is not None and batch:
            self._order.look_again()

    async def _finish(self, batch: list[_Part]) -> None:
        records = [each for _, part in batch for each in part]
        times_put_down, attempt, told = self._times_put_down, 0, set[str]()
        while isinstance(done := await self._handled(records), str):
            if done not in told or attempt % _TOLD_EVERY == 0:
                fields = {"stage": self.name, "error": done, "attempt": attempt, "batch": len(records)}
                _log.error("batch_failed", extra={"fields": fields})
                told.add(done)
            attempt += 1
            await asyncio.sleep(_RETRY_AFTER)
        finished, left = _split(batch, done)
        turn = max(self._turns.values(), default=0) + 1
        for tp, part in finished:
            self._turns[tp] = turn
            self._app.finished.finish(self.name, tp, part[-1].offset)
        self._on_finished(self.name, records[:done])
        if left and times_put_down == self._times_put_down:
            self.waiting.extendleft(reversed(left))
            self._arrived.set()

    async def _handled(self, records: list[Fetched]) -> int | str:
        """How many of the records are done; or the type of the error in which the handler ended."""
        try:
            done = await self._handler(records)
        except Exception as error:  # noqa: BLE001 - whatever it was, the batch is not done and must not be passed
            self._on_failed(self.name, error)
            # It holds the frames of the handler, and with them the batch; such a circle is not looked for often.
            error.__traceback__ = None
            return type(error).__name__
        return len(records) if done is None else done


def _split(batch: list[_Part], count: int) -> tuple[list[_Part], list[_Part]]:
    """The parts of the first `count` records, and those of the others."""
    ends = list(accumulate((len(part) for _, part in batch), initial=0))
    cuts = [min(max(count - begins, 0), len(part)) for begins, (_, part) in zip(ends, batch, strict=False)]
    first = [(tp, part[:cut]) for cut, (tp, part) in zip(cuts, batch, strict=True) if cut]
    return first, [(tp, part[cut:]) for cut, (tp, part) in zip(cuts, batch, strict=True) if cut < len(part)]
