"""Reads the published MIMIC-III tables: any subset of them, as `.csv` or `.csv.gz`, in a folder."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from schemas.raw import RowPhase
from schemas.topics import Topic, patient_key
from schemas.translate.mimic3_carrier import carrier_rows
from schemas.translate.mimic3_known import correction_times, moments
from schemas.translate.mimic3_row import COLUMNS, EXTRA_FIELDS, SOURCE, columns_of, mimic3_profile
from schemas.translate.reason import RefusedError
from streams.sources.message import SourceError, SourceMessage
from streams.sources.text_file import open_bytes

_TOPICS = {
    "labevents": Topic.RAW_LAB,
    "microbiologyevents": Topic.RAW_LAB,
    "chartevents": Topic.RAW_VITALS,
    "outputevents": Topic.RAW_VITALS,
    "procedureevents_mv": Topic.RAW_ACT,
    "inputevents_mv": Topic.RAW_MEDICATION,
    "inputevents_cv": Topic.RAW_MEDICATION,
    "prescriptions": Topic.RAW_MEDICATION,
}
_PHASES = {phase: order for order, phase in enumerate(RowPhase)}
_FIRST = datetime.min.replace(tzinfo=UTC)
"""Where a row stands that does not say when it was known: before all others, so that it is judged at all."""

_Placed = tuple[datetime, int, int, SourceMessage]


def read_mimic3(paths: Sequence[Path]) -> Iterator[SourceMessage]:
    """Messages of the tables, in the order in which they became known.

    A row is one message of its own and one for each later moment at which more of it became known
    (end of an infusion, discharge, correction); only the first counts as read.

    Raises:
        SourceError: There is no table, or one cannot be read, lacks a column that is needed or has it twice.
    """
    tables = find_tables(paths)
    rows = {table: _read_table(path, table) for table, path in tables.items()}
    order = count()
    placed = [one for table, listed in rows.items() for one in _place(table, listed, order)]
    placed.extend(_patients(rows.get("patients", []), placed, order))
    placed.sort(key=lambda one: one[:3])
    return (message for *_, message in placed)


def find_tables(paths: Sequence[Path]) -> dict[str, Path]:
    """The files of the tables that are read, by the name of the table.

    Raises:
        SourceError: There is none.
    """
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    tables = {file.name.lower().removesuffix(".gz").removesuffix(".csv"): file for file in files if _is_csv(file)}
    known = {table: tables[table] for table in COLUMNS if table in tables}
    if not known:
        message = f"No MIMIC-III table was found in {', '.join(path.name for path in paths)}: expected {_EXAMPLES}."
        raise SourceError(message)
    return known


_EXAMPLES = "files such as admissions.csv.gz or labevents.csv"


def _is_csv(file: Path) -> bool:
    return file.name.lower().endswith((".csv", ".csv.gz"))


def _read_table(path: Path, table: str) -> list[dict[str, Any]]:
    with open_bytes(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.DictReader(text, restkey=EXTRA_FIELDS)
        try:
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            _check_columns(path.name, reader.fieldnames, columns_of(table))
            return list(reader)
        except csv.Error:
            message = f"{path.name} is no table that can be read: a field is too long, or a quote is never closed."
            raise SourceError(message) from None


def _check_columns(name: str, found: Sequence[str], needed: Iterable[str]) -> None:
    missing = [column for column in needed if column not in found]
    if missing:
        message = f"{name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}."
        raise SourceError(message)
    twice = [column for column in needed if found.count(column) > 1]
    if twice:
        message = f"{name} has the column{'s' * (len(twice) > 1)} {', '.join(twice)} more than once."
        raise SourceError(message)


def _place(table: str, rows: list[dict[str, Any]], order: Iterable[int]) -> Iterator[_Placed]:
    if table == "patients":
        return
    corrected, carriers = correction_times(table, rows), carrier_rows(table, rows)
    for row, place in zip(rows, order, strict=False):
        row_id = row.get("row_id", "")
        for phase, known_at in _moments(table, row, corrected.get(row_id)):
            message = _message(table, phase, row, known_at, is_carrier=row_id in carriers)
            yield (known_at or _FIRST, _PHASES[phase], place, message)


def _moments(
    table: str, row: dict[str, Any], corrected_at: datetime | None
) -> Sequence[tuple[RowPhase, datetime | None]]:
    try:
        return moments(table, row, corrected_at) or ((RowPhase.ROW, None),)
    except RefusedError:
        return ((RowPhase.ROW, None),)


def _message(
    table: str, phase: RowPhase, row: dict[str, Any], known_at: datetime | None, *, is_carrier: bool = False
) -> SourceMessage:
    value: dict[str, Any] = {"format": "mimic3/1", "table": table, "phase": phase.value, "row": row}
    if is_carrier:
        value["carrier"] = True
    if known_at is not None:
        value["received_at"] = known_at.isoformat()
    return SourceMessage(
        topic=_TOPICS.get(table, Topic.RAW_ADT),
        key=_key(row),
        value=value,
        received_at=known_at,
        counted_as=table if phase is RowPhase.ROW else "",
    )


def _key(row: dict[str, Any]) -> str | None:
    subject = row.get("subject_id")
    return patient_key(mimic3_profile().facility_id or SOURCE, subject) if subject else None


def _patients(rows: list[dict[str, Any]], placed: list[_Placed], order: Iterable[int]) -> Iterator[_Placed]:
    """Who a patient is becomes known with the first that is heard of them."""
    first_heard: dict[str, datetime] = {}
    for known_at, _, _, message in placed:
        if message.key and message.received_at:
            first_heard[message.key] = min(known_at, first_heard.get(message.key, known_at))
    for row, place in zip(rows, order, strict=False):
        known = first_heard.get(_key(row) or "")
        yield (known or _FIRST, -1, place, _message("patients", RowPhase.ROW, row, known))
