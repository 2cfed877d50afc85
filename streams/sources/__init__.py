"""Readers: files of a published set or an exported feed, as messages in the order in which they became known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.source_profile import profile
from streams.sources.line_range import LineRange, line_ranges
from streams.sources.message import SourceError, SourceMessage
from streams.sources.mimic3 import read_mimic3
from streams.sources.mimic3_split import split_tables
from streams.sources.ndjson import NOT_TEXT, logged_record, raw_record, read_events, read_log
from streams.sources.topic_range import PREFIX as TOPIC_PREFIX
from streams.sources.topic_range import NamedTopic, ReceivedSpan, TopicRange, records_of, topic_ranges
from streams.sources.xes import read_traces, read_xes

__all__ = [
    "FORMATS",
    "NOT_TEXT",
    "TOPIC_FORMATS",
    "TOPIC_PREFIX",
    "NamedTopic",
    "Part",
    "ReceivedSpan",
    "SourceError",
    "SourceMessage",
    "TopicRange",
    "WholeFiles",
    "assumptions",
    "open_part",
    "open_source",
    "parts_of",
    "size_of",
    "split_tables",
    "topic_ranges",
]

_READERS: dict[str, Callable[[Sequence[Path]], Iterator[SourceMessage]]] = {
    "events": read_events,
    "log": read_log,
    "mimic3": read_mimic3,
    "xes": read_xes,
}
_BY_LINE: dict[str, Callable[[Iterable[Path | LineRange]], Iterator[SourceMessage]]] = {
    "events": read_events,
    "log": read_log,
}
_OF_RECORD = {"events": raw_record, "log": logged_record}
FORMATS = tuple(_READERS)
"""Formats that can be read."""
TOPIC_FORMATS = tuple(_OF_RECORD)
"""Formats in which a topic can be read."""

_PACKED_TIMES = 10
"""How much longer packed text is, about, once unpacked."""
_RECORD_BYTES = 500
"""How long a record of a topic is, about."""
_PROFILED = frozenset({"mimic3", "xes"})


@dataclass(frozen=True, slots=True)
class WholeFiles:
    """Files that only one process can read, for a message of theirs may hang on any other."""

    paths: tuple[Path, ...]


Part = WholeFiles | LineRange | TopicRange
"""What one process reads."""


def parts_of(paths: Sequence[Path], source_format: str, count: int) -> list[Part]:
    """Files cut into about `count` parts, in order: together they have the messages of all of the files, each once.

    Raises:
        SourceError: A file is not there.
    """
    if source_format not in _BY_LINE:
        return [WholeFiles(tuple(paths))]
    try:
        return [part for path in paths for part in _parts_of(path, count)]
    except OSError as refused:
        message = f"{Path(str(refused.filename)).name} cannot be read: {refused.strerror}."
        raise SourceError(message) from refused


def size_of(paths: Sequence[Path], ranges: Sequence[Part]) -> int:
    """About how many bytes of text the inputs have, unpacked; what cannot be looked at counts as nothing."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    unpacked = sum(file.stat().st_size * (_PACKED_TIMES if file.suffix == ".gz" else 1) for file in files)
    return unpacked + sum(_RECORD_BYTES * (each.end - each.first) for each in ranges if isinstance(each, TopicRange))


def _parts_of(path: Path, count: int) -> Sequence[Part]:
    return [WholeFiles((path,))] if path.suffix == ".gz" or not path.is_file() else line_ranges(path, count)


def open_part(part: Part, source_format: str) -> Iterator[SourceMessage]:
    """Messages of a part, in any order; raises as `open_source` does."""
    match part:
        case WholeFiles(paths=paths) if source_format == "xes":
            return (message for path in paths for message in read_traces(path))
        case WholeFiles(paths=paths):
            return open_source(paths, source_format)
        case LineRange():
            return _BY_LINE[source_format]([part])
        case TopicRange():
            return map(_OF_RECORD[source_format], records_of(part))


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
