"""Whether dates stand only where a day is asked for; anywhere else one would be taken for a text."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from scoring.measure_file.fault import Fault, value_words
from scoring.measure_file.part import Part
from scoring.measure_file.toml_places import Path

DAYS = frozenset({("effective_from",), ("effective_until",)})
"""The keys of a measure that hold a day."""


def date_faults(file: Part) -> Iterator[Fault]:
    """Faults of dates and times of day in other places."""
    yield from _misplaced(file.body, file.path)


def _misplaced(value: Any, path: Path) -> Iterator[Fault]:
    match value:
        case dict():
            for key, each in value.items():
                yield from _misplaced(each, (*path, key))
        case list():
            for number, each in enumerate(value):
                yield from _misplaced(each, (*path, number))
        case date() | time() if path not in DAYS:
            yield Fault(path, f"is {value_words(value)}", "write it in quotes where a text is asked for")
        case _:
            return
