from datetime import UTC, datetime, timedelta

import pytest

from scoring.exclusion import passes
from scoring.number import Comparison, Limit, Resolution

START = datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("comparison", "after", "within"),
    [
        (Comparison.AT_MOST, 60, True),
        (Comparison.AT_MOST, 61, False),
        (Comparison.BELOW, 59, True),
        (Comparison.BELOW, 60, False),
        (Comparison.BELOW, -60, True),
    ],
)
def test_the_limit_itself_passes_where_it_is_an_at_most_and_nothing_before_the_start_fails(comparison, after, within):
    limit = Limit(value=60, unit="minutes", comparison=comparison, source="made up")
    moment = START.replace(second=0) + timedelta(minutes=after)

    assert passes(limit, Resolution.MINUTE, START, moment) is within
