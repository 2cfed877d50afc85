"""Record batches to the brokers that lead their partitions, one request behind the other without waiting for answers.

aiokafka's producer has one batch of a partition under way at a time, whoever it is of, and one request to a broker.
That keeps order, and has stages wait for each other that need not: whoever minds the order of his own batches waits
for each to arrive before he hands in the next (`BatchProducer`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka import errors
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.structs import TopicPartition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiokafka import AIOKafkaProducer

_ALL_REPLICAS = -1
_REPLICAS_WITHIN_MS = 20_000
"""Less than the client gives a broker, so that the broker is heard on why it took so long."""
_TRIES_AGAIN_AFTER = 0.1
_REQUEST_BYTES = 8 * 1024 * 1024
"""Of record batches in one request; a broker takes twelve times that."""


class Written(NamedTuple):
    """Where a batch arrived."""

    offset: int


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """A batch on its way: not sent yet, under way, or to be sent again."""

    tp: TopicPartition
    records: bytes
    lapses_at: float
    answer: asyncio.Future[Written]


class ProduceRequests:
    """Sends what is handed in at once as one request to each broker, or as few as can take it."""

    def __init__(self, producer: AIOKafkaProducer, lapses_after: float) -> None:
        """By the connections of `producer`, which has been started; a broker has its `request_timeout_ms` to answer.

        What could not be sent is tried again, unless it was handed in `lapses_after` seconds ago: whether we may
        still send it was asked before that.
        """
        self.producer = producer
        self.client: Any = producer.client
        """Which knows the brokers, and has connections to them."""
        self._lapses_after = lapses_after
        self._handed_in: list[_HandedIn] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def partitions_for(self, topic: str) -> set[int]:
        """The partitions of a topic."""
        partitions: set[int] = await self.producer.partitions_for(topic)
        return partitions

    def create_batch(self) -> Any:
        """A builder of a batch."""
        return self.producer.create_batch()

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> asyncio.Future[Written]:
        """Have a batch sent with all that is handed in in the same turn of the loop; the result tells where it stands.

        Two batches of one partition may arrive in another order; who minds waits for the first.
        The result raises the client's error where the batch was refused, or may not be tried any more.
        """
        loop = asyncio.get_running_loop()
        records = bytes(batch._build())  # noqa: SLF001 - as the producer's own sender does
        answer: asyncio.Future[Written] = loop.create_future()
        lapses_at = loop.time() + self._lapses_after
        self._hand_in(_HandedIn(TopicPartition(topic, partition), records, lapses_at, answer))
        return answer

    def _hand_in(self, batch: _HandedIn) -> None:
        self._handed_in.append(batch)
        if len(self._handed_in) == 1:
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        waited_for = [batch for batch in self._handed_in if not batch.answer.done()]
        self._handed_in = []
        for leader, batches in self._by_leader(waited_for).items():
            for together in _requests(batches):
                task = asyncio.create_task(self._request(leader, together))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    def _by_leader(self, batches: Iterable[_HandedIn]) -> dict[int, list[_HandedIn]]:
        leaders: dict[int, list[_HandedIn]] = {}
        for batch in batches:
            leader = self.client.cluster.leader_for_partition(batch.tp)
            if leader is None or leader < 0:
                self._try_again(batch, errors.LeaderNotAvailableError())
            else:
                leaders.setdefault(leader, []).append(batch)
        return leaders

    async def _request(self, leader: int, batches: dict[TopicPartition, _HandedIn]) -> None:
        why: Exception = errors.UnknownError("the broker's answer does not name the partition")
        try:
            await self.client.ready(leader)
            self._drop_late(batches)
            if batches:
                answer = await self.client.send(leader, self._as_request(batches.values()))
                self._take(answer, batches)
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody waits for each of them
            why = error
        for batch in batches.values():
            self._try_again(batch, why)

    def _drop_late(self, batches: dict[TopicPartition, _HandedIn]) -> None:
        """To connect may have taken long."""
        now = asyncio.get_running_loop().time()
        for tp, batch in list(batches.items()):
            if batch.answer.done() or now > batch.lapses_at:
                self._give_up(batches.pop(tp), errors.NodeNotReadyError())

    def _as_request(self, batches: Iterable[_HandedIn]) -> ProduceRequest:
        topics: dict[str, list[tuple[int, bytes]]] = {}
        for batch in batches:
            topics.setdefault(batch.tp.topic, []).append((batch.tp.partition, batch.records))
        return ProduceRequest(
            transactional_id=None,
            required_acks=_ALL_REPLICAS,
            timeout=_REPLICAS_WITHIN_MS,
            topics=list(topics.items()),
        )

    def _take(self, answer: Any, batches: dict[TopicPartition, _HandedIn]) -> None:
        """Tell those that are named what came of their batches; they are done, and gone from `batches`."""
        for topic, partitions in answer.topics:
            for partition, code, offset, *_ in partitions:
                batch = batches.pop(TopicPartition(topic, partition), None)
                if batch is not None:
                    self._tell(batch, code, offset)

    def _tell(self, batch: _HandedIn, code: int, offset: int) -> None:
        if code == errors.NoError.errno:
            if not batch.answer.done():
                batch.answer.set_result(Written(offset))
        elif code == errors.InvalidProducerEpoch.errno:
            self._give_up(batch, errors.ProducerFenced())
        else:
            self._try_again(batch, errors.for_code(code)())

    def _try_again(self, batch: _HandedIn, error: Exception) -> None:
        loop = asyncio.get_running_loop()
        if getattr(error, "invalid_metadata", False):
            self.client.add_topic(batch.tp.topic)
            self.client.force_metadata_update()
        is_over = self.producer._closed or loop.time() + _TRIES_AGAIN_AFTER > batch.lapses_at  # noqa: SLF001
        if is_over or not getattr(error, "retriable", False):
            self._give_up(batch, error)
        else:
            loop.call_later(_TRIES_AGAIN_AFTER, self._hand_in, batch)

    def _give_up(self, batch: _HandedIn, error: Exception) -> None:
        if not batch.answer.done():
            batch.answer.set_exception(error)


def _requests(batches: Iterable[_HandedIn]) -> list[dict[TopicPartition, _HandedIn]]:
    """Batches that one request can take: one of each partition, and not too much."""
    requests: list[dict[TopicPartition, _HandedIn]] = []
    sizes: list[int] = []
    for batch in batches:
        size = len(batch.records)
        for at, request in enumerate(requests):
            if batch.tp not in request and sizes[at] + size <= _REQUEST_BYTES:
                request[batch.tp] = batch
                sizes[at] += size
                break
        else:
            requests.append({batch.tp: batch})
            sizes.append(size)
    return requests
