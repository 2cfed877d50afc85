"""Re-drives rejected messages: what a mended translator now understands goes back to where it was refused, once.

What was re-driven is marked in `rejected.redriven` after the broker has it. A crash between the two
sends a message again, which changes nothing: its events have the same ids.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError
from pydantic import ValidationError

from schemas.clinical import ClockTick
from schemas.rejection import Accepted, Ignored, Redriven, Rejected, RejectedMessage
from schemas.topics import RAW_TOPICS, Topic
from schemas.translate import read_logged, translate
from streams.batched.outgoing import Outgoing
from streams.ingest import source_of
from streams.records import Record
from streams.topic_layout import BrokerError
from streams.topic_reader import partitions_of, read_partition, topic_reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from schemas.source_profile import SourceProfiles

_AT_ONCE = 500
"""Messages that a crash may have sent and not marked."""


class Fate(StrEnum):
    """What becomes of a rejected message."""

    READY = "ready"
    """It is understood now."""
    STILL_REJECTED = "still_rejected"
    NOT_KEPT = "not_kept"
    """Only its size and hash are on record."""
    OF_NO_USE = "of_no_use"
    """It is understood now, and of no use here."""
    DONE_BEFORE = "done_before"
    """It was re-driven before."""
    UNREADABLE = "unreadable"
    """The record of the rejection itself cannot be read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rejected messages are meant; an empty filter means all."""

    topics: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    since: datetime | None = None
    """Refused at this time or later."""
    until: datetime | None = None
    """Refused before this time."""

    def means(self, rejected: RejectedMessage) -> bool:
        """Whether this one is meant; one whose time is not known is not in any span of time."""
        return (
            rejected.topic in (self.topics or {rejected.topic})
            and rejected.reason in (self.reasons or {rejected.reason})
            and (not self.sources or source_of(_as_record(rejected)) in self.sources)
            and self._in_time(rejected)
        )

    def _in_time(self, rejected: RejectedMessage) -> bool:
        if self.since is None and self.until is None:
            return True
        at = rejected.received_at
        return at is not None and (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(slots=True)
class Redrive:
    """What was found, by topic, reason of then and what becomes of it now; and what was sent."""

    found: Counter[tuple[str, str, Fate]] = field(default_factory=Counter)
    sent: int = 0

    def count(self, fate: Fate) -> int:
        """How many have this fate."""
        return sum(count for (_, _, each), count in self.found.items() if each is fate)


def read_file(path: Path) -> Iterator[RejectedMessage | None]:
    """Records of `rejected.messages` in a file, one a line; None for a line that is none.

    A line is the record's value, or an object whose `value` it is, as an export of the topic has it.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield _read(line)


def _read(line: bytes) -> RejectedMessage | None:
    try:
        told: Any = orjson.loads(line)
        inner = told.get("value") if isinstance(told, dict) else None
        return RejectedMessage.model_validate_json(orjson.dumps(inner) if isinstance(inner, dict) else line)
    except (orjson.JSONDecodeError, ValidationError):
        return None


async def read_topic(bootstrap: str) -> AsyncIterator[RejectedMessage | None]:
    """What `rejected.messages` has now; None for a record that cannot be read.

    Raises:
        BrokerError: no broker answers.
    """
    async for record in _records(bootstrap, Topic.REJECTED_MESSAGES):
        yield _read(record.value or b"")


async def read_marks(bootstrap: str) -> set[str]:
    """The marks of everything that was re-driven before.

    Raises:
        BrokerError: no broker answers.
    """
    return {(record.key or b"").decode() async for record in _records(bootstrap, Topic.REJECTED_REDRIVEN)}


async def _records(bootstrap: str, topic: Topic) -> AsyncIterator[Record]:
    partitions = await partitions_of(bootstrap, topic)
    async with topic_reader(bootstrap) as consumer:
        for partition in partitions:
            async for records in read_partition(consumer, topic, partition):
                for record in records:
                    yield record


def mark_of(rejected: RejectedMessage) -> str:
    """The mark of one refused message: where it stood and what it was; the same however often it was refused there."""
    return f"{rejected.topic}|{rejected.partition}|{rejected.offset}|{rejected.sha256}"


class Redriver:
    """Judges rejected messages by the translators of now, and notes which are ready to be sent."""

    def __init__(
        self, choice: Choice, marks: set[str], limit_bytes: int, profiles: SourceProfiles | None = None
    ) -> None:
        """Look at those that `choice` means; leave out what has one of `marks`; read each by its source's profile."""
        self._profiles = profiles
        self._choice = choice
        self._marks = marks
        self._limit_bytes = limit_bytes
        self.redrive = Redrive()
        self.ready: list[tuple[str, Outgoing]] = []
        """Mark and record of each, in order."""

    def take(self, rejected: RejectedMessage | None) -> None:
        """Look at one."""
        if rejected is None:
            self.redrive.found["", "", Fate.UNREADABLE] += 1
        elif self._choice.means(rejected):
            fate = self._judge(rejected)
            self.redrive.found[rejected.topic, rejected.reason, fate] += 1

    def _judge(self, rejected: RejectedMessage) -> Fate:
        mark = mark_of(rejected)
        value = value_of(rejected)
        if mark in self._marks:
            return Fate.DONE_BEFORE
        if value is None:
            return Fate.NOT_KEPT
        judged = _event(rejected, value) if rejected.topic == Topic.ENCOUNTER_EVENTS else self._raw(rejected, value)
        if isinstance(judged, Fate):
            return judged
        self._marks.add(mark)
        self.ready.append((mark, judged))
        return Fate.READY

    def _raw(self, rejected: RejectedMessage, value: bytes) -> Outgoing | Fate:
        if rejected.topic not in RAW_TOPICS:
            return Fate.STILL_REJECTED
        now = translate(rejected.topic, value, rejected.received_at, self._profiles)
        if not isinstance(now, Accepted):
            return Fate.OF_NO_USE if isinstance(now, Ignored) else Fate.STILL_REJECTED
        key = None if rejected.key is None else rejected.key.encode()
        return Outgoing(rejected.topic, key, self._telling_when(rejected, value))

    def _telling_when(self, rejected: RejectedMessage, value: bytes) -> bytes:
        """The message with the time at which it reached us first: it was known then, whoever could read it."""
        told = orjson.loads(value)
        if told.get("received_at") or rejected.received_at is None:
            return value
        whole = orjson.dumps(told | {"received_at": rejected.received_at.isoformat()})
        return whole if len(whole) <= self._limit_bytes else value


def _event(rejected: RejectedMessage, value: bytes) -> Outgoing | Fate:
    event = read_logged(value)
    if isinstance(event, Rejected):
        return Fate.STILL_REJECTED
    # The clock has struck since: a tick of then tells nobody anything.
    return Fate.OF_NO_USE if isinstance(event, ClockTick) else Outgoing(rejected.topic, event.key.encode(), value)


def value_of(rejected: RejectedMessage) -> bytes | None:
    """The refused message itself; None where it was not kept, or is none."""
    if not rejected.value:
        return None
    try:
        text = rejected.value.encode()
        return text if rejected.encoding == "utf-8" else base64.b64decode(text, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _as_record(rejected: RejectedMessage) -> Record:
    return Record(rejected.topic, rejected.partition or 0, rejected.offset or 0, None, value_of(rejected))


async def send(bootstrap: str, ready: Sequence[tuple[str, Outgoing]], at: datetime, limit_bytes: int) -> int:
    """Send what is ready, and mark each part of it once the broker has it; returns how many.

    Raises:
        BrokerError: no broker answers, or it did not take a message; what was marked before stays so.
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_request_size=2 * limit_bytes)
    try:
        await producer.start()
        for start in range(0, len(ready), _AT_ONCE):
            part = ready[start : start + _AT_ONCE]
            await _arrived(producer, [outgoing for _, outgoing in part])
            await _arrived(producer, [_mark(mark, at) for mark, _ in part])
    except (KafkaConnectionError, OSError):
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise BrokerError(message) from None
    except KafkaError as error:
        message = f"the Kafka broker at {bootstrap} did not take a message: {type(error).__name__}."
        raise BrokerError(message) from None
    finally:
        await producer.stop()
    return len(ready)


async def _arrived(producer: AIOKafkaProducer, records: Iterable[Outgoing]) -> None:
    await asyncio.gather(*[await producer.send(each.topic, each.value, each.key) for each in records])


def _mark(mark: str, at: datetime) -> Outgoing:
    return Outgoing(Topic.REJECTED_REDRIVEN, mark.encode(), Redriven(redriven_at=at).model_dump_json().encode())
