"""A stage: takes an agent's records in batches, and says which are finished."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from faust.types import TP

from streams.continuity import Arrival, Continuity
from streams.records import Record
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.monitor_app import MonitorApp

_log = WorkerLog("stage")
_RETRY_AFTER = 1.0
_PATIENCE = 4.0
"""Seconds a batch under way may still take when partitions are taken away; less than a rebalance may last."""


class Stage:
    """Handles the records of some topics in their order, a batch at a time.

    A batch is finished when its handler returns; only then may its offsets be committed. A handler
    that raises is given the same batch again, after a pause, for as long as the worker runs.
    """

    def __init__(
        self,
        app: MonitorApp,
        name: str,
        topics: tuple[str, ...],
        handler: Callable[[Sequence[Record]], Awaitable[None]],
        *,
        batch_records: int,
        on_finished: Callable[[str, Sequence[Record]], None],
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
        self._waiting: asyncio.Queue[Any] = asyncio.Queue(maxsize=batch_records)
        self._continuity: Continuity[TP] = Continuity()
        self._work: asyncio.Task[None] | None = None
        self._open = True
        app.finished.register(name, topics)

    async def feed(self, stream: Any) -> None:
        """Take events from the agent's stream for as long as it lasts."""
        async for event in stream.noack().events():
            message = event.message
            if message.generation_id != self._app.consumer_generation_id:
                continue
            arrival = self._continuity.arrive(message.tp, message.offset, self._app.committed(message.tp))
            if arrival is Arrival.NEXT:
                await self._waiting.put(event)
            elif arrival is Arrival.HOLE:
                await self._read_again(message.tp)

    async def _read_again(self, tp: TP) -> None:
        _log.warning("reading_again", stage=self.name, topic=tp.topic, partition=tp.partition)
        try:
            await self._app.consumer.seek(tp, self._continuity.expected(tp))
        except Exception as error:  # noqa: BLE001 - partitions are being handed out anew: all is read again
            _log.warning("not_read_again", stage=self.name, error=type(error).__name__)

    async def run(self) -> None:
        """Handle batches until the stage is closed."""
        while self._open:
            first = await self._waiting.get()
            batch = self._current([first, *self._without_waiting()])
            if batch and self._open:
                self._work = asyncio.ensure_future(self._finish(batch))
                await asyncio.wait([self._work])
                self._work = None

    async def put_down(self) -> None:
        """Drop what waits, and let the batch under way finish; one that cannot is broken off, unfinished."""
        self._without_waiting()
        self.start_anew()
        work = self._work
        if work is None:
            return
        await asyncio.wait([work], timeout=_PATIENCE)
        if not work.done():
            _log.warning("batch_broken_off", stage=self.name)
            work.cancel()
            await asyncio.wait([work])

    def start_anew(self) -> None:
        """Expect every partition to begin at what was committed."""
        self._continuity.start_anew()

    async def close(self) -> None:
        """Put down what is under way, for good."""
        self._open = False
        await self.put_down()

    def _without_waiting(self) -> list[Any]:
        taken: list[Any] = []
        with suppress(asyncio.QueueEmpty):
            while len(taken) < self._batch_records - 1:
                taken.append(self._waiting.get_nowait())
        return taken

    def _current(self, events: list[Any]) -> list[Record]:
        """Records of the present assignment; those of an earlier one will be read again by their owner."""
        generation = self._app.consumer_generation_id
        messages = [event.message for event in events if event.message.generation_id == generation]
        return [Record(each.topic, each.partition, each.offset, each.key, each.value) for each in messages]

    async def _finish(self, batch: list[Record]) -> None:
        attempt = 0
        while not await self._handled(batch, attempt):
            attempt += 1
            await asyncio.sleep(_RETRY_AFTER)
        for record in batch:
            self._app.finished.finish(self.name, TP(record.topic, record.partition), record.offset)
        self._on_finished(self.name, batch)

    async def _handled(self, batch: list[Record], attempt: int) -> bool:
        try:
            await self._handler(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the batch is not done and must not be passed
            self._on_failed(self.name, error)
            _log.error("batch_failed", stage=self.name, error=type(error).__name__, attempt=attempt, batch=len(batch))
            return False
        return True
