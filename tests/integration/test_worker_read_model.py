"""Redis may be away, or wiped, at any time; and a worker opens no door but the one it was told to."""

import asyncio
import subprocess
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from redis import Redis, RedisError
from redis.asyncio import Redis as AsyncRedis

from event_log import lived_offline
from real_parts.eventually import eventually
from running_batched import sent
from running_worker import alerts_in, cases_in, committed, fresh, histories_in, running_worker
from schemas.belief import Belief
from schemas.measure_words import MeasureWords
from schemas.read_model import (
    BELIEFS_KEPT,
    BELIEFS_OF_CASE,
    CLOCK_KEY,
    FEEDS_HASH,
    HEARTBEAT_KEY,
    MEASURES_HASH,
    RATES_HASH,
    EngineClock,
    FeedStatus,
)
from schemas.topics import Topic
from schemas.worker_health import WORKERS_HASH
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.batched.outgoing import Outgoing
from streams.clock import wall_clock
from streams.engine import ScoringEngine
from streams.produce import send_messages
from streams.read_model_publisher import ReadModelPublisher
from streams.records import Record
from streams.redis_projection import RedisProjection
from streams.redis_rebuild import PROJECTED_TOPICS, restore
from streams.topic_layout import create_topics
from timezero.server_process import free_port

PATIENTS = 20
CASES = 60
"""With 200 beliefs each they are more than a broker gives at once."""


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


def test_a_wiped_redis_is_filled_again(embedded_broker, redis_url, tmp_path):
    feed = sepsis_feed(PATIENTS)
    expected = lived_offline(feed)
    settings = fresh(embedded_broker, redis_url, tmp_path, clock=settled_clock())

    with running_worker(settings) as worker, Redis.from_url(redis_url) as redis:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, feed))
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records")
        eventually(lambda: all_committed(settings), what="everything committed")
        alerts = eventually(lambda: alerts_in(redis_url), what="the alerts")
        eventually(lambda: week_in(redis) == week_of(expected), what="the rates")
        histories = eventually(lambda: told_to_the_end(redis_url, expected), what="the histories")
        redis.flushdb()
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records again")
        eventually(lambda: alerts_in(redis_url) == alerts, what="the alerts again")
        eventually(lambda: week_in(redis) == week_of(expected), what="the rates again")
        eventually(lambda: histories_in(redis_url) == histories, what="the histories again")

        assert worker.stop() == 0


def test_a_worker_that_starts_over_an_empty_redis_fills_it_before_anything_new_comes(
    embedded_broker, valkey_url, tmp_path
):
    feed = sepsis_feed(PATIENTS)
    expected = lived_offline(feed)
    settings = fresh(embedded_broker, valkey_url, tmp_path, clock=settled_clock())

    with running_worker(settings) as worker, Redis.from_url(valkey_url) as redis:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, feed))
        eventually(lambda: cases_in(valkey_url) == expected, within=60, what="the case records")
        eventually(lambda: all_committed(settings), what="everything committed")
        alerts = eventually(lambda: alerts_in(valkey_url), what="the alerts")
        histories = eventually(lambda: told_to_the_end(valkey_url, expected), what="the histories")
        feeds = eventually(lambda: feeds_in(redis, of=len(feed)), what="the feeds")
        assert worker.stop() == 0
        redis.flushdb()
        worker.start()
        eventually(lambda: cases_in(valkey_url) == expected, within=60, what="the case records again")
        eventually(lambda: alerts_in(valkey_url) == alerts, what="the alerts again")
        eventually(lambda: histories_in(valkey_url) == histories, what="the histories again")
        eventually(lambda: redis.hgetall(FEEDS_HASH) == feeds, what="the feeds again")
        eventually(lambda: week_in(redis) == week_of(expected), what="the rates again")
        eventually(lambda: redis.exists(CLOCK_KEY, HEARTBEAT_KEY, WORKERS_HASH) == 3, what="clock, ticker and worker")
        assert worker.stop() == 0


def test_a_redis_that_comes_back_with_an_older_snapshot_is_given_what_it_lacks(embedded_broker, redis_url, tmp_path):
    """Though nothing new comes, and though nobody told the worker."""
    feed = sepsis_feed(PATIENTS)
    expected = lived_offline(feed)
    settings = fresh(embedded_broker, redis_url, tmp_path, clock=settled_clock())

    with running_worker(settings) as worker, Redis.from_url(redis_url) as redis:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, feed[: len(feed) // 2]))
        eventually(lambda: alerts_in(redis_url), within=60, what="some alerts")
        snapshot = snapshot_of(redis)
        asyncio.run(send_messages(embedded_broker, feed[len(feed) // 2 :]))
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records")
        eventually(lambda: all_committed(settings), what="everything committed")
        alerts = eventually(lambda: alerts_in(redis_url), what="the alerts")
        histories = eventually(lambda: told_to_the_end(redis_url, expected), what="the histories")
        set_back(redis, snapshot)
        then = cases_in(redis_url)
        eventually(lambda: cases_in(redis_url) == expected, within=60, what="the case records again")
        eventually(lambda: alerts_in(redis_url) == alerts, what="the alerts again")
        eventually(lambda: histories_in(redis_url) == histories, what="the histories again")
        assert worker.stop() == 0

    assert then != expected


def feeds_in(redis, of):
    """The feeds, once they count every message of a feed that has `of` of them; they are published every second."""
    feeds = redis.hgetall(FEEDS_HASH)
    told = [FeedStatus.model_validate_json(each) for each in feeds.values()]
    return feeds if sum(each.accepted + each.ignored + each.rejected for each in told) == of else None


def all_committed(settings):
    done, there = committed(settings, *PROJECTED_TOPICS)
    return done == there > 0


def snapshot_of(redis):
    """Redis as it is at one moment, as a snapshot on disk has it: a mark is never later than what it marks."""
    told = redis.eval(
        """
        local told = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            told[#told + 1] = key
            told[#told + 1] = redis.call('DUMP', key)
        end
        return told
        """,
        0,
    )
    return dict(zip(told[::2], told[1::2], strict=True))


def set_back(redis, snapshot):
    """Redis is at once what it was."""
    with redis.pipeline(transaction=True) as pipe:
        pipe.flushdb()
        for key, value in snapshot.items():
            pipe.restore(key, 0, value)
        pipe.execute()


def test_a_redis_wiped_while_it_is_being_filled_is_filled_from_the_beginning(kafka, redis_url, tmp_path):
    settings = fresh(kafka, redis_url, tmp_path)
    beliefs = [
        belief(minute).model_copy(update={"case_id": f"E{case}"}) for minute in range(200) for case in range(CASES)
    ]
    asyncio.run(create_topics(settings))
    sent(kafka, [Outgoing(each.topic, each.key, each.value, each.partition) for each in told(*beliefs)])
    wiped = []

    async def fill(on_progress):
        redis = AsyncRedis.from_url(redis_url)
        count = await restore(RedisProjection(redis), kafka, Topic.ENCOUNTER_BELIEFS, [0], on_progress)
        await redis.aclose()
        return count

    def wipe():
        if not wiped:
            with Redis.from_url(redis_url) as redis:
                wiped.append(redis.zcard(BELIEFS_OF_CASE + beliefs[0].case_key))
                redis.flushdb()

    read = asyncio.run(fill(wipe))
    histories = histories_in(redis_url)

    assert wiped[0] > 0
    assert read > len(beliefs)
    assert [len(history) for history in histories.values()] == [200] * CASES


def told_to_the_end(redis_url, expected):
    """The histories, once each case has one that ends with what its record says."""
    histories = histories_in(redis_url)
    last = {key: orjson.loads(history[-1]) for key, history in histories.items()}
    stands = {key: (case["status"], case["time_zero"]) for key, case in expected.items()}
    return histories if {key: (each["status"], each["time_zero"]) for key, each in last.items()} == stands else None


def belief(minute, **fields):
    """What was held of a case at a minute."""
    told = {"facility_id": "F1", "patient_id": "P1", "case_id": "E1", "measure": "m/1", "revision": minute}
    return Belief(**told, as_of=ENDS_AT + timedelta(minutes=minute), **fields)


def told(*beliefs):
    """Beliefs as they stand in their topic."""
    return [
        Record(Topic.ENCOUNTER_BELIEFS, 0, place, each.key.encode(), each.model_dump_json().encode())
        for place, each in enumerate(beliefs)
    ]


def test_a_history_holds_each_belief_once_in_order_of_time_and_keeps_the_newest(valkey_url):
    """Shown again from its beginning, as after a crash, it is the same; a broken record is left out."""
    beliefs = [belief(minute) for minute in range(BELIEFS_KEPT + 5)]
    broken = Record(Topic.ENCOUNTER_BELIEFS, 0, 9999, b"F1|P1", b"{}")

    async def show():
        redis = AsyncRedis.from_url(valkey_url)
        await redis.flushdb()
        projection = RedisProjection(redis)
        await projection.put([*told(*beliefs), broken, *told(*beliefs[:3]), *told(*reversed(beliefs))])
        await redis.aclose()

    asyncio.run(show())
    (history,) = histories_in(valkey_url).values()
    assert [Belief.model_validate_json(each) for each in history] == beliefs[5:]


def test_the_measures_in_words_are_told_and_told_again_to_a_redis_that_lost_them(valkey_url):
    words = ScoringEngine(["nys-ped-1h/spec-2015", "sep1-like/1"]).words()

    async def tell():
        redis = AsyncRedis.from_url(valkey_url)
        await redis.flushdb()
        publisher = ReadModelPublisher(redis)
        await publisher.put_measures(words)
        await redis.hdel(MEASURES_HASH, "sep1-like/1")
        await publisher.put_measures(words)
        once = await redis.hkeys(MEASURES_HASH)
        await redis.flushdb()
        await publisher.put_measures(words)
        again = await redis.hvals(MEASURES_HASH)
        await redis.aclose()
        return once, again

    once, again = asyncio.run(tell())
    assert once == [b"nys-ped-1h/spec-2015"]
    assert {MeasureWords.model_validate_json(each).measure for each in again} == {each.measure for each in words}


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
