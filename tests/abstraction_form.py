"""Rows of an abstraction file, as a test tells them: the time zero's day is understood."""

import csv

from scoring.abstraction.column import Column
from scoring.abstraction.form_judge import judge_row
from scoring.abstraction.row import RowReader
from scoring.abstraction.shipped_forms import load_form

COLUMNS = tuple(column.value for column in Column)
PLACES = {column: place for place, column in enumerate(Column)}
SHOWN = {"met": "Y", "missed": "N", "not_applicable": "-", "cannot_assess": "?"}

# Short names for what most tests say.
SHORT = {
    "protocol": "protocol_datetime",
    "earliest": "earliest_datetime",
    "triage": "triage_datetime",
    "admission": "admission_datetime",
    "discharge": "discharge_datetime",
    "excluded_at": "excluded_datetime",
    "antibiotics": "antibiotics_start_datetime",
    "culture": "blood_cultures_obtained_datetime",
    "obtained": "blood_cultures_obtained",
    "fluids": "fluids_completed_datetime",
    "lactate": "lactate_reported_datetime",
    "repeat": "repeat_lactate_datetime",
    "vasopressor": "vasopressor_start_datetime",
    "assessed": "assessment_datetime",
    "first": "first_bolus_datetime",
    "third": "third_bolus_datetime",
    "death": "death_datetime",
    "excluded": "excluded_from_protocol",
    "in_ed": "protocol_initiated_in_ed",
    "born": "date_of_birth",
}

VISIT = {"facility_id": "F1", "born": "2010-03-02", "admission": "09:30", "discharge": "06-05 12:00"}
CHILD = {
    **VISIT, "protocol": "10:00", "in_ed": 1, "obtained": 1, "culture": "10:20", "antibiotics": "10:50",
    "pediatric_fluids": 1, "fluids": "10:59",
}  # fmt: skip


def written(said):
    """`10:00` on the day, `06-05 12:00` in the year, anything else as it is."""
    text = "" if said is None else str(said)
    if len(text) >= 5 and text[2] == ":":
        return f"2015-06-01T{text}"
    return f"2015-{text}" if len(text) > 5 and text[2] == "-" else text


def columns_of(story):
    """A story's columns by their full names, as text."""
    return {SHORT.get(name, name): written(said) for name, said in story.items()}


def fields_of(story):
    """A story as the fields of a row with every column."""
    said = columns_of(story)
    return [said.get(name, "") for name in COLUMNS]


def judge(measure, story, conflicts=frozenset()):
    """The verdict on one row told as a story."""
    form = load_form(measure)
    return judge_row(RowReader(PLACES, form.resolution, form.codes()).read(fields_of(story)), form, conflicts)


def said_of(measure, story, conflicts=frozenset()):
    """The verdict in short: its reason, or one letter an element and the bundle."""
    verdict = judge(measure, story, conflicts)
    if verdict.reason is not None:
        return f"{verdict.status.value} {verdict.reason}"
    letters = "".join(SHOWN[status.value] for status in verdict.elements.values())
    return f"{letters} {SHOWN[verdict.bundle.value]}" if verdict.bundle else letters


def write_cases(path, stories, columns=COLUMNS):
    """An abstraction file of some stories; `case_id`s that are not told are numbered."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        for number, story in enumerate(stories, start=1):
            numbered = {"case_id": f"C{number}", "pcn": f"P{number}", "mrn": f"M{number}", "upi": f"U{number}"}
            writer.writerow(columns_of({**story, **numbered, **{k: v for k, v in story.items() if k in numbered}}))
    return path


SPEC = "nys-ped-1h/spec-2015"


def reasons(rows):
    return [row["reason"] for row in rows]


def with_offset(story, offset):
    return {
        name: said + offset if name.endswith("_datetime") and said else said for name, said in columns_of(story).items()
    }
