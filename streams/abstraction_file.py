"""Reading an abstraction file: comma-separated text, one row a case, read as often as it is needed."""

import csv
import io
import re
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scoring.abstraction.column import Column
from scoring.abstraction.identity import IdentityTexts
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.row import AbstractedRow, RowReader
from streams.sources.message import SourceError
from streams.sources.text_file import open_bytes

_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_DELIMITERS = ",;\t"
_SEPARATOR = re.compile(r"\W*sep=.?\W*$", re.IGNORECASE)
_CHUNK = 1 << 20
_COLUMNS = {column.value: column for column in Column}


@dataclass(frozen=True, slots=True)
class AbstractionFile:
    """A file whose header has been read.

    Attributes:
        path: Where it is.
        encoding: How its text is written.
        delimiter: What stands between two fields.
        positions: Place of each known column in a row.
        width: How many fields the header has.
        extra: How many columns are of no use to any measure.
    """

    path: Path
    encoding: str
    delimiter: str
    positions: Mapping[Column, int]
    width: int
    extra: int

    def rows(self, form: MeasureForm) -> Iterator[tuple[int, str, AbstractedRow]]:
        """Line number, case and content of every row, in order, as the measure reads it. Blank lines are passed over.

        A row with more or fewer fields than the header is misaligned, and nothing in it is read.

        Raises:
            SourceError: The file is damaged, or cannot be read as text.
        """
        positions = {column: self.positions[column] for column in form.columns()}
        reader = RowReader(positions, form.resolution, form.codes())
        case_place = self.positions[Column.CASE_ID]
        for number, fields in self._fields():
            case_id = fields[case_place] if case_place < len(fields) else ""
            row = reader.read(fields) if len(fields) == self.width else AbstractedRow(misaligned=True)
            yield number, case_id, row

    def identities(self) -> Iterator[tuple[int, Iterator[str]]]:
        """Line number and texts, in the order of `IdentityTexts`, of every row that is not misaligned.

        Raises:
            SourceError: The file is damaged, or cannot be read as text.
        """
        places = [self.positions[_COLUMNS[name]] for name in IdentityTexts._fields]
        for number, fields in self._fields():
            if len(fields) == self.width:
                yield number, (fields[place] for place in places)

    def _fields(self) -> Iterator[tuple[int, list[str]]]:
        lines = _all_fields(self.path, self.encoding, self.delimiter)
        next(lines, None)
        return ((number, fields) for number, fields in lines if any(map(str.strip, fields)))


def open_abstraction_file(path: Path, needed: Collection[Column], measure: str) -> AbstractionFile:
    """Read the header of a file and see that it has every column that the measure needs.

    Names of columns are compared without regard to case and to blanks around them.

    Raises:
        SourceError: The file cannot be read or is no text, its header is missing or names a column twice, or a
            column that the measure needs is missing.
    """
    if not path.exists():
        message = f"{path.name} cannot be read: there is no such file."
        raise SourceError(message)
    if not path.is_file():
        message = f"{path.name} cannot be read: it must be a file, because it is read twice."
        raise SourceError(message)
    encoding = _encoding_of(path)
    first = _first_line(path, encoding)
    if _SEPARATOR.match(first):
        message = (
            f"{path.name} begins with a line that tells a table program its separator; take that line out: the first "
            "line must name the columns."
        )
        raise SourceError(message)
    delimiter = max(_DELIMITERS, key=lambda each: sum(name in _COLUMNS for name in _names(first, each)))
    with closing(_all_fields(path, encoding, delimiter)) as lines:
        names = _cleaned(next(lines, (0, []))[1])
    positions = {_COLUMNS[name]: place for place, name in enumerate(names) if name in _COLUMNS}
    _refuse_repeated(path, names)
    missing = [column.value for column in needed if column not in positions]
    if missing:
        message = (
            f"{path.name} lacks {_listed(missing)}, which {measure} needs. Add what is missing to the first line, and "
            f"leave blank what is not known; a header with all of them: timezero measures show {measure} --template"
        )
        raise SourceError(message)
    return AbstractionFile(path, encoding, delimiter, positions, len(names), len(names) - len(positions))


def _refuse_repeated(path: Path, names: list[str]) -> None:
    repeated = sorted({name for name in names if name in _COLUMNS and names.count(name) > 1})
    if repeated:
        message = f"{path.name} has two columns named {repeated[0]}; leave one."
        raise SourceError(message)


def _listed(names: list[str]) -> str:
    return f"the column {names[0]}" if len(names) == 1 else f"the columns {', '.join(names)}"


def _names(line: str, delimiter: str) -> list[str]:
    return _cleaned(next(csv.reader([line], delimiter=delimiter), []))


def _cleaned(fields: list[str]) -> list[str]:
    return [field.strip().lower() for field in fields]


def _encoding_of(path: Path) -> str:
    """By its byte order mark; else UTF-8 if all of it is that, else the Windows code page that Excel writes."""
    with open_bytes(path) as stream:
        begin = stream.read(3)
        for mark, encoding in _BYTE_ORDER_MARKS.items():
            if begin.startswith(mark):
                return encoding
    try:
        with open_bytes(path) as stream, io.TextIOWrapper(stream, encoding="utf-8") as text:
            while text.read(_CHUNK):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _first_line(path: Path, encoding: str) -> str:
    try:
        with open_bytes(path) as stream, io.TextIOWrapper(stream, encoding=encoding) as text:
            line = text.readline(_CHUNK)
    except UnicodeError as error:
        raise _no_text(path) from error
    if not line.strip():
        message = f"{path.name} has no header: the first line must name the columns."
        raise SourceError(message)
    return line


def _all_fields(path: Path, encoding: str, delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    read = 0
    try:
        with open_bytes(path) as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            for fields in reader:
                read = reader.line_num
                yield read, fields
    except UnicodeError as error:
        raise _no_text(path) from error
    except csv.Error as error:
        message = (
            f"{path.name} is not comma-separated text: {error}, in the row that begins in line {read + 1}. Look there "
            "for a quotation mark that is not closed, or within a field and not doubled."
        )
        raise SourceError(message) from error


def _no_text(path: Path) -> SourceError:
    return SourceError(f"{path.name} cannot be read as text; save it as CSV in UTF-8.")
