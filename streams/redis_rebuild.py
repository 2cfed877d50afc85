"""Fills Redis from the topics, at a worker's first sight of one that lacks something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.topics import Topic
from streams.topic_reader import read_partition, topic_reader
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiokafka import AIOKafkaConsumer

    from streams.redis_projection import RedisProjection

PROJECTED_TOPICS = (Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)
_log = WorkerLog("rebuild")


async def restore(
    projection: RedisProjection,
    bootstrap: str,
    topic: str,
    partitions: Sequence[int],
    on_progress: Callable[[], None] = lambda: None,
) -> int:
    """Give Redis of these partitions what it lacks, up to where they end now; returns the records read.

    Args:
        projection: Writes to it.
        bootstrap: Kafka brokers.
        topic: One of `PROJECTED_TOPICS`.
        partitions: Its partitions.
        on_progress: Called whenever some more records are there.

    Raises:
        BrokerError: no broker answers.
        redis.RedisError: Redis does not answer; what the marks do not have will be read again.
    """
    count = 0
    async with topic_reader(bootstrap) as consumer:
        for partition in partitions:
            begins_at: int | None = await projection.begin(topic, partition)
            while begins_at is not None:
                read, begins_at = await _give(projection, consumer, (topic, partition), begins_at, on_progress)
                count += read
    _log.info("restored", topic=topic, partitions=list(partitions), records=count)
    return count


async def _give(
    projection: RedisProjection,
    consumer: AIOKafkaConsumer,
    place: tuple[str, int],
    begins_at: int,
    on_progress: Callable[[], None],
) -> tuple[int, int | None]:
    """How many records were read from there; and from where anew, since Redis was wiped or set back meanwhile."""
    count = 0
    async for records in read_partition(consumer, *place, begins_at):
        lacking = await projection.put(records, begins_at)
        on_progress()
        count += len(records)
        if lacking:
            return count, await projection.begin(*place)
        begins_at = records[-1].offset + 1
    return count, None
