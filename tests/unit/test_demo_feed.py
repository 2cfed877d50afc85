"""The demo's feed: moved to the present, with every gap as it was."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from schemas.rejection import Rejected
from schemas.translate import translate
from streams.sources import open_source
from timezero.demo_feed import Stage, demo_feed
from timezero.demo_stays import DemoStays, demo_stays, demo_tables

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STAGE = Stage(NOW, 60.0)


@pytest.fixture(scope="module")
def feed():
    return demo_feed(STAGE)


def test_the_feed_stands_in_the_order_of_its_arrival(feed):
    assert all(first.received_at <= second.received_at for first, second in pairwise(feed))


def test_nothing_of_it_is_rejected(feed):
    results = [translate(message.topic, message.value, message.received_at) for message in feed]

    assert not [result.reason for result in results if isinstance(result, Rejected)]


def test_every_message_carries_the_moment_at_which_it_is_sent(feed):
    for message in feed:
        assert datetime.fromisoformat(message.field("received_at")) == message.received_at


def test_the_moment_of_a_stay_is_seen_when_the_sample_says(feed):
    """The dose of stay 101361 is charted nine minutes after its window closed: nine wall seconds at 60."""
    stay = next(stay for stay in demo_stays().stays if stay.hadm_id == "101361")
    charted = [
        message.received_at
        for message in feed
        if message.field("table") == "inputevents_mv" and message.field("row")["hadm_id"] == "101361"
    ]

    assert NOW + timedelta(seconds=stay.seen_after_s * 60) + timedelta(minutes=9) in charted


def test_gaps_within_a_real_stay_are_as_published(feed):
    published = sorted(m.received_at for m in open_source([demo_tables()], "mimic3") if m.key == "mimic3|41914")
    moved = [message.received_at for message in feed if message.key == "mimic3|41914"]

    assert [later - earlier for earlier, later in pairwise(moved)] == [
        later - earlier for earlier, later in pairwise(published)
    ]


def test_some_clocks_already_run_and_some_start_within_a_minute(feed):
    starts = [
        datetime.fromisoformat(message.field("happened_at"))
        for message in feed
        if message.field("act") == "protocol_started" and message.field("version") == 0
    ]

    assert [at for at in starts if NOW - timedelta(hours=1) < at < NOW]
    assert [at for at in starts if NOW <= at < NOW + timedelta(hours=1)]


def test_at_another_speed_the_same_is_seen_at_the_same_wall_second():
    slow = demo_feed(Stage(NOW, 1.0))
    charted = [
        m.received_at for m in slow if m.field("table") == "inputevents_mv" and "101361" in m.field("row").values()
    ]

    assert NOW + timedelta(seconds=20) + timedelta(minutes=9) in charted


def test_a_patient_cannot_have_two_stays_in_the_sample():
    read = demo_stays().model_dump(mode="json")
    read["stays"] = [*read["stays"], read["stays"][0]]

    with pytest.raises(ValueError, match="two stays"):
        DemoStays.model_validate_json(json.dumps(read))
