"""A stretch of a Kafka partition, read as messages of a source."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.batched.partition_ends import ends
from streams.sources.message import SourceError
from streams.topic_layout import BrokerError
from streams.topic_reader import partitions_of, topic_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiokafka import ConsumerRecord

PREFIX = "kafka:"
"""With which the name of an input begins that is a topic."""
_NAMED = re.compile(r"(?P<topic>[\w.-]+)(/(?P<partition>\d{1,9})(:(?P<first>\d{1,18})-(?P<end>\d{1,18}))?)?")
_POLL_MS = 500
_MOST_SILENT_POLLS = 120
"""A minute without a record where there must be one: the broker is gone."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NamedTopic:
    """A topic as an input names it: all of it, one partition, or its offsets from `first` to before `end`."""

    topic: str
    partition: int | None = None
    first: int | None = None
    end: int | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `kafka:TOPIC`, `kafka:TOPIC/PARTITION` or `kafka:TOPIC/PARTITION:FIRST-END`.

        Raises:
            SourceError: it is none of these.
        """
        found = _NAMED.fullmatch(text.removeprefix(PREFIX))
        if found is None:
            message = (
                f"{text} names no topic: write kafka:TOPIC, kafka:TOPIC/PARTITION or kafka:TOPIC/PARTITION:FIRST-END."
            )
            raise SourceError(message)
        partition, first, end = (
            None if found[name] is None else int(found[name]) for name in ("partition", "first", "end")
        )
        return cls(found["topic"], partition, first, end)


@dataclass(frozen=True, slots=True)
class TopicRange:
    """Offsets of a partition, half-open."""

    bootstrap: str
    topic: str
    partition: int
    first: int
    end: int

    @property
    def place(self) -> TopicPartition:
        """The partition, as the client names it."""
        return TopicPartition(self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class ReceivedSpan:
    """Records by when their topic got them, half-open; None: from its beginning, or to its end of now."""

    since: datetime | None = None
    until: datetime | None = None


def topic_ranges(bootstrap: str, named: NamedTopic, span: ReceivedSpan) -> list[TopicRange]:
    """The ranges to read, by partition; what comes after this call is not among them.

    Raises:
        SourceError: no broker answers there, or it has no such topic or partition.
    """
    try:
        return asyncio.run(_ranges(bootstrap, named, span))
    except BrokerError as error:
        raise SourceError(str(error)) from error


def records_of(part: TopicRange) -> Iterator[ConsumerRecord[bytes, bytes]]:
    """The records of a range that the topic still has, in order.

    Raises:
        SourceError: the broker does not answer any more.
    """
    with asyncio.Runner() as runner:
        consumer = runner.run(_begin(part))
        try:
            while fetched := runner.run(_fetch(consumer, part)):
                yield from fetched
        finally:
            runner.run(consumer.stop())


async def _ranges(bootstrap: str, named: NamedTopic, span: ReceivedSpan) -> list[TopicRange]:
    partitions = await partitions_of(bootstrap, named.topic)
    wanted = partitions if named.partition is None else [each for each in partitions if each == named.partition]
    if not wanted:
        which = "" if named.partition is None else f" with a partition {named.partition}"
        message = f"the Kafka broker at {bootstrap} has no topic {named.topic}{which}."
        raise SourceError(message)
    places = [TopicPartition(named.topic, each) for each in wanted]
    async with topic_reader(bootstrap) as consumer:
        last = await ends(consumer, places)
        first = await _offsets(consumer, span.since, await consumer.beginning_offsets(places), last)
        until = last if span.until is None else await _offsets(consumer, span.until, last, last)
    return [_range(bootstrap, named, place.partition, first[place], until[place]) for place in places]


def _range(bootstrap: str, named: NamedTopic, partition: int, first: int, end: int) -> TopicRange:
    asked_end = end if named.end is None else named.end
    return TopicRange(bootstrap, named.topic, partition, max(first, named.first or 0), min(end, asked_end))


async def _offsets(
    consumer: AIOKafkaConsumer,
    at: datetime | None,
    without: dict[TopicPartition, int],
    last: dict[TopicPartition, int],
) -> dict[TopicPartition, int]:
    """The first offset at or after an instant, by partition; its end where there is none; `without` without one."""
    if at is None:
        return without
    asked = dict.fromkeys(last, -(-(at - _EPOCH) // timedelta(milliseconds=1)))
    found = await consumer.offsets_for_times(asked)
    return {place: last[place] if found[place] is None else found[place].offset for place in last}


async def _begin(part: TopicRange) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=part.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
    except OSError:
        await consumer.stop()
        raise _gone(part) from None
    consumer.assign([part.place])
    consumer.seek(part.place, part.first)
    return consumer


async def _fetch(consumer: AIOKafkaConsumer, part: TopicRange) -> list[ConsumerRecord[bytes, bytes]]:
    """The next records; none at the end of the range."""
    silent = 0
    while part.first < part.end and await consumer.position(part.place) < part.end:
        fetched = await consumer.getmany(part.place, timeout_ms=_POLL_MS)
        records = [each for each in fetched.get(part.place, ()) if each.offset < part.end]
        if records:
            return records
        silent += 1
        if silent > _MOST_SILENT_POLLS:
            raise _gone(part)
    return []


def _gone(part: TopicRange) -> SourceError:
    return SourceError(f"the Kafka broker at {part.bootstrap} does not answer any more; replay again when it does.")
