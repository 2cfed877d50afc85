"""A record as a fetch gives it, and how it travels through Faust: many in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from faust.serializers.schemas import Schema

if TYPE_CHECKING:
    from collections.abc import Sequence


class Fetched(Protocol):
    """What a handler may read of a record; aiokafka's `ConsumerRecord` is one."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """Milliseconds since 1970, as the producer or the broker has set it."""
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class FetchedSchema(Schema[None, Any]):
    """Faust's decoding, for messages whose value is a list of records already: nothing is decoded."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        """A message of many records has no key."""

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002 - Faust's
        """The records."""
        return message.value
