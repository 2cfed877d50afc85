"""Fills Redis from the topics: at a worker's first sight of an empty one, or when asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis

from schemas.read_model import ALERTS_BY_TIME, ALERTS_HASH, BELIEFS_OF_CASE, CASES_HASH
from schemas.topics import Topic
from streams.redis_projection import PROJECTED_HASH, RedisProjection
from streams.topic_reader import partitions_of, read_partition, topic_reader
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECTED_TOPICS = (Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)
_AT_ONCE = 500
_log = WorkerLog("rebuild")


async def restore(
    projection: RedisProjection,
    bootstrap: str,
    topic: str,
    partitions: Sequence[int],
    on_progress: Callable[[], None] = lambda: None,
) -> int:
    """Give Redis these partitions from their beginning, and mark them; returns the records read.

    Args:
        projection: Writes to it.
        bootstrap: Kafka brokers.
        topic: One of `PROJECTED_TOPICS`.
        partitions: Its partitions.
        on_progress: Called whenever some more records are there.

    Raises:
        BrokerError: no broker answers.
        redis.RedisError: Redis does not answer; what is not marked will be read again.
    """
    count = 0
    async with topic_reader(bootstrap) as consumer:
        for partition in partitions:
            last = -1
            async for records in read_partition(consumer, topic, partition):
                await projection.put(records)
                on_progress()
                count += len(records)
                last = records[-1].offset
            await projection.mark(topic, partition, last)
    _log.info("restored", topic=topic, partitions=list(partitions), records=count)
    return count


async def rebuild(bootstrap: str, redis_url: str) -> int:
    """Throw the cases, alerts and histories in Redis away and read them anew; returns the records read.

    Raises:
        BrokerError: no broker answers.
        redis.RedisError: Redis does not answer.
    """
    redis = Redis.from_url(redis_url)
    try:
        partitions = {topic: await partitions_of(bootstrap, topic) for topic in PROJECTED_TOPICS}
        await redis.delete(PROJECTED_HASH, CASES_HASH, ALERTS_HASH, ALERTS_BY_TIME)
        await _forget_histories(redis)
        projection = RedisProjection(redis)
        return sum([await restore(projection, bootstrap, topic, each) for topic, each in partitions.items()])
    finally:
        await redis.aclose()


async def _forget_histories(redis: Redis) -> None:
    keys = [key async for key in redis.scan_iter(match=f"{BELIEFS_OF_CASE}*", count=_AT_ONCE)]
    for start in range(0, len(keys), _AT_ONCE):
        await redis.delete(*keys[start : start + _AT_ONCE])
