"""Logs that cannot hold a patient: fixed sentences and fields from an allow-list.

Our own records carry an event name and, as `fields`, what `ALLOWED_FIELDS` lets through. Of other libraries' records
(Faust prints whole messages in some warnings) only the logger, the place in its code and the
type of an exception are kept, never the text.
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
        if f"{record.name}.".startswith((f"{OWN_LOGGER}.", f"{STAGE_LOGGER}.")):
            fields = getattr(record, _FIELDS, {})
            line |= {"event": record.msg} | {name: fields[name] for name in fields.keys() & ALLOWED_FIELDS}
        else:
            line["where"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return orjson.dumps(line, default=str).decode()


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log of the process through the allow-list to `stream` (default: stderr)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(AllowListFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (OWN_LOGGER, STAGE_LOGGER):
        logging.getLogger(name).setLevel(level)
