"""Three workers restarted one after the other under load: nothing is lost or said twice, no session is waited for."""

import asyncio

import orjson

from event_log import alerts_of_log, lived_offline
from real_parts.eventually import eventually
from running_group import restart_one_after_the_other, running_group, standstills, steadily_sent
from running_worker import cases_in, committed, fresh, records_of
from schemas.read_model import EngineClock
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import STARTS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.log_export import export

PATIENTS = 400
SESSION = 45
"""Seconds without a heartbeat until the group gives a worker up: nobody may have waited so long."""


def alerts_as_sent(bootstrap):
    """Alerts by patient, repeats included."""
    alerts = {}
    for record in records_of(bootstrap, Topic.ENCOUNTER_ALERTS):
        alerts.setdefault(record.key.decode(), []).append(orjson.loads(record.value)["alert_id"])
    return alerts


def test_a_rolling_restart_loses_nothing_says_nothing_twice_and_waits_for_no_session(kafka, redis_url, tmp_path):
    told = sepsis_feed(PATIENTS, seed=21)
    clock = EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=5000)
    settings = fresh(
        kafka, redis_url, tmp_path, clock=clock, partitions=12, session_timeout=SESSION, rebalance_timeout=SESSION
    )

    with running_group(settings, 3) as workers:
        with steadily_sent(kafka, told, speed=5000):
            codes = restart_one_after_the_other(workers)
        eventually(lambda: cases_in(redis_url) == lived_offline(told), within=60, what="the same case records")
        eventually(lambda: committed(settings, *RAW_TOPICS)[0] == len(told), what="the whole feed finished")
        codes += [worker.stop() for worker in workers]
    asyncio.run(export(kafka, tmp_path / "log.ndjson"))

    assert codes == [0] * 6
    assert alerts_as_sent(kafka) == alerts_of_log(tmp_path / "log.ndjson")
    assert max(standstills(settings).values()) < SESSION
