"""A changelogged store of bytes by key, written and restored a batch at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiokafka.errors import MessageSizeTooLargeError
from faust.tables import Table

from streams.batched.outgoing import Outgoing
from streams.batched.producer_epochs import EpochOverError
from streams.batched.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from faust.types import TP

    from streams.batched.app import BatchedApp
    from streams.batched.batch_producer import OnWritten
    from streams.batched.fetched import Fetched


class KeyedBytes(Table[bytes, bytes]):
    """A Faust table in memory, whose changelog tells the partition of each key."""

    app: BatchedApp

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Store nothing yet."""
        super().__init__(*arguments, **named)
        self._standing = Standing()
        self._certain: set[bytes] = set()
        """Keys of which we wrote what is stored since partitions were handed out last: nobody else can have since."""

    @property
    def stored(self) -> Mapping[bytes, bytes]:
        """What is stored; not to be changed but by `write`."""
        store: Any = self.data
        stored: Mapping[bytes, bytes] = store.data
        return stored

    async def write(self, changes: Mapping[int, Mapping[bytes, bytes | None]]) -> None:
        """Store every change (None deletes), by partition, once the changelog has acknowledged it.

        What is stored already, byte for byte, is not written again, once we wrote it since the partition is ours: what
        a former owner had sent may stand in the changelog since it was read.

        Raises:
            MessageSizeTooLargeError: the changelog takes no value as large as one of these.
            Exception: the client's, where the changelog did not take a change. Then none of that partition is stored
                here; those of the others are, if the changelog took them.
        """
        parts = (self._write(partition, changed) for partition, changed in changes.items())
        for answer in await asyncio.gather(*parts, return_exceptions=True):
            if answer is not None:
                raise answer

    async def _write(self, partition: int, changes: Mapping[bytes, bytes | None]) -> None:
        stored, topic = self.stored, self.changelog_topic_name
        changed = {key: value for key, value in changes.items() if key not in self._certain or stored.get(key) != value}
        self._certain.difference_update(changed)
        sent = [Outgoing(topic, key, value, partition) for key, value in changed.items()]
        spans: list[tuple[int, int]] = []
        if await self._send(sent, (topic, partition), lambda first, last: spans.append((first, last))):
            message = f"a value is larger than the changelog of table {self.name} takes: raise its `max.message.bytes`."
            raise MessageSizeTooLargeError(message)
        for key, value in changed.items():
            self._put(partition, key, value)
        self._certain.update(changed)
        for first, last in spans:
            self._standing.wrote(partition, first, last)

    async def _send(self, sent: list[Outgoing], owned: tuple[str, int], on_written: OnWritten) -> list[Outgoing]:
        """Send; once more where somebody else's sending for the partition failed before ours began."""
        producer = self.app.producer_of_batches
        try:
            return await producer.send(sent, on_written, owned)
        except EpochOverError:
            return await producer.send(sent, on_written, owned)

    def restore(self, partition: int, records: Sequence[Fetched]) -> None:
        """Take over what the changelog tells, in its order."""
        for record in records:
            if record.key is not None:
                self._put(partition, record.key, record.value)
        self._standing.read(partition, records[-1].offset)

    def persisted_offset(self, tp: TP) -> int | None:
        """The last offset of the changelog that need not be read again; None: all of it must be."""
        return self._standing.at(tp.partition)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Forget the keys of partitions that are neither ours nor read along, and what we were certain of."""
        self._certain.clear()
        kept = active_tps | standby_tps
        self._standing.keep({partition for _, partition in kept})
        await super().on_recovery_completed(kept, standby_tps)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Nothing: what Faust applies by this was restored when it was fetched."""

    @property
    def changelog_topic_name(self) -> str:
        """The name of the changelog topic."""
        name: str = self.changelog_topic.get_topic_name()
        return name

    def _put(self, partition: int, key: bytes, value: bytes | None) -> None:
        store: Any = self.data
        if value is None:
            store.data.pop(key, None)
            store._key_partition.pop(key, None)  # noqa: SLF001 - by it Faust forgets the keys of partitions that went
        else:
            store.data[key] = value
            store._key_partition[key] = partition  # noqa: SLF001
