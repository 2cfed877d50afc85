"""The read model in Redis: case records, alerts and beliefs, each written once, the highest revision last.

A mark says up to which offset Redis has a partition, and moves on with what is written: whatever
happens to Redis happens to both. Where the mark is missing (a new Redis, or one that was wiped) or
behind (one that came back with an older snapshot), the partition is read again from there.
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
"""Hash: topic|partition -> the offset up to which all of it was written; -1: it was begun."""
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
_BEGIN = """
redis.call('HSETNX', KEYS[1], ARGV[1], -1)
return redis.call('HGET', KEYS[1], ARGV[1])
"""
_MOVE_MARK = """
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if not mark or tonumber(mark) + 1 < tonumber(ARGV[2]) then return 0 end
if tonumber(mark) < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
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
        self._begin = redis.register_script(_BEGIN)
        self._move_mark = redis.register_script(_MOVE_MARK)
        self._by_topic = {
            Topic.CASES: self._case,
            Topic.ENCOUNTER_ALERTS: self._alert,
            Topic.ENCOUNTER_BELIEFS: self._belief,
        }

    async def put(self, records: Sequence[Record], begins_at: int | None = None) -> list[tuple[str, int]]:
        """Write case records (a tombstone takes one away), alerts and beliefs (each once), in their order.

        A record that is not what its topic has is left out, with a line in the log.

        Args:
            records: Of each partition in its order, without a hole but where the broker has none.
            begins_at: Where they were read from, of one partition; None: from the first of each.

        Returns:
            Topic and partition of those whose earlier records this Redis lacks; their marks stand.

        Raises:
            redis.RedisError: Redis does not answer; some may have been written.
        """
        spans: dict[tuple[str, int], tuple[int, int]] = {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for record in records:
                place = (record.topic, record.partition)
                first, _ = spans.get(place, (record.offset if begins_at is None else begins_at, 0))
                spans[place] = (first, record.offset)
                await self._by_topic[Topic(record.topic)](pipe, record)
            for (topic, partition), span in spans.items():
                await self._move_mark(keys=[PROJECTED_HASH], args=[_field(topic, partition), *span], client=pipe)
            answers = await pipe.execute()
        moved = answers[len(answers) - len(spans) :]
        return [place for place, has_moved in zip(spans, moved, strict=True) if not has_moved]

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

    async def marks(self, topic: str, partitions: Sequence[int]) -> dict[int, int | None]:
        """Up to which offset this Redis has each of these partitions; None: it was never given one, or was wiped."""
        if not partitions:
            return {}
        marks: list[Any] = await self._redis.hmget(PROJECTED_HASH, [_field(topic, each) for each in partitions])
        read = (None if mark is None else int(mark) for mark in marks)
        return dict(zip(partitions, read, strict=True))

    async def begin(self, topic: str, partition: int) -> int:
        """The offset from which Redis lacks a partition; the beginning is marked as begun."""
        mark: Any = await self._begin(keys=[PROJECTED_HASH], args=[_field(topic, partition)])
        return int(mark) + 1


def _field(topic: str, partition: int) -> str:
    return f"{topic}|{partition}"
