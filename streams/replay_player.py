"""Plays a recorded feed into the raw topics: at once, or as the engine's clock reaches each message."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.topics import Topic
from streams.clock import Clock
from streams.feed_message import FeedMessage
from streams.produce import fitting

SEND_AT_ONCE = 500
"""Most messages on their way before the broker must have acknowledged them."""
_ENVELOPE_BYTES = 4096


class FeedNotSentError(RuntimeError):
    """The broker cannot be reached or took a message no more; the text is one sentence."""


@dataclass(slots=True)
class Played:
    """How many messages were sent, and how many were refused for their size."""

    sent: int = 0
    too_large: int = 0


async def play_feed(
    messages: Iterable[FeedMessage],
    bootstrap: str,
    *,
    clock: Clock | None,
    limit_bytes: int,
    progress: Callable[[int], None] = lambda _count: None,
) -> Played:
    """Send a feed, each message when `clock` reaches its `received_at`; without a clock all at once.

    What is above `limit_bytes` (the topics' limit, framing included) is not sent: a record with its size and
    hash goes to `rejected.messages`.

    Raises:
        FeedNotSentError: the broker cannot be reached, or does not take the messages.
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=limit_bytes + _ENVELOPE_BYTES)
    try:
        await producer.start()
        return await _send_all(producer, messages, clock, limit_bytes, progress)
    except KafkaConnectionError:
        message = f"no Kafka broker answers at {bootstrap}: start one, or name another."
        raise FeedNotSentError(message) from None
    except KafkaError as error:
        message = f"the Kafka broker at {bootstrap} does not take the feed: {type(error).__name__}."
        raise FeedNotSentError(message) from None
    finally:
        await producer.stop()


async def _send_all(
    producer: AIOKafkaProducer,
    messages: Iterable[FeedMessage],
    clock: Clock | None,
    limit_bytes: int,
    progress: Callable[[int], None],
) -> Played:
    played = Played()
    for batch in _batches(messages, clock):
        if clock is not None:
            await asyncio.sleep(clock.wall_seconds_until(batch[0].received_at))
        waiting = [await _send(producer, message, limit_bytes, played) for message in batch]
        await asyncio.gather(*waiting)
        progress(played.sent)
    return played


def _batches(messages: Iterable[FeedMessage], clock: Clock | None) -> Iterator[list[FeedMessage]]:
    """Group what is due together: on a clock only what has the same moment, or lies behind."""
    batch: list[FeedMessage] = []
    for message in messages:
        due_later = clock is not None and batch and message.received_at > max(batch[0].received_at, clock.now())
        if due_later or len(batch) == SEND_AT_ONCE:
            yield batch
            batch = []
        batch.append(message)
    if batch:
        yield batch


async def _send(
    producer: AIOKafkaProducer, message: FeedMessage, limit_bytes: int, played: Played
) -> "asyncio.Future[object]":
    record = fitting(message.as_outgoing(), limit_bytes)
    if record.topic == Topic.REJECTED_MESSAGES:
        played.too_large += 1
    else:
        played.sent += 1
    sent: asyncio.Future[object] = await producer.send(record.topic, key=record.key, value=record.value)
    return sent
