"""A stretch of a text file: the lines that begin in it, so that several processes can read one file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from streams.sources.text_file import open_bytes


@dataclass(frozen=True, slots=True)
class LineRange:
    """Bytes of a file, half-open. A line belongs to the range in which its first byte lies."""

    path: Path
    begin: int
    end: int


def lines_of(part: LineRange) -> Iterator[bytes]:
    """The lines of a range, in order.

    Raises:
        SourceError: The file cannot be read.
    """
    with open_bytes(part.path) as stream:
        at = part.begin
        if at > 0:
            stream.seek(at - 1)
            at += len(stream.readline()) - 1
        while at < part.end and (line := stream.readline()):
            yield line
            at += len(line)


def line_ranges(path: Path, count: int) -> list[LineRange]:
    """A plain file as about `count` ranges of equal size, in order; none of them empty.

    Raises:
        OSError: The file is not there.
    """
    size = path.stat().st_size
    bounds = sorted({size * number // count for number in range(count + 1)})
    return [LineRange(path, begin, end) for begin, end in pairwise(bounds)]
