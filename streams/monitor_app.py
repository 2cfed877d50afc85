"""The Faust application: no web server, quick to notice a dead worker, and commits only what is done.

Some of Faust's internals are replaced. Its consumer acknowledges a message that a stream skips
while partitions are being reassigned, and can pass one in flight (faust-streaming issue 606);
here the committed offset is the one that every stage has finished, and nothing else. A table can
be written outside of a stream's iteration, so that a batch is one write, whose arrival in the
changelog can be awaited. Recovery asks a fetch, not the broker's list, where a changelog ends. And
streams are fetched only once the flow has resumed: Faust resumes them earlier, and clears its
queues in between.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import faust
from faust.tables import Table
from faust.transport.drivers import aiokafka as driver

from streams.topic_layout import layout
from streams.topic_reader import ends, topic_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping

    from faust.types import TP

    from streams.worker_settings import WorkerSettings


class FinishedOffsets:
    """How far every stage that reads a topic has come; what all have finished may be committed."""

    def __init__(self) -> None:
        """Know no stage."""
        self._stages: dict[str, set[str]] = defaultdict(set)
        self._finished: dict[TP, dict[str, int]] = defaultdict(dict)

    def register(self, stage: str, topics: tuple[str, ...]) -> None:
        """Expect `stage` to finish every record of `topics`."""
        for topic in topics:
            self._stages[topic].add(stage)

    def finish(self, stage: str, tp: TP, offset: int) -> None:
        """Say that `stage` is done with everything up to and including `offset`."""
        finished = self._finished[tp]
        finished[stage] = max(finished.get(stage, 0), offset + 1)

    def committable(self, tp: TP) -> int | None:
        """The next offset to read; None until every stage has finished something."""
        finished = self._finished.get(tp, {})
        if not finished or finished.keys() != self._stages[tp.topic]:
            return None
        return min(finished.values())

    def partitions(self) -> list[TP]:
        """Every partition with something finished."""
        return list(self._finished)

    def forget(self) -> None:
        """Partitions are being handed out anew: start again from what was committed."""
        self._finished.clear()


class FinishedConsumer(driver.Consumer):
    """Commits what the stages have finished, whatever Faust's streams acknowledge."""

    app: MonitorApp

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Withhold nothing yet."""
        super().__init__(*arguments, **named)
        self._withheld: set[TP] = set()

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's
        # Faust hands over the very set that it empties when it pauses, and an empty one means every
        # partition to aiokafka: records would be fetched, left out as paused, and never come again.
        wanted = None if active_partitions is None else set(active_partitions)
        return await super()._getmany(active_partitions=wanted, timeout=timeout)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Stop fetching from these partitions."""
        self._withheld.difference_update(tps)
        super().pause_partitions(tps)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Fetch from these partitions: changelogs at once, streams only when the flow resumes."""
        changelogs = {tp for tp in tps if self._is_changelog_tp(tp)}
        self._withheld |= set(tps) - changelogs
        super().resume_partitions(changelogs)

    def resume_flow(self) -> None:
        """Let records through, and fetch from the streams withheld until now."""
        super().resume_flow()
        super().resume_partitions(self._withheld)
        self._withheld = set()

    def ack(self, message: Any) -> bool:
        """Forget the message; it counts as done only when its stage says so."""
        self._unacked_messages.discard(message)
        return False

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Where the changelogs end: recovery must not stop before, and not every broker's list tells it."""
        async with topic_reader(self.app.bootstrap) as reader:
            found = await ends(reader, partitions)
        return {tp: found[tp] for tp in partitions}

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        finished = self.app.finished.partitions()
        return (tp for tp in finished if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        committable: int | None = self.app.finished.committable(tp)
        return committable


class FinishedTransport(driver.Transport):
    """Kafka by aiokafka, with our consumer."""

    Consumer = FinishedConsumer


class KeyedBytes(Table[bytes, bytes]):
    """A changelogged store of bytes by key, written a batch at a time."""

    def stored(self, key: bytes) -> bytes | None:
        """What is stored under `key`."""
        value: bytes | None = self.data.get(key)
        return value

    async def write(self, partition: int, changes: Mapping[bytes, bytes | None]) -> None:
        """Store every change (None deletes), once the changelog has acknowledged it.

        Raises:
            Exception: the client's, where the changelog did not take a change; then none is stored here.
        """
        sent = [self.send_changelog(partition, key, value, value_serializer="raw") for key, value in changes.items()]
        await asyncio.gather(*sent)
        for key, value in changes.items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value


class MonitorApp(faust.App):
    """One worker's Faust application."""

    bootstrap: str
    finished: FinishedOffsets
    taken_over: bool = False
    """Whether partitions have been handed over with their tables at least once."""
    before_stop: Callable[[], Coroutine[Any, Any, None]]
    """Ends what is under way; called before the consumer says goodbye."""

    def _new_transport(self) -> FinishedTransport:
        return FinishedTransport(self.conf.broker_consumer, self)

    async def on_stop(self) -> None:
        """Finish the batches under way, so that the last commit has them."""
        await self.before_stop()
        await super().on_stop()

    def committed(self, tp: TP) -> int:
        """The next offset to read after a restart; 0 where nothing was committed."""
        consumer: Any = self.consumer
        return consumer._committed_offset.get(tp) or 0  # noqa: SLF001 - Faust keeps it there and nowhere else

    def recovering(self) -> dict[TP, tuple[int, int]]:
        """How far the tables' changelogs have been read, and to where, while they are."""
        if not self.in_recovery:
            return {}
        tables: Any = self.tables
        read, ends_at = tables.recovery.active_offsets, tables.recovery.active_highwaters
        return {tp: ((read[tp] or 0) + 1, (end or 0) + 1) for tp, end in ends_at.items()}

    def keyed_bytes(self, name: str) -> KeyedBytes:
        """Add a table of bytes."""
        table = KeyedBytes(
            self,
            name=name,
            partitions=self.conf.topic_partitions,
            key_type=bytes,
            value_type=bytes,
        )
        self.tables.add(table)
        return table


def build_app(settings: WorkerSettings) -> MonitorApp:
    """Configure Faust: see the module for what differs from its defaults, and why."""
    app = MonitorApp(
        settings.app_id,
        broker=[f"kafka://{server.strip()}" for server in settings.bootstrap.split(",")],
        store="memory://",
        datadir=settings.datadir,
        autodiscover=False,
        web_enabled=False,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication_factor,
        topic_disable_leader=True,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.heartbeat_interval,
        broker_rebalance_timeout=settings.rebalance_timeout,
        broker_commit_interval=settings.commit_interval,
        broker_max_poll_records=settings.batch_records,
        stream_recovery_delay=0,
        stream_wait_empty=False,
        producer_acks=-1,
        producer_max_request_size=settings.max_record_bytes,
        worker_redirect_stdouts=False,
        loghandlers=[],
    )
    app.bootstrap = settings.bootstrap
    app.finished = FinishedOffsets()
    return app


def raw_topic(app: MonitorApp, settings: WorkerSettings, *names: str) -> Any:
    """Topics whose keys and values stay the bytes they are."""
    known = {topic.name for topic in layout(settings)}
    if not known.issuperset(names):
        message = f"not in the layout: {', '.join(sorted(set(names) - known))}"
        raise ValueError(message)
    return app.topic(
        *names,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        partitions=settings.partitions,
        internal=False,
    )
