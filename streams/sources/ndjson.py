"""Reads NDJSON: raw messages (`events`), or an export of `encounter.events` (`log`)."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import Any

from schemas.topics import Topic
from schemas.translate.json_text import read_json
from schemas.translate.reason import RefusedError
from streams.sources.message import SourceMessage
from streams.sources.text_file import open_bytes

UNREADABLE = "unreadable"
"""Topic and type of a line that is no message; the translator rejects it with its reason."""


def read_events(paths: Sequence[Path]) -> Iterator[SourceMessage]:
    """Raw messages, one a line: `{"topic", "key", "value", "received_at"}`, in the order of the file.

    The value is an object or text. A line that is none of this comes out as an `unreadable` message,
    which the translator rejects; blank lines are skipped.

    Raises:
        SourceError: A file cannot be read.
    """
    return _read(paths, _raw_message)


def read_log(paths: Sequence[Path]) -> Iterator[SourceMessage]:
    """Events of an exported log, one a line: `{"topic": "encounter.events", "key", "value"}`.

    They come in the order of the file, ticks and user acts among them.

    Raises:
        SourceError: A file cannot be read.
    """
    return _read(paths, _logged_event)


def _read(paths: Sequence[Path], make: Callable[[dict[str, Any]], SourceMessage]) -> Iterator[SourceMessage]:
    for path in paths:
        with open_bytes(path) as stream:
            for line in stream:
                text = line.removeprefix(BOM_UTF8).strip()
                if text:
                    yield _message(text.decode("utf-8", errors="replace"), make)


def _message(line: str, make: Callable[[dict[str, Any]], SourceMessage]) -> SourceMessage:
    envelope = _envelope(line)
    if envelope is None:
        return SourceMessage(UNREADABLE, None, line, None, UNREADABLE)
    return make(envelope)


def _envelope(line: str) -> dict[str, Any] | None:
    try:
        parsed = read_json(line)
    except RefusedError:
        return None
    is_message = isinstance(parsed, dict) and isinstance(parsed.get("value"), dict | str)
    return parsed if is_message else None


def _raw_message(envelope: dict[str, Any]) -> SourceMessage:
    topic, received_at = _text(envelope.get("topic")) or UNREADABLE, _instant(envelope.get("received_at"))
    return SourceMessage(topic, _text(envelope.get("key")), envelope["value"], received_at, topic)


def _logged_event(envelope: dict[str, Any]) -> SourceMessage:
    value = envelope["value"]
    kind = value.get("kind") if isinstance(value, dict) else None
    received_at = _instant(value.get("received_at") or value.get("at")) if isinstance(value, dict) else None
    return SourceMessage(
        Topic.ENCOUNTER_EVENTS, _text(envelope.get("key")), value, received_at, _text(kind) or UNREADABLE
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _instant(value: object) -> datetime | None:
    """A time of the envelope; unreadable, without an offset or at the end of the calendar it is as good as none."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and MINYEAR < at.year < MAXYEAR else None
