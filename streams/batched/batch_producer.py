"""Sends many records as few record batches, one acknowledgement each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from streams.batched.outgoing import partition_of
from streams.batched.producer_epochs import UNSIGNED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from streams.batched.outgoing import Outgoing
    from streams.batched.producer_epochs import Epoch, ProducerEpochs

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


class BatchProducer:
    """Sends to the broker, in order within a partition."""

    def __init__(
        self,
        client: Callable[[], Awaitable[Client]],
        confirm: Callable[[], Awaitable[None]],
        most_record_bytes: int,
        epochs: ProducerEpochs | None = None,
    ) -> None:
        """Send by what `client` gives; call `confirm` before each batch, which may raise to hold it back.

        A record above `most_record_bytes` is not sent; how large a batch may be is the client's setting. What is
        written for a partition is signed by its epoch, of `epochs`.
        """
        self._client = client
        self._confirm = confirm
        self._most_record_bytes = most_record_bytes
        self._epochs = epochs
        self._turn = 0

    async def send(
        self,
        outgoing: Sequence[Outgoing],
        on_written: OnWritten = lambda _first, _last: None,
        owned: Place | None = None,
    ) -> list[Outgoing]:
        """Send all of `outgoing`, wait until the broker has acknowledged it, and return what is too large.

        Within a partition records stand in the order given, also where a batch is split or refused.
        `on_written` is told the first and the last offset of each batch that has arrived. What is sent for a partition
        that we own, `owned`, the broker takes once, and not any more where a later owner of it has written.

        Raises:
            Exception: the client's, or that of `confirm`, where records could not be delivered; some may have been.
        """
        if not outgoing:
            return []
        client = await self._client()
        places = await self._by_place(client, outgoing)
        epoch = await self._epoch(owned)
        return await _Sending(client, self._confirm, self._most_record_bytes, epoch, on_written).deliver_all(places)

    async def _epoch(self, owned: Place | None) -> Epoch:
        if owned is None or self._epochs is None:
            return UNSIGNED
        await self._confirm()
        return await self._epochs.of(owned)

    async def _by_place(self, client: Client, outgoing: Sequence[Outgoing]) -> dict[Place, list[Outgoing]]:
        """The records by topic and partition; those without a key or a partition go together, each time elsewhere."""
        self._turn += 1
        counts = {topic: len(await client.partitions_for(topic)) for topic in {each.topic for each in outgoing}}
        places: dict[Place, list[Outgoing]] = {}
        for each in outgoing:
            partition, count = each.partition, counts[each.topic]
            if partition is None:
                partition = self._turn % count if each.key is None else partition_of(each.key, count)
            places.setdefault((each.topic, partition), []).append(each)
        return places


@dataclass(frozen=True, slots=True)
class _Sending:
    """What is sent at once, and is done when the broker has all of it."""

    client: Client
    confirm: Callable[[], Awaitable[None]]
    most_record_bytes: int
    epoch: Epoch
    on_written: OnWritten

    async def deliver_all(self, places: dict[Place, list[Outgoing]]) -> list[Outgoing]:
        """Send all, and return what is too large."""
        deliveries = (self._deliver(place, records) for place, records in places.items())
        too_large: list[Outgoing] = []
        for answer in await asyncio.gather(*deliveries, return_exceptions=True):
            if isinstance(answer, BaseException):
                raise answer
            too_large += answer
        return too_large

    async def _deliver(self, place: Place, records: list[Outgoing]) -> list[Outgoing]:
        """Send the records of one partition; a batch goes once the one before it has arrived."""
        too_large = [each for each in records if _size(each) > self.most_record_bytes]
        if too_large:
            refused = set(map(id, too_large))
            records = [each for each in records if id(each) not in refused]
        async with self.epoch.turn(place):
            for batch, packed in _batches(self.client, records):
                too_large += await self._send_batch(place, batch, packed)
        return too_large

    async def _send_batch(self, place: Place, batch: Any, packed: list[Outgoing]) -> list[Outgoing]:
        topic, partition = place
        await self.confirm()
        self.epoch.sign(batch, place)
        try:
            written = await (await self.client.send_batch(batch, topic, partition=partition))
        except TOO_LARGE_ERRORS:
            return packed if len(packed) == 1 else await self._one_by_one(place, packed)
        self.epoch.wrote(place, len(packed))
        self.on_written(written.offset, written.offset + len(packed) - 1)
        return []

    async def _one_by_one(self, place: Place, packed: list[Outgoing]) -> list[Outgoing]:
        """A batch was refused whole: find out which of its records is too large for this topic."""
        too_large = []
        for each in packed:
            ((batch, alone),) = _batches(self.client, [each])
            too_large += await self._send_batch(place, batch, alone)
        return too_large


def _batches(client: Client, records: Sequence[Outgoing]) -> Iterator[tuple[Any, list[Outgoing]]]:
    """Closed batches as large as the client lets them be, with their records."""
    batch = client.create_batch()
    packed: list[Outgoing] = []
    for each in records:
        if not _append(batch, each):
            batch.close()
            yield batch, packed
            batch, packed = client.create_batch(), []
            _append(batch, each)
        packed.append(each)
    if packed:
        batch.close()
        yield batch, packed


def _append(batch: Any, record: Outgoing) -> bool:
    """Whether the record found room; the first of a batch always does."""
    added = batch.append(timestamp=record.timestamp, key=record.key, value=record.value, headers=list(record.headers))
    return added is not None


def _size(record: Outgoing) -> int:
    size: int = DefaultRecordBatchBuilder.estimate_size_in_bytes(record.key, record.value, list(record.headers))
    return size
