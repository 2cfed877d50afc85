"""A source whose clock runs off cannot move a patient's time on, and is named with how far it is ahead."""

import asyncio
from datetime import timedelta

import orjson
from aiokafka import AIOKafkaProducer
from redis import Redis

from bad_messages import act, text
from real_parts.eventually import eventually
from running_worker import alerts_in, cases_in, fresh, records_of, running_worker
from schemas.read_model import FEEDS_HASH, EngineClock
from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from sepsis_feed import STARTS_AT
from streams.clock import wall_clock

NOON = STARTS_AT + timedelta(hours=12)
AHEAD = timedelta(minutes=14)


def told(number, at, source):
    return act(
        message_id=f"m{number}",
        source=source,
        happened_at=at.isoformat(),
        recorded_at=at.isoformat(),
        received_at=at.isoformat(),
    )


def feed_of(redis_url, source):
    with Redis.from_url(redis_url) as redis:
        stored = redis.hget(FEEDS_HASH, f"raw.act|{source}")
    return orjson.loads(stored) if stored else None


def test_a_clock_that_runs_ahead_raises_no_alert_and_is_seen_in_the_feeds(embedded_broker, valkey_url, tmp_path):
    """From two hours ahead the window would be closed and missed; the patient is still in time."""
    clock = EngineClock(started_at=NOON, wall_started_at=wall_clock(), speed=1)
    settings = fresh(embedded_broker, valkey_url, tmp_path, clock=clock)
    messages = [
        told(0, NOON - timedelta(minutes=5), "ward"),
        told(1, NOON + AHEAD, "lab system"),
        told(2, NOON + timedelta(hours=2), "pump"),
    ]

    async def send():
        async with AIOKafkaProducer(bootstrap_servers=embedded_broker) as producer:
            for each in messages:
                await producer.send_and_wait(Topic.RAW_ACT, text(each), key=b"F1|P0001")

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send())
        refused = eventually(
            lambda: len(found := records_of(embedded_broker, Topic.REJECTED_MESSAGES)) == 2 and found,
            what="both refused",
        )
        eventually(lambda: feed_of(valkey_url, "pump"), what="the feeds")
        eventually(lambda: cases_in(valkey_url), what="the case")
        statuses = [case["elements"][0]["status"] for case in cases_in(valkey_url).values()]
        assert worker.stop() == 0

    assert {RejectedMessage.model_validate_json(each.value).reason for each in refused} == {"future_time"}
    assert statuses == ["open"]
    assert alerts_in(valkey_url) == set()
    assert feed_of(valkey_url, "ward")["ahead_s"] == 0
    assert AHEAD - timedelta(minutes=1) < timedelta(seconds=feed_of(valkey_url, "lab system")["ahead_s"]) <= AHEAD
