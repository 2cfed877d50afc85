"""What is under way is counted, by records and by bytes, and a partition is full before memory is."""

from aiokafka.structs import ConsumerRecord
from faust.types import TP

from streams.batched.backlog import Backlog

ONE, OTHER = TP("events", 0), TP("events", 1)


def fetched(*offsets, value=b"four"):
    return [ConsumerRecord("events", 0, offset, 0, 0, b"", value, None, 0, len(value), ()) for offset in offsets]


def test_a_partition_is_full_at_so_many_records_and_others_are_not():
    backlog = Backlog(most_records=4, most_bytes=1000)
    backlog.hand(ONE, fetched(0, 1, 2))
    assert not backlog.is_full(ONE)

    backlog.hand(ONE, fetched(3))

    assert backlog.is_full(ONE)
    assert not backlog.is_full(OTHER)


def test_a_partition_is_full_at_so_many_bytes():
    backlog = Backlog(most_records=100, most_bytes=8)
    backlog.hand(ONE, fetched(0, 1))

    assert backlog.is_full(ONE)


def test_there_is_room_again_once_a_fetch_is_finished_whole():
    backlog = Backlog(most_records=3, most_bytes=1000)
    backlog.hand(ONE, fetched(0, 1))
    backlog.hand(ONE, fetched(5, 9))

    backlog.finish(ONE, 1)
    assert backlog.is_full(ONE)
    backlog.finish(ONE, 2)
    assert not backlog.is_full(ONE)
    assert backlog.records() == 2


def test_what_a_stage_leaves_takes_no_room():
    backlog = Backlog(most_records=2, most_bytes=1000)
    backlog.hand(ONE, fetched(3, 4))
    backlog.drop(ONE, 4)

    assert backlog.records() == 0
    assert not backlog.is_full(ONE)


def test_a_partition_read_from_elsewhere_begins_with_nothing_under_way():
    backlog = Backlog(most_records=1, most_bytes=1000)
    backlog.hand(ONE, fetched(3))
    backlog.hand(OTHER, fetched(3))
    backlog.forget_partition(ONE)

    assert not backlog.is_full(ONE)
    assert backlog.is_full(OTHER)


def test_more_may_wait_of_a_topic_whose_batches_are_larger():
    backlog = Backlog(most_records=2, most_bytes=1000)
    backlog.let_wait([ONE.topic], 4)
    backlog.let_wait([ONE.topic], 3)
    backlog.hand(ONE, fetched(0, 1, 2))
    assert not backlog.is_full(ONE)

    backlog.hand(ONE, fetched(3))

    assert backlog.is_full(ONE)


def test_a_topic_of_small_batches_lets_wait_what_others_do():
    backlog = Backlog(most_records=2, most_bytes=1000)
    backlog.let_wait([ONE.topic], 1)
    backlog.hand(ONE, fetched(0))

    assert not backlog.is_full(ONE)
