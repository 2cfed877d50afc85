"""The broker's own fence: of those who ever wrote for a partition, it takes records of the latest alone.

Kafka counts, in each partition that is written to, by which epoch of which producer, and refuses what comes from an
earlier epoch than one it has seen there. So what a worker has sent, and what lay in a socket or in the network until
others own the partition, comes to nothing once they have written there; of that, no worker needs to know anything. It
is the part of Kafka's transactions that fences; no transaction is ever begun.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiokafka import errors
from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.transaction import InitProducerIdRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Place = tuple[str, int]

_log = logging.getLogger(__name__)
_TRANSACTION_MS = 60_000
"""Kafka wants to know how long a transaction may last; there will be none."""
_ASKS_AGAIN_AFTER = 0.05
_ASKS_FOR = 3.0
"""Seconds; a coordinator that is being elected, or a new installation's first, is there within."""
_RENEWED_AFTER = 12 * 3600.0
"""Seconds. An identifier that nobody asked for in seven days (`transactional.id.expiration.ms`) is forgotten: the next
owner would be given another one, of which Kafka would not know that it comes after ours."""
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

    def wrote(self, place: Place, count: int) -> None:
        """Nobody counts."""


UNSIGNED = Unsigned()


class ProducerEpochs:
    """Asks for an epoch for each partition we own, when something is first written for it."""

    def __init__(
        self,
        group: str,
        client: Callable[[], Awaitable[Any]],
        now: Callable[[], float] | None = None,
        asks_for: float = _ASKS_FOR,
    ) -> None:
        """For the workers of `group`, by the Kafka client of the producer that `client` gives.

        `now` gives seconds that never go back (default: the event loop's). A coordinator has `asks_for` seconds.
        """
        self._group = group
        self._client = client
        self._asks_for = asks_for
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._turns: dict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._given: dict[Place, tuple[Epoch, float]] = {}
        self._are_counted = False

    async def of(self, owned: Place) -> Epoch:
        """The epoch by which to write for a partition we own; where it has written, no earlier one can any more.

        Raises:
            KafkaError: the coordinator gives none.
            TimeoutError: it does not answer.
        """
        async with self._turns[owned]:
            epoch, given_at = self._given.get(owned, (None, 0.0))
            if epoch is None or epoch.is_over or self._now() > given_at + _RENEWED_AFTER:
                epoch = await self._ask(f"{self._group}-{owned[0]}-{owned[1]}")
                self._given[owned] = epoch, self._now()
            return epoch

    def forget_all(self) -> None:
        """Partitions are being handed out anew."""
        self._given.clear()

    async def _ask(self, name: str) -> Epoch:
        async with asyncio.timeout(self._asks_for):
            while True:
                try:
                    return await self._ask_once(name)
                except errors.KafkaError as error:
                    if not (error.retriable or isinstance(error, errors.ConcurrentTransactions)):
                        raise
                await asyncio.sleep(_ASKS_AGAIN_AFTER)

    async def _ask_once(self, name: str) -> Epoch:
        client = (await self._client()).client
        found = await _answer(
            client, client.get_random_node(), FindCoordinatorRequest(name, CoordinationType.TRANSACTION)
        )
        if found.error_code:
            raise errors.for_code(found.error_code)
        asked = InitProducerIdRequest(transactional_id=name, transaction_timeout_ms=_TRANSACTION_MS)
        return self._given_by(await _answer(client, found.coordinator_id, asked))

    def _given_by(self, answer: Any) -> Epoch:
        if answer.error_code == _NONE and not self._are_counted:
            _log.warning("broker_counts_no_producers", extra={"fields": {}})
            return UNSIGNED
        if answer.error_code:
            raise errors.for_code(answer.error_code)
        self._are_counted = True
        return Epoch(answer.producer_id, answer.producer_epoch)


async def _answer(client: Any, node: int, request: Any) -> Any:
    """By the connection for such questions: on the other one they would wait for what is being written."""
    connection = await client._get_conn(node, group=ConnectionGroup.COORDINATION)  # noqa: SLF001
    if connection is None:
        raise errors.NodeNotReadyError
    try:
        return await connection.send(request)
    except asyncio.CancelledError:
        # Whoever does not answer now would keep the next question waiting, too.
        connection.close()
        raise
