"""One event's way, on the embedded broker and on Apache Kafka: the same feed ends in the same records."""

import asyncio

from event_log import alerts_of_log, alerts_sent, lived_offline
from real_parts.eventually import eventually
from running_worker import READ_BY_STAGES, alerts_in, cases_in, committed, fresh, records_of, running_worker
from schemas.read_model import EngineClock
from schemas.topics import Topic
from sepsis_feed import ENDS_AT, one_in_ten_twice, sepsis_feed, shuffled_within_an_hour
from streams.clock import wall_clock
from streams.log_export import export
from streams.produce import send_messages

PATIENTS = 60


def after_the_feed():
    return EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)


def tell_the_worker(bootstrap, redis_url, folder):
    """A shuffled feed with repeats through a worker; its records against those of the engine alone."""
    told = sepsis_feed(PATIENTS)
    settings = fresh(bootstrap, redis_url, folder, clock=after_the_feed())
    expected = lived_offline(told)

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(bootstrap, one_in_ten_twice(shuffled_within_an_hour(told))))
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the same case records")
        eventually(lambda: _all_finished(settings), within=30, what="everything committed")
        assert worker.stop() == 0
    asyncio.run(export(bootstrap, folder / "log.ndjson"))

    assert alerts_of_log(folder / "log.ndjson") == alerts_sent(bootstrap)
    assert alerts_in(redis_url) == {each for said in alerts_sent(bootstrap).values() for each in said}
    assert len(records_of(bootstrap, Topic.REJECTED_MESSAGES)) == 0


def _all_finished(settings):
    done, there = committed(settings, *READ_BY_STAGES)
    return done == there


def test_a_feed_through_apache_kafka_ends_as_the_engine_alone_says(kafka, redis_url, tmp_path):
    tell_the_worker(kafka, redis_url, tmp_path)


def test_a_feed_through_the_embedded_broker_ends_as_the_engine_alone_says(embedded_broker, valkey_url, tmp_path):
    tell_the_worker(embedded_broker, valkey_url, tmp_path)
