"""Sends many records as few record batches, one acknowledgement each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiokafka.record.default_records import DefaultRecordBatchBuilder

from streams.batched.outgoing import partition_of
from streams.batched.partition_queue import PartitionQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.batched.outgoing import Outgoing
    from streams.batched.partition_queue import Client, OnWritten, Place


class BatchProducer:
    """Sends to the broker, in order within a partition."""

    def __init__(
        self,
        client: Callable[[], Awaitable[Client]],
        confirm: Callable[[], Awaitable[None]],
        most_record_bytes: int,
    ) -> None:
        """Send by what `client` gives; call `confirm` before each batch, which may raise to hold it back.

        A record above `most_record_bytes` is not sent; how large a batch may be is the client's setting.
        """
        self._client = client
        self._confirm = confirm
        self._most_record_bytes = most_record_bytes
        self._turn = 0
        self._queues: dict[Place, PartitionQueue] = {}

    async def send(
        self, outgoing: Sequence[Outgoing], on_written: OnWritten = lambda _first, _last: None
    ) -> list[Outgoing]:
        """Send all of `outgoing`, wait until the broker has acknowledged it, and return what is too large.

        Within a partition records stand in the order given, also where a batch is split or refused.
        `on_written` is told the first and the last offset of each batch that has arrived.

        Raises:
            Exception: the client's, or that of `confirm`, where records could not be delivered; some may have been.
        """
        if not outgoing:
            return []
        client = await self._client()
        places = await self._by_place(client, outgoing)
        parts = [self._deliver(client, place, records, on_written) for place, records in places.items()]
        if len(parts) == 1:
            return await parts[0]
        answers = await asyncio.gather(*parts, return_exceptions=True)
        too_large: list[Outgoing] = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            too_large += answer
        return too_large

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

    async def _deliver(
        self, client: Client, place: Place, records: Sequence[Outgoing], on_written: OnWritten
    ) -> list[Outgoing]:
        """Send the records of one partition but those that no partition takes, which are returned with its own."""
        fitting = [each for each in records if _size(each) <= self._most_record_bytes]
        too_large: list[Outgoing] = []
        if len(fitting) < len(records):
            too_large = [each for each in records if _size(each) > self._most_record_bytes]
        if not fitting:
            return too_large
        queue = self._queues.get(place)
        if queue is None:
            queue = self._queues[place] = PartitionQueue(place, self._confirm)
        return too_large + await queue.send(client, fitting, on_written)


def _size(record: Outgoing) -> int:
    size: int = DefaultRecordBatchBuilder.estimate_size_in_bytes(record.key, record.value, list(record.headers))
    return size
