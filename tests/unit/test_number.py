"""Numbers of a measure: lengths of time, how far a time is cut, and when a value meets a criterion."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from schemas.clinical import Quantity
from scoring.number import Criterion, Duration, Number, Offsets, Resolution

MOMENT = datetime(2026, 3, 2, 10, 11, 12, 13, tzinfo=UTC)


def test_a_length_is_in_its_unit():
    lengths = {unit: Duration(value=1.5, unit=unit, source="made up").delta for unit in ("minutes", "hours", "days")}

    assert lengths == {
        "minutes": timedelta(seconds=90),
        "hours": timedelta(minutes=90),
        "days": timedelta(hours=36),
    }


def test_warnings_are_in_minutes():
    assert Offsets(value=(20, 5.5), unit="minutes", source="made up").deltas == (
        timedelta(minutes=20),
        timedelta(seconds=330),
    )


@pytest.mark.parametrize(("unit", "longest"), [("minutes", 36525 * 24 * 60), ("hours", 36525 * 24), ("days", 36525)])
def test_no_length_is_longer_than_the_calendar_has_room_for(unit, longest):
    assert Duration(value=longest, unit=unit, source="made up").delta == timedelta(days=36525)
    for far in (longest + 0.1, -longest - 0.1):
        with pytest.raises(ValidationError, match="longer than can be counted"):
            Duration(value=far, unit=unit, source="made up")


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_no_length_is_without_end(value):
    with pytest.raises(ValidationError, match="is no amount"):
        Duration(value=value, unit="days", source="made up")
    with pytest.raises(ValidationError, match="is no amount"):
        Offsets(value=(20, value), unit="minutes", source="made up")


def test_no_warning_comes_longer_before_than_the_calendar_has_room_for():
    with pytest.raises(ValidationError, match="longer than can be counted"):
        Offsets(value=(1e9,), unit="minutes", source="made up")


def test_a_time_is_cut_down_to_the_minute_or_the_second():
    assert Resolution.MINUTE.cut(MOMENT) == MOMENT.replace(second=0, microsecond=0)
    assert Resolution.SECOND.cut(MOMENT) == MOMENT.replace(microsecond=0)
    assert (Resolution.MINUTE.unit, Resolution.SECOND.unit) == (timedelta(minutes=1), timedelta(seconds=1))


def threshold(value):
    return Number(value=value, unit="Cel", source="made up")


@pytest.mark.parametrize(
    ("thresholds", "met"),
    [
        ({"above": threshold(38)}, [38.1]),
        ({"below": threshold(36)}, [35.9]),
        ({"above": threshold(38), "below": threshold(36)}, [35.9, 38.1]),
        ({}, []),
    ],
    ids=["above", "below", "both", "none"],
)
def test_a_threshold_itself_does_not_meet_the_criterion(thresholds, met):
    criterion = Criterion(criterion="fever", quantity=Quantity.TEMPERATURE, **thresholds)

    assert [value for value in (35.9, 36, 37, 38, 38.1) if criterion.is_met_by(value)] == met
