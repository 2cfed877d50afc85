"""Five thousand mutated messages, and acts said on the board, through a real worker on Apache Kafka and Redis."""

import asyncio
from collections import Counter

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from redis import Redis

from fuzz.million_messages import Fuzzer
from fuzz.seeds import MARK
from fuzz.trial import REASONS
from real_parts.eventually import eventually
from running_worker import committed, fresh, records_of, running_worker
from schemas.read_model import FEEDS_HASH, SAID_ACTS_FIELD, SAID_ACTS_STREAM, EngineClock
from schemas.topics import RAW_TOPICS, Topic
from streams.clock import wall_clock
from streams.worker_settings import MEBIBYTE
from timezero.server_process import free_port

MESSAGES = 5000
SAID = 200
LARGEST = MEBIBYTE - 6000
"""With Kafka's framing and the longest key; the broker takes none larger."""
HEADERS = [("trace", MARK.encode()), ("", b"\xff"), ("trace", None)]


@pytest.fixture
def worker(kafka, redis_url, shared_data, tmp_path):
    """A worker with the real engine, one month into the simulated year, saying all that it says."""
    assert shared_data.exists()
    clock = EngineClock(started_at="2026-02-01T00:00:00Z", wall_started_at=wall_clock(), speed=1)
    # Most of it is rejected, which must not stop the feed here.
    told = {"log_level": "DEBUG", "metrics_port": free_port(), "rejected_share_max": 1}
    settings = fresh(kafka, redis_url, tmp_path, clock=clock, **told)
    with running_worker(settings, engine="real") as running:
        eventually(running.is_well, within=60, what="a worker")
        yield running


def mutated(count, seed):
    """So many messages that the broker takes."""
    fuzzer, messages, number = Fuzzer(seed), [], 0
    while len(messages) < count:
        messages += [each for each in fuzzer.told(number)[0] if len(each.value or b"") <= LARGEST]
        number += 1
    return messages[:count]


async def _send(bootstrap, messages):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2 * MEBIBYTE) as producer:
        for place, each in enumerate(messages):
            await producer.send(each.topic, each.value, key=each.key, headers=HEADERS if place % 7 == 0 else None)
        await producer.flush()


def say_on_the_board(redis_url, messages):
    """As the board puts down what somebody said; these are nothing that it would."""
    with Redis.from_url(redis_url) as redis:
        for each in messages:
            redis.xadd(SAID_ACTS_STREAM, {SAID_ACTS_FIELD: each.value or b""})


def counted(redis_url):
    """Messages by outcome, over all feeds."""
    with Redis.from_url(redis_url) as redis:
        feeds = [orjson.loads(each) for each in redis.hvals(FEEDS_HASH)]
    counts = Counter()
    for feed in feeds:
        counts.update({outcome: feed[outcome] for outcome in ("accepted", "ignored", "rejected")})
    return counts


def all_finished(worker):
    done, there = committed(worker.settings, *RAW_TOPICS, Topic.ENCOUNTER_EVENTS, Topic.CASES)
    return done == there


@pytest.mark.timeout(500)
def test_a_worker_counts_every_mutated_message_and_keeps_what_it_rejects(worker):
    redis_url, bootstrap = worker.settings.redis_url, worker.settings.bootstrap

    asyncio.run(_send(bootstrap, mutated(MESSAGES, "worker")))
    say_on_the_board(redis_url, mutated(SAID, "board"))

    sent = MESSAGES + SAID
    eventually(lambda: counted(redis_url).total() >= sent, within=200, what="every message counted")
    eventually(lambda: all_finished(worker), within=200, what="everything committed")
    counts, kept = (
        counted(redis_url),
        [orjson.loads(each.value) for each in records_of(bootstrap, Topic.REJECTED_MESSAGES)],
    )
    assert counts.total() == sent
    assert min(counts.values()) > 0
    assert len(kept) == counts["rejected"]
    assert {each["reason"] for each in kept} <= REASONS
    assert not [each for each in kept if MARK in each["reason"] + each["detail"]]
    assert worker.stop() == 0
    assert MARK not in worker.log.read_text()
