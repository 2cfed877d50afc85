from datetime import UTC, datetime, timedelta

import pytest

from scoring.bundle_clock import Close, wind_clock
from scoring.number import Comparison, Limit, Resolution

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
GRACE = timedelta(hours=1)


def minutes(count):
    return timedelta(minutes=count)


def wound(comparison=Comparison.AT_MOST, early=None, known_from=TEN):
    """A clock of one hour from 10:00, in minutes."""
    limit = Limit(value=60, unit="minutes", comparison=comparison, source="made up")
    return wind_clock(TEN, limit, Resolution.MINUTE, grace=GRACE, warnings=(), known_from=known_from, early=early)


@pytest.mark.parametrize("comparison", [Comparison.AT_MOST, Comparison.BELOW])
@pytest.mark.parametrize("late", [-1, 0, 1, 2])
def test_an_early_close_that_leaves_no_window_shorter_changes_nothing(comparison, late):
    """The minute of the close still passes."""
    plain = wound(comparison)
    early = Close(plain.closes_at + minutes(late), known_at=TEN + timedelta(days=1))

    assert wound(comparison, early) == plain


def test_an_early_close_is_due_in_its_own_minute_and_passes_to_its_end():
    clock = wound(early=Close(TEN + minutes(30) + timedelta(seconds=20), known_at=TEN))

    assert (clock.due_at, clock.closes_at) == (TEN + minutes(30), TEN + minutes(31))
    assert clock.settles_at == clock.closes_at + GRACE


def test_an_early_close_that_is_known_late_waits_for_charting_from_then_on():
    clock = wound(early=Close(TEN + minutes(30), known_at=TEN + minutes(50)))

    assert clock.settles_at == TEN + minutes(50) + GRACE


def test_a_time_zero_that_is_known_late_waits_for_charting_from_then_on_whether_closed_early_or_not():
    later = ELEVEN + minutes(30)

    assert wound(known_from=later).settles_at == later + GRACE
    assert wound(known_from=later, early=Close(TEN + minutes(30), known_at=TEN)).settles_at == later + GRACE
