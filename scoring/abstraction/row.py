"""One row of an abstraction file: its text turned into times, codes and numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite

from scoring.abstraction.column import CODES, FLAGS, NUMBERS, Column
from scoring.number import Resolution

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)
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
        facility: The facility that reports it, as written.
        instants: Times, cut down to the measure's resolution; all naive or all aware, unless `unreadable`.
        codes: Flags (`0`, `1`) and other codes, in lower case.
        numbers: Measured values.
        born: Date of birth.
        unreadable: A date or time cannot be read, or naive times stand beside times with an offset.
        misaligned: The row has not as many fields as the header, so nothing in it can be trusted.
        warnings: What was read as not given.
    """

    facility: str = ""
    instants: dict[Column, datetime] = field(default_factory=dict)
    codes: dict[Column, str] = field(default_factory=dict)
    numbers: dict[Column, float] = field(default_factory=dict)
    born: date | None = None
    unreadable: bool = False
    misaligned: bool = False
    warnings: list[str] = field(default_factory=list)


class RowReader:
    """Reads the columns that a measure needs out of rows whose fields all stand in the same places."""

    def __init__(self, positions: Mapping[Column, int], resolution: Resolution) -> None:
        """Read only the columns of `positions`, each at its place; cut times down to `resolution`."""
        self._cut = resolution.cut
        self._positions = positions
        self._instants = [(column, place) for column, place in positions.items() if column.is_instant]
        self._codes = [(column, place, column in FLAGS) for column, place in positions.items() if column in CODES]
        self._numbers = [(column, place) for column, place in positions.items() if column in NUMBERS]

    def read(self, fields: Sequence[str]) -> AbstractedRow:
        """Read one row."""
        row = AbstractedRow(self._text(fields, Column.FACILITY_ID))
        self._learn_instants(row, fields)
        born = self._text(fields, Column.DATE_OF_BIRTH)
        if born:
            row.born = read_date(born)
            row.unreadable = row.unreadable or row.born is None
        for column, place, is_flag in self._codes:
            text = fields[place].strip()
            if text in _FLAG_CODES:
                row.codes[column] = text
            elif text:
                _learn_code(row, column, text, is_flag=is_flag)
        for column, place in self._numbers:
            if text := fields[place].strip():
                _learn_number(row, column, text)
        return row

    def _text(self, fields: Sequence[str], column: Column) -> str:
        return fields[self._positions[column]].strip()

    def _learn_instants(self, row: AbstractedRow, fields: Sequence[str]) -> None:
        for column, place in self._instants:
            if text := fields[place].strip():
                instant = read_instant(text)
                if instant is None:
                    row.unreadable = True
                else:
                    # Most forms have no seconds: then there is nothing to cut, and a copy less.
                    row.instants[column] = self._cut(instant) if instant.second or instant.microsecond else instant
        row.unreadable = row.unreadable or mixes_zones(row.instants.values())


def mixes_zones(instants: Iterable[datetime]) -> bool:
    """Whether naive times stand beside times with an offset."""
    return len({instant.tzinfo is None for instant in instants}) > 1


def read_instant(text: str) -> datetime | None:
    """A date with its time of day, to the minute or finer, naive or with an offset; None where it is none.

    A date alone is none: nobody can tell its minute.
    """
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """A date, or the date of a time of day; None where it is neither."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        instant = read_instant(text)
    return instant.date() if instant is not None else None


def _learn_number(row: AbstractedRow, column: Column, text: str) -> None:
    try:
        # Python takes 1_0 for 10; nobody writes that, so it is a slip of 1.0 or 10.
        number = float("nan" if "_" in text else text)
    except ValueError:
        number = float("nan")
    if isfinite(number):
        row.numbers[column] = number
    else:
        row.warnings.append(UNREADABLE_NUMBER)


def _learn_code(row: AbstractedRow, column: Column, text: str, *, is_flag: bool) -> None:
    code = read_code(text, is_flag=is_flag)
    if code is None:
        row.warnings.append(UNKNOWN_FLAG)
    else:
        row.codes[column] = code


def read_code(text: str, *, is_flag: bool) -> str | None:
    """The code that a text without blanks around it is read as; None where a flag says neither yes nor no.

    A table program may have made 1 into 1.0.
    """
    whole = _WHOLE.fullmatch(text)
    code = whole[1] if whole else text.lower()
    if not is_flag:
        return code
    code = _FLAG_WORDS.get(code, code)
    return code if code in _FLAG_CODES else None
