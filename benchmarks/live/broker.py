"""What a measurement asks of the broker: send much at once, see what is finished, read what is new."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from time import monotonic

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from installation import Installation

from schemas.topics import RAW_TOPICS, Topic
from streams.batched.batch_producer import BatchProducer
from streams.batched.outgoing import Outgoing
from streams.topic_layout import STATE_TABLE, create_topics

AT_ONCE = 20_000
LARGEST = 1 << 20
LOOKS_EVERY_S = 0.25
FETCH_WAIT_MS = 20
DOWNSTREAM = (Topic.ENCOUNTER_EVENTS, Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)


class NotFinishedError(RuntimeError):
    """The workers did not come to the end of what they were given in time."""


class Broker:
    """Clients of one installation's broker."""

    def __init__(self, installation: Installation, producer: AIOKafkaProducer, asker: AIOKafkaConsumer) -> None:
        """Send by `producer`; `asker` names the workers' group without joining it."""
        self._installation = installation
        self._asker = asker
        self.producer = producer
        self._batches = BatchProducer(self._client, self._always, LARGEST)

    async def _client(self) -> AIOKafkaProducer:
        return self.producer

    async def _always(self) -> None:
        """Nobody else produces for this measurement."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send messages, in order within a partition; all of them are with the broker on return."""
        for start in range(0, len(messages), AT_ONCE):
            await self._batches.send(messages[start : start + AT_ONCE])

    def places(self, topics: Iterable[str]) -> list[TopicPartition]:
        """Every partition of some topics."""
        return [TopicPartition(str(topic), each) for topic in topics for each in range(self._installation.partitions)]

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Where each partition of some topics ends now."""
        found: dict[TopicPartition, int] = await self._asker.end_offsets(self.places(topics))
        return found

    async def waiting(self, topics: Sequence[str] = (*RAW_TOPICS, *DOWNSTREAM)) -> int:
        """Records of these topics that the workers have not finished."""
        ends = await self.ends(topics)
        done = [await self._asker.committed(place) or 0 for place in ends]
        return sum(ends.values()) - sum(done)

    async def until_finished(self, within_s: float) -> None:
        """Wait until the workers have finished all there is.

        Raises:
            NotFinishedError: they have not, after `within_s` seconds.
        """
        give_up_at = monotonic() + within_s
        while waiting := await self.waiting():
            if monotonic() > give_up_at:
                message = f"{waiting} records were not finished within {within_s:g} s."
                raise NotFinishedError(message)
            await asyncio.sleep(LOOKS_EVERY_S)

    async def first_fact_s(self) -> float:
        """When the first fact was written to the log, on the wall's clock."""
        log = dict.fromkeys(self.places([Topic.ENCOUNTER_EVENTS]), 0)
        return min(each.timestamp for each in (await self._asker.offsets_for_times(log)).values() if each) / 1000

    async def last_state_s(self) -> float:
        """When the last state was written to its changelog, on the wall's clock."""
        ends = await self.ends([f"{self._installation.app_id}-{STATE_TABLE}-changelog"])
        last = {place: end - 1 for place, end in ends.items() if end}
        async with reading(self._installation.bootstrap, last) as reader:
            stored: dict[TopicPartition, int] = {}
            while len(stored) < len(last):
                fetched = await reader.getmany(timeout_ms=500)
                stored |= {place: records[-1].timestamp for place, records in fetched.items() if records}
        return max(stored.values()) / 1000


@asynccontextmanager
async def reading(bootstrap: str, offsets: dict[TopicPartition, int]) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer outside of any group that reads from these offsets on."""
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, fetch_max_wait_ms=FETCH_WAIT_MS)
    await reader.start()
    try:
        reader.assign(list(offsets))
        for place, offset in offsets.items():
            reader.seek(place, offset)
        yield reader
    finally:
        await reader.stop()


@asynccontextmanager
async def connected(installation: Installation) -> AsyncIterator[Broker]:
    """Clients of an installation's broker, which has all its topics."""
    await create_topics(installation.settings())
    producer = AIOKafkaProducer(
        bootstrap_servers=installation.bootstrap, max_batch_size=LARGEST // 2, max_request_size=4 * LARGEST
    )
    asker = AIOKafkaConsumer(
        bootstrap_servers=installation.bootstrap, group_id=installation.app_id, enable_auto_commit=False
    )
    await producer.start()
    await asker.start()
    try:
        yield Broker(installation, producer, asker)
    finally:
        await asker.stop()
        await producer.stop()
