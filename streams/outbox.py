"""Sends records and returns only when the broker has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from schemas.rejection import Rejected
from schemas.topics import COMPACTED_TOPICS
from streams.batched.outgoing import last_of_each_key
from streams.records import as_outgoing, rejection
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streams.batched.outgoing import Outgoing

TOO_LARGE = "too_large"
_log = WorkerLog("outbox")


class Producer(Protocol):
    """What the outbox sends by; see `streams.batched.batch_producer`."""

    async def send(self, outgoing: Sequence[Outgoing], *, owned: tuple[str, int] | None) -> list[Outgoing]:
        """Send all, wait for the broker, and return what is too large; `owned`: the partition it is sent for."""


class Outbox:
    """Sends to the broker, in order within a partition."""

    def __init__(self, producer: Producer, on_rejected: Callable[[str], None]) -> None:
        """Send by `producer`; tell `on_rejected` the reason of what cannot be sent."""
        self._producer = producer
        self._on_rejected = on_rejected

    async def send_for(self, parts: Mapping[tuple[str, int], Sequence[Outgoing]]) -> None:
        """Send, as `send` does, what comes of partitions that we own, by topic and partition.

        Once a later owner of one has written, the broker takes nothing any more that was sent for it by us.
        """
        sendings = (self.send(part, owned) for owned, part in parts.items())
        for answer in await asyncio.gather(*sendings, return_exceptions=True):
            if answer is not None:
                raise answer

    async def send(self, outgoing: Sequence[Outgoing], owned: tuple[str, int] | None = None) -> None:
        """Send all of `outgoing`, and wait until the broker has acknowledged it.

        Of a compacted topic only the last record of each key is sent: nobody reads each of them. A record that is
        larger than the broker takes goes to `rejected.messages` instead, as its size and hash.

        Raises:
            Exception: the client's, where a record could not be delivered; some may have been.
        """
        too_large = await self._producer.send(last_of_each_key(outgoing, COMPACTED_TOPICS), owned=owned)
        if too_large:
            _log.error("record_too_large", topics=sorted({each.topic for each in too_large}), count=len(too_large))
            await self._producer.send(
                [as_outgoing(rejection(each, Rejected(TOO_LARGE), None, 0)) for each in too_large], owned=None
            )
            for _ in too_large:
                self._on_rejected(TOO_LARGE)
