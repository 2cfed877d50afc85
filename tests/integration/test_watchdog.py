"""A worker that hangs says so, and ends itself, so that whoever started it starts it again."""

import asyncio
import shutil
import signal
from contextlib import contextmanager
from functools import partial

from hanging_engine import HANGS
from real_parts.eventually import PATIENCE, eventually
from running_worker import cases_in, fresh, running_worker
from schemas.read_model import EngineClock
from sepsis_feed import ENDS_AT, STARTS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import send_messages
from streams.sources import SourceMessage
from streams.worker_health import health
from timezero.embedded import answers_ping
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

MARK = "MARKPATIENT"
BACKLOG = 400


def hanging_act():
    at = STARTS_AT.isoformat()
    act = {
        "schema": "raw.act/1", "message_id": MARK, "source": "default", "facility_id": "F1", "patient_id": MARK,
        "act": "protocol_started", "happened_at": at, "received_at": at, "reason": HANGS,
    }  # fmt: skip
    return SourceMessage("raw.act", f"F1|{MARK}", act, None, "raw.act")


def settings_for(bootstrap, redis_url, folder):
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    return fresh(bootstrap, redis_url, folder, clock=clock, stalled_after=1, ends_after=4, publish_interval=0.2)


@contextmanager
def own_redis(folder):
    """A Redis that nobody else uses, and its process."""
    port = free_port()
    argv = [shutil.which("redis-server"), "--bind", LOOPBACK, "--port", str(port), "--save", ""]
    with running_server(ServerCommand("redis", argv, partial(answers_ping, port), folder)) as process:
        yield f"redis://{LOOPBACK}:{port}/0", process


def test_a_worker_whose_loop_hangs_ends_itself_and_names_no_patient(embedded_broker, valkey_url, tmp_path):
    settings = settings_for(embedded_broker, valkey_url, tmp_path)

    with running_worker(settings, "hanging") as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, [hanging_act()]))
        assert worker.process.wait(timeout=30 * PATIENCE) == 1
        said = worker.log.read_text()

    assert "in _live_one" in said
    assert MARK not in said


def test_a_worker_whose_batch_never_comes_back_ends_itself_and_its_successor_goes_on(
    embedded_broker, redis_url, tmp_path
):
    feed = sepsis_feed(10)
    del redis_url  # it says that a Redis is installed
    with own_redis(tmp_path / "redis") as (url, redis):
        settings = settings_for(embedded_broker, url, tmp_path)
        with running_worker(settings) as worker:
            eventually(worker.is_well, within=60, what="a worker")
            redis.send_signal(signal.SIGSTOP)
            asyncio.run(send_messages(embedded_broker, feed))
            eventually(lambda: not worker.is_well(), what="a worker that says it is not well")
            assert worker.process.wait(timeout=60) == 1
            said = worker.log.read_text()
            redis.send_signal(signal.SIGCONT)
            worker.start()
            eventually(lambda: len(cases_in(url)) == 10, within=60, what="every case")
            assert worker.stop() == 0

    assert '"event":"stood_still"' in said


def test_a_worker_that_is_asked_tells_where_it_stands_and_names_no_patient(embedded_broker, redis_url, tmp_path):
    feed = sepsis_feed(10)
    del redis_url  # it says that a Redis is installed
    with own_redis(tmp_path / "redis") as (url, redis):
        settings = settings_for(embedded_broker, url, tmp_path).model_copy(update={"ends_after": 60})
        with running_worker(settings) as worker:
            eventually(worker.is_well, within=60, what="a worker")
            redis.send_signal(signal.SIGSTOP)
            asyncio.run(send_messages(embedded_broker, feed))
            worker.process.send_signal(signal.SIGUSR2)
            eventually(lambda: asked(worker, "RedisProjection.put"), what="a batch under way")
            redis.send_signal(signal.SIGCONT)
            eventually(lambda: len(cases_in(url)) == 10, within=60, what="every case")
            assert worker.stop() == 0
        said = worker.log.read_text()

    assert [key for key in {message.key.split("|")[1] for message in feed} if key in said] == []


def asked(worker, place):
    """Whether the worker, asked where it stands, has named this place so far."""
    worker.process.send_signal(signal.SIGUSR1)
    return place in worker.log.read_text()


def test_a_worker_with_a_backlog_is_well_all_the_way(embedded_broker, valkey_url, tmp_path):
    settings = settings_for(embedded_broker, valkey_url, tmp_path).model_copy(
        update={"stalled_after": 3, "ends_after": 60}
    )

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, sepsis_feed(BACKLOG)))
        seen = set()
        eventually(
            lambda: seen.add(health(settings.datadir)) or len(cases_in(valkey_url)) == BACKLOG,
            within=120,
            what="every case",
        )
        assert worker.stop() == 0

    assert {sentence for well, sentence in seen if not well} == set()
