"""One row of an abstraction file: its text turned into times, codes and numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

from scoring.abstraction.column import FLAGS, NAMES, NUMBERS, Column
from scoring.measure import Resolution

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"([0-9]+)\.0+")
_FLAG_WORDS = {"true": "1", "yes": "1", "y": "1", "false": "0", "no": "0", "n": "0"}
_FLAG_CODES = frozenset({"0", "1"})

UNKNOWN_FLAG = "unknown_flag"
"""Warning: a flag is neither 0 nor 1; it counts as not given."""
UNREADABLE_NUMBER = "unreadable_number"
"""Warning: a measured value is no number; it counts as not given."""


@dataclass(slots=True)
class AbstractedRow:
    """What one row says. A column that is blank stands in none of the mappings.

    Attributes:
        names: Who and where, as written.
        instants: Times, cut down to the measure's resolution; all naive or all aware.
        codes: Flags (`0`, `1`) and other codes, in lower case.
        numbers: Measured values.
        born: Date of birth.
        unreadable: A date or time cannot be read, or naive times stand beside times with an offset.
        misaligned: The row has not as many fields as the header, so nothing in it can be trusted.
        warnings: What was read as not given.
    """

    names: dict[Column, str] = field(default_factory=dict)
    instants: dict[Column, datetime] = field(default_factory=dict)
    codes: dict[Column, str] = field(default_factory=dict)
    numbers: dict[Column, float] = field(default_factory=dict)
    born: date | None = None
    unreadable: bool = False
    misaligned: bool = False
    warnings: list[str] = field(default_factory=list)

    def name(self, column: Column) -> str:
        """An identifier as written; empty where it is blank."""
        return self.names.get(column, "")


def read_row(values: Mapping[Column, str], resolution: Resolution) -> AbstractedRow:
    """Read the columns given; those that the measure does not need are left to the caller."""
    row = AbstractedRow()
    for column, text in values.items():
        stripped = text.strip()
        if stripped:
            _learn(row, column, stripped, resolution)
    row.unreadable = row.unreadable or mixes_zones(row.instants.values())
    return row


def mixes_zones(instants: Iterable[datetime]) -> bool:
    """Whether naive times stand beside times with an offset."""
    return len({instant.tzinfo is None for instant in instants}) > 1


def _learn(row: AbstractedRow, column: Column, text: str, resolution: Resolution) -> None:
    if column in NAMES:
        row.names[column] = text
    elif column.is_instant:
        instant = read_instant(text)
        if instant is None:
            row.unreadable = True
        else:
            row.instants[column] = resolution.cut(instant)
    elif column is Column.DATE_OF_BIRTH:
        row.born = _read_date(text)
        row.unreadable = row.unreadable or row.born is None
    elif column in NUMBERS:
        _learn_number(row, column, text)
    else:
        _learn_code(row, column, text)


def read_instant(text: str) -> datetime | None:
    """A date with its time of day, to the minute or finer, naive or with an offset; None where it is none.

    A date alone is none: nobody can tell its minute.
    """
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _read_date(text: str) -> date | None:
    instant = read_instant(text)
    if instant is not None:
        return instant.date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _learn_number(row: AbstractedRow, column: Column, text: str) -> None:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if isfinite(number):
        row.numbers[column] = number
    else:
        row.warnings.append(UNREADABLE_NUMBER)


def _learn_code(row: AbstractedRow, column: Column, text: str) -> None:
    """A table program may have made 1 into 1.0."""
    whole = _WHOLE.fullmatch(text)
    code = whole[1] if whole else text.lower()
    if column in FLAGS:
        code = _FLAG_WORDS.get(code, code)
        if code not in _FLAG_CODES:
            row.warnings.append(UNKNOWN_FLAG)
            return
    row.codes[column] = code
