"""Reads raw messages into rows, one a fact that holds: versions, retractions and merges applied.

A time is a whole number of seconds since 1970; measures cut it down to minutes. Of several versions the highest
holds, then a retraction, then what was charted later. A merge hands all facts of one patient to another.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from reference.naive_words import STEPS, VITALS, drug_kind_of, lab_of, specimen_of

ZONES = {"simulated": ZoneInfo("America/New_York")}
"""Where a source's local times without an offset are; another source's cannot be read."""

HAPPENED = {
    "raw.adt/1": "happened_at",
    "raw.lab/1": "collected_at",
    "raw.medication/1": "started_at",
    "raw.vitals/1": "measured_at",
    "raw.act/1": "happened_at",
}
"""When what a message tells of happened."""

CLOCKED = {
    "raw.adt/1": ["happened_at"],
    "raw.lab/1": ["ordered_at", "collected_at", "resulted_at"],
    "raw.medication/1": ["ordered_at", "started_at", "completed_at"],
    "raw.vitals/1": ["measured_at"],
    "raw.act/1": ["happened_at", "time_zero"],
}


@dataclass
class Row:
    """One fact. `at`: when it happened, was drawn, measured or started; None for what was only ordered."""

    kind: str
    """`visit`, `act`, `value`, `culture`, `drug`, `who`, `merge` or `link`."""
    name: str = ""
    """The step, the act, the quantity, the specimen, the substance."""
    at: int | None = None
    day_only: bool = False
    on_day: date | None = None
    """The calendar day at the hospital."""
    encounter: str | None = None
    recorded: int | None = None
    received: int = 0
    event_id: str = ""
    value: object = None
    reason: str | None = None
    discharge_status: str | None = None
    resulted: int | None = None
    ordered: int | None = None
    drug: str | None = None
    route: str | None = None
    volume: object = None
    ended: int | None = None
    infusion: str | None = None
    born: date | None = None
    into: str | None = None
    says: tuple | None = None
    """Of a person's word on time zero: the second, the measure it is said for or None, and the day."""


@dataclass
class Version:
    """One message about one fact."""

    patient: tuple
    fact_id: str
    rank: tuple
    retracted: bool
    row: Row = field(repr=False, default=None)


def read_time(text, source):
    """Seconds since 1970; None where nothing was sent or a local time has no zone."""
    if not text:
        return None
    written = datetime.fromisoformat(text)
    if written.tzinfo is None:
        if source not in ZONES:
            return None
        written = written.replace(tzinfo=ZONES[source])
    return int(written.astimezone(UTC).timestamp())


def is_day(text):
    """Whether only a day was sent."""
    return text is not None and len(text) == len("2026-03-02")


def read_version(message):
    """A message as a version of a fact; None where it is of no use, or contradicts itself."""
    source, schema = message["source"], message["schema"]
    if not message.get("patient_id"):
        return None
    times = {name: read_time(message.get(name), source) for name in CLOCKED[schema]}
    known = [time for time in times.values() if time is not None]
    row = ROWS[schema](message, times)
    if row is None:
        return None
    recorded = read_time(message.get("recorded_at"), source)
    received = read_time(message.get("received_at"), source)
    if received is None:
        received = max([*known, *([] if recorded is None else [recorded])])
    row.encounter, row.recorded, row.received = message.get("encounter_id"), recorded, received
    row.event_id = f"{source}:{message['message_id']}"
    row.on_day = date.fromisoformat(message[HAPPENED[schema]][:10]) if message.get(HAPPENED[schema]) else None
    row.day_only = any(is_day(message.get(name)) for name in CLOCKED[schema])
    status = message.get("status", "final")
    version = message.get("version", 0) or int(status != "final")
    retracted = status in {"entered_in_error", "cancelled"}
    rank = (version, retracted, received if recorded is None else recorded, received)
    patient = (message["facility_id"], message["patient_id"])
    return Version(patient, f"{source}:{message.get('fact_id') or message['message_id']}", rank, retracted, row)


def adt_row(message, times):
    """A step, a merge, a link, or who the patient is."""
    event = message["event"]
    if event in STEPS:
        return Row("visit", STEPS[event], times["happened_at"], discharge_status=message.get("discharge_status"))
    if event == "merge":
        return Row("merge", at=times["happened_at"], into=message["into_patient_id"])
    if event == "link":
        return Row("link", at=times["happened_at"], into=message["into_encounter_id"])
    if event == "register":
        return Row("who", born=read_birth(message))
    return None


def read_birth(message):
    """The date of birth."""
    text = message.get("birth_date")
    return date.fromisoformat(text) if text else None


def lab_row(message, times):
    """A value, or a culture; a value that was only ordered is none yet."""
    specimen, name = specimen_of(message["code"]), lab_of(message["code"])
    if specimen:
        return Row("culture", specimen, times["collected_at"], ordered=times["ordered_at"])
    if name is None or times["collected_at"] is None:
        return None
    return Row("value", name, times["collected_at"], value=message.get("value"), resulted=times["resulted_at"])


def drug_row(message, times):
    """A dose or an infusion; without a start it was only ordered."""
    kind = drug_kind_of(message["code"])
    if kind is None or ends_too_early(message, times):
        return None
    return Row(
        "drug",
        message["code"],
        times["started_at"],
        ordered=times["ordered_at"],
        drug=kind,
        route=message.get("route"),
        volume=message.get("volume"),
        ended=times["completed_at"],
        infusion=message.get("infusion_id"),
    )


def ends_too_early(message, times):
    """Whether a dose is told to end in a minute before that of its start; one that is taken back may be."""
    started, ended = times["started_at"], times["completed_at"]
    is_told = message.get("status", "final") in {"final", "corrected"}
    return is_told and started is not None and ended is not None and ended // 60 < started // 60


def vital_row(message, times):
    """A vital sign or a weight; one without a value is of no use, unless it takes back an earlier one."""
    useless = message.get("value") is None and message.get("status", "final") in {"final", "corrected"}
    if message["code"] not in VITALS or useless:
        return None
    return Row("value", message["code"], times["measured_at"], value=message.get("value"))


def act_row(message, times):
    """An act or a statement."""
    value, reason = message.get("value"), message.get("reason")
    says = None
    if times["time_zero"] is not None:
        says = (times["time_zero"], message.get("measure"), date.fromisoformat(message["time_zero"][:10]))
    return Row("act", message["act"], times["happened_at"], value=value, reason=reason, says=says)


ROWS = {
    "raw.adt/1": adt_row,
    "raw.lab/1": lab_row,
    "raw.medication/1": drug_row,
    "raw.vitals/1": vital_row,
    "raw.act/1": act_row,
}


def who_version(message, version):
    """A step that also says who the patient is; taking the step back does not take that back."""
    if message["schema"] != "raw.adt/1" or message["event"] == "register" or not message.get("birth_date"):
        return None
    row = Row("who", received=version.row.received, event_id=version.row.event_id, born=read_birth(message))
    return Version(version.patient, version.fact_id + ":patient", version.rank, retracted=False, row=row)


def read_versions(messages):
    """Every version of every fact."""
    versions = []
    for message in messages:
        version = read_version(message)
        if version is not None:
            versions += [version, who_version(message, version)]
    return [version for version in versions if version is not None]


def rows_that_hold(versions):
    """One row a fact: of its versions the highest, unless that takes it back."""
    highest = {}
    for version in versions:
        key = (version.patient, version.fact_id)
        if key not in highest or version.rank > highest[key].rank:
            highest[key] = version
    return [(version.patient, version.row) for version in highest.values() if not version.retracted]


def merge_patients(versions):
    """Hand every fact of a merged patient on to the one it was merged into."""
    into = {
        patient: (patient[0], row.into)
        for patient, row in sorted(rows_that_hold(versions), key=lambda pair: pair[1].at or 0)
        if row.kind == "merge"
    }
    for version in versions:
        passed = set()
        while version.patient in into and version.patient not in passed:
            passed.add(version.patient)
            version.patient = into[version.patient]
    return versions


def read_patients(messages):
    """By facility and patient, the rows that hold."""
    patients = {}
    for patient, row in rows_that_hold(merge_patients(read_versions(messages))):
        patients.setdefault(patient, []).append(row)
    return patients
