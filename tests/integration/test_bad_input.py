"""Whatever a feed sends: a reason on record, the stream goes on, and the counts add up. On Apache Kafka."""

import asyncio
import base64
import hashlib
from collections import Counter

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from redis import Redis

from bad_messages import BAD, LARGEST, act, lab, padded, text
from command_line import run
from real_parts.eventually import eventually
from running_worker import cases_in, committed, fresh, records_of, running_worker
from schemas.read_model import FEEDS_HASH, EngineClock
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import as_message, send_messages
from streams.sources import SourceMessage
from streams.worker_settings import MEBIBYTE
from timezero.server_process import free_port

NO_TEXT = b"\xff"
"""A key that no identifier can be."""
BEFORE, BETWEEN, AFTER = (
    [each for each in sepsis_feed(3) if each.value["patient_id"] == patient] for patient in ("P0000", "P0001", "P0002")
)


@pytest.fixture
def worker(kafka, redis_url, tmp_path):
    """A worker with the real engine, after the time of every message."""
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    settings = fresh(kafka, redis_url, tmp_path, clock=clock, metrics_port=free_port())
    with running_worker(settings, engine="real") as running:
        eventually(running.is_well, within=60, what="a worker")
        yield running


def sent(worker, *values):
    """Send topics and bytes as a feed that asks nobody would; give how many."""

    async def send():
        async with AIOKafkaProducer(
            bootstrap_servers=worker.settings.bootstrap, max_request_size=2 * MEBIBYTE
        ) as producer:
            for topic, value in values:
                await producer.send_and_wait(topic, value, key=NO_TEXT)

    asyncio.run(send())
    return len(values)


def raw(messages):
    return [(each.topic, as_message(each).value) for each in messages]


def ingested(worker, lines, tmp_path):
    """Give lines to `timezero ingest`."""
    feed = tmp_path / "feed.ndjson"
    feed.write_bytes(b"".join(line + b"\n" for line in lines))
    return run(
        "ingest", feed, "--format", "events", "--json",
        env={"PATH": "", "TIMEZERO_BOOTSTRAP": worker.settings.bootstrap},
    )  # fmt: skip


def all_finished(worker):
    done, there = committed(worker.settings, *RAW_TOPICS, Topic.ENCOUNTER_EVENTS, Topic.CASES)
    return done == there


def counted(worker):
    """Messages by outcome, over all feeds."""
    with Redis.from_url(worker.settings.redis_url) as redis:
        feeds = [orjson.loads(each) for each in redis.hvals(FEEDS_HASH)]
    return {outcome: sum(feed[outcome] for feed in feeds) for outcome in ("accepted", "ignored", "rejected")}


def rejections(worker):
    return [orjson.loads(each.value) for each in records_of(worker.settings.bootstrap, Topic.REJECTED_MESSAGES)]


def judged(worker):
    """How each patient's bundle stands."""
    cases = cases_in(worker.settings.redis_url).values()
    return {case["patient_id"]: case["status"] for case in cases if case["measure"] == "nys-ped-1h/spec-2015"}


def test_every_bad_message_has_its_reason_and_stops_nothing(worker):
    count = sent(worker, *raw(BEFORE))
    eventually(lambda: "P0000" in judged(worker), what="the case before")
    bad = [(each.topic, each.value) for each in BAD]
    half = len(bad) // 2
    count += sent(worker, *bad[:half], *raw(BETWEEN), *bad[half:], *raw(AFTER))

    eventually(lambda: judged(worker).keys() == {"P0000", "P0001", "P0002"}, what="a case before, between and after")
    eventually(lambda: all_finished(worker), what="everything committed")
    eventually(lambda: sum(counted(worker).values()) == count, what="every message counted")
    expected = Counter(each.reason for each in BAD if each.outcome == "rejected")
    assert Counter(each["reason"] for each in rejections(worker)) == expected
    assert counted(worker)["rejected"] == sum(expected.values())
    assert counted(worker)["ignored"] == sum(each.outcome == "ignored" for each in BAD)
    assert set(judged(worker).values()) == {"denominator"}
    assert worker.stop() == 0


def test_what_was_rejected_is_kept_as_it_came(worker):
    bad = {bad.value or b"": bad for bad in BAD if bad.outcome == "rejected"}
    count = sent(worker, *((each.topic, value) for value, each in bad.items()))

    eventually(lambda: len(rejections(worker)) == count, what="every rejection")
    for kept in rejections(worker):
        value = kept["value"].encode() if kept["encoding"] == "utf-8" else base64.b64decode(kept["value"])
        assert (kept["topic"], kept["reason"]) == (bad[value].topic, bad[value].reason)
        assert (kept["size_bytes"], kept["sha256"]) == (len(value), hashlib.sha256(value).hexdigest())
        assert kept["partition"] is not None
        assert kept["offset"] is not None


def test_the_largest_message_is_judged_and_a_larger_one_refused_at_the_door(worker, tmp_path):
    largest, larger = padded(act("P0009"), LARGEST), padded(act("P0010"), LARGEST + 1)
    lines = [orjson.dumps({"topic": "raw.act", "value": each.decode()}) for each in (largest, larger)]

    said = ingested(worker, lines, tmp_path)

    assert (said.returncode, said.stderr) == (0, "")
    assert orjson.loads(said.stdout) == {"sent": 1, "too_large": 1}
    eventually(lambda: judged(worker).keys() == {"P0009"}, what="the largest judged")
    (kept,) = rejections(worker)
    assert (kept["reason"], kept["topic"], kept["value"]) == ("too_large", "raw.act", None)
    assert (kept["size_bytes"], kept["sha256"]) == (len(larger), hashlib.sha256(larger).hexdigest())


def test_our_own_sender_refuses_what_is_too_large_and_sends_the_rest(worker):
    huge = SourceMessage("raw.act", None, padded(act("P0010"), 3 * MEBIBYTE).decode(), None, "raw.act")

    told = asyncio.run(send_messages(worker.settings.bootstrap, [*BEFORE, huge, *AFTER]))

    assert told[Topic.REJECTED_MESSAGES] == 1
    assert sum(told.values()) == len(BEFORE) + 1 + len(AFTER)
    eventually(lambda: judged(worker).keys() == {"P0000", "P0002"}, what="the others judged")
    assert rejections(worker)[0]["size_bytes"] == 3 * MEBIBYTE


def test_lines_that_are_no_messages_go_through_ingest_to_a_reason(worker, tmp_path):
    nested, number = b"[" * 500 + b"]" * 500, b"9" * 400
    message = orjson.dumps({"topic": "raw.lab", "value": lab()})
    lines = [
        b"no JSON", b"\xff\xfe", b"[" * 5000, b'{"value": 3}',
        message.replace(b"2.5", nested), message.replace(b"2.5", number), message.replace(b"2.5", b"NaN"),
        message.replace(b"P0001-1", b"\\ud800"), orjson.dumps({"topic": "raw.nowhere", "value": "text"}),
        b'{"topic": "raw.lab", "key": "\\ud800", "value": "\\ud800"}',
        orjson.dumps({"topic": "raw.act", "value": act("P0009")}),
    ]  # fmt: skip

    said = ingested(worker, lines, tmp_path)

    assert (said.returncode, said.stderr) == (0, "")
    assert orjson.loads(said.stdout)["sent"] == len(lines)
    eventually(lambda: judged(worker).keys() == {"P0009"}, what="the good one judged")
    eventually(lambda: sum(counted(worker).values()) == len(lines), what="every line counted")
    assert counted(worker) == {"accepted": 1, "ignored": 0, "rejected": len(lines) - 1}


def test_an_empty_feed_and_empty_topics_are_nothing_to_worry_about(worker, tmp_path):
    said = ingested(worker, [b"", b"  "], tmp_path)

    assert (said.returncode, orjson.loads(said.stdout)) == (0, {"sent": 0, "too_large": 0})
    assert worker.is_well()
    assert worker.stop() == 0


def test_a_rejected_message_that_is_mended_and_ingested_again_is_judged(worker, tmp_path):
    """A record of `rejected.messages` is a line that `timezero ingest` reads."""
    sent(worker, ("raw.act", text(act("P0009", act="protocol_began"))))
    eventually(lambda: rejections(worker), what="the rejection")
    kept = [each.value for each in records_of(worker.settings.bootstrap, Topic.REJECTED_MESSAGES)]

    said = ingested(worker, [line.replace(b"protocol_began", b"protocol_started") for line in kept], tmp_path)

    assert (said.returncode, orjson.loads(said.stdout)["sent"]) == (0, 1)
    eventually(lambda: judged(worker).keys() == {"P0009"}, what="the mended message judged")
    assert eventually(lambda: sum(counted(worker).values()) == 2) is True
    assert counted(worker) == {"accepted": 1, "ignored": 0, "rejected": 1}
