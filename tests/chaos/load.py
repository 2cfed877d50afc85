"""The load: the sample feed and simulated hospitals, in live pace and without an end, whatever breaks meanwhile."""

import asyncio
import heapq
import itertools
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from one_timeline import DAYS, STARTS_AT
from streams.produce import fitting
from streams.simulator.department import Plan, in_order, simulate
from streams.worker_settings import MEBIBYTE
from timezero.demo_feed import Stage, demo_feed

AT_ONCE = 200
"""Most messages on their way before the broker must have acknowledged them."""
_NEVER_ENDING = 1_000_000
"""Patients of each kind; nobody waits for the last."""
_A_WALL_SECOND = 3600
_GIVEN_UP_AFTER_MS = 6000
_ENVELOPE_BYTES = 4096


def endless_feed(seed, stays_a_day):
    """Real stays of the packaged sample within the first days, and simulated ones for ever, in order of arrival."""
    plan = Plan(seed, _NEVER_ENDING, _NEVER_ENDING, STARTS_AT, hospitals=4, days=2 * _NEVER_ENDING / stays_a_day)
    real = (each for each in demo_feed(Stage(STARTS_AT, _A_WALL_SECOND)) if each.field("source") != "simulated")
    sample = (each for each in real if each.received_at < STARTS_AT + DAYS)
    return heapq.merge(sample, in_order(simulate(plan), _NoNotes()), key=lambda message: message.received_at)


class _NoNotes:
    def note(self, stay):
        """The truth about a stay is not asked here."""


class Load:
    """Sends a feed, each message when the clock reaches it, from a thread of its own; a lost one is sent again.

    Attributes:
        sent: The messages that the broker has, in their order, each once.
        records: Records sent, repeats among them.
        out_of_order: Records sent before one that was received earlier.
        failed: Sendings that the broker did not acknowledge, each made again.
    """

    def __init__(self, feed, bootstrap, clock, rng):
        self._feed = iter(feed)
        self._bootstrap = bootstrap
        self._clock = clock
        self._rng = rng
        self._disturbed = 0
        self._loop = asyncio.new_event_loop()
        self._told_to_stop = asyncio.Event()
        self._abandoned = asyncio.Event()
        self._thread = ThreadPoolExecutor(1)
        self._running = None
        self.sent = []
        self.records = self.out_of_order = self.failed = 0

    def start(self):
        self._running = self._thread.submit(self._loop.run_until_complete, self._run())

    def stop(self):
        """Send no more, and wait until what was begun has arrived."""
        self._loop.call_soon_threadsafe(self._told_to_stop.set)
        self._running.result()

    def abandon(self):
        """Send no more, whatever has arrived."""
        self._loop.call_soon_threadsafe(self._told_to_stop.set)
        self._loop.call_soon_threadsafe(self._abandoned.set)
        wait([self._running])

    def disturb(self, count):
        """Send the next `count` messages twice, and in any order."""
        self._disturbed = count

    def is_disturbed(self):
        return self._disturbed > 0

    def write(self, path):
        """What was sent, for `timezero replay --format events`."""
        with path.open("wb") as out:
            out.writelines(orjson.dumps(message.as_json()) + b"\n" for message in self.sent)

    async def _run(self):
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            max_request_size=MEBIBYTE + _ENVELOPE_BYTES,
            request_timeout_ms=_GIVEN_UP_AFTER_MS,
        )
        async with producer:
            while not self._told_to_stop.is_set():
                disturbed = self._disturbed
                batch = list(itertools.islice(self._feed, disturbed)) or self._due()
                if await self._reach(batch[-1].received_at):
                    await self._deliver(producer, batch, self._disorder(batch) if disturbed else batch)
                self._disturbed -= disturbed

    def _due(self):
        """The next message, and those after it that the clock has passed already."""
        batch, now = [next(self._feed)], self._clock.now()
        while len(batch) < AT_ONCE and batch[-1].received_at <= now:
            batch.append(next(self._feed))
        return batch

    async def _reach(self, moment):
        """Wait for the clock; false if told to stop meanwhile."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._told_to_stop.wait(), self._clock.wall_seconds_until(moment))
        return not self._told_to_stop.is_set()

    def _disorder(self, batch):
        twice = [*batch, *batch]
        self._rng.shuffle(twice)
        return twice

    async def _deliver(self, producer, batch, ordered):
        while not await self._send(producer, ordered) and not self._abandoned.is_set():
            self.failed += 1
        self.records += len(ordered)
        self.out_of_order += sum(a.received_at > b.received_at for a, b in itertools.pairwise(ordered))
        self.sent += batch

    async def _send(self, producer, messages):
        """Whether the broker has acknowledged all; some may have arrived where it has not."""
        try:
            records = [fitting(message.as_outgoing(), MEBIBYTE) for message in messages]
            waiting = [await producer.send(each.topic, key=each.key, value=each.value) for each in records]
        except KafkaError:
            return False
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        return not any(isinstance(answer, BaseException) for answer in answers)
