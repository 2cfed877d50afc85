"""Ages: by the birth date last received, in completed days, months and years."""

from datetime import date
from typing import assert_never

from schemas.clinical import Patient
from scoring.chart import Chart
from scoring.number import Age

MONTHS_IN_A_YEAR = date.max.month


def born(chart: Chart) -> Patient | None:
    """What says the birth date last received; None where no feed sent one."""
    known = [patient for patient in chart.patients if patient.birth_date is not None]
    return max(known, key=lambda patient: (patient.received_at, patient.event_id), default=None)


def birth_date(chart: Chart) -> date | None:
    """The birth date last received; None where no feed sent one."""
    said_by = born(chart)
    return None if said_by is None else said_by.birth_date


def age_in_years(born: date, on: date) -> int:
    """Completed years on a day, by birthday; born on 29 February counts on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _months(born: date, on: date) -> int:
    years = on.year - born.year
    return years * MONTHS_IN_A_YEAR + on.month - born.month - (on.day < born.day)


def has_reached(age: Age, born: date, on: date) -> bool:
    """Whether somebody born on one day had reached an age on another."""
    match age.unit:
        case "days":
            return (on - born).days >= age.value
        case "months":
            return _months(born, on) >= age.value
        case "years":
            return age_in_years(born, on) >= age.value
        case _:
            assert_never(age.unit)
