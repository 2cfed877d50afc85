"""Offsets that follow each other, holes that are ours and holes that are the broker's."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.batched.continuity import Arrival, Continuity

PLACE = ("raw.lab", 0)


@dataclass
class At:
    offset: int


def arrive(continuity, *offsets, begins_at=0):
    """One fetch with these offsets: what to do, and the offsets to take."""
    arrival, fresh = continuity.arrive(PLACE, [At(offset) for offset in offsets], begins_at)
    return arrival, [each.offset for each in fresh]


def test_fetches_in_a_row_are_taken():
    continuity = Continuity()

    assert arrive(continuity, 5, 6, begins_at=5) == (Arrival.NEXT, [5, 6])
    assert arrive(continuity, 7, begins_at=5) == (Arrival.NEXT, [7])


def test_offsets_that_are_missing_within_a_fetch_are_missing_in_the_log():
    assert arrive(Continuity(), 0, 4, 9) == (Arrival.NEXT, [0, 4, 9])


def test_a_hole_is_read_again_and_what_comes_meanwhile_is_left():
    continuity = Continuity()
    arrive(continuity, 0)

    assert arrive(continuity, 3, 4) == (Arrival.HOLE, [])
    assert arrive(continuity, 5, 6) == (Arrival.REPEATED, [])
    assert continuity.expected(PLACE) == 1
    assert arrive(continuity, 1, 2, 3) == (Arrival.NEXT, [1, 2, 3])


def test_a_hole_that_shows_again_is_the_brokers():
    continuity = Continuity()
    arrive(continuity, 0)
    arrive(continuity, 3, 4)

    assert arrive(continuity, 3) == (Arrival.NEXT, [3])
    assert arrive(continuity, 4) == (Arrival.NEXT, [4])


def test_of_a_fetch_that_was_taken_in_part_the_rest_is_taken():
    continuity = Continuity()
    arrive(continuity, 0, 1, 2)

    assert arrive(continuity, 0, 1) == (Arrival.REPEATED, [])
    assert arrive(continuity, 1, 2, 5, 6) == (Arrival.NEXT, [5, 6])


def test_a_place_that_begins_anew_takes_what_comes_from_there_on():
    continuity = Continuity()
    arrive(continuity, 7, 8, begins_at=7)
    continuity.begin(PLACE, 2)

    assert arrive(continuity, 2, 3) == (Arrival.NEXT, [2, 3])


@given(there=st.sets(st.integers(0, 40), min_size=1).map(sorted), size=st.integers(1, 7), data=st.data())
def test_every_record_is_taken_once_in_order_although_the_client_loses_some(there, size, data):
    """The client loses records once, anywhere; the log itself may have holes; a watchdog reads stalled ones again."""
    continuity, taken = Continuity(), []
    lost_before, reads_from = data.draw(st.integers(0, 41)), data.draw(st.integers(0, 41))
    position, lossy = 0, True
    for _watch in range(2):
        while position <= there[-1]:
            skips = lossy and reads_from <= position < lost_before
            lossy = lossy and not skips
            fetched = [offset for offset in there if offset >= (lost_before if skips else position)][:size]
            if not fetched:
                break
            arrival, fresh = arrive(continuity, *fetched)
            taken += fresh
            position = continuity.expected(PLACE) if arrival is Arrival.HOLE else fetched[-1] + 1
        position = continuity.expected(PLACE) if taken else 0

    assert taken == there
