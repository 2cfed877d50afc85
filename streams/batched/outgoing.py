"""A record to send, and the partition a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from aiokafka.partitioner import murmur2

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_PARTITION_MASK = 0x7FFFFFFF
_KEYS_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """One record to send; without a value it is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    """None: where the key belongs, as Kafka's own clients place it; without a key, anywhere."""
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp: int | None = None
    """Milliseconds since 1970; None: when it is sent."""


class Addressed(Protocol):
    """What goes to a topic under a key, written down or not yet."""

    @property
    def topic(self) -> str:
        """The topic."""

    @property
    def key(self) -> object:
        """The key, as bytes or as text."""


Sent = TypeVar("Sent", bound=Addressed)


@lru_cache(maxsize=_KEYS_REMEMBERED)
def partition_of(key: bytes, partitions: int) -> int:
    """Where `key` stands among so many partitions, as Kafka's own clients place it."""
    return int((murmur2(key) & _PARTITION_MASK) % partitions)


def last_of_each_key(outgoing: Sequence[Sent], topics: Container[str]) -> list[Sent]:
    """What is sent, without what a later one of the same key replaces in one of `topics`.

    For topics that are compacted, where every reader takes the last of a key; in their order.
    """
    seen: set[tuple[str, object]] = set()
    kept = []
    for each in reversed(outgoing):
        place = (each.topic, each.key)
        if each.topic not in topics or place not in seen:
            seen.add(place)
            kept.append(each)
    return kept[::-1]
