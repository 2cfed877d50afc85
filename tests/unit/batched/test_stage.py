"""A stage takes what may be taken, partition by partition, and gives its handler again what it left."""

import asyncio
import gc
import weakref
from types import SimpleNamespace

from aiokafka.structs import ConsumerRecord
from faust.types import TP

from streams.batched.backlog import Backlog
from streams.batched.finished_offsets import FinishedOffsets
from streams.batched.stage import Stage
from streams.batched.time_order import TimeOrder

ONE, TWO = TP("t", 0), TP("t", 1)


class App:
    """What a stage asks of its application, without a broker."""

    consumer_generation_id = 1

    def __init__(self):
        self.finished = FinishedOffsets()
        self.backlog = Backlog(100, 10_000)
        self.more = set()

    def committed(self, _tp):
        return 0

    def has_more(self, tp):
        return tp in self.more


class OneFetch:
    """A stream of one message, as Faust hands it over."""

    def __init__(self, tp, records):
        self.message = SimpleNamespace(tp=tp, value=records, generation_id=App.consumer_generation_id)

    def noack(self):
        return self

    async def events(self):
        yield self


def fetched(tp, *offsets, at=0):
    return [ConsumerRecord(tp.topic, tp.partition, each, at, 0, b"", b"", None, 0, 0, ()) for each in offsets]


def places(records):
    return [(each.partition, each.offset) for each in records]


class Story:
    """A stage, what its handler was given, and what came of it."""

    def __init__(self, answers=(), batch_records=100, order=None, topic="t"):
        self.app, self.given, self.done = App(), [], []
        self.answers = list(answers)
        self.stage = Stage(
            self.app, "stage", (topic,), self.handle, batch_records=batch_records, order=order, after=None,
            on_finished=lambda _name, records: self.done.append(places(records)), on_failed=lambda *_: None,
        )  # fmt: skip

    async def handle(self, records):
        self.given.append(places(records))
        answer = self.answers.pop(0)(records) if self.answers else None
        return await answer if asyncio.iscoroutine(answer) else answer

    async def fetch(self, tp, *offsets, at=0):
        await self.stage.feed(OneFetch(tp, fetched(tp, *offsets, at=at)))

    async def until(self, given):
        """Run until so many batches were given, and a moment longer."""
        running = asyncio.ensure_future(self.stage.run())
        while len(self.given) < given:
            await asyncio.wait([running], timeout=0.01)
        await asyncio.wait([running], timeout=0.05)
        await self.stage.close()
        await running


def played(story, tell):
    async def play():
        await tell(story)

    asyncio.run(play())
    return story


def test_a_batch_has_all_that_waits_of_a_partition_before_the_next_partition():
    async def tell(story):
        await story.fetch(ONE, 0)
        await story.fetch(TWO, 0)
        await story.fetch(ONE, 1)
        await story.until(given=1)

    assert played(Story(), tell).given == [[(0, 0), (0, 1), (1, 0)]]


def test_of_a_fetch_that_is_larger_than_a_batch_the_beginning_is_taken():
    async def tell(story):
        await story.fetch(ONE, 0, 1, 2)
        await story.fetch(TWO, 0)
        await story.until(given=2)

    assert played(Story(batch_records=2), tell).given == [[(0, 0), (0, 1)], [(1, 0), (0, 2)]]


def test_a_partition_of_which_much_waits_does_not_keep_others_from_their_turn():
    """Its handler does two of five at a time."""

    async def tell(story):
        await story.fetch(ONE, 0, 1, 2, 3)
        await story.fetch(TWO, 0, 1)
        await story.until(given=3)

    story = played(Story([lambda _records: 2] * 2, batch_records=5), tell)

    assert story.done == [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 2), (0, 3)]]


def test_what_the_handler_has_left_comes_again_and_is_not_finished_before():
    async def tell(story):
        await story.fetch(ONE, 0, 1)
        await story.fetch(TWO, 0, 1)
        await story.until(given=2)

    story = played(Story([lambda _records: 3]), tell)

    assert story.given == [[(0, 0), (0, 1), (1, 0), (1, 1)], [(1, 1)]]
    assert story.done == [[(0, 0), (0, 1), (1, 0)], [(1, 1)]]
    assert [story.app.finished.committable(tp) for tp in (ONE, TWO)] == [2, 2]


def test_what_was_left_when_partitions_are_taken_away_does_not_come_again():
    """The handler sees that it must hurry, and stops where it is."""

    async def tell(story):
        await story.fetch(ONE, 0, 1, 2)
        running = asyncio.ensure_future(story.stage.run())
        while not story.given:
            await asyncio.wait([running], timeout=0.01)
        await story.stage.put_down()
        await asyncio.wait([running], timeout=0.05)
        await story.stage.close()
        await running

    async def slowly(_records):
        while not story.stage.hurries:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.01)
        return 1

    story = Story()
    story.answers = [slowly]
    played(story, tell)

    assert story.given == [[(0, 0), (0, 1), (0, 2)]]
    assert not story.stage.hurries
    assert story.app.finished.committable(ONE) == 1


def test_a_stage_waits_for_earlier_records_of_another_and_goes_on_once_they_are_taken():
    order = TimeOrder(2, lambda: 100)
    few, many = Story(order=order, topic="few"), Story(order=order, topic="many", batch_records=2)
    told = []

    async def tell(_story):
        await few.fetch(TP("few", 0), 0, at=9)
        await many.fetch(TP("many", 0), 0, 1, 2, 3, at=5)
        few.answers = [lambda records: told.append(("few", len(records)))]
        many.answers = [lambda records: told.append(("many", len(records)))] * 2
        await asyncio.gather(few.until(given=1), many.until(given=2))

    played(few, tell)

    assert told[0] == ("many", 2)
    assert sorted(told) == [("few", 1), ("many", 2), ("many", 2)]


def test_a_stage_does_not_wait_for_one_that_fails(monkeypatch):
    monkeypatch.setattr("streams.batched.stage._HELD_UP_AFTER", 0.05)
    order = TimeOrder(1, lambda: 100)
    failing, other = Story(order=order, topic="failing", batch_records=1), Story(order=order, topic="other")

    def fail(_records):
        raise OSError

    async def tell(_story):
        failing.answers = [fail] * 1000
        await failing.fetch(TP("failing", 0), 0, 1, at=5)
        await other.fetch(TP("other", 0), 0, at=9)
        running = asyncio.ensure_future(failing.stage.run())
        await other.until(given=1)
        running.cancel()

    played(other, tell)

    assert other.given == [[(0, 0)]]


def test_a_stage_tells_after_which_moment_more_is_to_come_of_its_partitions(monkeypatch):
    """The latest that came, not the last, nor one that has not been yet; nothing of one that is slow to come."""
    told = []

    async def tell(story):
        story.app.more = {ONE}
        await story.fetch(ONE, 0, at=9)
        await story.fetch(ONE, 1, at=7)
        await story.fetch(ONE, 2, at=101)
        await story.fetch(TWO, 0, at=8)
        told.append(story.stage.more_after)
        monkeypatch.setattr("streams.batched.stage._HELD_UP_AFTER", -1)
        told.append(story.stage.more_after)

    played(Story(order=TimeOrder(1, lambda: 100)), tell)

    assert told == [[9], []]


class Held:
    """Something that a handler holds while it works."""


async def test_what_a_handler_held_that_failed_is_gone_without_pythons_collector():
    """A batch that fails is tried every second for as long as the broker is away."""
    held = []

    async def fail(_records):
        mine = Held()
        held.append(weakref.ref(mine))
        answer = asyncio.get_running_loop().create_future()
        answer.set_exception(OSError())
        await answer

    async def answered(_records):
        return None

    story = Story([fail, answered])
    gc.disable()
    try:
        await story.fetch(ONE, 0)
        await story.until(given=2)
    finally:
        gc.enable()

    assert [each() for each in held] == [None]
