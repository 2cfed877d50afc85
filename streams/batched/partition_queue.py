"""What is to be sent to one partition: a batch at a time, and what was handed in meanwhile together as the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.batched.outgoing import Outgoing

    OnWritten = Callable[[int, int], None]

TOO_LARGE_ERRORS = (MessageSizeTooLargeError, RecordListTooLargeError)
Place = tuple[str, int]


class Client(Protocol):
    """What is asked of a Kafka client; aiokafka's producer is one."""

    async def partitions_for(self, topic: str) -> set[int]:
        """The partitions of a topic."""

    def create_batch(self) -> Any:
        """A builder with `append` and `close`."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        """Queue a batch; the result resolves when the broker has it, to metadata with its first `offset`."""


class GivenUpError(RuntimeError):
    """A batch under way was given up; nobody knows whether it has arrived."""


@dataclass(eq=False, slots=True)
class _Part:
    """What one sender has for the partition; settled once all of it has arrived, or some of it cannot."""

    on_written: OnWritten
    left: int
    too_large: list[Outgoing] = field(default_factory=list)
    sent: asyncio.Future[list[Outgoing]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def arrived(self, offset: int, count: int) -> None:
        self.on_written(offset, offset + count - 1)
        self._count_down(count)

    def is_too_large(self, record: Outgoing) -> None:
        self.too_large.append(record)
        self._count_down(1)

    def failed(self, error: Exception) -> None:
        if not self.sent.done():
            # A traceback holds the frames of this queue, and they this future.
            self.sent.set_exception(error.with_traceback(None))

    def _count_down(self, count: int) -> None:
        self.left -= count
        if not self.left and not self.sent.done():
            self.sent.set_result(self.too_large)


class _Entry(NamedTuple):
    part: _Part
    record: Outgoing


class PartitionQueue:
    """Sends to one partition for all who have something for it.

    While a batch is under way others hand in theirs. Each as a batch of its own would have waited for all before it;
    so they go together, in the order in which they were handed in, and whoever sends is told of his own records alone.
    Whoever comes after one with many batches waits for all of these.
    """

    def __init__(self, place: Place, confirm: Callable[[], Awaitable[None]]) -> None:
        """Send to a topic's partition; call `confirm` before each batch, which may raise to hold it back."""
        self._topic, self._partition = place
        self._confirm = confirm
        self._waiting: list[_Entry] = []
        self._work: asyncio.Task[None] | None = None

    async def send(self, client: Client, records: Sequence[Outgoing], on_written: OnWritten) -> list[Outgoing]:
        """Send one or more records, wait until the broker has acknowledged them, and return what is too large.

        Records stand in the order given, also where a batch is split or refused. `on_written` is told the first and
        the last offset of those of each batch. Of a sender who is cancelled nothing more is sent.

        Raises:
            Exception: the client's, or that of `confirm`, where records could not be delivered; some may have been.
        """
        part = _Part(on_written, len(records))
        self._waiting += [_Entry(part, record) for record in records]
        if self._work is None:
            self._work = asyncio.ensure_future(self._send_all(client))
        return await part.sent

    async def _send_all(self, client: Client) -> None:
        try:
            while self._waiting:
                await self._send_next(client)
        except BaseException:
            # All ends. Nobody may be left waiting for a task that is no more.
            self._fail(self._waiting, GivenUpError())
            raise
        finally:
            self._work = None

    async def _send_next(self, client: Client) -> None:
        """Send one batch; where it fails, nothing more goes of those who have a part in it. Others' may."""
        packed = self._waiting
        try:
            # First, for who is broken off meanwhile must not be sent for: his partitions may be another's.
            await self._confirm()
            batch, packed, self._waiting = _packed(client, self._waiting)
            if packed:
                await self._send_batch(client, batch, packed)
        except Exception as error:  # noqa: BLE001 - told to those whose records these are
            self._fail(packed, error)
        except asyncio.CancelledError:
            # The client has given it up, as it does when it stops; or this is to end.
            self._fail(packed, GivenUpError())
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise

    def _fail(self, entries: Sequence[_Entry], error: Exception) -> None:
        for entry in entries:
            entry.part.failed(error)
        self._waiting = [entry for entry in self._waiting if not entry.part.sent.done()]

    async def _send_batch(self, client: Client, batch: Any, packed: Sequence[_Entry]) -> None:
        try:
            written = await (await client.send_batch(batch, self._topic, partition=self._partition))
        except TOO_LARGE_ERRORS:
            await self._send_apart(client, packed)
            return
        offset = written.offset
        for part, run in groupby(packed, key=lambda entry: entry.part):
            count = sum(1 for _ in run)
            part.arrived(offset, count)
            offset += count

    async def _send_apart(self, client: Client, packed: Sequence[_Entry]) -> None:
        """A batch was refused whole: find out which of its records is too large for this topic."""
        if len(packed) == 1:
            packed[0].part.is_too_large(packed[0].record)
            return
        for entry in packed:
            await self._confirm()
            batch, alone, _ = _packed(client, [entry])
            if alone:
                await self._send_batch(client, batch, alone)


def _packed(client: Client, entries: Sequence[_Entry]) -> tuple[Any, list[_Entry], list[_Entry]]:
    """A closed batch of the first entries whose senders still wait, as large as the client lets it be; and the rest."""
    batch, packed = client.create_batch(), list[_Entry]()
    for place, entry in enumerate(entries):
        if entry.part.sent.done():
            continue
        if not _append(batch, entry.record):
            batch.close()
            return batch, packed, list(entries[place:])
        packed.append(entry)
    batch.close()
    return batch, packed, []


def _append(batch: Any, record: Outgoing) -> bool:
    """Whether the record found room; the first of a batch always does."""
    added = batch.append(timestamp=record.timestamp, key=record.key, value=record.value, headers=list(record.headers))
    return added is not None
