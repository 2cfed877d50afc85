"""Logs that cannot hold a patient: fixed sentences and fields from an allow-list.

Our own records carry an event name and, as `fields`, what `ALLOWED_FIELDS` lets through. Of other libraries' records
(Faust prints whole messages in some warnings) only the logger, the place in its code and the
type of an exception are kept, never the text. What is left of them is often the same again and
again, without a broker some 70 times a second: it is written once, then counted.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from typing import Any, TextIO

ALLOWED_FIELDS = frozenset(
    {
        "attempt", "batch", "count", "error", "keys", "limit_bytes", "offset", "partition", "partitions", "port",
        "reason", "records", "size_bytes", "stage", "topic", "topics", "worker",
    }
)  # fmt: skip
"""Every field a log line may carry; none can hold an identifier, a value or a time of a patient."""
OWN_LOGGER = "timezero"
STAGE_LOGGER = "streams.batched.stage"
"""Of `streams.batched` this alone is ours: Faust logs its own messages under the names of the other modules."""
_FIELDS = "fields"
_REPEATED = "repeated"
_COUNTED_FOR = 60.0
"""Seconds between two counts of a line that comes again and again."""


class WorkerLog:
    """Writes events of one part of the worker: `log.info("recovered", keys=12)`."""

    def __init__(self, part: str) -> None:
        """Name the part: `timezero.<part>` is its logger."""
        self._logger = logging.getLogger(f"{OWN_LOGGER}.{part}")

    def info(self, event: str, **fields: object) -> None:
        """Something happened as it should."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something is amiss and is being dealt with."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Something needs a person."""
        self._write(logging.ERROR, event, fields)

    def _write(self, level: int, event: str, fields: dict[str, object]) -> None:
        unknown = fields.keys() - ALLOWED_FIELDS
        if unknown:
            message = f"these fields may not be logged: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        self._logger.log(level, event, extra={_FIELDS: fields})


class AllowListFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write what may be written of `record`."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is_ours(record):
            fields = getattr(record, _FIELDS, {})
            line |= {"event": record.msg} | {name: fields[name] for name in fields.keys() & ALLOWED_FIELDS}
        else:
            line["where"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        if repeated := getattr(record, _REPEATED, 0):
            line[_REPEATED] = repeated
        return orjson.dumps(line, default=str).decode()


_Line = tuple[object, ...]
"""What makes two lines of other libraries the same: all that is kept of them, but for the time."""


class ThinningHandler(logging.StreamHandler["TextIO"]):
    """Writes a line of other libraries the first time, then once a minute how often it came again.

    A count carries the time of the last line it stands for. It is written with the next line of any kind, or at the
    end. A line that stayed away for a minute is new. Our own lines are all written.
    """

    def __init__(self, stream: TextIO) -> None:
        """Nothing has been said yet."""
        super().__init__(stream)
        self._began_at = float("-inf")
        self._repeated: dict[_Line, int] = {}
        self._latest: dict[_Line, logging.LogRecord] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or count it."""
        if not 0 <= record.created - self._began_at < _COUNTED_FOR:
            self._write_counts()
            self._forget_before(record.created)
            self._began_at = record.created
        if _is_ours(record) or self._is_first(record):
            super().emit(record)

    def close(self) -> None:
        """Write what was counted and not said."""
        self._write_counts()
        super().close()

    def _is_first(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0] if record.exc_info else None
        line = (record.name, record.levelno, record.pathname, record.lineno, error)
        self._repeated[line] = self._repeated.get(line, -1) + 1
        # Without the traceback, which would hold whole batches in memory.
        self._latest[line] = logging.makeLogRecord({**vars(record), "exc_info": error and (error, None, None)})
        return not self._repeated[line]

    def _write_counts(self) -> None:
        for line, count in self._repeated.items():
            if count:
                setattr(self._latest[line], _REPEATED, count)
                super().emit(self._latest[line])
                self._repeated[line] = 0

    def _forget_before(self, now: float) -> None:
        """What has stayed away for a minute would be new; a clock that was set back makes everything new."""
        kept = {line: last for line, last in self._latest.items() if 0 <= now - last.created < _COUNTED_FOR}
        self._latest, self._repeated = kept, dict.fromkeys(kept, 0)


def _is_ours(record: logging.LogRecord) -> bool:
    return f"{record.name}.".startswith((f"{OWN_LOGGER}.", f"{STAGE_LOGGER}."))


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log of the process through the allow-list to `stream` (default: stderr)."""
    handler = ThinningHandler(stream or sys.stderr)
    handler.setFormatter(AllowListFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (OWN_LOGGER, STAGE_LOGGER):
        logging.getLogger(name).setLevel(level)
