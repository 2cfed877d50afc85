"""What cannot be read is kept with its reason, the stream goes on, and the counts add up."""

import asyncio
import hashlib
from collections import Counter

import orjson
from aiokafka import AIOKafkaProducer
from redis import Redis

from real_parts.eventually import eventually
from running_worker import cases_in, fresh, records_of, running_worker
from schemas.read_model import FEEDS_HASH
from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from sepsis_feed import STARTS_AT, sepsis_feed
from streams.produce import as_message, send_messages
from streams.sources import SourceMessage

MARKER = "SECRETPATIENT"


def good(patient, **value):
    """A raw message about one act, changed as told."""
    whole = {
        "schema": "raw.act/1",
        "message_id": f"{patient}-{MARKER}",
        "source": "default",
        "facility_id": "F1",
        "patient_id": patient,
        "act": "protocol_started",
        "happened_at": STARTS_AT.isoformat(),
        "received_at": STARTS_AT.isoformat(),
    }
    return orjson.dumps(whole | value)


BAD = {
    "truncated": good(MARKER)[:-9],
    "empty": b"",
    "null": None,
    "not an object": b"[1, 2]",
    "not text": b"\xff\xfe" + MARKER.encode(),
    "unknown schema": good(MARKER, schema="raw.act/99"),
    "naive time": good(MARKER, happened_at="2026-03-01T00:00:00"),
    "future": good(MARKER, happened_at="2031-03-01T00:00:00+00:00"),
    "no patient": good(MARKER, patient_id=None),
}
POISON = good("P9001", reason="poison")


async def send_raw(bootstrap, records):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for topic, key, value in records:
            await producer.send_and_wait(topic, value, key=key)


def rejected_by(bootstrap):
    return [RejectedMessage.model_validate_json(each.value) for each in records_of(bootstrap, Topic.REJECTED_MESSAGES)]


def send_good_and_bad(bootstrap, redis_url, folder):
    """Bad messages around a good feed; the good one is judged as if they were not there."""
    settings = fresh(bootstrap, redis_url, folder)
    feed = sepsis_feed(5)
    too_large = SourceMessage("raw.act", "F1|P1", {"note": "x" * (settings.max_message_bytes + 1)}, None, "raw.act")
    stray = [
        (Topic.ENCOUNTER_EVENTS, b"F1|P0001", b'{"kind":"unheard of"}'),
        (Topic.ENCOUNTER_EVENTS, b"F1|P2", BAD["truncated"]),
    ]

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_raw(bootstrap, [(Topic.RAW_ACT, b"F1|P1", value) for value in BAD.values()]))
        asyncio.run(send_raw(bootstrap, [*stray, (Topic.RAW_ACT, b"F1|P9001", POISON)]))
        asyncio.run(send_messages(bootstrap, [too_large, *feed], limit_bytes=settings.max_message_bytes))
        eventually(lambda: len(cases_in(redis_url)) == 5, what="the good patients")
        eventually(lambda: len(rejected_by(bootstrap)) == len(BAD) + len(stray) + 2, what="every bad one on record")
        counted = eventually(lambda: _counts(redis_url, len(BAD) + 1 + len(feed)), what="the counts")
        assert worker.stop() == 0
        said = worker.log.read_text()

    return rejected_by(bootstrap), counted, said, too_large


def _counts(redis_url, read):
    """Accepted, ignored and rejected over all feeds, once they add up to what was sent."""
    with Redis.from_url(redis_url) as redis:
        feeds = [orjson.loads(each) for each in redis.hvals(FEEDS_HASH)]
    counts = Counter()
    for feed in feeds:
        counts.update({name: feed[name] for name in ("accepted", "ignored", "rejected")})
    return counts if counts.total() == read else None


def hold_against_what_was_sent(rejected, counted, said, too_large):
    reasons = Counter(each.reason for each in rejected)
    refused_here = next(each for each in rejected if each.reason == "too_large")
    by_hash = {each.sha256 for each in rejected}

    assert counted["rejected"] == len(BAD)
    assert reasons["engine_error"] == 1
    assert reasons["unreadable"] == 2
    assert reasons["empty"] == 2
    assert {"naive_time", "no_patient", "future_time"} <= reasons.keys()
    assert by_hash >= {hashlib.sha256(each or b"").hexdigest() for each in BAD.values()}
    assert refused_here.value is None
    assert refused_here.size_bytes == len(as_message(too_large).value)
    assert MARKER not in said


def test_bad_input_on_apache_kafka_is_kept_and_counted_and_the_stream_goes_on(kafka, redis_url, tmp_path):
    hold_against_what_was_sent(*send_good_and_bad(kafka, redis_url, tmp_path))


def test_bad_input_on_the_embedded_broker_is_kept_and_counted_too(embedded_broker, valkey_url, tmp_path):
    hold_against_what_was_sent(*send_good_and_bad(embedded_broker, valkey_url, tmp_path))
