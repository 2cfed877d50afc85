"""Numbers of a measure: lengths of time, how far a time is cut, and when a value meets a criterion."""

from datetime import UTC, datetime, timedelta

import pytest

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
