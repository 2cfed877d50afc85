"""Rows of the published MIMIC-III tables (`mimic3/1`) as clinical facts."""

from collections.abc import Callable, Iterable
from datetime import datetime

from schemas.clinical import AnyFact
from schemas.raw import RawRow
from schemas.translate import mimic3_measurements, mimic3_medications, mimic3_stays
from schemas.translate.instant import read_instant
from schemas.translate.mimic3_known import known_at
from schemas.translate.mimic3_row import COLUMNS, EXTRA_FIELDS, UNTIMED_TABLES, Mimic3Message, mimic3_profile
from schemas.translate.reason import IgnoreReason, RejectReason, ignore, refuse

_TABLES: dict[str, Callable[[Mimic3Message], Iterable[AnyFact]]] = {
    "admissions": mimic3_stays.translate_admission,
    "patients": mimic3_stays.translate_patient,
    "transfers": mimic3_stays.translate_transfer,
    "icustays": mimic3_stays.translate_icu_stay,
    "labevents": mimic3_measurements.translate_lab,
    "microbiologyevents": mimic3_measurements.translate_microbiology,
    "chartevents": mimic3_measurements.translate_chart,
    "outputevents": mimic3_measurements.translate_output,
    "procedureevents_mv": mimic3_measurements.translate_procedure,
    "inputevents_mv": mimic3_medications.translate_metavision_input,
    "inputevents_cv": mimic3_medications.translate_carevue_input,
    "prescriptions": mimic3_medications.translate_order,
}


def translate_mimic3(raw: RawRow, received_at: datetime | None) -> tuple[AnyFact, ...]:
    """The facts of one phase of a row.

    Raises:
        RefusedError: It cannot be read.
        OfNoUseError: It is of no use here.
    """
    if raw.table not in COLUMNS:
        refuse(RejectReason.UNKNOWN_TABLE, "table")
    if EXTRA_FIELDS in raw.row:
        refuse(RejectReason.BAD_ROW, "more fields than columns")
    if raw.table in UNTIMED_TABLES:
        ignore(IgnoreReason.NOT_USED)
    message = Mimic3Message(raw.table, raw.phase, raw.row, _known_at(raw, received_at), raw.carrier)
    return tuple(_TABLES[raw.table](message))


def _known_at(raw: RawRow, received_at: datetime | None) -> datetime:
    carried = raw.received_at or raw.known_at
    if carried:
        return read_instant(carried, mimic3_profile(), "received_at").at
    known = received_at or known_at(raw.table, raw.phase, raw.row)
    if known is None:
        refuse(RejectReason.MISSING_TIME, "received_at")
    return known
