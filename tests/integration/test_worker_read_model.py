"""Redis may be away, or wiped, at any time; and a worker opens no door but the one it was told to."""

import asyncio
import subprocess
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from redis import Redis, RedisError

from event_log import lived_offline
from real_parts.eventually import eventually
from running_worker import alerts_in, cases_in, fresh, running_worker
from schemas.read_model import RATES_HASH, EngineClock
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import send_messages
from streams.redis_rebuild import rebuild
from timezero.server_process import free_port

PATIENTS = 20


def settled_clock():
    return EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)


@contextmanager
def redis_at(port):
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        eventually(lambda: _answers(url), what="Redis")
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url):
    try:
        with Redis.from_url(url) as redis:
            return redis.ping()
    except RedisError:
        return False


def week_in(redis):
    """Counts of the last seven days, over all partitions."""
    counts = Counter()
    for rates in redis.hvals(RATES_HASH):
        for rate in orjson.loads(rates):
            if rate["window"] == "7d":
                counts.update({name: rate[name] for name in ("met", "met_late", "missed", "pending")})
    return +counts


def week_of(cases):
    return Counter(case["elements"][0]["status"] for case in cases.values())


def test_a_wiped_redis_is_filled_again_and_a_rebuild_gives_the_same(embedded_broker, redis_url, tmp_path):
    feed = sepsis_feed(PATIENTS)
    expected = lived_offline(feed)
    settings = fresh(embedded_broker, redis_url, tmp_path, clock=settled_clock())

    with running_worker(settings) as worker, Redis.from_url(redis_url) as redis:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, feed))
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records")
        alerts = eventually(lambda: alerts_in(redis_url), what="the alerts")
        eventually(lambda: week_in(redis) == week_of(expected), what="the rates")
        redis.flushdb()
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records again")
        eventually(lambda: alerts_in(redis_url) == alerts, what="the alerts again")
        eventually(lambda: week_in(redis) == week_of(expected), what="the rates again")
        redis.hset("timezero:cases", "stale", "{}")
        asyncio.run(rebuild(embedded_broker, redis_url))

        assert cases_in(redis_url) == expected
        assert alerts_in(redis_url) == alerts


def test_while_redis_is_away_patients_are_judged_and_shown_when_it_is_back(kafka, redis_url, tmp_path):
    feed = sepsis_feed(PATIENTS)
    expected = lived_offline(feed)
    port = free_port()
    here = fresh(kafka, redis_url, tmp_path, clock=settled_clock())
    settings = here.model_copy(update={"redis_url": f"redis://127.0.0.1:{port}/0"})

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(kafka, feed[: len(feed) // 2]))
        with redis_at(port) as url:
            eventually(lambda: cases_in(url), within=60, what="the first half")
        asyncio.run(send_messages(kafka, feed[len(feed) // 2 :]))
        with redis_at(port) as url:
            eventually(lambda: cases_in(url) == expected, within=60, what="all of it, after a second Redis")
        assert worker.stop() == 0


def listening_ports(pid):
    """Ports on which a process waits for connections."""
    inodes = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    ports = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                address, port = fields[1].split(":")
                ports[int(port, 16)] = address
    return ports


@pytest.mark.parametrize("asked_for", [False, True])
def test_a_worker_opens_no_port_but_its_metrics_page_on_loopback(embedded_broker, valkey_url, tmp_path, asked_for):
    port = free_port()
    settings = fresh(embedded_broker, valkey_url, tmp_path, metrics_port=port if asked_for else None)

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        ports = listening_ports(worker.process.pid)

        assert ports == ({port: "0100007F"} if asked_for else {})
        if asked_for:
            page = httpx.get(f"http://127.0.0.1:{port}/table/patient-states").text
            assert "timezero_records_total" in page
            assert "patient-states" not in page
