"""Keeps in Redis what is not a record of any topic: clock, measures, feeds, rates, the worker's health."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError
from redis import RedisError

from schemas.read_model import (
    CHANGES_CHANNEL,
    CLOCK_KEY,
    FEEDS_HASH,
    HEARTBEAT_KEY,
    MEASURES_HASH,
    RATES_HASH,
    EngineHeartbeat,
)
from schemas.worker_health import WORKER_GONE_AFTER, WORKERS_HASH, WorkerHealth
from streams.feed_counts import PartitionCounts, add_up
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from redis.asyncio import Redis

    from schemas.measure_words import MeasureWords
    from schemas.read_model import EngineClock, Rate

FEED_PARTS_HASH = "timezero:feeds:partitions"
"""Hash: topic|partition -> `PartitionCounts` JSON; each worker writes its own, the feeds are their sum."""
_Fields: TypeAlias = "dict[str | bytes | bytearray | memoryview[int] | int | float, Any]"
_log = WorkerLog("publisher")


class ReadModelPublisher:
    """Writes the state of things to Redis; what did not change is written anew but not announced."""

    def __init__(self, redis: Redis) -> None:
        """Write to `redis`."""
        self._redis = redis
        self._announced: dict[str, object] = {}
        self._measures_told = False

    async def put_clock(self, clock: EngineClock, ticked_at: datetime | None) -> None:
        """The engine's clock, and the time of the ticker's latest pass."""
        written = clock.model_dump_json()
        await self._redis.set(CLOCK_KEY, written)
        await self._announce("clock", written)
        if ticked_at is not None:
            await self._redis.set(HEARTBEAT_KEY, EngineHeartbeat(ticked_at=ticked_at).model_dump_json())

    async def put_measures(self, words: Sequence[MeasureWords]) -> None:
        """The measures of this worker in words: once, and again where Redis has lost them."""
        if self._measures_told and await self._redis.exists(MEASURES_HASH):
            return
        mapping: _Fields = {each.measure: each.model_dump_json() for each in words}
        if mapping:
            await self._redis.hset(MEASURES_HASH, mapping=mapping)
        self._measures_told = True

    async def put_rates(self, rates: Mapping[int, list[Rate]]) -> None:
        """The rates of this worker's partitions."""
        written: _Fields = {str(partition): _json_list(each) for partition, each in rates.items()}
        if written:
            await self._redis.hset(RATES_HASH, mapping=written)
        await self._announce("rates", written)

    async def put_feeds(self, counts: Mapping[tuple[str, int], PartitionCounts]) -> None:
        """The counts of this worker's partitions, and with them the feeds."""
        written: _Fields = {
            f"{topic}|{partition}": each.model_dump_json() for (topic, partition), each in counts.items()
        }
        if not written:
            return
        await self._redis.hset(FEED_PARTS_HASH, mapping=written)
        parts = await self._redis.hvals(FEED_PARTS_HASH)
        feeds = add_up(PartitionCounts.model_validate_json(each) for each in parts)
        mapping: _Fields = {f"{topic}|{source}": each.model_dump_json() for (topic, source), each in feeds.items()}
        if mapping:
            await self._redis.hset(FEEDS_HASH, mapping=mapping)
        await self._announce("feeds", mapping)

    async def put_health(self, health: WorkerHealth) -> None:
        """What the worker says of itself; what one said that is gone is taken away."""
        await self._redis.hset(WORKERS_HASH, health.worker, health.model_dump_json())
        stored = await self._redis.hgetall(WORKERS_HASH)
        gone = [name for name, said in stored.items() if _is_gone(said, health.written_at)]
        if gone:
            await self._redis.hdel(WORKERS_HASH, *gone)

    async def _announce(self, what: str, written: object) -> None:
        if self._announced.get(what) != written:
            self._announced[what] = written
            await self._redis.publish(CHANGES_CHANNEL, what)


def _is_gone(said: bytes | str, now: datetime) -> bool:
    try:
        return now - WorkerHealth.model_validate_json(said).written_at > WORKER_GONE_AFTER
    except ValidationError:
        return True


def _json_list(rates: list[Rate]) -> str:
    return "[" + ",".join(each.model_dump_json() for each in rates) + "]"


async def publish_for_ever(publish: Callable[[], Awaitable[Any]], interval: float) -> None:
    """Publish, pause, and again, until cancelled; without Redis the next pass tries again."""
    answers = True
    while True:
        try:
            await publish()
            answers = True
        except (RedisError, OSError) as error:
            if answers:
                _log.warning("redis_does_not_answer", error=type(error).__name__)
            answers = False
        except Exception as error:  # noqa: BLE001 - what is shown may be late, the judgement goes on
            _log.error("publishing_failed", error=type(error).__name__)
        await asyncio.sleep(interval)
