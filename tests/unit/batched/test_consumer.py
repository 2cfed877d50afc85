"""What was fetched and not handed over is fetched again: nothing is lost between a fetch and a new assignment."""

import asyncio
from itertools import pairwise
from types import SimpleNamespace

from aiokafka.errors import IllegalStateError
from faust.types import TP

from streams.batched.consumer import BatchedConsumer

OURS, MOVED_ON, GONE = TP("events", 0), TP("events", 1), TP("events", 2)


class Client:
    """Stands somewhere in each of its partitions, and goes where it is sent."""

    def __init__(self, positions):
        self.positions = positions

    async def position(self, tp):
        if tp not in self.positions:
            raise IllegalStateError
        return self.positions[tp]

    def seek(self, tp, offset):
        self.positions[tp] = offset


class Consumer(BatchedConsumer):
    """With a client and an application that a test sets, and no thread."""

    flow_active = True
    should_stop = False

    def __init__(self, client, fetched, generation_after):
        self.app = SimpleNamespace(consumer_generation_id=1)
        self._thread = SimpleNamespace(_ensure_consumer=lambda: client, thread_loop=asyncio.get_running_loop())
        self.fetched, self.generation_after = fetched, generation_after
        self.handed_over = {}
        self.loop = asyncio.get_running_loop()
        self._stopped, self._crashed, self.suspend_flow = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def _wait_next_records(self, _timeout):
        self.app.consumer_generation_id = self.generation_after
        return self.fetched, set(self.fetched)

    async def _hand_over(self, tp, records):
        self.handed_over[tp] = [each.offset for each in records]


def records(*offsets):
    return [SimpleNamespace(offset=offset) for offset in offsets]


async def drained(positions, fetched, generation_after=1, *, flow_active=True):
    client = Client(positions)
    consumer = Consumer(client, fetched, generation_after)
    consumer.flow_active = flow_active
    await consumer._drain_once()  # noqa: SLF001 - Faust calls what calls it, for ever
    return consumer.handed_over, client.positions


async def test_what_was_fetched_is_handed_over_and_the_client_stays_behind_it():
    handed_over, positions = await drained({OURS: 7}, {OURS: records(4, 5, 6)})

    assert handed_over == {OURS: [4, 5, 6]}
    assert positions == {OURS: 7}


async def test_a_fetch_answered_after_a_new_assignment_is_read_again_from_its_first_record():
    handed_over, positions = await drained({OURS: 7}, {OURS: records(4, 5, 6)}, generation_after=2)

    assert handed_over == {}
    assert positions == {OURS: 4}


async def test_so_is_one_answered_while_nothing_may_flow():
    handed_over, positions = await drained({OURS: 7}, {OURS: records(4, 6)}, flow_active=False)

    assert handed_over == {}
    assert positions == {OURS: 4}


async def test_what_comes_after_a_hand_over_that_was_broken_off_is_read_again():
    """One stream takes nothing, and then no more may flow."""
    fetched = {OURS: records(4, 5), MOVED_ON: records(8), GONE: records(2, 3)}
    client = Client({OURS: 6, MOVED_ON: 9, GONE: 4})
    consumer = Consumer(client, fetched, generation_after=1)
    hand_over = consumer._hand_over  # noqa: SLF001 - what a stream of Faust's would keep waiting

    async def never_taken(tp, taken):
        await hand_over(tp, taken)
        if tp == MOVED_ON:
            consumer.suspend_flow.set()
            await asyncio.Event().wait()

    consumer._hand_over = never_taken  # noqa: SLF001
    await consumer._drain_once()  # noqa: SLF001 - Faust calls what calls it, for ever

    assert consumer.handed_over == {OURS: [4, 5], MOVED_ON: [8]}
    assert client.positions == {OURS: 6, MOVED_ON: 9, GONE: 2}


async def test_where_the_client_was_sent_elsewhere_meanwhile_or_lost_the_partition_it_is_left_alone():
    fetched = {MOVED_ON: records(4, 5, 6), GONE: records(1)}
    handed_over, positions = await drained({MOVED_ON: 2}, fetched, generation_after=2)

    assert handed_over == {}
    assert positions == {MOVED_ON: 2}


async def test_however_soon_more_comes_a_fetch_begins_ten_milliseconds_after_the_one_before():
    loop, begun = asyncio.get_running_loop(), []
    consumer = Consumer(Client({OURS: 7}), {OURS: records(6)}, generation_after=1)

    async def noting(_timeout):
        begun.append(loop.time())
        consumer.should_stop = len(begun) > 3
        return {}, set()

    consumer._wait_next_records = noting  # noqa: SLF001 - Faust's own name for it
    await consumer._drain_messages(SimpleNamespace(should_stop=False))  # noqa: SLF001 - Faust calls it, for ever

    assert all(later - earlier > 0.009 for earlier, later in pairwise(begun))
    assert len(begun) == 4


async def test_what_brings_much_is_followed_at_once():
    loop, begun = asyncio.get_running_loop(), []
    consumer = Consumer(Client({OURS: 100}), {OURS: records(*range(100))}, generation_after=1)

    async def noting(_timeout):
        begun.append(loop.time())
        consumer.should_stop = len(begun) > 50
        return consumer.fetched, {OURS}

    consumer._wait_next_records = noting  # noqa: SLF001 - Faust's own name for it
    await consumer._drain_messages(SimpleNamespace(should_stop=False))  # noqa: SLF001 - Faust calls it, for ever

    assert min(later - earlier for earlier, later in pairwise(begun)) < 0.009
