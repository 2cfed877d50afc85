"""One row of a MIMIC-III table, and what every fact made of it carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.raw import RowPhase
from schemas.source_profile import SourceProfile, profile
from schemas.translate.instant import read_instant
from schemas.translate.reason import RejectReason, refuse

SOURCE = "mimic3"
EXTRA_FIELDS = "_extra"
"""Where a reader puts the fields of a row that has more of them than its table has columns."""

_VERSIONS = {
    RowPhase.ROW: 0,
    RowPhase.ADMITTED: 0,
    RowPhase.DIED: 0,
    RowPhase.COMPLETED: 1,
    RowPhase.RETRACTED: 2,
}

COLUMNS = {
    "admissions": ("subject_id hadm_id admittime dischtime deathtime admission_location discharge_location edregtime"),
    "patients": "subject_id dob",
    "transfers": "row_id subject_id hadm_id eventtype curr_careunit curr_wardid intime",
    "icustays": "subject_id hadm_id icustay_id dbsource intime outtime",
    "services": "row_id",
    "diagnoses_icd": "hadm_id",
    "d_items": "itemid",
    "d_labitems": "itemid",
    "labevents": "row_id subject_id hadm_id itemid charttime value valueuom",
    "microbiologyevents": "subject_id hadm_id chartdate charttime spec_itemid",
    "chartevents": "row_id subject_id hadm_id itemid charttime storetime value valuenum valueuom error",
    "outputevents": "row_id subject_id hadm_id itemid charttime value valueuom storetime iserror",
    "inputevents_mv": (
        "row_id subject_id hadm_id starttime endtime itemid amount amountuom storetime linkorderid ordercategoryname "
        "ordercomponenttypedescription cancelreason statusdescription comments_date"
    ),
    "inputevents_cv": (
        "row_id subject_id hadm_id charttime itemid amount amountuom rate storetime linkorderid originalroute"
    ),
    "procedureevents_mv": (
        "row_id subject_id hadm_id starttime itemid storetime linkorderid cancelreason statusdescription comments_date"
    ),
    "prescriptions": "row_id subject_id hadm_id startdate drug_type drug route",
}
"""Columns that are read, by table: what a file must have."""

UNTIMED_TABLES = frozenset({"services", "diagnoses_icd", "d_items", "d_labitems"})
"""Tables of no use to any measure here; their rows are counted as ignored."""


def columns_of(table: str) -> tuple[str, ...]:
    """Columns a table must have."""
    return tuple(COLUMNS[table].split())


def mimic3_profile() -> SourceProfile:
    """The profile of this set."""
    return profile(SOURCE)


def field(row: dict[str, Any], column: str) -> str:
    """A field as it stands in the file.

    Raises:
        RefusedError: `bad_row`: the row has no such field.
    """
    value = row.get(column)
    if not isinstance(value, str):
        refuse(RejectReason.BAD_ROW, column)
    return value


def needed(row: dict[str, Any], column: str) -> str:
    """A field that may not be blank.

    Raises:
        RefusedError: `bad_row` or `missing_field`, naming the column.
    """
    value = field(row, column)
    if not value:
        refuse(RejectReason.MISSING_FIELD, column)
    return value


def time_in(row: dict[str, Any], column: str) -> datetime | None:
    """A time of the row at the set's fixed offset; None where the field is blank.

    Raises:
        RefusedError: It cannot be read.
    """
    value = field(row, column)
    return read_instant(value, mimic3_profile(), column).at if value else None


def time_needed(row: dict[str, Any], column: str) -> datetime:
    """A time that may not be blank.

    Raises:
        RefusedError: It is blank or cannot be read.
    """
    at = time_in(row, column)
    if at is None:
        refuse(RejectReason.MISSING_TIME, column)
    return at


@dataclass(frozen=True, slots=True)
class Mimic3Message:
    """What has become known of a row, and when.

    Attributes:
        table: Its table.
        phase: Which of the moments at which something about it becomes known.
        row: Its fields.
        received_at: When this became known.
        is_carrier: Its fluid carries a drug, as another row of the same order says.
    """

    table: str
    phase: RowPhase
    row: dict[str, Any]
    received_at: datetime
    is_carrier: bool = False

    def common(self, row_key: str, part: str = "") -> dict[str, Any]:
        """Fields of every fact made of the row; `part` tells several facts of one row apart."""
        fact_id = ":".join(filter(None, (SOURCE, self.table, row_key, part)))
        version = _VERSIONS[self.phase]
        return {
            "event_id": f"{fact_id}:{self.phase.value}" if version else fact_id,
            "fact_id": fact_id,
            "version": version,
            "retracted": self.phase is RowPhase.RETRACTED,
            "source": SOURCE,
            "facility_id": mimic3_profile().facility_id,
            "patient_id": self._patient_id(),
            "encounter_id": self.row.get("hadm_id") or None,
            "received_at": self.received_at,
        }

    def charted(self) -> dict[str, Any]:
        """Fields of a fact of a row that has a `row_id` and may say when it was stored."""
        recorded_at = time_in(self.row, "storetime") if "storetime" in self.row else None
        return self.common(needed(self.row, "row_id")) | {"recorded_at": recorded_at}

    def infusion_id(self) -> str | None:
        """What was hung once: rows of one order share it, whether it paused, changed its rate or was written anew."""
        order = field(self.row, "linkorderid")
        return f"{SOURCE}:{self.table}:{order}" if order else None

    def _patient_id(self) -> str:
        subject = field(self.row, "subject_id")
        if not subject:
            refuse(RejectReason.NO_PATIENT, "subject_id")
        return subject
