"""What may be committed is what every stage that reads a topic has finished."""

from faust.types import TP

from streams.batched.finished_offsets import FinishedOffsets

PLACE = TP("cases", 1)


def read_by(*stages):
    finished = FinishedOffsets()
    for stage in stages:
        finished.register(stage, ("cases",))
    return finished


def test_nothing_may_be_committed_before_every_stage_has_finished_something():
    finished = read_by("adds", "shows")
    finished.finish("adds", PLACE, 7)

    assert finished.committable(PLACE) is None


def test_the_slowest_stage_says_what_may_be_committed():
    finished = read_by("adds", "shows")
    finished.finish("adds", PLACE, 7)
    finished.finish("shows", PLACE, 4)

    assert finished.committable(PLACE) == 5
    assert finished.partitions() == [PLACE]


def test_a_stage_never_goes_back():
    finished = read_by("adds")
    finished.finish("adds", PLACE, 7)
    finished.finish("adds", PLACE, 3)

    assert finished.committable(PLACE) == 8


def test_what_was_finished_before_partitions_were_handed_out_is_forgotten():
    finished = read_by("adds")
    finished.finish("adds", PLACE, 7)
    finished.forget()

    assert finished.committable(PLACE) is None
    assert finished.moved.is_set()
