"""Times of canonical messages: received, to come, without a zone, known by their day."""

from datetime import UTC, datetime, timedelta

import pytest

from canonical_message import ELEVEN, TEN, TEN_THIRTY, adt, at, fact, lactate, message, refused
from schemas.rejection import Rejected
from schemas.translate import translate


def test_a_received_at_that_is_carried_wins():
    assert fact(lactate(received_at=TEN_THIRTY), at(ELEVEN)).received_at == at(TEN_THIRTY)


def test_a_received_at_ahead_of_our_clock_is_believed_to_the_second_that_the_profile_allows():
    """It would move the patient's clock on, and close every window before its time."""
    ahead = at(TEN_THIRTY) - timedelta(minutes=5)

    assert fact(lactate(received_at=TEN_THIRTY), ahead).received_at == at(TEN_THIRTY)
    assert refused(lactate(received_at=TEN_THIRTY), ahead - timedelta(seconds=1)) == ("future_time", "received_at")


def test_how_far_a_time_lies_ahead_is_told_and_written_down_nowhere():
    rejected = translate("raw.lab", lactate(received_at=ELEVEN), at(TEN_THIRTY))

    assert rejected == Rejected("future_time", "received_at", timedelta(minutes=30))


def test_a_recorded_feed_has_a_clock_of_its_own():
    assert fact(lactate(source="simulated", received_at=ELEVEN), at(TEN)).received_at == at(ELEVEN)


def test_our_ingest_says_when_it_was_received_where_nothing_is_carried():
    assert fact(lactate(), at(ELEVEN)).received_at == at(ELEVEN)


def test_with_neither_it_is_derived_from_the_latest_time_told():
    assert fact(lactate(recorded_at=TEN_THIRTY)).received_at == at(TEN_THIRTY)
    assert fact(lactate(resulted_at=ELEVEN, recorded_at=TEN_THIRTY)).received_at == at(ELEVEN)


def test_a_message_without_any_time_is_rejected():
    assert refused(adt("register", happened_at=None, mrn="77")) == ("missing_time", "received_at")


@pytest.mark.parametrize("name", ["collected_at", "resulted_at", "recorded_at", "ordered_at"])
def test_a_time_that_has_not_come_is_rejected_by_name(name):
    assert refused(lactate(**{name: ELEVEN}), at(TEN_THIRTY)) == ("future_time", name)


def test_the_sources_skew_is_allowed_to_the_second():
    skewed = at(TEN) - timedelta(minutes=5)

    assert fact(lactate(), skewed).received_at == skewed
    assert refused(lactate(), skewed - timedelta(seconds=1)) == ("future_time", "collected_at")


def test_a_naive_time_from_a_source_without_a_zone_is_rejected():
    assert refused(lactate(collected_at="2026-01-05T10:00:00")) == ("naive_time", "collected_at")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T10:00:00Z", "2026-01-05T10:00:00+99:00", "0000-00-00"])
def test_a_time_that_cannot_be_read_is_rejected(text):
    assert refused(lactate(collected_at=text)) == ("bad_time", "collected_at")


@pytest.mark.parametrize("text", ["1066-10-14T09:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_year_out_of_all_reason_is_rejected(text):
    assert refused(lactate(collected_at=text)) == ("implausible_time", "collected_at")


def test_a_birth_date_that_cannot_be_read_is_rejected():
    assert refused(adt("register", birth_date="long ago")) == ("bad_time", "birth_date")


@pytest.mark.parametrize(
    ("local", "instant", "flags"),
    [
        ("2026-01-05T05:00:00", "2026-01-05T10:00:00+00:00", ()),
        ("2026-07-05T05:00:00", "2026-07-05T09:00:00+00:00", ()),
        # The hour from 01:00 comes twice on the first Sunday of November: the first one is meant.
        ("2026-11-01T01:30:00", "2026-11-01T05:30:00+00:00", ("ambiguous",)),
        # The hour from 02:00 never comes on the second Sunday of March: 02:30 is read as before the change.
        ("2026-03-08T02:30:00", "2026-03-08T07:30:00+00:00", ("imaginary",)),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00+00:00", ()),
    ],
)
def test_local_times_are_read_by_the_rules_of_the_sources_zone(local, instant, flags):
    result = fact(lactate(source="simulated", collected_at=local))

    assert (result.collected_at, result.time_flags) == (at(instant), flags)


def test_local_times_come_out_with_a_fixed_offset():
    """A sum of zoned times would run on the wall clock and jump with daylight saving."""
    result = fact(lactate(source="simulated", collected_at="2026-10-31T20:00:00"))

    day_later = result.collected_at + timedelta(hours=24)
    assert (day_later - at("2026-11-01T00:00:00+00:00")).total_seconds() == 24 * 3600
    assert result.collected_at.utcoffset() == timedelta(hours=-4)


def test_a_day_without_a_time_is_told_as_a_day():
    culture = fact(message("lab", source="simulated", code="600-7", collected_at="2026-01-05"))

    assert culture.day_only
    assert culture.collected_at == datetime(2026, 1, 5, 5, tzinfo=UTC)
