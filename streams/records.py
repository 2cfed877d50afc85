"""What comes from the log and what goes to it, free of any client library."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from schemas.rejection import Rejected
    from streams.batched.fetched import Fetched


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One record as it stands in a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    written_ms: int = 0
    """When it was written, in milliseconds since 1970; 0 where it does not say."""


def as_records(fetched: Iterable[Fetched]) -> list[Record]:
    """What was fetched, without what nobody here reads; unlike the client's records these print no value."""
    return [Record(each.topic, each.partition, each.offset, each.key, each.value, each.timestamp) for each in fetched]


def rejection(
    refused: Record | Outgoing, why: Rejected, received_at: datetime | None, limit_bytes: int
) -> RejectedMessage:
    """Keep a refused record: whole where it has at most `limit_bytes`, else its size and hash."""
    value = refused.value or b""
    kept, encoding = as_text(value) if len(value) <= limit_bytes else (None, "utf-8")
    return RejectedMessage(
        topic=refused.topic,
        partition=refused.partition if isinstance(refused, Record) else None,
        offset=refused.offset if isinstance(refused, Record) else None,
        reason=why.reason,
        detail=why.detail,
        received_at=received_at,
        size_bytes=len(value),
        sha256=hashlib.sha256(value).hexdigest(),
        key=None if refused.key is None else as_text(refused.key)[0],
        value=kept,
        encoding=encoding,
    )


def as_text(data: bytes) -> tuple[str, str]:
    """The bytes as text, and how: `utf-8`, or `base64` where they are not."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii"), "base64"


def as_outgoing(rejected: RejectedMessage) -> Outgoing:
    """The record for `rejected.messages`."""
    key = None if rejected.key is None else rejected.key.encode()
    return Outgoing(Topic.REJECTED_MESSAGES, key, rejected.model_dump_json().encode())
