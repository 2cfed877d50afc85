"""A worker killed three times at random moments: nothing is lost, and nothing is said that the log does not say."""

import asyncio
import random

import pytest

from event_log import alerts_of_log, alerts_sent, lived_offline
from real_parts.eventually import eventually
from running_worker import cases_in, committed, fresh, partitions_of_log, records_of, running_worker
from schemas.read_model import EngineClock
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import STARTS_AT, one_in_ten_twice, sepsis_feed, shuffled_within_an_hour
from streams.clock import wall_clock
from streams.log_export import export
from streams.produce import send_messages

PATIENTS = 60
KILLS = 3
DAYS_IN_SECONDS = 20_000
"""Three days of the feed in a quarter of a minute: deadlines pass while workers die."""
SMALL_STEPS = {"batch_records": 20, "commit_interval": 0.2}


def kill_at_random_moments(bootstrap, redis_url, folder, seed):
    """The feed in parts; within each part, at a random count of finished messages, the worker is killed."""
    rng = random.Random(seed)
    told = sepsis_feed(PATIENTS, seed)
    expected = lived_offline(told)
    messages = one_in_ten_twice(shuffled_within_an_hour(told))
    clock = EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=DAYS_IN_SECONDS)
    settings = fresh(bootstrap, redis_url, folder, clock=clock, **SMALL_STEPS)
    part = len(messages) // (KILLS + 1)
    cases_at_kills = []

    with running_worker(settings) as worker:
        for number in range(KILLS):
            asyncio.run(send_messages(bootstrap, messages[number * part : (number + 1) * part]))
            enough = number * part + rng.randint(1, part)
            eventually(lambda enough=enough: _finished(settings) >= enough, within=60, what="some of the feed")
            eventually(lambda: records_of(bootstrap, Topic.CASES), within=60, what="a case before the first kill")
            worker.kill()
            cases_at_kills.append(len(records_of(bootstrap, Topic.CASES)))
            worker.start()
        asyncio.run(send_messages(bootstrap, messages[KILLS * part :]))
        eventually(lambda: cases_in(redis_url) == expected, within=120, what="the same case records")
        eventually(lambda: _finished(settings) == len(messages), what="the whole feed finished")
        assert worker.stop() == 0
    asyncio.run(export(bootstrap, folder / "log.ndjson"))

    assert cases_at_kills[0] > 0
    assert len(records_of(bootstrap, Topic.CASES)) > cases_at_kills[-1]
    assert alerts_of_log(folder / "log.ndjson") == alerts_sent(bootstrap)


@pytest.mark.chaos
def test_a_second_worker_takes_over_the_patients_of_a_killed_one(kafka, redis_url, tmp_path):
    """On Apache Kafka alone: two workers in one group are more than the embedded broker can share work among."""
    told = sepsis_feed(PATIENTS, seed=13)
    expected = lived_offline(told)
    clock = EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=DAYS_IN_SECONDS)
    one = fresh(kafka, redis_url, tmp_path, clock=clock, worker_name="one", **SMALL_STEPS)
    two = one.model_copy(update={"datadir": tmp_path / "two", "worker_name": "two"})

    with running_worker(one) as first, running_worker(two) as second:
        eventually(lambda: _owners(first, second) == [2, 2], within=90, what="a shared group")
        asyncio.run(send_messages(kafka, told[: len(told) // 2]))
        eventually(lambda: _finished(one) > 0, within=60, what="some of the feed")
        first.kill()
        asyncio.run(send_messages(kafka, told[len(told) // 2 :]))
        eventually(lambda: cases_in(redis_url) == expected, within=120, what="the same case records")
        eventually(lambda: _finished(two) == len(told), what="the whole feed finished")
        assert second.stop() == 0
    asyncio.run(export(kafka, tmp_path / "log.ndjson"))

    assert alerts_of_log(tmp_path / "log.ndjson") == alerts_sent(kafka)


def _owners(*workers):
    """How many partitions of the log each worker has."""
    return [len(partitions_of_log(worker)) for worker in workers]


def _finished(settings):
    return committed(settings, *RAW_TOPICS)[0]


@pytest.mark.chaos
def test_three_kills_on_apache_kafka_leave_the_records_and_alerts_of_the_log(kafka, redis_url, tmp_path):
    kill_at_random_moments(kafka, redis_url, tmp_path, seed=11)


@pytest.mark.chaos
def test_three_kills_on_the_embedded_broker_leave_the_same(embedded_broker, valkey_url, tmp_path):
    kill_at_random_moments(embedded_broker, valkey_url, tmp_path, seed=12)
