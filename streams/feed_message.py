"""A raw message and when it reaches us: a line of `feed.ndjson`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.batched.outgoing import Outgoing


@dataclass(frozen=True, slots=True, repr=False)
class FeedMessage:
    """One raw message and when an ingest takes it: a line of `feed.ndjson`."""

    received_at: datetime
    topic: str
    key: str | None
    value: dict[str, Any] | str

    def field(self, name: str) -> Any:
        """A field of the message; None where it has no such one, or is text."""
        return None if isinstance(self.value, str) else self.value.get(name)

    def as_json(self) -> dict[str, object]:
        """The line, times as ISO 8601."""
        received_at = self.received_at.isoformat()
        return {"topic": self.topic, "key": self.key, "value": self.value, "received_at": received_at}

    def as_outgoing(self) -> Outgoing:
        """The record to send."""
        key = None if self.key is None else as_bytes(self.key)
        return Outgoing(self.topic, key, as_bytes(self.value))


def as_bytes(value: Mapping[str, Any] | str) -> bytes:
    """The value as it is sent: text as it stands, else its JSON, faithful to numbers that are none.

    orjson would refuse an integer of many digits, and make nothing of NaN: what a feed sends is for the translator
    to judge.
    """
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))).encode()
