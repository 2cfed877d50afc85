"""A worker waits for a broker that is away, for however long, says so, and goes on by itself when it is back."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace

import orjson

from chaos.restartable_server import RestartableServer
from event_log import lived_offline
from real_parts.eventually import eventually
from running_worker import cases_in, fresh, running_worker
from schemas.read_model import EngineClock
from schemas.worker_health import WorkerHealth
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import send_messages
from streams.worker_health import HEALTH_FILE, health
from timezero.local_kafka import kafka_node

ENDS_AFTER = 15
"""Seconds after which a worker that stands still for any other reason ends itself."""


@contextmanager
def own_broker(folder):
    """A Kafka that nobody else uses, to be killed and started again, and its address."""
    node = kafka_node(folder)
    broker = RestartableServer(replace(node.command, starts_within_seconds=180))
    broker.start()
    try:
        yield node.bootstrap, broker
    finally:
        broker.close()


def said_by(worker):
    return WorkerHealth.model_validate_json((worker.settings.datadir / HEALTH_FILE).read_bytes())


def silent_for(worker):
    """Seconds for which the worker has had no answer; 0 while it has one."""
    assert worker.process.poll() is None, worker.log.read_text()
    said = said_by(worker)
    return 0 if said.broker.answers else (said.written_at - said.broker.since).total_seconds()


def test_a_worker_waits_for_its_broker_and_goes_on_when_it_is_back(kafka, redis_url, tmp_path):
    del kafka  # it says that a Kafka is installed
    feed = sepsis_feed(1000)
    held = lived_offline(feed)
    with own_broker(tmp_path / "kafka") as (bootstrap, broker):
        clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
        settings = fresh(
            bootstrap, redis_url, tmp_path, clock=clock, stalled_after=3, ends_after=ENDS_AFTER, publish_interval=0.2
        )
        with running_worker(settings) as worker:
            eventually(worker.is_well, within=60, what="a worker")
            asyncio.run(send_messages(bootstrap, feed))
            eventually(lambda: cases_in(redis_url), within=60, what="a first case")
            broker.kill()
            eventually(lambda: silent_for(worker) > ENDS_AFTER + 2, within=60, what="a long silence")
            under_way = said_by(worker)
            said = health(settings.datadir)
            broker.start()
            eventually(lambda: len(cases_in(redis_url)) == len(held), within=120, what="every case")
            eventually(lambda: cases_in(redis_url) == held, what="the same case records")
            eventually(worker.is_well, what="a worker that is well again")
            code = worker.stop()
            events = {line.get("event") for line in map(orjson.loads, worker.log.read_text().splitlines())}

    assert under_way.stages or sum(each.waiting for each in under_way.partitions)
    assert said[0] is False
    assert "no answer from any broker" in said[1]
    assert code == 0
    assert {"broker_does_not_answer", "broker_answers_again"} <= events
