"""The consumer under Faust: hands over what was fetched, withholds what is too much, commits what is done.

Some of Faust's internals are replaced; docs/decisions/0014 gives the reason for each.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError, IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.batched.continuity import Arrival, Continuity
from streams.batched.keyed_bytes import KeyedBytes
from streams.batched.partition_ends import ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from streams.batched.app import BatchedApp
    from streams.batched.fetched import Fetched

_FETCH_SECONDS = 1.0
_FETCHES_APART = 0.03
"""Seconds from the begin of a fetch that brought few to the next: under load a message comes every millisecond, and to
fetch one takes more than to judge it."""
_FEW = 100
"""Records; what brings more is a backlog, or a changelog that is restored."""
_LOOK_AGAIN_AFTER = 0.1
"""Seconds a fetch is put off at most while partitions are withheld, and nothing came of the others."""
_POSITION_SECONDS = 0.5
"""A position that is known is told at once."""
_FETCH_WAIT_MS = 50
"""A fetch that waits longer holds up every question behind it on the same connection."""
_NO_PARTITION = TP("", 0)
"""To aiokafka an empty set means every partition; one that does not exist means none."""


class PromptThread(driver.AIOKafkaConsumerThread):
    """The thread of the client; no fetch of it waits long for records.

    A fetch that waits asks for the partitions that could be read when it was sent. Others, resumed
    or emptied since, wait behind it, and so does every question to the same broker.
    """

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        client = super()._create_worker_consumer(transport)
        client._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001 - Faust writes its 1,500 ms into the call
        return client


class BatchedConsumer(driver.Consumer):
    """Hands each partition's fetched records over as one message, and commits what the stages have finished."""

    app: BatchedApp

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Withhold nothing yet."""
        super().__init__(*arguments, **named)
        self._until_flow: set[TP] = set()
        self._changelogs: Continuity[TP] = Continuity()

    def _new_consumer_thread(self) -> PromptThread:
        return PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not (self.should_stop or fetcher.should_stop):
                began_at = loop.time()
                count = await self._drain_once()
                await asyncio.sleep(began_at + _FETCHES_APART - loop.time() if count < _FEW else 0)
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _drain_once(self) -> int:
        """Fetch, and hand over what came; how many records came."""
        generation = self.app.consumer_generation_id
        fetched, active = await self._wait_next_records(_FETCH_SECONDS)
        await asyncio.sleep(0)
        left: dict[TP, Sequence[Fetched]] = {TP(*tp): list(records) for tp, records in (fetched or {}).items()}
        count = sum(map(len, left.values()))
        if not left:
            return count
        # Broken off where the flow is stopped meanwhile: whoever takes what is handed over may take long.
        await self.wait_first(self._hand_over_all(left, active, generation), self.suspend_flow.wait())
        if left and not self.should_stop:
            await self._put_back(left)
        return count

    async def _hand_over_all(self, left: dict[TP, Sequence[Fetched]], active: set[TP] | None, generation: int) -> None:
        """Hand over what may be, partition by partition, each gone from `left` when it begins."""
        for tp in list(left):
            flows = self.flow_active and not self.should_stop and generation == self.app.consumer_generation_id
            if flows and (active is None or tp in active or tp in self._buffered_partitions):
                await self._hand_over(tp, left.pop(tp))

    async def _put_back(self, left: Mapping[TP, Sequence[Fetched]]) -> None:
        """Read again what was fetched and is left, because partitions were handed out anew meanwhile.

        A fetch that was under way then may have been answered after the partitions were sent to where
        they are to be read from: the client believes that its records were taken.
        """
        put_back = asyncio.run_coroutine_threadsafe(self._seek_back(left), self._thread.thread_loop)
        await asyncio.wrap_future(put_back)

    async def _seek_back(self, left: Mapping[TP, Sequence[Fetched]]) -> None:
        """In the client's own thread: where it stands after these records, send it back before them."""
        client = self._thread._ensure_consumer()  # noqa: SLF001 - nobody else can ask
        for tp, records in left.items():
            # One that is not ours any more, or has no place yet, was sent elsewhere.
            with suppress(IllegalStateError, asyncio.TimeoutError):
                if await asyncio.wait_for(client.position(tp), _POSITION_SECONDS) == records[-1].offset + 1:
                    client.seek(tp, records[0].offset)

    async def _hand_over(self, tp: TP, records: Sequence[Fetched]) -> None:
        if self._is_changelog_tp(tp):
            await self._restore(tp, records)
            return
        message: Any = self._to_message(tp, records[-1])
        message.key, message.value = None, records
        self.app.backlog.hand(tp, records)
        await self.callback(message)

    async def _restore(self, tp: TP, records: Sequence[Fetched]) -> None:
        """Into a table of ours at once; Faust's recovery is told of the last record, by which it counts."""
        tables: Any = self.app.tables
        table = tables._changelogs.get(tp.topic)  # noqa: SLF001 - as Faust's own recovery does
        arrival, fresh = self._changelogs.arrive(tp, records, records[0].offset)
        if arrival is Arrival.HOLE:
            await self.seek(tp, self._changelogs.expected(tp))
        if not fresh:
            return
        if isinstance(table, KeyedBytes):
            table.restore(tp.partition, fresh)
            fresh = fresh[-1:]
        for record in fresh:
            await self.callback(self._to_message(tp, record))

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's
        """Fetch from the partitions that are not full.

        What is withheld stays in the client, which asks the broker for no more of it meanwhile.
        """
        # Faust hands over the very set that it empties when it pauses: a fetch needs one of its own.
        active = set(active_partitions or ())
        moved = self.app.finished.moved
        moved.clear()
        wanted = {tp for tp in active if not self._is_full(tp)}
        if wanted == active:
            return await super()._getmany(active_partitions=wanted or {_NO_PARTITION}, timeout=timeout)
        fetched = await super()._getmany(active_partitions=wanted or {_NO_PARTITION}, timeout=0)
        if not fetched:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(moved.wait(), _LOOK_AGAIN_AFTER)
        return fetched

    def _is_full(self, tp: TP) -> bool:
        finished = self.app.finished.committable(tp)
        if finished is not None:
            self.app.backlog.finish(tp, finished)
        return self.app.backlog.is_full(tp)

    async def seek(self, partition: TP, offset: int) -> None:
        """Read a partition from `offset` on."""
        self.app.backlog.forget_partition(partition)
        await super().seek(partition, offset)

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Read changelogs from these offsets on."""
        for tp, offset in partitions.items():
            self._changelogs.begin(tp, offset)
        await super().seek_wait(partitions)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        """Stop fetching from these partitions."""
        self._until_flow.difference_update(tps)
        super().pause_partitions(tps)

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Fetch from these partitions: changelogs at once, streams only when the flow resumes."""
        changelogs = {tp for tp in tps if self._is_changelog_tp(tp)}
        self._until_flow |= set(tps) - changelogs
        super().resume_partitions(changelogs)

    def resume_flow(self) -> None:
        """Let records through, and fetch from the streams withheld until now."""
        super().resume_flow()
        super().resume_partitions(self._until_flow)
        self._until_flow = set()

    def ack(self, message: Any) -> bool:
        """Forget the message; it counts as done only when its stage says so."""
        self._unacked_messages.discard(message)
        return False

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        finished = self.app.finished.partitions()
        return (tp for tp in finished if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self.app.finished.committable(tp)

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Where the changelogs end: recovery must not stop before, and not every broker's list tells it."""
        reader = self._reader()
        await reader.start()
        try:
            found = await ends(reader, partitions)
        finally:
            await reader.stop()
        return {tp: found[tp] for tp in partitions}

    def _reader(self) -> AIOKafkaConsumer:
        """A consumer outside of the group, on the same brokers."""
        conf = self.app.conf
        transport: Any = self.transport
        return AIOKafkaConsumer(
            bootstrap_servers=driver.server_list(transport.url, transport.default_port),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            **driver.credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
        )

    def committed(self, tp: TP) -> int:
        """The next offset to read after a restart; 0 where nothing was committed."""
        return self._committed_offset.get(tp) or 0

    def has_more(self, tp: TP) -> bool:
        """Whether the broker is known to have records of a partition that were not fetched yet."""
        subscription = self._thread._ensure_consumer()._subscription.subscription  # noqa: SLF001 - nobody else knows
        assignment = subscription and subscription.assignment
        state = assignment and assignment.state_value(tp)
        # Each is read once: the client's own thread may change them meanwhile.
        position, highwater = (state._position, state.highwater) if state else (None, None)  # noqa: SLF001
        return position is not None and highwater is not None and bool(position < highwater)

    async def is_member(self) -> bool:
        """Ask the group's coordinator now whether it counts us in, with the partitions that we have."""
        asked = asyncio.run_coroutine_threadsafe(self._ask_coordinator(), self._thread.thread_loop)
        return await asyncio.wrap_future(asked)

    async def _ask_coordinator(self) -> bool:
        coordinator = self._thread._ensure_consumer()._coordinator  # noqa: SLF001 - nobody else can ask
        known = self.app.consumer_generation_id
        if not coordinator.member_id or coordinator.generation != known:
            return False
        return bool(await coordinator._do_heartbeat()) and coordinator.generation == known  # noqa: SLF001


class BatchedTransport(driver.Transport):
    """Kafka by aiokafka, with our consumer."""

    Consumer = BatchedConsumer
