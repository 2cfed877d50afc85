"""A hospital that outgrows its partitions moves to a broker with more: as if it had begun there."""

import asyncio
from contextlib import contextmanager
from itertools import chain

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, OffsetAndMetadata, TopicPartition
from redis import Redis

from command_line import run
from event_log import lived_offline
from real_parts.eventually import eventually
from running_worker import (
    alerts_in,
    cases_in,
    committed,
    fresh,
    records_of,
    running_worker,
    without_topics,
)
from schemas.read_model import FEEDS_HASH, EngineClock, FeedStatus
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.batched.partition_ends import ends
from streams.clock import wall_clock
from streams.notifier import group_of
from streams.produce import send_messages
from streams.redis_rebuild import PROJECTED_TOPICS
from streams.topic_layout import create_topics
from streams.topic_reader import topic_reader
from timezero.local_kafka import local_kafka

PATIENTS = 12
FINISHED = (*RAW_TOPICS, Topic.ENCOUNTER_EVENTS, *PROJECTED_TOPICS)


@pytest.fixture(scope="module")
def larger_kafka(kafka, tmp_path_factory):
    """A second Apache Kafka."""
    assert kafka
    with local_kafka(tmp_path_factory.mktemp("larger")) as bootstrap:
        yield bootstrap


@pytest.fixture
def old(kafka, redis_url, tmp_path):
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    made = fresh(kafka, redis_url, tmp_path, clock=clock, partitions=3)
    asyncio.run(create_topics(made))
    return made


@pytest.fixture
def new(old, larger_kafka, tmp_path):
    without_topics(larger_kafka)
    changed = {"bootstrap": larger_kafka, "partitions": 8, "datadir": tmp_path / "new"}
    return old.model_copy(update=changed)


def move(old, new, *, redis_url=None):
    environment = {
        "PATH": "",
        "TIMEZERO_BOOTSTRAP": new.bootstrap,
        "TIMEZERO_REDIS_URL": redis_url or new.redis_url,
        "TIMEZERO_APP_ID": new.app_id,
        "TIMEZERO_PARTITIONS": str(new.partitions),
    }
    return run("repartition", "--from", old.bootstrap, "--json", env=environment)


@contextmanager
def at_work(settings, messages, cases):
    """A worker that has finished some messages, and shows these cases."""
    with running_worker(settings) as worker:
        asyncio.run(send_messages(settings.bootstrap, messages))
        eventually(lambda: cases_in(settings.redis_url) == cases, within=60, what="the case records")
        eventually(lambda: len(set(committed(settings, *FINISHED))) == 1, within=60, what="everything finished")
        yield worker
        assert worker.stop() == 0


def halves():
    """A feed cut in the middle, so that most patients have something on both sides."""
    feed = sepsis_feed(PATIENTS)
    return feed[: len(feed) // 2], feed[len(feed) // 2 :]


def ids_sent(bootstrap):
    return [orjson.loads(record.value)["alert_id"] for record in records_of(bootstrap, Topic.ENCOUNTER_ALERTS)]


def commit(settings, group, topic):
    """Say that a group has finished all of a topic."""

    async def say():
        consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, group_id=group, enable_auto_commit=False)
        places = [TopicPartition(topic, each) for each in range(settings.partitions)]
        consumer.assign(places)
        await consumer.start()
        ends = await consumer.end_offsets(places)
        await consumer.commit({place: OffsetAndMetadata(end, "") for place, end in ends.items()})
        await consumer.stop()

    asyncio.run(say())


def test_what_was_known_stays_known_and_what_comes_is_judged_with_it(old, new, redis_url):
    before, after = halves()
    with at_work(old, before, lived_offline(before)):
        pass
    commit(old, group_of(old), Topic.ENCOUNTER_ALERTS)
    said, written, times = ids_sent(old.bootstrap), lengths(old), times_in(old)
    told = move(old, new)
    assert told.returncode == 0, told.stderr
    copied = orjson.loads(told.stdout)["copied"]
    moved, waiting = lengths(new), committed(notifier_of(new), Topic.ENCOUNTER_ALERTS)
    moved_times = times_in(new)
    with at_work(new, after, lived_offline([*before, *after])):
        sent = ids_sent(new.bootstrap)

    assert moved == written | dict.fromkeys(RAW_TOPICS, 0)
    assert copied.items() >= {each: count for each, count in moved.items() if count}.items()
    assert sorted(chain(*moved_times)) == sorted(chain(*times))
    assert all(partition == sorted(partition) for partition in moved_times)
    assert waiting == (len(said), len(said))
    assert len(sent) == len(set(sent)) > len(said) > 0
    assert alerts_in(redis_url) == set(sent) >= set(said)
    assert accepted(redis_url) == len(after)


def lengths(settings):
    return {topic: len(records_of(settings.bootstrap, topic)) for topic in Topic}


def times_in(settings):
    """When the broker had each record of the log, by partition in their order."""

    async def read(partition):
        async with topic_reader(settings.bootstrap) as reader:
            place = TopicPartition(Topic.ENCOUNTER_EVENTS.value, partition)
            end = (await ends(reader, [place]))[place]
            reader.assign([place])
            reader.seek(place, 0)
            times = []
            while len(times) < end:
                times += [each.timestamp for each in (await reader.getmany(place, timeout_ms=500)).get(place, ())]
            return times

    return [asyncio.run(read(partition)) for partition in range(settings.partitions)]


def notifier_of(settings):
    return settings.model_copy(update={"app_id": group_of(settings)})


def accepted(redis_url):
    with Redis.from_url(redis_url) as redis:
        return sum(FeedStatus.model_validate_json(each).accepted for each in redis.hvals(FEEDS_HASH))


def test_nothing_is_moved_while_messages_wait_or_somebody_works(old, new):
    before, after = halves()
    with at_work(old, before, lived_offline(before)):
        working = move(old, new)
    asyncio.run(send_messages(old.bootstrap, after))
    waiting = move(old, new)

    assert (working.returncode, waiting.returncode) == (2, 2)
    assert "stop workers and notifier first" in working.stderr
    assert f"{len(after)} messages on {old.bootstrap} still wait" in waiting.stderr


def test_nothing_is_moved_onto_what_is_there(old, new):
    before, _ = halves()
    with at_work(old, before, lived_offline(before)):
        pass
    stranger = move(old, new.model_copy(update={"app_id": "another"}))
    moved, again = move(old, new), move(old, new)

    assert (stranger.returncode, again.returncode) == (2, 2)
    assert "is TIMEZERO_APP_ID that of its workers?" in stranger.stderr
    assert moved.returncode == 0, moved.stderr
    assert "is not empty" in again.stderr


def test_nothing_is_moved_to_where_a_sender_has_begun(old, new):
    before, _ = halves()
    with at_work(old, before, lived_offline(before)):
        pass
    asyncio.run(create_topics(new))
    asyncio.run(send_messages(new.bootstrap, before[:1]))
    moved = move(old, new)

    assert moved.returncode == 2
    assert f"topic {before[0].topic} on {new.bootstrap} is not empty" in moved.stderr


def test_nothing_is_moved_without_two_brokers_and_redis(old, new):
    said = [
        move(new, new),
        move(new.model_copy(update={"bootstrap": "127.0.0.1:9"}), new),
        move(old, new, redis_url="redis://127.0.0.1:9"),
    ]

    assert [each.returncode for each in said] == [2, 2, 2]
    assert ["is the new broker too" in said[0].stderr, "no Kafka broker answers" in said[1].stderr] == [True, True]
    assert "Redis does not answer" in said[2].stderr
