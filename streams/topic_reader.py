"""Reads a partition from its beginning to where it ends now, outside of any consumer group."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from streams.batched.partition_ends import ends
from streams.records import Record
from streams.topic_layout import BrokerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiokafka import ConsumerRecord

_POLL_MS = 500
_FETCH_WAIT_MS = 50
"""A fetch that waits longer holds up every question behind it on the same connection."""


@asynccontextmanager
async def topic_reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer for `read_partition`.

    Raises:
        BrokerError: no broker answers.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )
    try:
        await consumer.start()
    except (KafkaConnectionError, OSError):
        await consumer.stop()
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise BrokerError(message) from None
    try:
        yield consumer
    finally:
        await consumer.stop()


async def partitions_of(bootstrap: str, topic: str) -> list[int]:
    """The topic's partitions, in order; none where there is no such topic.

    Raises:
        BrokerError: no broker answers.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        if topic not in await admin.list_topics():
            return []
        described = await admin.describe_topics([topic])
    except (KafkaConnectionError, OSError):
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise BrokerError(message) from None
    finally:
        await admin.close()
    return sorted(each["partition"] for each in described[0]["partitions"])


async def read_partition(
    consumer: AIOKafkaConsumer, topic: str, partition: int, begins_at: int = 0
) -> AsyncIterator[list[Record]]:
    """Yield every record there is now, from the offset `begins_at` on, in order, in lists as the broker gives them."""
    place = TopicPartition(topic, partition)
    end = (await ends(consumer, [place]))[place]
    first = max(begins_at, (await consumer.beginning_offsets([place]))[place])
    if first >= end:
        return
    consumer.assign([place])
    consumer.seek(place, first)
    while await consumer.position(place) < end:
        fetched = await consumer.getmany(place, timeout_ms=_POLL_MS)
        records = _records(fetched.get(place, ()), end)
        if records:
            yield records


def _records(fetched: Sequence[ConsumerRecord[bytes, bytes]], end: int) -> list[Record]:
    return [
        Record(each.topic, each.partition, each.offset, each.key, each.value) for each in fetched if each.offset < end
    ]
