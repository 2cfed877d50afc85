"""Sorted runs: lines that each share of the patients gives in order, put together to one order without holding them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from operator import itemgetter
from pathlib import Path

import orjson

_AT_ONCE = 200
"""Files open at a time; a process may usually have 1024."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Row = tuple[Sequence[str | int], str]
"""What a line is sorted by, and the line; empty where that says it all."""


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, which sort as the instants do, whatever their offset."""
    return (at - _EPOCH) // _MICROSECOND


def write_run(path: Path, rows: Iterable[Row]) -> None:
    """Write rows that are in order."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in rows)


def merged(runs: Sequence[Path]) -> Iterator[Row]:
    """The rows of all runs in their common order; of equal ones those of the earlier run first.

    The runs are used up: many of them are first put together to fewer.
    """
    while len(runs) > _AT_ONCE:
        first = runs[0].with_name(runs[0].name + "+")
        write_run(first, _merged(runs[:_AT_ONCE]))
        for used in runs[:_AT_ONCE]:
            used.unlink()
        runs = [first, *runs[_AT_ONCE:]]
    return _merged(runs)


def _merged(runs: Sequence[Path]) -> Iterator[Row]:
    return merge(*map(_rows, runs), key=itemgetter(0))


def _rows(run: Path) -> Iterator[Row]:
    with run.open("rb") as file:
        for line in file:
            sort_key, body = orjson.loads(line)
            yield sort_key, body
