"""Reads NDJSON: raw messages (`events`), or an export of `encounter.events` (`log`)."""

from __future__ import annotations

from codecs import BOM_UTF8
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import TYPE_CHECKING, Any

from schemas.topics import Topic
from schemas.translate.json_text import read_json
from schemas.translate.reason import RefusedError
from streams.records import as_text
from streams.sources.line_range import LineRange, lines_of
from streams.sources.message import SourceMessage
from streams.sources.text_file import open_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aiokafka import ConsumerRecord

NOT_TEXT = "surrogateescape"
"""How bytes of a topic that are no text are held as one: so that they can be told again."""
UNREADABLE = "unreadable"
"""Topic and type of a line that is no message; the translator rejects it with its reason."""


def read_events(paths: Iterable[Path | LineRange]) -> Iterator[SourceMessage]:
    """Raw messages, one a line: `{"topic", "key", "value", "received_at"}`, in the order of the file.

    The value is an object or text. A line that is none of this comes out as an `unreadable` message,
    which the translator rejects; blank lines are skipped.

    Raises:
        SourceError: A file cannot be read.
    """
    return _read(paths, _raw_message)


def read_log(paths: Iterable[Path | LineRange]) -> Iterator[SourceMessage]:
    """Events of an exported log, one a line: `{"topic": "encounter.events", "key", "value"}`.

    They come in the order of the file, ticks and user acts among them.

    Raises:
        SourceError: A file cannot be read.
    """
    return _read(paths, _logged_event)


def raw_record(record: ConsumerRecord[bytes, bytes]) -> SourceMessage:
    """A record of a raw topic, received when the topic got it, where it does not say so itself."""
    return SourceMessage(record.topic, _key(record), _text_of(record), _stamp(record), record.topic)


def logged_record(record: ConsumerRecord[bytes, bytes]) -> SourceMessage:
    """A record of `encounter.events`."""
    try:
        value = read_json(record.value or b"")
    except RefusedError:
        value = None
    if not isinstance(value, dict):
        return SourceMessage(record.topic, _key(record), _text_of(record), _stamp(record), UNREADABLE)
    return _logged_event({"key": _key(record), "value": value})


def _text_of(record: ConsumerRecord[bytes, bytes]) -> str:
    """The value, none as an empty one; bytes that are no text are refused later, and can be told again from it."""
    return (record.value or b"").decode(errors=NOT_TEXT)


def _key(record: ConsumerRecord[bytes, bytes]) -> str | None:
    return None if record.key is None else as_text(record.key)[0]


def _stamp(record: ConsumerRecord[bytes, bytes]) -> datetime | None:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp > 0 else None


def _read(
    paths: Iterable[Path | LineRange], make: Callable[[dict[str, Any]], SourceMessage]
) -> Iterator[SourceMessage]:
    for path in paths:
        for line in lines_of(path) if isinstance(path, LineRange) else _lines(path):
            text = line.removeprefix(BOM_UTF8).strip()
            if text:
                yield _message(text.decode("utf-8", errors="replace"), make)


def _lines(path: Path) -> Iterator[bytes]:
    with open_bytes(path) as stream:
        yield from stream


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
