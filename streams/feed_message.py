"""A raw message and when it reaches us: a line of `feed.ndjson`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from streams.records import Outgoing


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
        key = None if self.key is None else self.key.encode()
        value = self.value.encode() if isinstance(self.value, str) else orjson.dumps(self.value)
        return Outgoing(self.topic, key, value)
