"""The read model in Redis: case records, alerts and beliefs, each written once, the highest revision last.

A partition that was read from its beginning leaves a mark. Where the mark is missing (a new
Redis, or one that was wiped) it is read again from its beginning before anything else is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.alert import Alert
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.read_model import (
    ALERTS_BY_TIME,
    ALERTS_HASH,
    ALERTS_KEPT,
    BELIEFS_KEPT,
    BELIEFS_OF_CASE,
    CASES_HASH,
    CHANGES_CHANNEL,
)
from schemas.topics import Topic
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

    from streams.records import Record

_log = WorkerLog("projection")
PROJECTED_HASH = "timezero:projected"
"""Hash: topic|partition -> the offset up to which it was read from its beginning."""
ALERT_CHANGE = "alert:"
"""Prefix of an alert's id on the channel of changes."""

_PUT_CASE = """
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored and cjson.decode(stored).revision >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PUBLISH', ARGV[4], ARGV[1])
return 1
"""
_DROP_CASE = """
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[2], ARGV[1])
return 1
"""
_PUT_ALERT = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if surplus > 0 then
  for _, old in ipairs(redis.call('ZPOPMIN', KEYS[2], surplus)) do redis.call('HDEL', KEYS[1], old) end
end
redis.call('PUBLISH', ARGV[5], ARGV[6] .. ARGV[1])
return 1
"""
_PUT_BELIEF = """
if redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
"""


class RedisProjection:
    """Writes records of `cases`, `encounter.alerts` and `encounter.beliefs` to Redis."""

    def __init__(self, redis: Redis) -> None:
        """Write to `redis`."""
        self._redis = redis
        self._put_case = redis.register_script(_PUT_CASE)
        self._drop_case = redis.register_script(_DROP_CASE)
        self._put_alert = redis.register_script(_PUT_ALERT)
        self._put_belief = redis.register_script(_PUT_BELIEF)
        self._by_topic = {
            Topic.CASES: self._case,
            Topic.ENCOUNTER_ALERTS: self._alert,
            Topic.ENCOUNTER_BELIEFS: self._belief,
        }

    async def put(self, records: Sequence[Record]) -> None:
        """Write case records (a tombstone takes one away), alerts and beliefs (each once), in their order.

        A record that is not what its topic has is left out, with a line in the log.

        Raises:
            redis.RedisError: Redis does not answer; some may have been written.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for record in records:
                await self._by_topic[Topic(record.topic)](pipe, record)
            await pipe.execute()

    async def _case(self, pipe: Any, record: Record) -> None:
        if record.value is None:
            await self._drop_case(keys=[CASES_HASH], args=[record.key or b"", CHANGES_CHANNEL], client=pipe)
            return
        try:
            revision = CaseRecord.model_validate_json(record.value).revision
        except ValidationError:
            _log.error("unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            return
        arguments: list[Any] = [record.key or b"", record.value, revision, CHANGES_CHANNEL]
        await self._put_case(keys=[CASES_HASH], args=arguments, client=pipe)

    async def _alert(self, pipe: Any, record: Record) -> None:
        try:
            alert = Alert.model_validate_json(record.value or b"")
        except ValidationError:
            _log.error("unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            return
        arguments: list[Any] = [
            alert.alert_id,
            record.value,
            alert.sent_at.timestamp(),
            ALERTS_KEPT,
            CHANGES_CHANNEL,
            ALERT_CHANGE,
        ]
        await self._put_alert(keys=[ALERTS_HASH, ALERTS_BY_TIME], args=arguments, client=pipe)

    async def _belief(self, pipe: Any, record: Record) -> None:
        try:
            belief = Belief.model_validate_json(record.value or b"")
        except ValidationError:
            _log.error("unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            return
        arguments: list[Any] = [
            belief.as_of.timestamp(),
            record.value,
            BELIEFS_KEPT,
            CHANGES_CHANNEL,
            belief.case_key,
        ]
        await self._put_belief(keys=[BELIEFS_OF_CASE + belief.case_key], args=arguments, client=pipe)

    async def unmarked(self, topic: str, partitions: Sequence[int]) -> list[int]:
        """Partitions that this Redis was never given from their beginning, or that were wiped with it."""
        if not partitions:
            return []
        marks: list[Any] = await self._redis.hmget(PROJECTED_HASH, [f"{topic}|{each}" for each in partitions])
        return [partition for partition, mark in zip(partitions, marks, strict=True) if mark is None]

    async def mark(self, topic: str, partition: int, offset: int) -> None:
        """Say that everything up to `offset` is here."""
        await self._redis.hset(PROJECTED_HASH, f"{topic}|{partition}", str(offset))
