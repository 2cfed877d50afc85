"""How soon the board tells its browsers of a change."""

import pytest

from dashboards.board.change_feed import tell_at


@pytest.mark.parametrize(
    ("told_s", "tells_s"), [(float("-inf"), 100.02), (99.0, 100.02), (99.92, 100.02), (99.95, 100.05), (100.0, 100.1)]
)
def test_a_change_is_told_soon_and_no_two_within_a_tenth_of_a_second(told_s, tells_s):
    assert tell_at(100.0, told_s) == pytest.approx(tells_s)
