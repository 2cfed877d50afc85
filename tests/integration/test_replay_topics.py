"""A replay of what a broker keeps: whole topics, partitions, offsets and spans of time, from real Kafka."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from command_line import say
from schemas.topics import RAW_TOPICS
from streams.replay import ReplayRequest, replay
from streams.replay.output import FILES
from streams.simulator.department import Plan, simulate
from streams.sources import NamedTopic, ReceivedSpan

MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWN = "replayed."
"""Begins the names of topics of this module: others that use the broker fill the usual ones."""
TOPICS = [OWN + topic for topic in RAW_TOPICS]
SPLIT = OWN + "raw.adt"
"""The topic in which the records of different times are counted."""

KEPT = {"retention.ms": "-1"}
"""Records of months ago are not deleted, as a broker does every few minutes with what is older than a week."""


async def create_topics(bootstrap):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 4, 1, topic_configs=KEPT) for topic in TOPICS])
    finally:
        await admin.close()


async def _send(bootstrap, records):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, request_timeout_ms=120_000) as producer:
        for topic, key, value, at in records:
            await producer.send(topic, value, key, timestamp_ms=int(at.timestamp() * 1000))


def send(bootstrap, records):
    asyncio.run(_send(bootstrap, records))


@pytest.fixture(scope="module")
def department():
    return [message for stay in simulate(Plan(seed=21, children=10, adults=10)) for message in stay.messages]


@pytest.fixture(scope="module")
def filled(kafka, department):
    """Raw topics with a department, and in one of them a record without a value and one that is no text."""
    asyncio.run(create_topics(kafka))
    records = [(OWN + m.topic, m.key.encode(), m.as_outgoing().value, m.received_at) for m in department]
    send(kafka, [*records, (SPLIT, b"k", None, NOON), (SPLIT, b"k", b"\xff{", NOON + timedelta(minutes=1))])
    return kafka


@pytest.fixture
def request_of(filled, tmp_path):
    def ask(*topics, **changes):
        named = [NamedTopic.read(f"kafka:{topic}") for topic in topics]
        request = ReplayRequest(named, "events", MEASURES, tmp_path / "topics", bootstrap=filled)
        return replace(request, **changes)

    return ask


def test_topics_replay_as_the_file_of_the_same_messages_does(request_of, department, tmp_path):
    lines = [orjson.dumps(message.as_json()) for message in department]
    (tmp_path / "feed.ndjson").write_bytes(b"\n".join(lines))
    replay(ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path / "file"))
    replay(request_of(*TOPICS, processes=2, share_bytes=100_000))

    for name in set(FILES) - {"summary.json", "rejected.ndjson"}:
        assert (tmp_path / "topics" / name).read_bytes() == (tmp_path / "file" / name).read_bytes()


def test_what_is_no_message_is_rejected_and_kept_as_it_was(request_of, tmp_path):
    result = replay(request_of(SPLIT))
    kept = [orjson.loads(line) for line in (tmp_path / "topics" / "rejected.ndjson").read_bytes().splitlines()]

    assert result.tally.rejected == {SPLIT: 2}
    assert sorted(each["size_bytes"] for each in kept) == [0, 2]
    assert {(each["value"], each["encoding"]) for each in kept} == {("", "utf-8"), ("/3s=", "base64")}


def test_partitions_and_offsets_cut_a_topic_without_loss(request_of):
    whole = replay(request_of(SPLIT)).tally.read[SPLIT]
    by_partition = [replay(request_of(f"{SPLIT}/{number}")).tally.read[SPLIT] for number in range(4)]
    first = max(by_partition)
    fullest = by_partition.index(first)
    head, tail = (replay(request_of(f"{SPLIT}/{fullest}:{span}")).tally.read[SPLIT] for span in ("0-3", "3-1000000"))

    assert sum(by_partition) == whole
    assert (head, tail) == (3, first - 3)


def test_a_span_of_time_is_half_open(request_of):
    spans = [ReceivedSpan(NOON), ReceivedSpan(NOON, NOON + timedelta(minutes=1)), ReceivedSpan(None, NOON)]
    counts = [replay(request_of(SPLIT, span=span)).tally.read[SPLIT] for span in spans]

    assert counts[:2] == [2, 1]
    assert counts[2] == replay(request_of(SPLIT)).tally.read[SPLIT] - 2


@pytest.mark.parametrize(
    ("given", "format_", "why"),
    [
        ("kafka:no.such", "events", "has no topic no.such."),
        (f"kafka:{SPLIT}/77", "events", f"has no topic {SPLIT} with a partition 77."),
        ("kafka:raw.adt/1:5", "events", "write kafka:TOPIC"),
        ("kafka:raw.adt", "mimic3", "A topic is not read as mimic3; choose events or log."),
    ],
    ids=["no topic", "no partition", "half a range", "no format of topics"],
)
def test_what_cannot_be_read_is_said_in_a_sentence(filled, tmp_path, capsys, monkeypatch, given, format_, why):
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", filled)
    said = say(capsys, "replay", given, "--format", format_, "--measures", "sep1-like/1", "--out", tmp_path / "out")

    assert said.code == 2
    assert why in said.err
    assert len(said.err.splitlines()) == 1


def test_a_broker_that_is_not_there_is_said_in_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", "127.0.0.1:1")
    said = say(capsys, "replay", "kafka:raw.adt", "--format", "events", "--measures", "sep1-like/1", "--out", tmp_path)

    assert (said.code, said.err) == (
        2,
        "timezero: no Kafka broker answers at 127.0.0.1:1: start one, or name another.\n",
    )
