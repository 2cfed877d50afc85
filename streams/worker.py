"""The worker: ingest, owner, ticker, aggregates and projection in one process, until told to stop."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

from faust.types import TP
from redis.asyncio import Redis

from schemas.topics import RAW_TOPICS, Topic
from streams.batched.outgoing import partition_of
from streams.batched.process import work
from streams.batched.side_by_side import SideBySide
from streams.batched.time_order import TimeOrder
from streams.clock import Clock, wall_clock
from streams.engine import ScoringEngine
from streams.monitor_app import build_app
from streams.outbox import Outbox
from streams.owner import Owner
from streams.read_model_publisher import ReadModelPublisher, publish_for_ever
from streams.records import as_records
from streams.redis_projection import RedisProjection
from streams.redis_rebuild import PROJECTED_TOPICS
from streams.rejection_cap import RejectionCap
from streams.said_acts import SaidActs
from streams.site_measures import read_site
from streams.stage_handlers import AggregatesStage, IngestStage, OwnerStage, ProjectionStage
from streams.ticker import Ticker
from streams.topic_layout import CONTRIBUTIONS_TABLE, COUNTS_TABLE, STATE_TABLE, BrokerError, create_topics
from streams.under_way import BatchesUnderWay
from streams.wake_ups import WakeUps
from streams.watchdog import Watchdog
from streams.worker_log import WorkerLog, configure_logging
from streams.worker_metrics import WorkerMetrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.source_profile import SourceProfiles
    from streams.batched.fetched import Fetched
    from streams.batched.stage import Stage
    from streams.engine import Engine
    from streams.under_way import Handler
    from streams.worker_settings import WorkerSettings

EXIT_INPUT_ERROR = 2
_REDIS_SECONDS = 5
_HEADROOM_BYTES = 4096
"""A record is larger than its value by its key and Kafka's framing."""
_SWITCHES_AFTER = 0.001
"""Seconds that a thread holds the interpreter at most while another waits for it; Python has five times that."""
_FULL_COLLECTION_AFTER = 1000
"""Collections of Python's middle generation until one of everything; of itself it is ten, every few seconds."""
_OF_THE_LOG = 20
"""A batch of the log is as large as so many others, so that what is done once for all events of a patient is done
seldom. It is concluded in time by its handler."""
_log = WorkerLog("worker")


class Worker:
    """The parts of one worker process, put together."""

    def __init__(self, settings: WorkerSettings, engine: Engine, profiles: SourceProfiles) -> None:
        """Build every part; nothing runs and nothing is connected yet. Feeds are read by `profiles`."""
        self.settings = settings
        self.app = build_app(settings)
        self.clock = Clock(settings.clock)
        self.metrics = WorkerMetrics()
        self.redis: Redis = Redis.from_url(
            settings.redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        )
        self.outbox = Outbox(self.app.producer_of_batches, self.metrics.rejected)
        self.wake_ups = WakeUps()
        self.ticker = Ticker(self.clock, self.wake_ups, self.outbox, self.metrics.ticked)
        self.said_acts = SaidActs(self.redis, self.outbox)
        self.under_way = BatchesUnderWay()
        self.cap = RejectionCap(settings, self.redis, self.metrics)
        self._order = TimeOrder(settings.batch_records, lambda: int(wall_clock().timestamp() * 1000))
        self._build_handlers(engine, profiles)
        self._build_stages()
        self.publisher = ReadModelPublisher(self.redis)
        topics = {topic for stage in self.app.stages for topic in stage.topics}
        self.watchdog = Watchdog(self.app, topics, self.under_way, self.cap, self.metrics, settings)
        self._watching: asyncio.Task[None] | None = None
        self._words = engine.words()
        self._follow_the_app()

    def _build_handlers(self, engine: Engine, profiles: SourceProfiles) -> None:
        settings, app = self.settings, self.app
        states = app.keyed_bytes(STATE_TABLE)
        limit = settings.max_record_bytes - _HEADROOM_BYTES
        owner = Owner(engine, states.stored.get, limit, settings.decoded_bytes)
        self.ingest = IngestStage(
            self.clock,
            self.outbox,
            SideBySide(self._order, self.outbox.send),
            app.keyed_bytes(COUNTS_TABLE),
            self.metrics,
            self.cap,
            settings.max_message_bytes,
            profiles,
        )
        self.owner = OwnerStage(owner, states, self.outbox, self.wake_ups, self.metrics, self.cap, self._hurries)
        self.aggregates = AggregatesStage(self.clock, app.keyed_bytes(CONTRIBUTIONS_TABLE))
        self.projection = ProjectionStage(
            RedisProjection(self.redis),
            settings.bootstrap,
            lambda topic, partition: app.committed(TP(topic, partition)),
            lambda: self.under_way.move_on(PROJECTED_TOPICS),
        )

    def _build_stages(self) -> None:
        # One a topic: what is held, or fails, in one feed holds up no other. A backlog is read as it happened.
        order = self._order
        for topic in RAW_TOPICS:
            self._stage(f"ingest-{topic}", topic, self.ingest.handle, order=order)
        self._owning = self._stage("owner", Topic.ENCOUNTER_EVENTS, self.owner.handle, batches=_OF_THE_LOG, after=order)
        self._stage("aggregates", Topic.CASES, self.aggregates.handle)
        self._stage("project-cases", Topic.CASES, self.projection.handle)
        self._stage("project-alerts", Topic.ENCOUNTER_ALERTS, self.projection.handle)
        self._stage("project-beliefs", Topic.ENCOUNTER_BELIEFS, self.projection.handle)

    def _stage(
        self,
        name: str,
        topic: Topic,
        handler: Handler,
        *,
        batches: int = 1,
        order: TimeOrder | None = None,
        after: TimeOrder | None = None,
    ) -> Stage:
        noted = self.under_way.noted(name, (str(topic),), handler)

        async def handle(fetched: Sequence[Fetched]) -> int | None:
            return await noted(as_records(fetched))

        return self.app.stage(
            name,
            (topic,),
            handle,
            batch_records=batches * self.settings.batch_records,
            on_finished=self.metrics.finished,
            on_failed=self.metrics.failed,
            order=order,
            after=after,
        )

    def _hurries(self) -> bool:
        return self._owning.hurries

    def _follow_the_app(self) -> None:
        self.app.on_put_down = self._put_down
        self.app.on_taken_over = self._take_over
        self.app.on_closing = self._stop_watching
        self.app.task()(self.ticker.run)
        self.app.task()(self.said_acts.run)
        self.app.task()(self._publish)

    def _put_down(self) -> None:
        self.owner.put_down()
        self.under_way.forget()
        self.cap.forget()

    def _take_over(self) -> None:
        partitions = self.partitions()
        waiting = self.owner.take_over(lambda key: self.partition_of(key) in partitions)
        self.aggregates.take_over(self.partition_of, partitions)
        _log.info("partitions_taken_over", partitions=partitions, keys=waiting, records=self.owner.states())

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Watch over the worker's progress from before its first step until its end."""
        self._watching = loop.create_task(self.watchdog.run())

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    def partitions(self) -> list[int]:
        """Partitions whose patients this worker owns; those of every other topic go with them."""
        return sorted(tp.partition for tp in self.app.consumer.assignment() if tp.topic == Topic.ENCOUNTER_EVENTS)

    def partition_of(self, key: bytes) -> int:
        """Where a key stands, in every topic: as Kafka's own clients place it."""
        return partition_of(key, self.settings.partitions)

    async def _publish(self) -> None:
        await publish_for_ever(self.publish, self.settings.publish_interval)

    async def publish(self) -> None:
        """Write to Redis what it shows beside cases and alerts; restore what it has lost."""
        if self.watchdog.health is not None:
            await self.publisher.put_health(self.watchdog.health)
        await self.publisher.put_clock(self.clock.engine, self.ticker.passed_at)
        await self.publisher.put_measures(self._words)
        partitions = self.partitions()
        await self.publisher.put_rates(self.aggregates.rates())
        await self.publisher.put_feeds(self.ingest.counts(partitions))
        for topic in PROJECTED_TOPICS:
            await self.projection.restore_missing(topic, partitions)


def run(settings: WorkerSettings, engine: Engine | None = None) -> int:
    """Work until SIGTERM or SIGINT, then finish what is under way; returns the exit code.

    0: stopped as told. 1: crashed, or stood still and ended itself. 2: told something impossible, said in one
    sentence on stderr.
    """
    configure_logging(settings.log_level)
    try:
        settings.datadir.mkdir(parents=True, exist_ok=True)
        site = read_site(settings.measures_dir).rules
        engine = engine or ScoringEngine(settings.measures, site)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(create_topics(settings))
        worker = Worker(settings, engine, site.profiles)
        if settings.metrics_port is not None:
            worker.metrics.serve(settings.metrics_host, settings.metrics_port)
    except (BrokerError, ValueError, OSError) as error:
        sys.stderr.write(f"timezero worker: {error}\n")
        return EXIT_INPUT_ERROR
    # What is loaded now stays: looking through it again and again took most of the time of reading a large message.
    gc.freeze()
    # States make no cycles (a test), and to look through some hundred patients stops all for a quarter of a second.
    gc.set_threshold(*gc.get_threshold()[:2], _FULL_COLLECTION_AFTER)
    # The client's thread asks for the interpreter several times a fetch, and would wait for it as long each time.
    sys.setswitchinterval(_SWITCHES_AFTER)
    worker.watch(loop)
    try:
        return work(worker.app, loop)
    finally:
        worker.watchdog.stop()
