"""Stays, patients and places of MIMIC-III: `admissions`, `patients`, `transfers`, `icustays`."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from schemas.clinical import AnyFact, Coverage, Domain, Patient, Visit, VisitStep
from schemas.raw import RowPhase
from schemas.translate.codebook import codebook
from schemas.translate.instant import refuse_future
from schemas.translate.mimic3_row import Mimic3Message, field, mimic3_profile, needed, time_in, time_needed
from schemas.translate.reason import IgnoreReason, RejectReason, ignore, refuse

METAVISION = "metavision"


def translate_admission(message: Mimic3Message) -> Iterator[AnyFact]:
    """Arrival, admission, death or discharge: one at each phase; with the discharge, whether it was a transfer in.

    Where a patient was admitted from is a code of the stay as a whole, which says not when it was known.
    """
    match message.phase:
        case RowPhase.ROW if field(message.row, "edregtime"):
            yield _visit(message, VisitStep.ARRIVED, "edregtime")
        case RowPhase.ROW | RowPhase.ADMITTED:
            yield _visit(message, VisitStep.ADMITTED, "admittime")
        case RowPhase.DIED:
            yield _visit(message, VisitStep.DIED, "deathtime")
        case RowPhase.COMPLETED:
            yield _visit(message, VisitStep.DISCHARGED, "dischtime")
            if field(message.row, "admission_location") in codebook().mimic3.transferred_in:
                yield _visit(message, VisitStep.TRANSFERRED_IN, "admittime")
        case _:
            refuse(RejectReason.BAD_SCHEMA, "phase")


def _visit(message: Mimic3Message, step: VisitStep, column: str) -> Visit:
    happened_at = time_needed(message.row, column)
    refuse_future(happened_at, message.received_at, mimic3_profile(), column)
    common = message.common(needed(message.row, "hadm_id"), step) | {"version": 0}
    return Visit(
        **common | {"event_id": common["fact_id"]},
        step=step,
        happened_at=happened_at,
        discharge_status=_discharge_status(message) if step is VisitStep.DISCHARGED else None,
    )


def _discharge_status(message: Mimic3Message) -> str | None:
    return codebook().mimic3.discharge_status.get(field(message.row, "discharge_location"))


def translate_patient(message: Mimic3Message) -> Iterable[AnyFact]:
    """Birth date, as it stands: people over 89 are born 300 years early."""
    yield Patient(**message.common(field(message.row, "subject_id")), birth_date=_birth_date(message))


def _birth_date(message: Mimic3Message) -> date | None:
    text = field(message.row, "dob")
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        refuse(RejectReason.BAD_TIME, "dob")


def translate_transfer(message: Mimic3Message) -> Iterable[AnyFact]:
    """A move to a ward: the care unit's name where there is one, else `ward` and its number."""
    unit = field(message.row, "curr_careunit") or _ward(field(message.row, "curr_wardid"))
    if unit is None:
        ignore(IgnoreReason.NO_CAREUNIT)
    happened_at = time_needed(message.row, "intime")
    refuse_future(happened_at, message.received_at, mimic3_profile(), "intime")
    common = message.common(needed(message.row, "row_id"))
    yield Visit(**common, step=VisitStep.MOVED, happened_at=happened_at, unit=unit)


def _ward(number: str) -> str | None:
    return f"ward {number}" if number else None


def translate_icu_stay(message: Mimic3Message) -> Iterable[AnyFact]:
    """Coverage of what an intensive-care stay records; medications only where MetaVision kept the record."""
    domains = [Domain.FLUIDS, Domain.VITALS]
    if field(message.row, "dbsource") == METAVISION:
        domains.append(Domain.MEDICATIONS)
    return tuple(_coverage(message, domain) for domain in domains)


def _coverage(message: Mimic3Message, domain: Domain) -> Coverage:
    completed_at = time_in(message.row, "outtime") if message.phase is RowPhase.COMPLETED else None
    started_at = time_needed(message.row, "intime")
    for at, column in ((started_at, "intime"), (completed_at, "outtime")):
        refuse_future(at, message.received_at, mimic3_profile(), column)
    common = message.common(needed(message.row, "icustay_id"), domain)
    return Coverage(**common, domain=domain, started_at=started_at, completed_at=completed_at)
