"""The door for messages from outside: what the broker would refuse is refused here, and kept on record."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.rejection import Rejected
from streams.batched.outgoing import Outgoing
from streams.feed_message import as_bytes
from streams.records import as_outgoing, rejection
from streams.topic_layout import BrokerError
from streams.worker_settings import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from streams.sources import SourceMessage

TOO_LARGE = "too_large"
_FRAMING_BYTES = 512
"""What Kafka adds to a record, at most."""
_AT_ONCE = 2000
"""Records on their way before we wait for the broker."""


async def send_messages(
    bootstrap: str,
    messages: Iterable[SourceMessage],
    *,
    limit_bytes: int = MEBIBYTE,
    on_sent: Callable[[int], None] | None = None,
) -> Counter[str]:
    """Send raw messages to their topics, in order within a key, and wait until the broker has them all.

    A message above `limit_bytes` (the topics' limit, framing included) is not sent: its size and
    hash go to `rejected.messages`.

    Args:
        bootstrap: Kafka brokers, `host:port`, joined by commas.
        messages: From `streams.sources`; their `received_at` travels inside the message.
        limit_bytes: Largest message, as the raw topics have it.
        on_sent: Told how many messages were sent since it was last told.

    Returns:
        Records sent, by topic; those refused under `rejected.messages`.

    Raises:
        BrokerError: no broker answers, or it did not take a message.
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5, acks="all", max_request_size=2 * limit_bytes)
    try:
        await producer.start()
    except (KafkaConnectionError, OSError):
        await producer.stop()
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise BrokerError(message) from None
    try:
        return await _send_all(producer, messages, limit_bytes, on_sent)
    except KafkaError as error:
        message = f"the Kafka broker at {bootstrap} did not take a message: {type(error).__name__}."
        raise BrokerError(message) from None
    finally:
        await producer.stop()


async def _send_all(
    producer: AIOKafkaProducer,
    messages: Iterable[SourceMessage],
    limit_bytes: int,
    on_sent: Callable[[int], None] | None,
) -> Counter[str]:
    sent: Counter[str] = Counter()
    waiting: list[asyncio.Future[object]] = []
    for message in messages:
        outgoing = fitting(as_message(message), limit_bytes)
        waiting.append(await producer.send(outgoing.topic, outgoing.value, outgoing.key))
        sent[str(outgoing.topic)] += 1
        if len(waiting) >= _AT_ONCE:
            await _arrived(waiting, on_sent)
    await _arrived(waiting, on_sent)
    return sent


async def _arrived(waiting: list[asyncio.Future[object]], on_sent: Callable[[int], None] | None) -> None:
    await asyncio.gather(*waiting)
    if on_sent is not None and waiting:
        on_sent(len(waiting))
    waiting.clear()


def as_message(message: SourceMessage) -> Outgoing:
    """The record to send; the time it was received is written into it where it does not carry one."""
    key = None if message.key is None else as_bytes(message.key)
    return Outgoing(message.topic, key, as_bytes(telling_when(message)))


def telling_when(message: SourceMessage) -> Mapping[str, Any] | str:
    """The value, with the time it was received where it carries none; text as it stands."""
    value = message.value
    if isinstance(value, str) or value.get("received_at") or message.received_at is None:
        return value
    return {**value, "received_at": message.received_at.isoformat()}


def fitting(outgoing: Outgoing, limit_bytes: int) -> Outgoing:
    """The record itself, or, where it is above the limit, the record of its refusal."""
    size = len(outgoing.value or b"") + len(outgoing.key or b"") + _FRAMING_BYTES
    return outgoing if size <= limit_bytes else as_outgoing(rejection(outgoing, Rejected(TOO_LARGE), None, 0))
