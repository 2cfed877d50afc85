"""Readers: files of a published set or an exported feed, as messages in the order in which they became known."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from schemas.source_profile import profile
from streams.sources.message import SourceError, SourceMessage
from streams.sources.mimic3 import read_mimic3
from streams.sources.ndjson import read_events, read_log
from streams.sources.xes import read_xes

__all__ = ["FORMATS", "SourceError", "SourceMessage", "assumptions", "open_source"]

_READERS: dict[str, Callable[[Sequence[Path]], Iterator[SourceMessage]]] = {
    "events": read_events,
    "log": read_log,
    "mimic3": read_mimic3,
    "xes": read_xes,
}
FORMATS = tuple(_READERS)
"""Formats that can be read."""

_PROFILED = frozenset({"mimic3", "xes"})


def open_source(paths: Sequence[Path], source_format: str) -> Iterator[SourceMessage]:
    """Messages of a source.

    Args:
        paths: Files; for `mimic3` also folders of tables.
        source_format: One of `FORMATS`.

    Raises:
        SourceError: The format is unknown, nothing can be read there, or a table lacks a column:
            one sentence that names the file and no patient. Some are raised on the first message.
    """
    reader = _READERS.get(source_format)
    if reader is None:
        message = f"The format {source_format!r} is not known; choose one of {', '.join(FORMATS)}."
        raise SourceError(message)
    return reader(paths)


def assumptions(source_format: str) -> list[str]:
    """Sentences on what was assumed in reading a format, for the summary of a replay."""
    return list(profile(source_format).assumptions) if source_format in _PROFILED else []
