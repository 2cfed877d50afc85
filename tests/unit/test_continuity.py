"""Offsets that follow each other, holes that are ours and holes that are the broker's."""

from hypothesis import given
from hypothesis import strategies as st

from streams.continuity import Arrival, Continuity

PLACE = ("raw.lab", 0)


def arrive(continuity, *offsets, begins_at=0):
    return [continuity.arrive(PLACE, offset, begins_at) for offset in offsets]


def test_records_in_a_row_are_taken():
    assert arrive(Continuity(), 5, 6, 7, begins_at=5) == [Arrival.NEXT] * 3


def test_a_hole_is_read_again_and_what_comes_meanwhile_is_left():
    continuity = Continuity()
    arrive(continuity, 0)

    assert arrive(continuity, 3, 4) == [Arrival.HOLE, Arrival.REPEATED]
    assert continuity.expected(PLACE) == 1
    assert arrive(continuity, 1, 2, 3) == [Arrival.NEXT] * 3


def test_a_hole_that_shows_again_is_the_brokers():
    continuity = Continuity()
    arrive(continuity, 0, 3, 4)

    assert arrive(continuity, 3, 4) == [Arrival.NEXT, Arrival.NEXT]


def test_what_was_taken_is_not_taken_twice():
    assert arrive(Continuity(), 0, 1, 0, 1, 2)[2:] == [Arrival.REPEATED, Arrival.REPEATED, Arrival.NEXT]


@given(there=st.sets(st.integers(0, 40), min_size=1).map(sorted), data=st.data())
def test_every_record_is_taken_once_in_order_although_the_client_loses_some(there, data):
    """The client loses records once, anywhere; the log itself may have holes; a watchdog reads stalled ones again."""
    continuity, taken = Continuity(), []
    lost_before, reads_from = data.draw(st.integers(0, 41)), data.draw(st.integers(0, 41))
    position, lossy = 0, True
    for _watch in range(2):
        while position <= there[-1]:
            skips = lossy and reads_from <= position < lost_before
            lossy = lossy and not skips
            left = [offset for offset in there if offset >= (lost_before if skips else position)]
            if not left:
                break
            arrival = continuity.arrive(PLACE, left[0], 0)
            taken += [left[0]] if arrival is Arrival.NEXT else []
            position = continuity.expected(PLACE) if arrival is Arrival.HOLE else left[0] + 1
        position = continuity.expected(PLACE) if taken else 0

    assert taken == there
