"""Moves an installation to a broker whose topics have another number of partitions.

Log, results, rejected messages and states are copied, each key in its order to where it stands there, with the times at
which the old broker had them, and the groups go on behind them: nothing is judged, shown or delivered again. Raw
topics are not copied; all of them must be finished.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import stamina
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, OffsetAndMetadata, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, KafkaError
from redis.asyncio import Redis

from schemas.read_model import FEEDS_HASH, RATES_HASH
from schemas.topics import RAW_TOPICS, Topic
from streams.batched.partition_ends import ends
from streams.notifier import group_of
from streams.read_model_publisher import FEED_PARTS_HASH
from streams.redis_projection import PROJECTED_HASH
from streams.redis_rebuild import PROJECTED_TOPICS
from streams.topic_layout import (
    CONTRIBUTIONS_TABLE,
    COUNTS_TABLE,
    STATE_TABLE,
    BrokerError,
    changelog_of,
    create_topics,
)
from streams.topic_reader import partitions_of, topic_reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from aiokafka import ConsumerRecord

    from streams.worker_settings import WorkerSettings

_BY_PARTITION = (PROJECTED_HASH, RATES_HASH, FEED_PARTS_HASH, FEEDS_HASH)
"""What Redis has by partition: it says nothing of other partitions, and workers write it anew."""
_READ_BY_WORKERS = (Topic.ENCOUNTER_EVENTS, *PROJECTED_TOPICS)
_READ_BY_NOTIFIER = (Topic.ENCOUNTER_ALERTS,)
_READY_WITHIN_S = 10.0
_POLL_MS = 500


class NotReadyError(RuntimeError):
    """Something is under way on the old broker, or the new one is not empty; the message says what to do."""


async def repartition(source: str, settings: WorkerSettings) -> Counter[str]:
    """Copy everything from the brokers `source` to those of `settings`, into `settings.partitions` partitions.

    Workers and notifier must have been stopped, and must have finished what there was. What Redis has by partition is
    thrown away; the rest of it stays.

    Returns:
        Records copied, by topic.

    Raises:
        BrokerError: a broker does not answer, or refuses something.
        NotReadyError: something is not finished, somebody is at work, or the new topics hold something.
        redis.RedisError: Redis does not answer.
        ValueError: the URL of Redis is none.
    """
    redis = Redis.from_url(settings.redis_url)
    try:
        await redis.ping()
        copied = await _move(source, settings)
        await redis.delete(*_BY_PARTITION)
    except KafkaError as error:
        message = f"a Kafka broker did not do what it was asked: {type(error).__name__}."
        raise BrokerError(message) from None
    finally:
        await redis.aclose()
    return copied


async def _move(source: str, settings: WorkerSettings) -> Counter[str]:
    workers, notifier, topics = settings.app_id, group_of(settings), _copied(settings)
    await _check_nobody_works(source, settings)
    await _check_there(source, topics)
    if not await _check_finished(source, workers, (*RAW_TOPICS, *_READ_BY_WORKERS)):
        message = f"the group {workers} has finished nothing on {source}: is TIMEZERO_APP_ID that of its workers?"
        raise NotReadyError(message)
    has_delivered = await _check_finished(source, notifier, _READ_BY_NOTIFIER)
    await create_topics(settings)
    await _check_empty(settings, topics)
    copied = await _copy_all(source, settings, topics)
    await _check_nobody_works(settings.bootstrap, settings)
    # Raw messages that are there already came from a sender that was quick: they are read from the first on.
    await _begin_behind(settings.bootstrap, workers, _READ_BY_WORKERS)
    if has_delivered:
        await _begin_behind(settings.bootstrap, notifier, _READ_BY_NOTIFIER)
    return copied


def _copied(settings: WorkerSettings) -> list[str]:
    """Every topic whose keys tell their partition; counts of feeds belong to raw topics, and begin anew with them."""
    topics = [topic for topic in Topic if topic not in RAW_TOPICS]
    return [*map(str, topics), *(changelog_of(settings, table) for table in (STATE_TABLE, CONTRIBUTIONS_TABLE))]


async def _check_nobody_works(bootstrap: str, settings: WorkerSettings) -> None:
    for group in (settings.app_id, group_of(settings)):
        members = await _members(bootstrap, group)
        if members:
            message = f"the group {group} has {members} at work on {bootstrap}: stop workers and notifier first."
            raise NotReadyError(message)


async def _members(bootstrap: str, group: str) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        # A broker that has not made its topic of groups yet is ready a moment later. Of several groups asked for
        # together, the client reads the first only.
        asking = stamina.AsyncRetryingCaller(attempts=None, timeout=_READY_WITHIN_S)
        (answer,) = await asking(KafkaError, admin.describe_consumer_groups, [group])
    except (KafkaConnectionError, OSError):
        message = f"no Kafka broker answers at {bootstrap}: start it, or name another."
        raise BrokerError(message) from None
    finally:
        await admin.close()
    ((_, _, _, _, _, members, *_),) = answer.groups
    return len(members)


async def _check_there(source: str, topics: Iterable[str]) -> None:
    for topic in topics:
        if not await partitions_of(source, topic):
            message = f"there is no topic {topic} on {source}: is TIMEZERO_APP_ID that of its workers?"
            raise NotReadyError(message)


async def _check_finished(source: str, group: str, topics: Iterable[str]) -> bool:
    """Whether the group has ever finished anything; then it must have finished all there is."""
    committed = await _committed(source, group, topics)
    if not any(committed.values()):
        return False
    async with topic_reader(source) as reader:
        end, first = await ends(reader, committed), await reader.beginning_offsets(list(committed))
    waiting = sum(max(0, end[place] - max(first[place], done or 0)) for place, done in committed.items())
    if waiting:
        message = f"{waiting} messages on {source} still wait for the group {group}: let it finish them, then stop it."
        raise NotReadyError(message)
    return True


async def _places(bootstrap: str, topic: str) -> list[TopicPartition]:
    return [TopicPartition(str(topic), each) for each in await partitions_of(bootstrap, topic)]


async def _committed(bootstrap: str, group: str, topics: Iterable[str]) -> dict[TopicPartition, int | None]:
    async with _group_member(bootstrap, group) as consumer:
        places = [place for topic in topics for place in await _places(bootstrap, topic)]
        return {place: await consumer.committed(place) for place in places}


@asynccontextmanager
async def _group_member(bootstrap: str, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    """One that may ask and say how far a group is, and reads nothing."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def _check_empty(settings: WorkerSettings, topics: Iterable[str]) -> None:
    """Nothing may be there yet: neither of what is copied, nor of a worker or a sender that has begun."""
    await _check_nobody_works(settings.bootstrap, settings)
    async with topic_reader(settings.bootstrap) as reader:
        for topic in (*topics, *RAW_TOPICS, changelog_of(settings, COUNTS_TABLE)):
            if any((await reader.end_offsets(await _places(settings.bootstrap, topic))).values()):
                message = (
                    f"topic {topic} on {settings.bootstrap} is not empty: delete the topics there, and begin again."
                )
                raise NotReadyError(message)


async def _copy_all(source: str, settings: WorkerSettings, topics: Iterable[str]) -> Counter[str]:
    copied: Counter[str] = Counter()
    # One try after the other: a repeat that overtook what came after it would turn a key's order round.
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap,
        enable_idempotence=True,
        linger_ms=5,
        max_request_size=2 * settings.max_record_bytes,
    )
    async with producer:
        for topic in topics:
            async with topic_reader(source) as reader:
                async for records in _in_time(reader, await _places(source, topic)):
                    await _send(producer, records)
                    copied[topic] += len(records)
    return copied


async def _in_time(
    reader: AIOKafkaConsumer, places: list[TopicPartition]
) -> AsyncIterator[list[ConsumerRecord[bytes, bytes]]]:
    """Every record there is now, by the time at which the broker had it: each partition in its own order.

    Who asks a broker for a span of time is given the offset of the first record in it: a partition must be in time.
    """
    end, first = await ends(reader, places), await reader.beginning_offsets(places)
    unread = {place for place in places if first[place] < end[place]}
    waiting: dict[TopicPartition, deque[ConsumerRecord[bytes, bytes]]] = {place: deque() for place in unread}
    reader.assign(list(unread))
    for place in unread:
        reader.seek(place, first[place])
    while unread or any(waiting.values()):
        lacking = [place for place in unread if not waiting[place]]
        if not lacking:
            yield list(_earliest(waiting, unread))
            continue
        for place, records in (await reader.getmany(*lacking, timeout_ms=_POLL_MS)).items():
            waiting[place].extend(each for each in records if each.offset < end[place])
        unread -= {place for place in lacking if await reader.position(place) >= end[place]}


def _earliest(
    waiting: dict[TopicPartition, deque[ConsumerRecord[bytes, bytes]]], unread: set[TopicPartition]
) -> Iterable[ConsumerRecord[bytes, bytes]]:
    """The earliest records, for as long as nothing earlier can be unread."""
    while all(waiting[place] for place in unread) and (held := [each for each in waiting.values() if each]):
        yield min(held, key=lambda each: each[0].timestamp).popleft()


async def _send(producer: AIOKafkaProducer, records: Iterable[ConsumerRecord[bytes, bytes]]) -> None:
    sent = [
        await producer.send(each.topic, each.value, each.key, timestamp_ms=max(each.timestamp, 0)) for each in records
    ]
    await asyncio.gather(*sent)


async def _begin_behind(bootstrap: str, group: str, topics: Iterable[str]) -> None:
    """Let a group go on behind all there is."""
    places = [place for topic in topics for place in await _places(bootstrap, topic)]
    async with topic_reader(bootstrap) as reader:
        end = await ends(reader, places)
    async with _group_member(bootstrap, group) as consumer:
        consumer.assign(places)
        await consumer.commit({place: OffsetAndMetadata(offset, "") for place, offset in end.items()})
