"""Sends records and returns only when the broker has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError

from schemas.rejection import Rejected
from streams.records import as_outgoing, rejection
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.records import Outgoing

TOO_LARGE = "too_large"
_TOO_LARGE_ERRORS = (MessageSizeTooLargeError, RecordListTooLargeError)
_log = WorkerLog("outbox")


class Client(Protocol):
    """What the outbox asks of a Kafka client; aiokafka's producer is one."""

    async def send(self, topic: str, value: bytes | None, key: bytes | None) -> Awaitable[Any]:
        """Queue a record; the result resolves when the broker has it."""


class Outbox:
    """Sends to the broker, in order within a partition."""

    def __init__(self, client: Client, on_rejected: Callable[[str], None]) -> None:
        """Send by `client`; tell `on_rejected` the reason of what cannot be sent."""
        self._client = client
        self._on_rejected = on_rejected

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """Send all of `outgoing`, and wait until the broker has acknowledged each.

        A record that is larger than the broker takes goes to `rejected.messages` instead, as its
        size and hash.

        Raises:
            Exception: the client's, where a record could not be delivered; some may have been.
        """
        too_large = await self._deliver(outgoing)
        if too_large:
            _log.error("record_too_large", topics=sorted({each.topic for each in too_large}), count=len(too_large))
            await self._deliver([as_outgoing(rejection(each, Rejected(TOO_LARGE), None, 0)) for each in too_large])
            for _ in too_large:
                self._on_rejected(TOO_LARGE)

    async def _deliver(self, outgoing: Sequence[Outgoing]) -> list[Outgoing]:
        """Send, wait, and return what was too large."""
        queued = [await _queue(self._client, each) for each in outgoing]
        results = await asyncio.gather(*queued, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, _TOO_LARGE_ERRORS):
                raise result
        return [each for each, result in zip(outgoing, results, strict=True) if isinstance(result, _TOO_LARGE_ERRORS)]


async def _queue(client: Client, outgoing: Outgoing) -> Awaitable[Any]:
    try:
        return await client.send(outgoing.topic, outgoing.value, outgoing.key)
    except _TOO_LARGE_ERRORS as error:
        refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        refused.set_exception(error)
        return refused
