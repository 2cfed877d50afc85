"""When what a MIMIC-III row says became known, and when a correction of it did.

The definitions are those of the project's interfaces: a charted row is known when it was stored and
no earlier than it happened; the end of an infusion is an event of its own; a correction has its own
time, else the later store time of the row and of the row that replaces it, else a stated delay.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from schemas.raw import RowPhase
from schemas.translate.codebook import codebook
from schemas.translate.mimic3_row import field, mimic3_profile, time_in, time_needed
from schemas.translate.reason import RefusedError

Row = dict[str, Any]
Moment = tuple[RowPhase, datetime]
"""A phase of a row, and when it became known."""

REWRITTEN = "Rewritten"


def moments(table: str, row: Row, corrected_at: datetime | None = None) -> tuple[Moment, ...]:
    """Every moment at which something about the row became known; the row itself first.

    Args:
        table: The row's table.
        row: Its fields.
        corrected_at: When its correction was known; None: it was not corrected.

    Raises:
        RefusedError: A time cannot be read.
    """
    told = tuple(_MOMENTS[table](row))
    return (*told, (RowPhase.RETRACTED, corrected_at)) if corrected_at else told


def known_at(table: str, phase: RowPhase, row: Row) -> datetime | None:
    """When one phase of a row became known, from the row alone; None where the row does not say.

    Raises:
        RefusedError: A time cannot be read.
    """
    return dict(_MOMENTS[table](row)).get(phase)


def _admission(row: Row) -> Iterator[Moment]:
    arrived, admitted = time_in(row, "edregtime"), time_needed(row, "admittime")
    if arrived:
        yield RowPhase.ROW, arrived
        yield RowPhase.ADMITTED, admitted
    else:
        yield RowPhase.ROW, admitted
    died, discharged = time_in(row, "deathtime"), time_in(row, "dischtime")
    if died:
        yield RowPhase.DIED, died
    if discharged:
        yield RowPhase.COMPLETED, discharged


def _icu_stay(row: Row) -> Iterator[Moment]:
    yield RowPhase.ROW, time_needed(row, "intime")
    left = time_in(row, "outtime")
    if left:
        yield RowPhase.COMPLETED, left


def _input(row: Row) -> Iterator[Moment]:
    started = _stored("starttime")(row)
    yield RowPhase.ROW, started
    ended = time_in(row, "endtime")
    if ended and ended > started:
        yield RowPhase.COMPLETED, ended


def _laboratory(row: Row) -> Iterator[Moment]:
    item = codebook().mimic3.labs.get(field(row, "itemid"))
    delay = mimic3_profile().delay_of(item.note if item else "laboratory")
    yield RowPhase.ROW, time_needed(row, "charttime") + delay


def _culture(row: Row) -> Iterator[Moment]:
    """One with a date only may have been taken at any minute of its day: it is known when the day is over."""
    taken = time_in(row, "charttime") or time_needed(row, "chartdate") + timedelta(days=1)
    yield RowPhase.ROW, taken + mimic3_profile().delay_of("culture")


def _stored(column: str) -> Callable[[Row], datetime]:
    def later_of_both(row: Row) -> datetime:
        happened, stored = time_needed(row, column), time_in(row, "storetime")
        return max(happened, stored) if stored else happened

    return later_of_both


def _charted(column: str) -> Callable[[Row], Iterator[Moment]]:
    def tell(row: Row) -> Iterator[Moment]:
        yield RowPhase.ROW, _stored(column)(row)

    return tell


def _at(column: str) -> Callable[[Row], Iterator[Moment]]:
    def tell(row: Row) -> Iterator[Moment]:
        yield RowPhase.ROW, time_needed(row, column)

    return tell


def _untimed(_row: Row) -> Iterator[Moment]:
    return iter(())


_MOMENTS: dict[str, Callable[[Row], Iterator[Moment]]] = {
    "admissions": _admission,
    "patients": _untimed,
    "transfers": _at("intime"),
    "icustays": _icu_stay,
    "services": _untimed,
    "diagnoses_icd": _untimed,
    "d_items": _untimed,
    "d_labitems": _untimed,
    "labevents": _laboratory,
    "microbiologyevents": _culture,
    "chartevents": _charted("charttime"),
    "outputevents": _charted("charttime"),
    "inputevents_mv": _input,
    "inputevents_cv": _charted("charttime"),
    "procedureevents_mv": _charted("starttime"),
    "prescriptions": _at("startdate"),
}


def correction_times(table: str, rows: Iterable[Row]) -> dict[str, datetime]:
    """When each corrected row of a table was known to be corrected, by `row_id`.

    A row whose times cannot be read is left out: it is rejected where it is translated.
    """
    if table not in _SAME_ACT:
        return {}
    listed = list(rows)
    corrected = [row for row in listed if is_corrected(table, row)]
    others = _others_of(table, listed, corrected)
    times = ((row["row_id"], _corrected_at(row, others[_act(table, row)], table)) for row in corrected)
    return {row_id: at for row_id, at in times if at is not None}


_SAME_ACT = {
    "chartevents": ("subject_id", "itemid", "charttime"),
    "outputevents": ("subject_id", "itemid", "charttime"),
    "inputevents_mv": ("linkorderid", "itemid"),
    "procedureevents_mv": ("linkorderid", "itemid"),
}
"""Columns in which a row and the one that replaces it agree."""

_STARTS = {"inputevents_mv": "starttime", "procedureevents_mv": "starttime"}


def is_corrected(table: str, row: Row) -> bool:
    """Whether the row says of itself that it was rewritten, cancelled or entered in error."""
    if table in _STARTS:
        return row.get("statusdescription") == REWRITTEN or row.get("cancelreason") not in {"0", "", None}
    return row.get("error" if table == "chartevents" else "iserror") == "1"


def _act(table: str, row: Row) -> tuple[Any, ...]:
    return tuple(row.get(column) for column in _SAME_ACT[table])


def _others_of(table: str, rows: list[Row], corrected: list[Row]) -> dict[tuple[Any, ...], list[Row]]:
    acts: dict[tuple[Any, ...], list[Row]] = {_act(table, row): [] for row in corrected}
    for row in rows:
        versions = acts.get(_act(table, row))
        if versions is not None:
            versions.append(row)
    return acts


def _corrected_at(row: Row, versions: list[Row], table: str) -> datetime | None:
    try:
        said = time_in(row, "comments_date") if table in _STARTS else None
        if said:
            return said
        stored = time_needed(row, "storetime")
        replaced_at = _replaced_at(row, stored, versions, _STARTS.get(table))
    except RefusedError:
        return None
    correction_delay = mimic3_profile().correction_delay
    if replaced_at or correction_delay is None:
        return replaced_at or stored
    return stored + correction_delay.delay


def _replaced_at(row: Row, stored: datetime, versions: list[Row], start: str | None) -> datetime | None:
    """Store time of the row that replaces this one: the next stored of the same start, else of the same order."""
    later = [
        (version.get(start) != row.get(start) if start else False, at)
        for version in versions
        if version is not row and (at := time_in(version, "storetime")) and at >= stored
    ]
    return min(later)[1] if later else None
