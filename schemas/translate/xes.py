"""XES events of the Sepsis Cases log (`xes/1`) as clinical facts.

A trace is one case: its name is case, patient and encounter. An event has one time, which is when
it happened and when it is known.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.clinical import Act, ActName, AnyFact, Medication, Observation, Visit, VisitStep
from schemas.raw import RawRow
from schemas.source_profile import SourceProfile, profile
from schemas.translate.codebook import codebook
from schemas.translate.instant import read_instant, refuse_future
from schemas.translate.measured_value import read_quantity
from schemas.translate.reason import IgnoreReason, RejectReason, ignore, refuse

SOURCE = "xes"
ACTIVITY = "concept:name"
TIMESTAMP = "time:timestamp"

_Common = dict[str, Any]
_Maker = Callable[[RawRow, _Common, datetime], AnyFact]


def translate_xes(raw: RawRow, received_at: datetime | None) -> tuple[AnyFact, ...]:
    """The fact of one event.

    Raises:
        RefusedError: It cannot be read.
        OfNoUseError: It is of no use here.
    """
    activity = raw.row.get(ACTIVITY)
    if not isinstance(activity, str):
        refuse(RejectReason.MISSING_FIELD, ACTIVITY)
    maker = _MAKERS.get(activity)
    if maker is None:
        ignore(_WHY_IGNORED.get(activity, IgnoreReason.UNMAPPED_CODE))
    source = profile(SOURCE)
    happened_at = _happened_at(raw, source)
    return (maker(raw, _common(raw, happened_at, received_at, source), happened_at),)


def _happened_at(raw: RawRow, source: SourceProfile) -> datetime:
    text = raw.row.get(TIMESTAMP)
    if text is None:
        refuse(RejectReason.MISSING_TIME, TIMESTAMP)
    return read_instant(text, source, TIMESTAMP).at


def _common(raw: RawRow, happened_at: datetime, received_at: datetime | None, source: SourceProfile) -> _Common:
    if not raw.case_id:
        refuse(RejectReason.NO_PATIENT, "case_id")
    if raw.position is None:
        refuse(RejectReason.MISSING_FIELD, "position")
    carried = read_instant(raw.received_at, source, "received_at").at if raw.received_at else None
    known_at = carried or received_at or happened_at
    refuse_future(happened_at, known_at, source, TIMESTAMP)
    event_id = f"{SOURCE}:{raw.case_id}:{raw.position}"
    return {
        "event_id": event_id,
        "fact_id": event_id,
        "source": SOURCE,
        "facility_id": source.facility_id,
        "patient_id": raw.case_id,
        "encounter_id": raw.case_id,
        "received_at": known_at,
    }


def _visit(step: VisitStep, unit: str | None = None) -> _Maker:
    def make(_raw: RawRow, common: _Common, at: datetime) -> AnyFact:
        return Visit(**common, step=step, happened_at=at, unit=unit)

    return make


def _admission(unit: str) -> _Maker:
    """The case's first admission admits; a later one moves between wards."""

    def make(raw: RawRow, common: _Common, at: datetime) -> AnyFact:
        step = VisitStep.MOVED if raw.repeated else VisitStep.ADMITTED
        return Visit(**common, step=step, happened_at=at, unit=unit)

    return make


def _infusion(name: str) -> _Maker:
    def make(_raw: RawRow, common: _Common, at: datetime) -> AnyFact:
        drug = codebook().drugs[name]
        return Medication(**common, substance=drug.substance, drug_class=drug.drug_class, route="iv", started_at=at)

    return make


def _laboratory(raw: RawRow, common: _Common, at: datetime) -> AnyFact:
    activity = raw.row[ACTIVITY]
    codes, unit = codebook().xes_labs[activity]
    value = read_quantity(_value(raw.row.get(activity)), unit, codes)
    return Observation(**common, quantity=codes.quantity, value=value, collected_at=at)


def _value(sent: object) -> float | str | None:
    """The value as sent, where it is text or a number."""
    if isinstance(sent, bool) or not isinstance(sent, float | int | str | None):
        refuse(RejectReason.BAD_VALUE, "value")
    return sent


def _triage_form(_raw: RawRow, common: _Common, at: datetime) -> AnyFact:
    return Act(**common, act=ActName.SEPSIS_TRIAGE_FORM, happened_at=at)


_MAKERS: dict[str, _Maker] = {
    "ER Registration": _visit(VisitStep.ARRIVED, "emergency"),
    "ER Triage": _visit(VisitStep.TRIAGED, "emergency"),
    "ER Sepsis Triage": _triage_form,
    "IV Antibiotics": _infusion("unspecified_antibacterial"),
    "IV Liquid": _infusion("unspecified_crystalloid"),
    "LacticAcid": _laboratory,
    "Leucocytes": _laboratory,
    "CRP": _laboratory,
    "Admission NC": _admission("normal_care"),
    "Admission IC": _admission("intensive_care"),
    "Release A": _visit(VisitStep.DISCHARGED),
    "Release B": _visit(VisitStep.DISCHARGED),
    "Release C": _visit(VisitStep.DISCHARGED),
    "Release D": _visit(VisitStep.DISCHARGED),
    "Release E": _visit(VisitStep.DISCHARGED),
}

_WHY_IGNORED = {"Return ER": IgnoreReason.LATER_VISIT}
