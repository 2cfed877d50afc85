"""The broker's own fence: of those who ever wrote for a partition, it takes records of the latest alone.

Kafka counts, in each partition that is written to, by which epoch of which producer, and refuses what comes from an
earlier epoch than one it has seen there. So what a worker has sent, and what lay in a socket or in the network until
others own the partition, comes to nothing once they have written there; of that, no worker needs to know anything. It
is the part of Kafka's transactions that fences; no transaction is ever begun.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiokafka import errors
from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.protocol.transaction import InitProducerIdRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Place = tuple[str, int]

_TRANSACTION_MS = 60_000
"""Kafka wants to know how long a transaction may last; there will be none."""
_ASKS_AGAIN_AFTER = 0.05
_ASKS_FOR = 3.0
"""Seconds; a coordinator that is being elected, or a new installation's first, is there within."""
_NONE = -1
"""A producer that the broker does not count; and what a broker answers that counts none, as the embedded one."""
_SEQUENCES = 1 << 31


class EpochOverError(RuntimeError):
    """Of something written by this epoch it is not known whether it arrived: ask for another, and write anew."""


class Epoch:
    """By which records are written for a partition that somebody owns."""

    def __init__(self, producer_id: int, number: int) -> None:
        """Nothing is written by it yet."""
        self.is_over = False
        self._producer_id = producer_id
        self._number = number
        self._written: dict[Place, int] = defaultdict(int)
        self._turns: dict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:
        """Write to `place`, one after the other; after a failure nobody any more.

        The broker tells a batch that it has from a new one by its number alone: after one of which nobody knows whether
        it arrived there is no right number.

        Raises:
            EpochOverError: somebody's turn failed.
        """
        async with self._turns[place]:
            if self.is_over:
                message = "what was written for this partition before has failed; write it by a new epoch"
                raise EpochOverError(message)
            try:
                yield
            except BaseException:
                self.is_over = True
                raise

    def sign(self, batch: Any, place: Place) -> None:
        """Have `place` take a batch once, and only after those written there before."""
        batch._set_producer_state(self._producer_id, self._number, self._written[place])  # noqa: SLF001

    def wrote(self, place: Place, count: int) -> None:
        """So many records more stand in `place`."""
        self._written[place] = (self._written[place] + count) % _SEQUENCES


class Unsigned(Epoch):
    """For what anybody may write; and on a broker that counts nobody."""

    def __init__(self) -> None:
        """It never ends."""
        super().__init__(_NONE, _NONE)

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:  # noqa: ARG002
        """Write, whoever else does."""
        yield

    def sign(self, batch: Any, place: Place) -> None:
        """Leave the batch as it is."""


UNSIGNED = Unsigned()


class ProducerEpochs:
    """Asks for an epoch for each partition we own, when something is first written for it."""

    def __init__(self, group: str, client: Callable[[], Awaitable[Any]]) -> None:
        """For the workers of `group`, by the Kafka client of the producer that `client` gives."""
        self._group = group
        self._client = client
        self._one_at_a_time = asyncio.Lock()
        self._epochs: dict[Place, Epoch] = {}

    async def of(self, owned: Place) -> Epoch:
        """The epoch by which to write for a partition we own; from its first record on all earlier ones are refused.

        Raises:
            KafkaError: the coordinator gives none.
        """
        async with self._one_at_a_time:
            epoch = self._epochs.get(owned)
            if epoch is None or epoch.is_over:
                epoch = self._epochs[owned] = await self._ask(f"{self._group}-{owned[0]}-{owned[1]}")
            return epoch

    def forget_all(self) -> None:
        """Partitions are being handed out anew."""
        self._epochs.clear()

    async def _ask(self, name: str) -> Epoch:
        loop = asyncio.get_running_loop()
        asks_until = loop.time() + _ASKS_FOR
        while True:
            try:
                return await self._ask_once(name)
            except errors.KafkaError as error:
                if not error.retriable or loop.time() > asks_until:
                    raise
                await asyncio.sleep(_ASKS_AGAIN_AFTER)

    async def _ask_once(self, name: str) -> Epoch:
        client = (await self._client()).client
        coordinator = await client.coordinator_lookup(CoordinationType.TRANSACTION, name)
        await client.ready(coordinator, group=ConnectionGroup.COORDINATION)
        request = InitProducerIdRequest(transactional_id=name, transaction_timeout_ms=_TRANSACTION_MS)
        answer = await client.send(coordinator, request, group=ConnectionGroup.COORDINATION)
        if answer.error_code == _NONE:
            return UNSIGNED
        if answer.error_code:
            raise errors.for_code(answer.error_code)
        return Epoch(answer.producer_id, answer.producer_epoch)
