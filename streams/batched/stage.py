"""A stage: takes an agent's fetches in batches, and says which records are finished."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from streams.batched.continuity import Arrival, Continuity
from streams.batched.task_end import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from faust.types import TP

    from streams.batched.app import BatchedApp
    from streams.batched.fetched import Fetched

_log = logging.getLogger(__name__)
_RETRY_AFTER = 1.0
_TOLD_EVERY = 60
"""Tries of one batch between two lines in the log, about a minute; an error that is new to it is told at once."""
_PATIENCE = 4.0
"""Seconds a batch under way may still take when partitions are taken away; less than a rebalance may last."""


@dataclass(slots=True)
class _Batch:
    """Records of one or several partitions, in order within each."""

    records: list[Fetched] = field(default_factory=list)
    last: dict[TP, int] = field(default_factory=dict)
    """The last offset of each partition."""

    def add(self, tp: TP, records: Sequence[Fetched]) -> None:
        self.records += records
        self.last[tp] = records[-1].offset


class Stage:
    """Handles the records of some topics in their order, a batch at a time.

    A batch is finished when its handler returns; only then may its offsets be committed. A handler
    that raises is given the same batch again, after a pause, for as long as the worker runs.
    """

    def __init__(
        self,
        app: BatchedApp,
        name: str,
        topics: tuple[str, ...],
        handler: Callable[[Sequence[Any]], Awaitable[None]],
        *,
        batch_records: int,
        on_finished: Callable[[str, Sequence[Fetched]], None],
        on_failed: Callable[[str, Exception], None],
    ) -> None:
        """Hand batches of at most `batch_records` to `handler`."""
        self.name = name
        self.topics = topics
        self._app = app
        self._handler = handler
        self._batch_records = batch_records
        self._on_finished = on_finished
        self._on_failed = on_failed
        self._waiting: deque[tuple[TP, Sequence[Fetched]]] = deque()
        self._arrived = asyncio.Event()
        self._continuity: Continuity[TP] = Continuity()
        self._work: asyncio.Task[None] | None = None
        self._open = True
        app.finished.register(name, topics)

    async def feed(self, stream: Any) -> None:
        """Take what was fetched from the agent's stream, for as long as it lasts."""
        async for event in stream.noack().events():
            message = event.message
            if message.generation_id == self._app.consumer_generation_id:
                await self._take_in(message.tp, message.value)

    async def _take_in(self, tp: TP, records: Sequence[Fetched]) -> None:
        arrival, fresh = self._continuity.arrive(tp, records, self._app.committed(tp))
        if arrival is Arrival.NEXT:
            self._waiting.append((tp, fresh))
            self._arrived.set()
            return
        self._app.backlog.drop(tp, records[-1].offset)
        if arrival is Arrival.HOLE:
            await self._read_again(tp)

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
            await self._arrived.wait()
            batch = self._next_batch()
            if batch.records and self._open:
                self._work = asyncio.ensure_future(self._finish(batch))
                await asyncio.wait([self._work])
                self._work = None

    async def put_down(self) -> None:
        """Drop what waits, and let the batch under way finish; one that cannot is broken off, unfinished."""
        self._waiting.clear()
        self.start_anew()
        work = self._work
        if work is None:
            return
        await asyncio.wait([work], timeout=_PATIENCE)
        if not work.done():
            _log.warning("batch_broken_off", extra={"fields": {"stage": self.name}})
            await end([work])

    def start_anew(self) -> None:
        """Expect every partition to begin at what was committed."""
        self._continuity.start_anew()

    async def close(self) -> None:
        """Put down what is under way, for good."""
        self._open = False
        self._arrived.set()
        await self.put_down()

    def _next_batch(self) -> _Batch:
        """What waits, at most a batch of it; of a fetch that is larger, its beginning."""
        batch = _Batch()
        while self._waiting and len(batch.records) < self._batch_records:
            tp, records = self._waiting.popleft()
            room = self._batch_records - len(batch.records)
            if len(records) > room:
                self._waiting.appendleft((tp, records[room:]))
                records = records[:room]
            batch.add(tp, records)
        if not self._waiting and self._open:
            self._arrived.clear()
        return batch

    async def _finish(self, batch: _Batch) -> None:
        attempt, told = 0, set[str]()
        while (error := await self._failure(batch.records)) is not None:
            if error not in told or attempt % _TOLD_EVERY == 0:
                fields = {"stage": self.name, "error": error, "attempt": attempt, "batch": len(batch.records)}
                _log.error("batch_failed", extra={"fields": fields})
                told.add(error)
            attempt += 1
            await asyncio.sleep(_RETRY_AFTER)
        for tp, offset in batch.last.items():
            self._app.finished.finish(self.name, tp, offset)
        self._on_finished(self.name, batch.records)

    async def _failure(self, records: list[Fetched]) -> str | None:
        """Type of the error in which the handler ended; none where it has done its work."""
        try:
            await self._handler(records)
        except Exception as error:  # noqa: BLE001 - whatever it was, the batch is not done and must not be passed
            self._on_failed(self.name, error)
            return type(error).__name__
        return None
