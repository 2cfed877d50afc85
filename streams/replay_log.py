"""Reads an export of `encounter.events`: NDJSON, one event a line, as it stood in the log."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from streams.sources import UnreadableSourceError

LOG_ASSUMPTIONS = (
    "The log's own ticks and received times are the only clock: no tick is made by the replay.",
    "Facts that a merge handed to another patient stand in the log under that patient, and are not handed on again.",
)


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """One line: the event's JSON, and where it stood."""

    number: int
    event: bytes


def read_log(paths: Sequence[Path]) -> Iterator[LoggedLine]:
    """Yield every non-empty line of every file, in order.

    A line is the event itself, or an object with the event under `value` beside `topic` and `key`.

    Raises:
        UnreadableSourceError: a file is missing, a folder or damaged.
    """
    number = 0
    for path in paths:
        try:
            with _open(path) as file:
                for line in file:
                    number += 1
                    if line.strip():
                        yield LoggedLine(number, _event(line))
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "it is not a whole file of its kind"
            message = f"cannot read {path}: {reason}. Give an export of encounter.events as NDJSON, plain or .gz."
            raise UnreadableSourceError(message) from error


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _event(line: bytes) -> bytes:
    try:
        read: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line.strip()
    if isinstance(read, dict) and "value" in read and "kind" not in read:
        inner = read["value"]
        return inner.encode() if isinstance(inner, str) else orjson.dumps(inner)
    return line.strip()
