"""Stages that read side by side take their records in about the order of time, and none waits for one held up."""

import asyncio
from math import inf

import pytest
from aiokafka.structs import ConsumerRecord
from faust.types import TP

from streams.batched import time_order
from streams.batched.time_order import TimeOrder

NOW_MS = 1_000


def fetched(*moments):
    return [ConsumerRecord("t", 0, offset, at, 0, b"", b"", None, 0, 0, ()) for offset, at in enumerate(moments)]


class Lane:
    """What waits of one topic's partitions."""

    def __init__(self, topic, *partitions, is_at_work=False, is_held_up=False, more_after=()):
        self.waiting = [(TP(topic, number), fetched(*moments)) for number, moments in enumerate(partitions)]
        self.is_at_work, self.is_held_up, self.more_after = is_at_work, is_held_up, more_after
        self.looked = 0

    def look_again(self):
        self.looked += 1


def ordered(*lanes, within=3):
    order = TimeOrder(within, lambda: NOW_MS)
    for lane in lanes:
        order.join(lane)
    return order


def until(*lanes, within=3):
    async def ask():
        return ordered(*lanes, within=within).until()

    return asyncio.run(ask())


def test_records_may_be_taken_up_to_the_last_of_the_earliest_that_wait_anywhere():
    assert until(Lane("few", [10, 400]), Lane("many", [1, 2, 3], [2, 5, 6]), within=4) == 3


def test_all_may_be_taken_where_fewer_wait_than_are_kept_together():
    assert until(Lane("few", [10]), Lane("many", [1, 2]), within=4) == inf


@pytest.mark.parametrize(("came", "expected"), [([7], 7), ([7, 6], 6), ([NOW_MS + 1], inf)])
def test_nothing_is_taken_that_is_later_than_what_is_still_to_be_fetched_of_another(came, expected):
    """What comes after a moment that has not been yet tells nothing."""
    assert until(Lane("few", [10]), Lane("many", more_after=came)) == expected


def test_nobody_waits_for_a_stage_that_is_held_up():
    assert until(Lane("held", [1, 2, 3], is_held_up=True, more_after=[3]), Lane("other", [7, 8, 9])) == 9


def test_two_fetches_of_a_partition_follow_each_other():
    lane = Lane("a", [1, 2])
    lane.waiting += [(TP("a", 0), fetched(5, 9))]

    assert until(lane, Lane("b", [6])) == 5


def test_somebody_may_always_take_something_though_times_go_back_within_a_partition():
    """Two producers of one partition, one clock behind the other."""
    lanes = Lane("two clocks", [100, 40, 101, 41, 102, 42]), Lane("late", [200])

    last = until(*lanes)

    assert last == 101
    assert ordered(*lanes).count(fetched(100, 40, 101, 41, 102), last) == 4


@pytest.mark.parametrize(("records", "count"), [([1, 2, 3], 2), ([3, 1], 0), ([], 0), ([2, 2], 2)])
def test_of_a_fetch_the_records_before_the_first_later_one_may_be_taken(records, count):
    assert ordered().count(fetched(*records), 2) == count


@pytest.mark.parametrize("moment", [NOW_MS + 1, -1, 0])
def test_a_record_of_no_time_or_of_one_that_has_not_come_waits_for_nobody_and_holds_up_nobody(moment):
    assert until(Lane("odd", [moment] * 3, more_after=[moment]), Lane("other", [7, 8, 9])) == 9
    assert ordered().count(fetched(moment), 7) == 1


def test_nothing_is_taken_before_each_partition_has_had_its_first_fetch(monkeypatch):
    monkeypatch.setattr(time_order, "_FIRST_FETCHES", 0.01)
    lane = Lane("a", [1])

    async def begin():
        order = ordered(lane)
        order.begin()
        first = order.until()
        while not lane.looked:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.01)
        return first, order.until()

    assert asyncio.run(begin()) == (-inf, inf)


def test_a_turn_lasts_until_each_has_taken_what_is_its_own_of_it():
    fast, slow = Lane("fast", [1, 3, 4, 5, 6]), Lane("slow", [2, 9])

    async def take():
        order = ordered(fast, slow, within=3)
        first = order.until()
        fast.waiting = [(TP("fast", 0), fetched(4, 5, 6))]
        still = order.until()
        slow.waiting = [(TP("slow", 0), fetched(9))]
        return first, still, order.until()

    assert asyncio.run(take()) == (3, 3, 6)


@pytest.mark.parametrize(("is_held_up", "then"), [(False, 3), (True, 9)])
def test_a_turn_lasts_until_each_is_done_with_what_is_its_own_of_it(is_held_up, then):
    """Who has nothing of a turn must not begin the next while another has only just taken his part of this one."""
    idle, busy = Lane("idle", [7, 8, 9]), Lane("busy", [1, 2, 3])

    async def take():
        order = ordered(idle, busy)
        first = order.until()
        busy.waiting, busy.is_at_work, busy.is_held_up = [], True, is_held_up
        meanwhile = order.until()
        busy.is_at_work = busy.is_held_up = False
        return first, meanwhile, order.until()

    assert asyncio.run(take()) == (3, then, 9)


@pytest.mark.parametrize("left", [fetched(0), fetched(NOW_MS + 1), []])
def test_what_has_no_time_does_not_make_a_turn_last(left):
    odd, other = Lane("odd", [2]), Lane("other", [1, 3, 4, 5])

    async def take():
        order = ordered(odd, other)
        first = order.until()
        odd.waiting, other.waiting = [(TP("odd", 0), left)], [(TP("other", 0), fetched(4, 5, 6))]
        return first, order.until()

    assert asyncio.run(take()) == (3, 6)


def test_what_is_left_of_a_backlog_is_one_more_turn_and_what_comes_then_is_none():
    lane, other = Lane("a", [1, 2, 3]), Lane("b", [4, 5])

    async def take():
        order = ordered(lane, other)
        backlog = order.until()
        lane.waiting = []
        rest = order.until(), order.in_turns
        other.waiting = [(TP("b", 0), fetched(6))]
        return backlog, rest, (order.until(), order.in_turns)

    assert asyncio.run(take()) == (3, (5, True), (inf, False))


@pytest.mark.parametrize(("waiting", "in_turns"), [([1, 2], False), ([1, 2, 3], True)])
def test_there_are_turns_where_more_waits_than_is_kept_together(waiting, in_turns):
    async def ask():
        order = ordered(Lane("a", waiting))
        order.until()
        return order.in_turns

    assert asyncio.run(ask()) is in_turns


def test_few_that_wait_are_no_turn_though_more_is_still_to_be_fetched():
    async def ask():
        order = ordered(Lane("a", [1, 7]), Lane("b", more_after=[5]))
        return order.until(), order.in_turns

    assert asyncio.run(ask()) == (5, False)


def test_partitions_that_are_given_anew_begin_without_a_turn():
    async def begin():
        order = ordered(Lane("a", [1, 2, 3]))
        order.until()
        order.begin()
        return order.in_turns

    assert asyncio.run(begin()) is False


def took(*lanes, but, then=lambda: None):
    """Whether `others_took` had returned at once, and after `then`."""

    async def wait():
        order = ordered(*lanes)
        order.until()
        waiting, done = asyncio.ensure_future(order.others_took(but)), []
        for _ in range(2):
            await asyncio.wait([waiting], timeout=0.01)
            done.append(waiting.done())
            then()
            order.look_again()
        await asyncio.wait([waiting], timeout=5)
        return [*done, waiting.done()]

    return asyncio.run(wait())


def test_who_sends_for_all_waits_until_the_others_took_what_is_of_the_turn():
    late = Lane("late", [2, 7])

    def take():
        late.waiting = [(TP("late", 0), fetched(7))]

    assert took(Lane("mine", [1, 3, 4]), late, but={"mine"}, then=take) == [False, True, True]


@pytest.mark.parametrize(
    ("others", "but"),
    [
        ([Lane("late", [7, 8])], {"mine"}),
        ([Lane("handed in", [2, 3])], {"mine", "handed in"}),
        ([Lane("held", [2, 3], is_held_up=True)], {"mine"}),
    ],
)
def test_who_sends_for_all_waits_for_nobody_who_has_nothing_of_the_turn(others, but, monkeypatch):
    monkeypatch.setattr(time_order, "_TAKES_TURNS", 3600)

    assert took(Lane("mine", [1, 2, 3, 4]), *others, but=but) == [True, True, True]


def test_who_sends_for_all_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(time_order, "_TAKES_TURNS", 0.01)

    assert took(Lane("mine", [1, 3, 4]), Lane("late", [2]), but={"mine"})[-1]


def test_who_sends_for_all_lets_him_who_has_just_taken_hand_in_first():
    handed_in = []

    async def wait():
        order = ordered(Lane("a", [1, 2, 3]))
        order.until()
        sends = asyncio.ensure_future(order.others_took({"a"}))
        await asyncio.wait([asyncio.ensure_future(hand_in(sends)), sends])

    async def hand_in(sends):
        handed_in.append(sends.done())

    asyncio.run(wait())

    assert handed_in == [False]


def test_who_comes_after_waits_until_a_backlog_was_taken():
    lane, went_on = Lane("a", [1, 2, 3, 4]), []

    async def wait():
        order = ordered(lane)
        after = asyncio.ensure_future(order.most_taken())
        for _ in range(2):
            await asyncio.wait([after], timeout=0.01)
            went_on.append(after.done())
            lane.waiting = [(TP("a", 0), fetched(4))]
            order.look_again()
        await asyncio.wait([after], timeout=5)
        went_on.append(after.done())

    asyncio.run(wait())

    assert went_on == [False, True, True]


def test_who_comes_after_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(time_order, "_GIVES_WAY", 0.01)

    asyncio.run(asyncio.wait_for(ordered(Lane("a", [1, 2, 3])).most_taken(), timeout=30))


@pytest.mark.parametrize("lane", [Lane("a", [1, 2]), Lane("a", [1, 2, 3], is_held_up=True)])
def test_who_comes_after_does_not_wait_for_a_few_nor_for_what_is_held_up(lane, monkeypatch):
    monkeypatch.setattr(time_order, "_GIVES_WAY", 3600)

    asyncio.run(asyncio.wait_for(ordered(lane).most_taken(), timeout=30))
