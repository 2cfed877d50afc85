"""The Faust application of batches: no web server, quick to notice a dead worker, commits only what is done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import faust

from streams.batched.backlog import Backlog
from streams.batched.batch_producer import BatchProducer
from streams.batched.consumer import BatchedTransport
from streams.batched.fetched import FetchedSchema
from streams.batched.finished_offsets import FinishedOffsets
from streams.batched.keyed_bytes import KeyedBytes
from streams.batched.membership import TRUSTED_FOR, Membership
from streams.batched.produce_requests import ProduceRequests
from streams.batched.producer_epochs import ProducerEpochs
from streams.batched.stage import Stage
from streams.batched.task_end import end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from faust.types import TP

    from streams.batched.consumer import BatchedConsumer
    from streams.batched.fetched import Fetched
    from streams.batched.stage import Handler
    from streams.batched.time_order import TimeOrder

MEBIBYTE = 1024 * 1024
_OPTIONS: dict[str, Any] = {
    "store": "memory://",
    "autodiscover": False,
    "web_enabled": False,
    "topic_disable_leader": True,
    "table_standby_replicas": 0,
    "stream_recovery_delay": 0,
    "stream_wait_empty": False,
    "producer_acks": -1,
    "producer_max_batch_size": MEBIBYTE // 2,
    "producer_request_timeout": 30,
    "worker_redirect_stdouts": False,
    "loghandlers": [],
}


class BatchedApp(faust.App):
    """One worker of a group."""

    def __init__(
        self,
        app_id: str,
        bootstrap: str,
        *,
        most_waiting_records: int = 10_000,
        most_waiting_bytes: int = 8 * MEBIBYTE,
        **options: Any,
    ) -> None:
        """Work in the group `app_id` on the brokers `bootstrap` (`host:port`, several joined by commas).

        A partition with `most_waiting_records`, or a batch of its stage if that is more, or `most_waiting_bytes`
        handed over and not finished is not fetched from. `options` are Faust's settings.
        """
        brokers = [f"kafka://{server.strip()}" for server in bootstrap.split(",")]
        super().__init__(app_id, broker=brokers, **(_OPTIONS | options))
        self.finished = FinishedOffsets()
        self.backlog = Backlog(most_waiting_records, most_waiting_bytes)
        self.membership = Membership(self._is_member, self.conf.broker_session_timeout)
        self._requests: ProduceRequests | None = None
        self._epochs = ProducerEpochs(app_id, self._client)
        self.producer_of_batches = BatchProducer(
            self._client, self.membership.confirm, self.conf.producer_max_request_size, self._epochs
        )
        self.stages: list[Stage] = []
        self.taken_over = False
        """Whether partitions have been handed over with their tables at least once."""
        self.on_closing: Callable[[], None] = lambda: None
        """Called when the application begins to stop, before its last batches are finished."""
        self.on_put_down: Callable[[], None] = lambda: None
        """Called when partitions are taken away, after every batch under way was finished or broken off."""
        self.on_taken_over: Callable[[], None] = lambda: None
        """Called when partitions were given and every table was restored, before the first record comes."""
        self.on_partitions_revoked.connect(self._put_down)
        self.on_rebalance_complete.connect(self._take_over)

    def stage(
        self,
        name: str,
        topics: Sequence[str],
        handler: Handler,
        *,
        batch_records: int = 10_000,
        on_finished: Callable[[str, Sequence[Fetched]], None] = lambda _stage, _records: None,
        on_failed: Callable[[str, Exception], None] = lambda _stage, _error: None,
        order: TimeOrder | None = None,
        after: TimeOrder | None = None,
    ) -> Stage:
        """Have the records of `topics` handled in batches of at most `batch_records`.

        `order`: with other stages, in about the order of time. `after`: a backlog that waits there is taken first.

        What `handler` has sent and stored is acknowledged when it returns; only then is a batch
        finished, or as many of its records as it returns. Keys and values stay the bytes they are.
        """
        names = tuple(map(str, topics))
        stage = Stage(
            self,
            name,
            names,
            handler,
            batch_records=batch_records,
            on_finished=on_finished,
            on_failed=on_failed,
            order=order,
            after=after,
        )
        self.backlog.let_wait(names, batch_records)
        topic = self.topic(*names, schema=FetchedSchema(), internal=False)
        self.agent(topic, name=name, concurrency=1)(stage.feed)
        self.task()(stage.run)
        self.stages.append(stage)
        return stage

    def keyed_bytes(self, name: str) -> KeyedBytes:
        """Add a table of bytes."""
        table = KeyedBytes(self, name=name, partitions=self.conf.topic_partitions, key_type=bytes, value_type=bytes)
        self.tables.add(table)
        return table

    def committed(self, tp: TP) -> int:
        """The next offset to read after a restart; 0 where nothing was committed."""
        return self._consumer_of_batches().committed(tp)

    def has_more(self, tp: TP) -> bool:
        """Whether the broker is known to have records of a partition that were not fetched yet."""
        return self._consumer_of_batches().has_more(tp)

    def recovering(self) -> dict[TP, tuple[int, int]]:
        """How far the tables' changelogs have been read, and to where, while they are."""
        if not self.in_recovery:
            return {}
        tables: Any = self.tables
        read, ends_at = tables.recovery.active_offsets, tables.recovery.active_highwaters
        return {tp: ((read[tp] or 0) + 1, (end or 0) + 1) for tp, end in ends_at.items()}

    async def on_stop(self) -> None:
        """Finish the batches under way, so that the last commit has them."""
        self.on_closing()
        await asyncio.gather(*(stage.close() for stage in self.stages))
        await super().on_stop()

    async def _stop_futures(self) -> None:
        """End the tasks; Faust tells each once, and waits for as long as it takes."""
        await end(tuple(self._futures))
        await super()._stop_futures()

    def _new_transport(self) -> BatchedTransport:
        return BatchedTransport(self.conf.broker_consumer, self)

    def _consumer_of_batches(self) -> BatchedConsumer:
        return cast("BatchedConsumer", self.consumer)

    async def _is_member(self) -> bool:
        return await self._consumer_of_batches().is_member()

    async def _client(self) -> ProduceRequests:
        producer: Any = await self.maybe_start_producer()
        client = producer._ensure_producer()  # noqa: SLF001 - Faust's own sends records one by one
        if self._requests is None or self._requests.producer is not client:
            self._requests = ProduceRequests(client, self.conf.broker_session_timeout * TRUSTED_FOR)
        return self._requests

    async def _put_down(self, *_: Any, **__: Any) -> None:
        await asyncio.gather(*(stage.put_down() for stage in self.stages))
        self.on_put_down()
        self.finished.forget()
        self.backlog.forget()
        self.membership.doubt()
        self._epochs.forget_all()

    async def _take_over(self, *_: Any, **__: Any) -> None:
        for stage in self.stages:
            stage.start_anew()
        self.on_taken_over()
        self.taken_over = True
