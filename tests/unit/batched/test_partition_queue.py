"""What is to be sent to one partition: together, in order, and each is told of his own records alone."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from streams.batched.outgoing import Outgoing
from streams.batched.partition_queue import GivenUpError, PartitionQueue


class Batch(list):
    """At most four records."""

    def append(self, **record):
        if len(self) == 4:
            return None
        super().append(record["value"])
        return record

    def close(self):
        pass


class Broker:
    """Answers when it is told to."""

    def __init__(self):
        self.sent, self.answers, self.log = [], [], []

    def create_batch(self):
        return Batch()

    async def send_batch(self, batch, _topic, *, partition):
        assert partition == 0
        self.sent.append([value.decode() for value in batch])
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    async def answer(self, error=None):
        """Take the batch that was sent last, or refuse it, and let everybody go on."""
        waiting = self.answers[-1]
        if error:
            waiting.set_exception(error)
        else:
            waiting.set_result(SimpleNamespace(offset=len(self.log)))
            self.log += self.sent[-1]
        await settled()


async def settled():
    """Let everybody have a few turns of the loop."""
    loop = asyncio.get_running_loop()
    for _ in range(8):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


async def nobody_minds():
    pass


class Senders:
    """Who hand in records, each noting where his stand."""

    def __init__(self, confirm=nobody_minds):
        self.broker, self.queue, self.spans = Broker(), PartitionQueue(("log", 0), confirm), {}

    async def hand_in(self, name, count):
        records = [Outgoing("log", b"k", f"{name}{number}".encode(), 0) for number in range(count)]
        spans = self.spans.setdefault(name, [])
        sending = self.queue.send(self.broker, records, lambda first, last: spans.append((first, last)))
        task = asyncio.ensure_future(sending)
        await settled()
        return task


async def test_what_is_handed_in_while_a_batch_is_under_way_goes_together_as_the_next():
    senders = Senders()
    tasks = [await senders.hand_in(name, 1) for name in "abc"]
    await senders.broker.answer()
    await senders.broker.answer()

    assert senders.broker.sent == [["a0"], ["b0", "c0"]]
    assert [await task for task in tasks] == [[], [], []]
    assert senders.spans == {"a": [(0, 0)], "b": [(1, 1)], "c": [(2, 2)]}


async def test_who_hands_in_more_than_a_batch_is_done_with_the_last_of_it():
    senders = Senders()
    tasks = [await senders.hand_in(name, count) for name, count in (("a", 1), ("b", 6), ("c", 2))]
    await senders.broker.answer()
    await senders.broker.answer()
    after_two = [task.done() for task in tasks]
    await senders.broker.answer()

    assert senders.broker.sent == [["a0"], ["b0", "b1", "b2", "b3"], ["b4", "b5", "c0", "c1"]]
    assert after_two == [True, False, False]
    assert senders.spans == {"a": [(0, 0)], "b": [(1, 4), (5, 6)], "c": [(7, 8)]}


async def test_of_those_whose_batch_failed_nothing_more_is_sent_and_of_others_all():
    senders = Senders()
    tasks = [await senders.hand_in(name, count) for name, count in (("a", 1), ("b", 5), ("c", 2))]
    await senders.broker.answer()
    await senders.broker.answer(KafkaTimeoutError())
    await senders.broker.answer()

    assert senders.broker.sent == [["a0"], ["b0", "b1", "b2", "b3"], ["c0", "c1"]]
    with pytest.raises(KafkaTimeoutError):
        await tasks[1]
    assert [await tasks[0], await tasks[2]] == [[], []]


async def test_what_is_too_large_is_given_back_to_him_whose_it_is():
    senders = Senders()
    tasks = [await senders.hand_in(name, count) for name, count in (("a", 1), ("b", 1), ("c", 2))]
    await senders.broker.answer()
    for error in (MessageSizeTooLargeError(), None, MessageSizeTooLargeError(), None):
        await senders.broker.answer(error)

    assert senders.broker.sent == [["a0"], ["b0", "c0", "c1"], ["b0"], ["c0"], ["c1"]]
    assert [[each.value for each in await task] for task in tasks] == [[], [], [b"c0"]]
    assert senders.broker.log == ["a0", "b0", "c1"]
    assert senders.spans == {"a": [(0, 0)], "b": [(1, 1)], "c": [(2, 2)]}


async def test_of_a_sender_who_was_broken_off_what_waits_is_not_sent():
    senders = Senders()
    first, second, third = [await senders.hand_in(name, 1) for name in "abc"]
    second.cancel()
    await settled()
    await senders.broker.answer()
    await senders.broker.answer()

    assert senders.broker.sent == [["a0"], ["c0"]]
    assert [await first, await third] == [[], []]


async def test_a_sender_who_is_broken_off_between_two_batches_has_nothing_of_the_next():
    senders = Senders()
    task = await senders.hand_in("a", 6)
    task.cancel()
    await senders.broker.answer()

    assert senders.broker.sent == [["a0", "a1", "a2", "a3"]]
    assert await asyncio.wait_for(_next(senders), timeout=5) == []


async def _next(senders):
    task = await senders.hand_in("b", 1)
    await senders.broker.answer()
    return await task


async def test_a_batch_that_the_client_gave_up_fails_for_those_who_had_a_part_in_it():
    senders = Senders()
    first, second = await senders.hand_in("a", 1), await senders.hand_in("b", 1)
    senders.broker.answers[-1].cancel()
    await settled()
    await senders.broker.answer()

    with pytest.raises(GivenUpError):
        await first
    assert await second == []


async def test_nothing_is_sent_that_may_not_be_and_the_next_is_asked_for_anew():
    may = []

    async def confirm():
        if not may:
            raise PermissionError

    senders = Senders(confirm)
    refused = await senders.hand_in("a", 1)
    may.append(True)
    sent = await senders.hand_in("b", 1)
    await senders.broker.answer()

    with pytest.raises(PermissionError):
        await refused
    assert await sent == []
    assert senders.broker.sent == [["b0"]]


async def test_a_sender_who_is_broken_off_while_the_group_is_asked_is_not_sent_for():
    """His partitions may be another's by the time that it answers."""
    may_go_on = asyncio.Event()
    senders = Senders(may_go_on.wait)
    gone, stays = await senders.hand_in("a", 1), await senders.hand_in("b", 1)
    gone.cancel()
    may_go_on.set()
    await settled()
    await senders.broker.answer()

    assert senders.broker.sent == [["b0"]]
    assert await stays == []
    assert senders.spans == {"a": [], "b": [(0, 0)]}


async def test_what_cannot_be_packed_is_told_to_all_who_wait_and_the_next_are_sent():
    senders = Senders()
    first = await senders.hand_in("a", 1)
    pack, senders.broker.create_batch = senders.broker.create_batch, None
    waiting = [await senders.hand_in(name, 1) for name in "bc"]
    await senders.broker.answer()
    senders.broker.create_batch = pack
    after = await senders.hand_in("d", 1)
    await senders.broker.answer()

    assert [type(task.exception()) for task in waiting] == [TypeError, TypeError]
    assert [await first, await after] == [[], []]


async def test_where_all_ends_nobody_is_left_waiting():
    senders = Senders()
    waiting = [await senders.hand_in(name, 1) for name in "ab"]
    (queue,) = [task for task in asyncio.all_tasks() if task.get_coro().__name__ == "_send_all"]
    queue.cancel()
    await settled()

    assert [type(task.exception()) for task in waiting] == [GivenUpError, GivenUpError]
