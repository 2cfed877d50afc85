"""Where a table stands in its changelog: never past what it has not read."""

from hypothesis import given
from hypothesis import strategies as st

from streams.batched.standing import Standing


def stands(*spans):
    standing = Standing()
    standing.read(0, 9)
    for first, last in spans:
        standing.wrote(0, first, last)
    return standing.at(0)


def test_what_follows_moves_it_on():
    assert stands((10, 12), (13, 13)) == 13


def test_writes_that_are_acknowledged_in_another_order_count_once_the_first_is_there():
    assert stands((13, 13)) == 9
    assert stands((13, 13), (10, 12)) == 13


def test_a_partition_never_read_begins_at_its_first_record():
    standing = Standing()
    standing.wrote(0, 5, 6)
    assert standing.at(0) is None

    standing.wrote(0, 0, 4)
    assert standing.at(0) == 6


def test_behind_a_hole_that_nobody_fills_little_is_kept_and_reading_fills_it():
    standing = Standing()
    for offset in range(1, 1000):
        standing.wrote(0, offset, offset)
    standing.read(0, 0)

    assert standing.at(0) == 100


def test_a_partition_that_went_is_forgotten():
    standing = Standing()
    standing.read(0, 5)
    standing.read(1, 5)
    standing.keep({1})

    assert (standing.at(0), standing.at(1)) == (None, 5)


@given(st.permutations(list(range(40))), st.integers(0, 40))
def test_whatever_the_order_it_stands_before_the_first_offset_missing(order, many):
    standing = Standing()
    for offset in order[:many]:
        standing.wrote(0, offset, offset)

    missing = min(set(range(41)) - set(order[:many]))
    assert standing.at(0) == (missing - 1 if missing else None)
