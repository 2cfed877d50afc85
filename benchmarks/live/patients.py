"""Patients of our own for the measurements: those who only are there, and those whose clocks run."""

from datetime import UTC, datetime, timedelta

import orjson

from schemas.topics import Topic, patient_key
from streams.batched.outgoing import Outgoing

FACILITY = "F1"
CHILD, ADULT = "2019-02-03", "1959-02-03"


def wall_now() -> datetime:
    """The wall's clock, which the workers here judge by."""
    return datetime.now(UTC)


def visit(name: str, at: datetime, born: str = CHILD) -> Outgoing:
    """An arrival in the emergency department: the one message of an encounter that waits."""
    return _message(Topic.RAW_ADT, name, "visit", at, {"event": "arrive", "unit": "ED", "birth_date": born})


def triage_form(name: str, happened_at: datetime) -> Outgoing:
    """A sepsis triage form: it opens a case with deadlines to the second (children: of that one measure)."""
    return _message(Topic.RAW_ACT, name, "form", happened_at, {"act": "sepsis_triage_form"})


def antibiotic(name: str, given_at: datetime) -> Outgoing:
    """A dose that meets the antibiotic of an open case."""
    value = {"code": "ceftriaxone", "route": "iv", "started_at": given_at.isoformat()}
    return _message(Topic.RAW_MEDICATION, name, "dose", None, value)


def open_encounters(name: str, first: int, last: int, one_case_in: int) -> list[Outgoing]:
    """Encounters from number `first` up to but not `last`: all have arrived, one in so many has an open case.

    Children, ten minutes ago; nothing falls due for them in the next half hour.
    """
    at = wall_now() - timedelta(minutes=10)
    numbers = range(first, last)
    forms = [triage_form(f"{name}{each}", at) for each in numbers if each % one_case_in == 0]
    return [visit(f"{name}{each}", at) for each in numbers] + forms


def encounter_of(name: str) -> str:
    """The encounter's number, by which the board calls the patient."""
    return f"E-{name}"


def _message(topic: Topic, name: str, what: str, at: datetime | None, fields: dict[str, str]) -> Outgoing:
    happened = {} if at is None else {"happened_at": at.isoformat()}
    value = {
        "schema": f"{topic}/1",
        "message_id": f"{name}-{what}",
        "source": "default",
        "facility_id": FACILITY,
        "patient_id": name,
        "encounter_id": encounter_of(name),
        "recorded_at": wall_now().isoformat(),
    }
    return Outgoing(topic, patient_key(FACILITY, name).encode(), orjson.dumps(value | happened | fields))
