"""Canonical JSON messages (`raw.*/1`) as clinical facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schemas.clinical import (
    Act,
    ActName,
    AnyFact,
    Coverage,
    Culture,
    DrugClass,
    Link,
    Medication,
    Merge,
    Observation,
    Patient,
    Specimen,
    Visit,
    VisitStep,
)
from schemas.raw import AdtEvent, RawAct, RawAdt, RawLab, RawMedication, RawMessage, RawStatus, RawVitals
from schemas.source_profile import SourceProfile
from schemas.translate.codebook import QuantityCodes, codebook, plain
from schemas.translate.instant import Reading, read_instant, refuse_early_end, refuse_future
from schemas.translate.measured_value import read_quantity
from schemas.translate.mimic3_medications import volume_ml
from schemas.translate.reason import IgnoreReason, RejectReason, ignore, refuse

_STEPS = {
    AdtEvent.ARRIVE: VisitStep.ARRIVED,
    AdtEvent.TRIAGE: VisitStep.TRIAGED,
    AdtEvent.ADMIT: VisitStep.ADMITTED,
    AdtEvent.MOVE: VisitStep.MOVED,
    AdtEvent.DISCHARGE: VisitStep.DISCHARGED,
    AdtEvent.DIED: VisitStep.DIED,
    AdtEvent.TRANSFER_IN: VisitStep.TRANSFERRED_IN,
    AdtEvent.TRANSFER_OUT: VisitStep.TRANSFERRED_OUT,
}
_WITHDRAWN = frozenset({RawStatus.ENTERED_IN_ERROR, RawStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one message, read by its source's profile.

    Attributes:
        acts: By field: the times of what happened; a field that was not sent is absent.
        recorded_at: When it was charted.
        received_at: When it was received: carried, given, or derived.
        flags: How local times were resolved.
        day_only: The time of the act is a day.
    """

    acts: dict[str, datetime]
    received_at: datetime
    recorded_at: datetime | None = None
    flags: tuple[str, ...] = ()
    day_only: bool = False
    later: dict[str, datetime] = field(default_factory=dict)
    """Times that may lie in the future: until when something is covered."""


def translate_canonical(raw: RawMessage, received_at: datetime | None, source: SourceProfile) -> tuple[AnyFact, ...]:
    """The facts of one canonical message, its times read as its source's profile says.

    Raises:
        RefusedError: It cannot be read.
        OfNoUseError: It is of no use here.
    """
    if not (raw.patient_id or "").strip():
        refuse(RejectReason.NO_PATIENT, "patient_id")
    return tuple(_TRANSLATORS[type(raw)](raw, received_at, source))


def _from_adt(raw: RawAdt, received_at: datetime | None, source: SourceProfile) -> Iterator[AnyFact]:
    times = _times(raw, received_at, source, ("happened_at",), later=("covered_until",))
    common = _common(raw, times)
    if raw.event is AdtEvent.REGISTER:
        yield Patient(**common, **_identity(raw))
        return
    yield _adt_fact(raw, common, times)
    if _says_who(raw):
        part = {name: f"{common[name]}:patient" for name in ("event_id", "fact_id")}
        yield Patient(**common | part | {"retracted": False}, **_identity(raw))


def _adt_fact(raw: RawAdt, common: dict[str, Any], times: Times) -> AnyFact:
    happened_at = _needed_time(times, "happened_at")
    match raw.event:
        case AdtEvent.MERGE:
            return Merge(**common, happened_at=happened_at, into_patient_id=_needed(raw, "into_patient_id"))
        case AdtEvent.LINK:
            _needed(raw, "encounter_id")
            return Link(**common, happened_at=happened_at, into_encounter_id=_needed(raw, "into_encounter_id"))
        case AdtEvent.COVERAGE:
            _needed(raw, "encounter_id")
            until = times.later.get("covered_until")
            return Coverage(**common, started_at=happened_at, completed_at=until, domain=_needed(raw, "domain"))
        case _:
            return _visit(raw, common, happened_at)


def _visit(raw: RawAdt, common: dict[str, Any], happened_at: datetime) -> Visit:
    if not raw.encounter_id:
        refuse(RejectReason.NO_ENCOUNTER, "encounter_id")
    return Visit(
        **common,
        step=_STEPS[raw.event],
        happened_at=happened_at,
        unit=raw.unit,
        discharge_status=raw.discharge_status,
    )


def _says_who(raw: RawAdt) -> bool:
    return any((raw.birth_date, raw.mrn, raw.pcn, raw.upi))


def _identity(raw: RawAdt) -> dict[str, Any]:
    return {"birth_date": _birth_date(raw.birth_date), "mrn": raw.mrn, "pcn": raw.pcn, "upi": raw.upi}


def _birth_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        refuse(RejectReason.BAD_TIME, "birth_date")


def _from_lab(raw: RawLab, received_at: datetime | None, source: SourceProfile) -> Iterator[AnyFact]:
    times = _times(raw, received_at, source, ("ordered_at", "collected_at", "resulted_at"))
    code = _code(raw.code_system, raw.code)
    specimen = codebook().cultures.get(code)
    if specimen is not None:
        yield _culture(raw, times, specimen)
        return
    codes = codebook().labs.get(code)
    if codes is None:
        ignore(IgnoreReason.UNMAPPED_CODE)
    yield _result(raw, times, codes)


def _culture(raw: RawLab, times: Times, specimen: Specimen) -> Culture:
    ordered_at, collected_at = times.acts.get("ordered_at"), times.acts.get("collected_at")
    if ordered_at is None and collected_at is None:
        refuse(RejectReason.MISSING_TIME, "collected_at")
    named = codebook().cultures.get(("name", plain(f"{raw.specimen} culture"))) if raw.specimen else None
    return Culture(**_common(raw, times), specimen=named or specimen, ordered_at=ordered_at, collected_at=collected_at)


def _result(raw: RawLab, times: Times, codes: QuantityCodes) -> Observation:
    if "collected_at" not in times.acts and times.acts.keys() == {"ordered_at"}:
        ignore(IgnoreReason.NOT_COLLECTED)
    return Observation(
        **_common(raw, times),
        quantity=codes.quantity,
        value=read_quantity(raw.value, raw.unit, codes),
        ordered_at=times.acts.get("ordered_at"),
        collected_at=_needed_time(times, "collected_at"),
        resulted_at=times.acts.get("resulted_at"),
    )


def _from_vital(raw: RawVitals, received_at: datetime | None, source: SourceProfile) -> Iterator[AnyFact]:
    times = _times(raw, received_at, source, ("measured_at",))
    codes = codebook().vitals.get(_code(raw.code_system, raw.code))
    if codes is None:
        ignore(IgnoreReason.UNMAPPED_CODE)
    value = read_quantity(raw.value, raw.unit, codes)
    if value is None and raw.status not in _WITHDRAWN:
        ignore(IgnoreReason.NO_VALUE)
    common = _common(raw, times)
    yield Observation(**common, quantity=codes.quantity, value=value, collected_at=times.acts["measured_at"])


def _from_medication(raw: RawMedication, received_at: datetime | None, source: SourceProfile) -> Iterator[AnyFact]:
    times = _times(raw, received_at, source, ("ordered_at", "started_at", "completed_at"))
    name = plain(raw.code)
    drug = codebook().drugs.get(name) if raw.code_system == "name" else None
    if drug is None:
        ignore(_why_no_drug(raw.code_system, name))
    if "ordered_at" not in times.acts and "started_at" not in times.acts:
        refuse(RejectReason.MISSING_TIME, "started_at")
    started_at, completed_at = times.acts.get("started_at"), times.acts.get("completed_at")
    if raw.status not in _WITHDRAWN:
        refuse_early_end(started_at, completed_at, "completed_at", day_only=times.day_only)
    yield Medication(
        **_common(raw, times),
        substance=drug.substance,
        drug_class=drug.drug_class,
        route=_route(raw.route),
        volume_ml=_volume(raw, drug.drug_class),
        ordered_at=times.acts.get("ordered_at"),
        started_at=started_at,
        completed_at=completed_at,
        infusion_id=raw.infusion_id,
    )


def _volume(raw: RawMedication, drug_class: DrugClass) -> float | None:
    """Volume of a fluid; what a drug was dissolved in is of no use."""
    return volume_ml(raw.volume, raw.volume_unit) if drug_class is DrugClass.CRYSTALLOID else None


def _why_no_drug(code_system: str, name: str) -> IgnoreReason:
    known = code_system == "name" and name in codebook().not_antibacterial
    return IgnoreReason.NOT_ANTIBACTERIAL if known else IgnoreReason.UNMAPPED_CODE


def _route(sent: str | None) -> str | None:
    """The route in our words; one that is in no table stays as it was sent, and counts for nothing."""
    spelled = plain(sent or "")
    return codebook().routes.get(spelled, spelled) or None


def _from_act(raw: RawAct, received_at: datetime | None, source: SourceProfile) -> Iterator[AnyFact]:
    times = _times(raw, received_at, source, ("happened_at", "time_zero"))
    if raw.act is ActName.TIME_ZERO_OVERRIDDEN:
        _needed_time(times, "time_zero")
        for name in ("reason", "actor"):
            _needed(raw, name)
    yield Act(
        **_common(raw, times),
        act=raw.act,
        happened_at=times.acts["happened_at"],
        value=_finite(raw.value),
        reason=raw.reason,
        actor=raw.actor,
        measure=raw.measure,
        time_zero=times.acts.get("time_zero"),
    )


_TRANSLATORS: dict[type[RawMessage], Callable[[Any, datetime | None, SourceProfile], Iterator[AnyFact]]] = {
    RawAdt: _from_adt,
    RawLab: _from_lab,
    RawVitals: _from_vital,
    RawMedication: _from_medication,
    RawAct: _from_act,
}


def _finite(value: float | None) -> float | None:
    if value is not None and not abs(value) < float("inf"):
        refuse(RejectReason.BAD_VALUE, "value")
    return value


def _code(system: str, code: str) -> tuple[str, str]:
    spelled = plain(system)
    return (spelled, plain(code) if spelled == "name" else code.strip())


def _needed(raw: RawAdt | RawAct, name: str) -> Any:
    value = getattr(raw, name)
    if value is None or value == "":
        refuse(RejectReason.MISSING_FIELD, name)
    return value


def _needed_time(times: Times, name: str) -> datetime:
    at = times.acts.get(name)
    if at is None:
        refuse(RejectReason.MISSING_TIME, name)
    return at


def _common(raw: RawMessage, times: Times) -> dict[str, Any]:
    return {
        "event_id": f"{raw.source}:{raw.message_id}",
        "fact_id": f"{raw.source}:{raw.fact_id or raw.message_id}",
        # A correction that numbers nothing still comes after what it corrects.
        "version": raw.version or int(raw.status is not RawStatus.FINAL),
        "retracted": raw.status in _WITHDRAWN,
        "source": raw.source,
        "facility_id": raw.facility_id,
        "patient_id": raw.patient_id,
        "encounter_id": raw.encounter_id,
        "received_at": times.received_at,
        "recorded_at": times.recorded_at,
        "day_only": times.day_only,
        "time_flags": times.flags,
    }


def _times(
    raw: RawMessage,
    received_at: datetime | None,
    source: SourceProfile,
    names: tuple[str, ...],
    later: tuple[str, ...] = (),
) -> Times:
    """Every time of a message; what happened and what was charted must have come by when it was received."""
    sent = (*names, *later, "recorded_at", "received_at")
    readings = {name: read_instant(text, source, name) for name in sent if (text := getattr(raw, name))}
    acts = {name: readings[name].at for name in names if name in readings}
    recorded_at = readings["recorded_at"].at if "recorded_at" in readings else None
    known_at = readings["received_at"].at if "received_at" in readings else received_at
    known_at = known_at or _derived(acts, recorded_at)
    _refuse_future(acts, recorded_at, known_at, source)
    return Times(
        acts=acts,
        recorded_at=recorded_at,
        received_at=known_at,
        flags=tuple(sorted({reading.flag for reading in readings.values() if reading.flag})),
        day_only=_is_day(readings, names),
        later={name: readings[name].at for name in later if name in readings},
    )


def _is_day(readings: dict[str, Reading], names: tuple[str, ...]) -> bool:
    return any(readings[name].day_only for name in names if name in readings)


def _derived(acts: dict[str, datetime], recorded_at: datetime | None) -> datetime:
    told = [*acts.values(), *([recorded_at] if recorded_at else [])]
    if not told:
        refuse(RejectReason.MISSING_TIME, "received_at")
    return max(told)


def _refuse_future(
    acts: dict[str, datetime], recorded_at: datetime | None, received_at: datetime, source: SourceProfile
) -> None:
    for name, at in (*acts.items(), ("recorded_at", recorded_at)):
        refuse_future(at, received_at, source, name)
