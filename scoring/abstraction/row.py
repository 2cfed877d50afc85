"""One row of an abstraction file: its text turned into times, codes and numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite, nan

from scoring.abstraction.column import CODED, FLAGS, NUMBERS, Column
from scoring.abstraction.warning import (
    MIXED_OFFSETS,
    UNKNOWN_CODE,
    UNKNOWN_FLAG,
    UNREADABLE_DATETIME,
    UNREADABLE_NUMBER,
    Warned,
)
from scoring.number import Resolution

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]+)\.0+")
_FLAG_WORDS = {"true": "1", "yes": "1", "y": "1", "false": "0", "no": "0", "n": "0"}
_FLAG_CODES = frozenset({"0", "1"})
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


@dataclass(slots=True)
class AbstractedRow:
    """What one row says. A column that is blank stands in none of the mappings.

    Attributes:
        facility: The facility that reports it, as written.
        instants: Times, cut down to the measure's resolution; all naive or all aware, unless `unreadable`.
        codes: Flags (`0`, `1`) and other codes, as `read_code` reads them.
        numbers: Measured values.
        born: Date of birth.
        unreadable: A date or time cannot be read, or naive times stand beside times with an offset.
        misaligned: The row has not as many fields as the header, so nothing in it can be trusted.
        warnings: What could not be read, or is not known.
    """

    facility: str = ""
    instants: dict[Column, datetime] = field(default_factory=dict)
    codes: dict[Column, str] = field(default_factory=dict)
    numbers: dict[Column, float] = field(default_factory=dict)
    born: date | None = None
    unreadable: bool = False
    misaligned: bool = False
    warnings: list[Warned] = field(default_factory=list)


class RowReader:
    """Reads the columns that a measure needs out of rows whose fields all stand in the same places."""

    def __init__(
        self, positions: Mapping[Column, int], resolution: Resolution, codes: Mapping[Column, re.Pattern[str]]
    ) -> None:
        """Read only the columns of `positions`, each at its place; cut times down to `resolution`.

        `codes` are those that a column may have; one that does not stand in it may have any.
        """
        self._cut = resolution.cut
        self._positions = positions
        self._instants = [(column, place) for column, place in positions.items() if column.is_instant]
        self._codes = [
            (column, place, codes.get(column)) for column, place in positions.items() if column in CODED - FLAGS
        ]
        self._flags = [(column, place) for column, place in positions.items() if column in FLAGS]
        self._numbers = [(column, place) for column, place in positions.items() if column in NUMBERS]

    def read(self, fields: Sequence[str]) -> AbstractedRow:
        """Read one row."""
        row = AbstractedRow(self._text(fields, Column.FACILITY_ID))
        self._learn_instants(row, fields)
        self._learn_birth(row, fields)
        for column, place in self._flags:
            if text := fields[place].strip():
                _learn_flag(row, column, text)
        for column, place, known in self._codes:
            if text := fields[place].strip():
                _learn_code(row, column, text, known)
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
                    _say_unreadable(row, column)
                else:
                    # Most forms have no seconds: then there is nothing to cut, and a copy less.
                    row.instants[column] = self._cut(instant) if instant.second or instant.microsecond else instant
        if mixes_zones(row.instants.values()):
            row.unreadable = True
            row.warnings.append(Warned(MIXED_OFFSETS))

    def _learn_birth(self, row: AbstractedRow, fields: Sequence[str]) -> None:
        if born := self._text(fields, Column.DATE_OF_BIRTH):
            row.born = read_date(born)
            if row.born is None:
                _say_unreadable(row, Column.DATE_OF_BIRTH)


def _say_unreadable(row: AbstractedRow, column: Column) -> None:
    row.unreadable = True
    row.warnings.append(Warned(UNREADABLE_DATETIME, column))


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
        number = float(text)
    except ValueError:
        number = nan
    # Python takes 1_0 for 10; nobody writes that, so it is a slip of 1.0 or 10.
    if isfinite(number) and "_" not in text:
        row.numbers[column] = number
    else:
        row.warnings.append(Warned(UNREADABLE_NUMBER, column))


def read_code(text: str, *, is_flag: bool) -> str | None:
    """The code that a text without blanks around it is read as; None where a flag says neither yes nor no.

    In lower case, an underscore between its words, however they were parted: `Septic-Shock`, `septic shock`. A table
    program may have made 1 into 1.0.
    """
    whole = _WHOLE.fullmatch(text)
    code = whole[1] if whole else _BETWEEN_WORDS.sub("_", text.lower())
    if not is_flag:
        return code
    code = _FLAG_WORDS.get(code, code)
    return code if code in _FLAG_CODES else None


def _learn_flag(row: AbstractedRow, column: Column, text: str) -> None:
    code = text if text in _FLAG_CODES else read_code(text, is_flag=True)
    if code is None:
        row.warnings.append(Warned(UNKNOWN_FLAG, column))
    else:
        row.codes[column] = code


def _learn_code(row: AbstractedRow, column: Column, text: str, known: re.Pattern[str] | None) -> None:
    code = row.codes[column] = read_code(text, is_flag=False) or ""
    if known is not None and not known.fullmatch(code):
        row.warnings.append(Warned(UNKNOWN_CODE, column))
