"""Raw messages in, facts and refusals out, each counted once however often it is read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clinical import CLINICAL_EVENT
from schemas.rejection import RejectedMessage
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import sepsis_feed
from streams.batched.outgoing import Outgoing
from streams.feed_counts import MOST_SOURCES, OTHER_SOURCES, PartitionCounts, add_up
from streams.ingest import Counted, source_of, take_in
from streams.produce import as_message, fitting
from streams.records import Record
from streams.sources import SourceMessage

NOW = datetime(2026, 3, 5, tzinfo=UTC)
LIMIT = 10_000


def raw(value, offset=0, topic="raw.lab", key=b"F1|P1"):
    return Record(topic, 0, offset, key, value)


def feed_records(patients=5):
    return [
        Record(each.topic, 0, offset, each.key.encode(), as_message(each).value)
        for offset, each in enumerate(sepsis_feed(patients))
    ]


@given(value=st.none() | st.binary(max_size=60) | st.text(max_size=30).map(lambda text: orjson.dumps({"schema": text})))
def test_whatever_comes_in_is_accepted_ignored_or_kept_with_a_reason(value):
    taken = take_in([raw(value)], NOW, LIMIT)

    assert [each.outcome for each in taken.counted] == ["rejected"]
    record = RejectedMessage.model_validate_json(taken.outgoing[0].value)
    assert record.reason
    assert record.size_bytes == len(value or b"")


@pytest.mark.parametrize("name", [b"format", b"source", b"schema"])
@pytest.mark.parametrize("levels", [900, 1000, 1020, 100_000])
def test_a_name_nested_without_end_is_a_rejected_message_and_no_more(name, levels):
    """Counting it by its source raised, and a stage is given the same batch again for as long as the worker runs."""
    taken = take_in(
        [raw(b'{"' + name + b'": ' + b"[" * levels + b"]" * levels + b"}"), *feed_records(1)], NOW, LIMIT**2
    )

    assert [each.source for each in taken.counted[:2]] == ["unknown", "simulated"]
    assert taken.counted[0].reason == "bad_json"


@pytest.mark.parametrize("topic", RAW_TOPICS)
def test_a_message_over_the_limit_is_kept_as_its_size_and_hash(topic):
    taken = take_in([raw(b"x" * (LIMIT + 1), topic=topic)], NOW, LIMIT)
    record = RejectedMessage.model_validate_json(taken.outgoing[0].value)

    assert (record.reason, record.size_bytes, record.value) == ("too_large", LIMIT + 1, None)


def test_facts_go_out_under_their_patients_key_with_the_time_they_were_received():
    taken = take_in(feed_records(), NOW, LIMIT)
    events = [(each.key, CLINICAL_EVENT.validate_json(each.value)) for each in taken.outgoing]

    assert {each.topic for each in taken.outgoing} == {Topic.ENCOUNTER_EVENTS}
    assert all(key == event.key.encode() for key, event in events)
    assert all(event.received_at < NOW for _, event in events)


def test_a_message_that_does_not_say_when_it_was_received_was_received_now():
    value = orjson.loads(feed_records(1)[0].value)
    del value["received_at"]
    taken = take_in([raw(orjson.dumps(value), topic="raw.act")], NOW, LIMIT)

    assert CLINICAL_EVENT.validate_json(taken.outgoing[0].value).received_at == NOW


@pytest.mark.parametrize(
    ("written_at", "ordered_by"),
    [
        (NOW - timedelta(hours=2), NOW - timedelta(hours=2)),
        (NOW, NOW),
        (NOW + timedelta(milliseconds=1), NOW),
        (None, NOW),
    ],
)
def test_what_does_not_say_when_it_was_received_is_put_in_order_by_when_it_was_written(written_at, ordered_by):
    """Of the time of a producer whose clock is ahead nothing is believed."""
    written_ms = -1 if written_at is None else round(written_at.timestamp() * 1000)
    value = orjson.loads(feed_records(1)[0].value)
    del value["received_at"]
    message = replace(raw(orjson.dumps(value), topic="raw.act"), written_ms=written_ms)

    assert [moment for moment, _ in take_in([message], NOW, LIMIT).facts] == [ordered_by]


def test_what_says_when_it_was_received_is_put_in_order_by_that():
    (record, *_) = feed_records(1)
    ((moment, sent),) = take_in([replace(record, written_ms=1)], NOW, LIMIT).facts

    assert moment == CLINICAL_EVENT.validate_json(sent.value).received_at < NOW


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (b'{"source": "ward"}', "ward"),
        (b'{"format": "mimic3/1"}', "mimic3"),
        (b'{"source": 3}', "unknown"),
        (b"[]", "unknown"),
        (b"{", "unknown"),
    ],
)
def test_a_message_is_counted_under_the_source_it_names(value, source):
    assert source_of(raw(value)) == source


def counted(offset, source="ward", outcome="accepted", hour=0, ahead_min=0):
    at = NOW + timedelta(hours=hour)
    ahead = timedelta(minutes=ahead_min)
    return Counted(raw(b"{}", offset), source, outcome, "", at, at - timedelta(minutes=5), at, ahead)


@given(rereads=st.lists(st.integers(0, 20), max_size=5))
def test_messages_read_again_are_not_counted_again(rereads):
    messages = [counted(offset, outcome=("accepted", "ignored", "rejected")[offset % 3]) for offset in range(20)]
    counts = PartitionCounts(topic="raw.lab")
    for start in [0, *rereads]:
        counts = PartitionCounts.model_validate_json(counts.count(messages[start:]).model_dump_json())

    status = counts.sources["ward"]
    assert (status.accepted, status.ignored, status.rejected) == (7, 7, 6)


def test_the_newest_times_of_a_feed_are_kept():
    status = PartitionCounts(topic="raw.lab").count([counted(0, hour=2), counted(1, hour=1)]).sources["ward"]

    assert status.last_received_at == NOW + timedelta(hours=2)
    assert status.last_happened_at == NOW + timedelta(hours=2) - timedelta(minutes=5)


def ahead_of(*told, partitions=1):
    """How far ahead a source is held to be, in minutes, after messages at these hours that were ahead by so much."""
    messages = [counted(place, hour=hour, ahead_min=ahead) for place, (hour, ahead) in enumerate(told)]
    parts = [
        PartitionCounts(topic="raw.lab").count(messages[start::partitions])
        for start in range(min(partitions, len(told)))
    ]
    return add_up(parts)["raw.lab", "ward"].ahead_s / 60


@pytest.mark.parametrize("partitions", [1, 2])
@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        ([(0, 0), (0, 0)], 0),
        ([(0, 14), (0, 0)], 14),
        ([(0, 3), (0.1, 14)], 14),
        ([(0, 14), (0.25, 3)], 14),
        ([(0, 14), (0.26, 3)], 3),
        ([(0, 14), (0, 0), (1, 0), (1, 0)], 0),
    ],
)
def test_a_clock_stays_as_far_ahead_as_it_was_seen_for_a_quarter_of_an_hour(told, ahead, partitions):
    assert ahead_of(*told, partitions=partitions) == ahead


def act(source, **times):
    told = {
        "schema": "raw.act/1", "message_id": "m", "source": source, "facility_id": "F1", "patient_id": "P1",
        "act": "protocol_started", "happened_at": NOW.isoformat(),
    }  # fmt: skip
    return orjson.dumps(told | {name: at.isoformat() for name, at in times.items()})


@pytest.mark.parametrize(
    ("source", "minutes", "outcome", "ahead"),
    [
        ("ward", 4, "accepted", 4),
        ("ward", 14, "rejected", 14),
        ("ward", -60, "accepted", 0),
        ("simulated", 14, "accepted", 0),
    ],
)
def test_a_source_whose_clock_runs_ahead_is_seen_whether_its_message_is_believed_or_not(
    source, minutes, outcome, ahead
):
    received_at = NOW + timedelta(minutes=minutes)
    value = act(source, happened_at=min(received_at, NOW), received_at=received_at)
    (told,) = take_in([raw(value, topic="raw.act")], NOW, LIMIT).counted

    assert (told.source, told.outcome) == (source, outcome)
    assert told.ahead == timedelta(minutes=ahead)


def test_names_from_outside_cannot_fill_the_memory():
    counts = PartitionCounts(topic="raw.lab").count([counted(each, source=f"s{each}") for each in range(150)])

    assert len(counts.sources) == MOST_SOURCES + 1
    assert counts.sources[OTHER_SOURCES].accepted == 150 - MOST_SOURCES


def test_feeds_are_added_up_over_partitions():
    parts = [PartitionCounts(topic="raw.lab").count([counted(0), counted(1)]) for _ in range(3)]

    assert add_up(parts)["raw.lab", "ward"].accepted == 6


def test_what_the_broker_would_refuse_is_refused_at_the_door():
    small, large = (Outgoing("raw.lab", b"k", b"x" * size) for size in (100, LIMIT))

    assert fitting(small, LIMIT) is small
    assert fitting(large, LIMIT).topic == Topic.REJECTED_MESSAGES
    assert RejectedMessage.model_validate_json(fitting(large, LIMIT).value).value is None


def test_the_time_of_receipt_travels_inside_the_message_unless_it_has_one():
    told = SourceMessage("raw.lab", None, {"a": 1}, NOW, "raw.lab")
    has = SourceMessage("raw.lab", None, {"received_at": "2026-01-01T00:00:00Z"}, NOW, "raw.lab")
    text = SourceMessage("raw.lab", "k", "{half", NOW, "raw.lab")

    assert orjson.loads(as_message(told).value) == {"a": 1, "received_at": "2026-03-05T00:00:00+00:00"}
    assert orjson.loads(as_message(has).value) == {"received_at": "2026-01-01T00:00:00Z"}
    assert as_message(text) == Outgoing("raw.lab", b"k", b"{half")
