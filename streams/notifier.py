"""The notifier: alerts from their topic to the webhook, in order within a thread, none lost on the way.

An offset is committed once every alert before it is delivered or on record as given up, so a
restart goes on where delivery had come to. What was under way is then sent again, under the same
`webhook-id`.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import stamina.instrumentation
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaConnectionError, KafkaError
from pydantic import ValidationError
from redis.asyncio import Redis

from schemas.alert import Alert
from schemas.topics import Topic
from streams.batched.task_end import end
from streams.clock import stopwatch, wall_clock
from streams.notifier_delivery import Courier
from streams.notifier_heartbeat import Chain, Heart
from streams.notifier_ledger import Ledger
from streams.notifier_metrics import NotifierMetrics
from streams.topic_layout import BrokerError, create_topics
from streams.worker_health import Progress, write_health
from streams.worker_log import WorkerLog, configure_logging

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from aiokafka import ConsumerRecord

    from streams.notifier_settings import NotifierSettings
    from streams.webhook import Webhook
    from streams.worker_settings import WorkerSettings

_POLL_MS = 250
_REDIS_SECONDS = 5
_METADATA_MS = 30_000
_log = WorkerLog("notify")


class OpenOffsets:
    """What was taken from one partition and is not settled yet."""

    def __init__(self) -> None:
        """Nothing was taken."""
        self._open: set[int] = set()
        self._next = 0

    def take(self, offset: int) -> None:
        """An alert was taken."""
        self._open.add(offset)
        self._next = max(self._next, offset + 1)

    def settle(self, offset: int) -> None:
        """It was delivered, given up, or is none that is wanted."""
        self._open.discard(offset)

    def committable(self) -> int:
        """The first offset that a restart must read."""
        return min(self._open, default=self._next)


class Notifier(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no type hints
    """Takes alerts of the partitions it is given, and hands each to the courier after those of its thread."""

    def __init__(self, consumer: AIOKafkaConsumer, courier: Courier, settings: NotifierSettings) -> None:
        """Deliver what `consumer` reads by `courier`; nothing runs yet."""
        self._consumer = consumer
        self._courier = courier
        self._settings = settings
        self._offsets: dict[TopicPartition, OpenOffsets] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._threads: dict[str, asyncio.Task[None]] = {}
        self._under_way: dict[asyncio.Task[None], TopicPartition] = {}
        self._progress = Progress("notify", settings.longest_delivery_s)
        self._looked_at_s = stopwatch()
        courier.metrics.in_flight(lambda: len(self._under_way))

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; what is then under way is left to the next start."""
        while not stop.is_set():
            room = self._settings.in_flight - len(self._under_way)
            self._hold(full=room <= 0)
            fetched = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=max(1, room))
            for place, records in fetched.items():
                for record in records:
                    self._take(place, record)
            await self._commit()
            self._write_health()
            self._looked_at_s = stopwatch()
        await self._put_down(set(self._offsets))

    def idle_s(self) -> float:
        """Seconds since it last looked for alerts."""
        return stopwatch() - self._looked_at_s

    def _hold(self, *, full: bool) -> None:
        """Ask for no more while the hands are full: asking on keeps the partitions ours."""
        assigned = self._consumer.assignment()
        if full:
            self._consumer.pause(*assigned)
        elif paused := self._consumer.paused():
            self._consumer.resume(*paused)

    def _take(self, place: TopicPartition, record: ConsumerRecord[bytes, bytes]) -> None:
        offsets = self._offsets.setdefault(place, OpenOffsets())
        offsets.take(record.offset)
        try:
            alert = Alert.model_validate_json(record.value or b"")
        except ValidationError:
            _log.error("unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            offsets.settle(record.offset)
            return
        if self._settings.kinds and alert.kind not in self._settings.kinds:
            offsets.settle(record.offset)
            return
        before = self._threads.get(alert.thread_id)
        task = asyncio.create_task(self._deliver(alert, place, record, before))
        self._under_way[task] = place
        self._threads[alert.thread_id] = task
        task.add_done_callback(lambda done: self._forget(done, alert.thread_id))

    async def _deliver(
        self,
        alert: Alert,
        place: TopicPartition,
        record: ConsumerRecord[bytes, bytes],
        before: asyncio.Task[None] | None,
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._courier.deliver(alert, _raised_at(record.timestamp))
        self._offsets[place].settle(record.offset)

    def _forget(self, done: asyncio.Task[None], thread_id: str) -> None:
        self._under_way.pop(done, None)
        if self._threads.get(thread_id) is done:
            del self._threads[thread_id]

    async def _commit(self) -> None:
        ready = {
            place: offset
            for place, offsets in self._offsets.items()
            if (offset := offsets.committable()) > self._committed.get(place, 0)
        }
        if not ready:
            return
        try:
            await self._consumer.commit(ready)
        except (CommitFailedError, IllegalStateError) as error:
            _log.warning("not_committed", error=type(error).__name__)
        else:
            self._committed |= ready

    def _write_health(self) -> None:
        offsets = {}
        for place in self._consumer.assignment():
            finished = self._offsets[place].committable() if place in self._offsets else 0
            offsets[place.topic, place.partition] = (finished, self._end(place, finished))
        write_health(self._progress.note(offsets, wall_clock()), self._settings.datadir)

    def _end(self, place: TopicPartition, finished: int) -> int:
        """Where the partition ends; where nothing was read since the start, nothing waits for us."""
        return (self._consumer.highwater(place) or finished) if place in self._offsets else finished

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Stop delivering what another notifier now delivers."""
        await self._put_down(set(revoked))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin where delivery had come to."""
        _log.info("partitions_taken_over", partitions=sorted(place.partition for place in assigned))

    async def _put_down(self, places: set[TopicPartition]) -> None:
        await end([task for task, place in self._under_way.items() if place in places])
        await self._commit()
        for place in places:
            self._offsets.pop(place, None)
            self._committed.pop(place, None)


def _raised_at(timestamp_ms: int) -> datetime | None:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC) if timestamp_ms > 0 else None


async def notify(
    settings: NotifierSettings,
    worker: WorkerSettings,
    webhook: Webhook,
    link: Callable[[str, str], str],
    pulse: Webhook | None,
) -> None:
    """Deliver alerts, and by `pulse` heartbeats, until SIGTERM or SIGINT.

    Raises:
        BrokerError: no broker answers.
        OSError: the metrics' port is taken, or the folder cannot be written.
    """
    settings.datadir.mkdir(parents=True, exist_ok=True)
    await create_topics(worker)
    redis: Any = Redis.from_url(worker.redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS)
    metrics = NotifierMetrics()
    if settings.metrics_port is not None:
        _log.info("metrics_page_open", port=metrics.serve(settings.metrics_host, settings.metrics_port))
    consumer = _consumer(worker)
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with redis, webhook:
        notifier = Notifier(consumer, Courier(settings, webhook, Ledger(redis), metrics, link), settings)
        consumer.subscribe([Topic.ENCOUNTER_ALERTS], listener=notifier)
        await _start(consumer, worker.bootstrap)
        chain = Chain(redis, consumer.topics, notifier.idle_s, worker.partitions, settings.heartbeat_silent_after_s)
        try:
            async with _beating(None if pulse is None else Heart(chain, pulse, settings, metrics)):
                await notifier.run(stop)
        finally:
            await consumer.stop()


@asynccontextmanager
async def _beating(heart: Heart | None) -> AsyncIterator[None]:
    """Heartbeats while the body runs; a heart that fails says nothing any more, and that is what it is for."""
    task = None if heart is None else asyncio.create_task(heart.run())
    try:
        yield
    finally:
        if task is not None:
            await end([task])


def group_of(worker: WorkerSettings) -> str:
    """The consumer group of the notifiers of an installation."""
    return f"{worker.app_id}-notify"


def _consumer(worker: WorkerSettings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=worker.bootstrap,
        group_id=group_of(worker),
        enable_auto_commit=False,
        # A group that has committed nothing has delivered nothing.
        auto_offset_reset="earliest",
        session_timeout_ms=int(worker.session_timeout * 1000),
        heartbeat_interval_ms=int(worker.heartbeat_interval * 1000),
        metadata_max_age_ms=_METADATA_MS,
        max_partition_fetch_bytes=worker.max_record_bytes,
    )


async def _start(consumer: AIOKafkaConsumer, bootstrap: str) -> None:
    try:
        await consumer.start()
    except (KafkaConnectionError, OSError):
        await consumer.stop()
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise BrokerError(message) from None


def run(
    settings: NotifierSettings,
    worker: WorkerSettings,
    webhook: Webhook,
    link: Callable[[str, str], str],
    pulse: Webhook | None = None,
) -> int:
    """Deliver until told to stop; returns the exit code.

    0: stopped as told. 1: crashed. 2: told something impossible, said in one sentence on stderr.
    """
    configure_logging(worker.log_level)
    # Its hooks would count and log retries of their own.
    stamina.instrumentation.set_on_retry_hooks([])
    try:
        asyncio.run(notify(settings, worker, webhook, link, pulse))
    except (BrokerError, OSError) as error:
        sys.stderr.write(f"timezero notify: {error}\n")
        return 2
    except KafkaError as error:
        _log.error("crashed", error=type(error).__name__)
        return 1
    return 0
