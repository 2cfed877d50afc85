"""Where partitions end, on brokers whose own list may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiokafka import TopicPartition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiokafka import AIOKafkaConsumer

_POLL_MS = 500


async def ends(consumer: AIOKafkaConsumer, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """The offset after the last record of each partition, by what a fetch says.

    The embedded broker's list of latest offsets names the first record of the last batch, not its
    last; what comes with fetched records is right on every broker. Leaves the consumer at the ends.
    """
    wanted = [TopicPartition(*place) for place in places]
    first = await consumer.beginning_offsets(wanted)
    listed: dict[TopicPartition, int] = await consumer.end_offsets(wanted)
    filled = [place for place in wanted if listed[place] > first[place]]
    if filled:
        consumer.assign(filled)
        for place in filled:
            consumer.seek(place, listed[place] - 1)
    while any(consumer.highwater(place) is None for place in filled):
        await consumer.getmany(timeout_ms=_POLL_MS)
    return listed | {place: max(listed[place], consumer.highwater(place) or 0) for place in filled}
