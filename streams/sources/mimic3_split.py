"""Cuts published tables by patient, so that the rows of some patients can be read without those of all."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from zlib import crc32

from streams.sources.message import SourceError
from streams.sources.mimic3 import find_tables
from streams.sources.text_file import open_bytes

_PATIENT = "subject_id"


def split_tables(paths: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """Write the rows of tables into `count` folders of tables, all rows of a patient into the same one.

    A table without a column for the patient stands in the first folder.

    Raises:
        SourceError: There is no table, or one cannot be read.
    """
    shares = [folder / f"tables-{number:06}" for number in range(count)]
    for share in shares:
        share.mkdir()
    for table in find_tables(paths).values():
        _split(table, shares)
    return shares


def _split(table: Path, shares: Sequence[Path]) -> None:
    with ExitStack() as open_files:
        rows = _rows(table)
        header = next(rows, [])
        names = [name.strip().lower() for name in header]
        column = names.index(_PATIENT) if _PATIENT in names else len(names)
        name = table.name.lower().removesuffix(".gz")
        files = [open_files.enter_context((share / name).open("w", encoding="utf-8", newline="")) for share in shares]
        writers = [csv.writer(file) for file in files]
        for writer in writers:
            writer.writerow(header)
        for row in rows:
            patient = row[column] if column < len(row) else ""
            writers[crc32(patient.encode()) % len(writers) if patient else 0].writerow(row)


def _rows(table: Path) -> Iterator[list[str]]:
    with open_bytes(table) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        try:
            yield from csv.reader(text)
        except csv.Error:
            message = f"{table.name} is no table that can be read: a field is too long, or a quote is never closed."
            raise SourceError(message) from None
