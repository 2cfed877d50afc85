"""Stages that read side by side write a backlog as one, in the order of time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from streams.batched.outgoing import Outgoing
from streams.batched.side_by_side import BrokenOffError, SideBySide

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class Turns:
    """A turn that is over when the test says so."""

    def __init__(self, *, in_turns=True):
        self.in_turns = in_turns
        self.over, self.waits_for_all_but = asyncio.Event(), None
        self.handed_in = 0

    async def others_took(self, but):
        self.waits_for_all_but = but
        await self.over.wait()

    def look_again(self):
        self.handed_in += 1


class Broker:
    """Keeps what it was sent at one time; it may refuse, or take its time."""

    def __init__(self, refuses=None, all_with=""):
        self.sent, self.refuses, self.all_with = [], refuses, all_with
        self.answers = asyncio.Event()
        self.answers.set()

    async def send(self, outgoing):
        keys = [each.key.decode() for each in outgoing]
        self.sent.append(keys)
        await self.answers.wait()
        if self.refuses is not None and any(self.all_with in each for each in keys):
            raise self.refuses


def timed(*minutes, name):
    return [(TEN + timedelta(minutes=each), Outgoing("log", f"{name}{each}".encode(), b"")) for each in minutes]


def handing_in(together, *parts):
    """Tasks that hand in these parts, each of a topic named like them, in this order."""
    return [asyncio.ensure_future(together.send(timed(*minutes, name=name), {name})) for name, minutes in parts]


async def being_sent(turns, broker):
    """A turn of which one part is on its way, and the broker has not answered."""
    broker.answers.clear()
    turns.over.set()
    together = SideBySide(turns, broker.send)
    tasks = handing_in(together, ("v", [1]))
    while not broker.sent:
        await asyncio.wait(tasks, timeout=0.001)
    return together, tasks


async def until(turns, handed_in):
    while turns.handed_in < handed_in:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.001)


async def ended(tasks):
    return [type(each) if isinstance(each, BaseException) else each for each in await _all(tasks)]


def _all(tasks):
    return asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), timeout=30)


def test_what_comes_of_a_turn_is_sent_as_one_in_the_order_of_its_times():
    async def story():
        turns, broker = Turns(), Broker()
        tasks = handing_in(SideBySide(turns, broker.send), ("v", [1, 2, 7]), ("d", [7, 3]), ("a", []))
        await until(turns, 3)
        before = list(broker.sent)
        turns.over.set()
        return before, await ended(tasks), broker.sent, turns.waits_for_all_but

    before, ends, sent, topics = asyncio.run(story())

    assert (before, ends) == ([], [None] * 3)
    assert sent == [["v1", "v2", "d3", "v7", "d7"]]
    assert topics == {"v", "d", "a"}


def test_where_there_is_no_backlog_nobody_waits():
    async def story():
        broker = Broker()
        tasks = handing_in(SideBySide(Turns(in_turns=False), broker.send), ("v", [2, 1]), ("d", [1]))
        return await ended(tasks), broker.sent

    assert asyncio.run(story()) == ([None, None], [["v1", "v2"], ["d1"]])


def test_what_is_handed_in_while_a_turn_is_sent_is_of_the_next():
    async def story():
        turns, broker = Turns(), Broker()
        together, first = await being_sent(turns, broker)
        later = handing_in(together, ("d", [0]))
        await until(turns, 2)
        broker.answers.set()
        return await ended([*first, *later]), broker.sent

    assert asyncio.run(story()) == ([None, None], [["v1"], ["d0"]])


def test_what_cannot_be_sent_with_the_others_is_no_fault_of_theirs():
    async def story():
        turns, broker = Turns(), Broker(refuses=ConnectionError(), all_with="d2")
        tasks = handing_in(SideBySide(turns, broker.send), ("v", [1, 3]), ("d", [2]), ("a", [0]))
        await until(turns, 3)
        turns.over.set()
        return await ended(tasks), broker.sent

    assert asyncio.run(story()) == (
        [None, ConnectionError, None],
        [["a0", "v1", "d2", "v3"], ["v1", "v3"], ["d2"], ["a0"]],
    )


def test_whoever_sends_for_all_is_told_what_became_of_his_own_part():
    async def story():
        turns, broker = Turns(), Broker(refuses=ConnectionError(), all_with="v1")
        tasks = handing_in(SideBySide(turns, broker.send), ("v", [1]), ("d", [2]))
        await until(turns, 2)
        turns.over.set()
        return await ended(tasks)

    assert asyncio.run(story()) == [ConnectionError, None]


def test_a_turn_that_is_refused_leaves_the_next_in_one_piece():
    async def story():
        turns, broker = Turns(), Broker(refuses=ConnectionError())
        together, first = await being_sent(turns, broker)
        turns.over.clear()
        second = handing_in(together, ("d", [4]))
        await until(turns, 2)
        broker.answers.set()
        refused, broker.refuses = await ended(first), None
        second += handing_in(together, ("a", [3]))
        await until(turns, 3)
        turns.over.set()
        return refused, await ended(second), broker.sent

    assert asyncio.run(story()) == ([ConnectionError], [None, None], [["v1"], ["a3", "d4"]])


@pytest.mark.parametrize("sending", [False, True])
def test_when_whoever_sends_for_all_is_broken_off_the_others_are_told_and_the_next_turn_goes_on(sending):
    async def story():
        turns, broker = Turns(), Broker()
        broker.answers.clear()
        together = SideBySide(turns, broker.send)
        tasks = handing_in(together, ("v", [1]), ("d", [2]))
        await until(turns, 2)
        if sending:
            turns.over.set()
            while not broker.sent:
                await asyncio.wait(tasks, timeout=0.001)
        tasks[0].cancel()
        ends = await ended(tasks)
        turns.over.set()
        broker.answers.set()
        return ends, await ended(handing_in(together, ("v", [1]), ("d", [2]))), broker.sent[-2:]

    assert asyncio.run(story()) == ([asyncio.CancelledError, BrokenOffError], [None, None], [["v1"], ["d2"]])


def test_one_who_is_broken_off_while_another_sends_for_him_takes_nothing_with_him():
    async def story():
        turns, broker = Turns(), Broker()
        tasks = handing_in(SideBySide(turns, broker.send), ("v", [1]), ("d", [2]), ("a", [0]))
        await until(turns, 3)
        tasks[1].cancel()
        turns.over.set()
        return await ended(tasks), broker.sent

    assert asyncio.run(story()) == ([None, asyncio.CancelledError, None], [["a0", "v1", "d2"]])
