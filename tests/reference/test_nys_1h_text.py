"""The naive scorer, written from the printed text, judges the engine on rows drawn close to every boundary."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from abstraction_form import PLACES
from reference import nys_1h_text as text
from scoring.abstraction.form_judge import judge_row
from scoring.abstraction.row import RowReader
from scoring.abstraction.shipped_forms import load_form
from scoring.number import Resolution

NOON = datetime.fromisoformat("2015-06-01T12:00")
READER = RowReader(PLACES, Resolution.MINUTE, {})
NAIVE = {
    "nys-ped-1h/spec-2015": lambda row: text.spec(row, "intended"),
    "nys-ped-1h/spec-2015-literal": lambda row: text.spec(row, "literal"),
    "nys-ped-1h/spec-2015-bounded": lambda row: text.spec(row, "bounded"),
    "nys-ped-1h/public-2015": text.public,
    "nys-ped-1h/trend-2015": text.trend,
}

# Close to time zero and to the hour, with seconds that must not count.
OFFSETS = (-90, -1, 0, 0, 1, 30, 58, 59, 60, 61, 62, 119, 120, 121)
ROWS = 8_000


def at(minutes, seconds):
    return (NOON + timedelta(minutes=minutes, seconds=seconds)).isoformat()


def some_time(chance, blank):
    return "" if chance.random() < blank else at(chance.choice(OFFSETS), chance.randrange(60))


def birth_date(chance):
    """Mostly a child; often within days of the eighteenth birthday."""
    if chance.random() < 0.03:
        return ""
    if chance.random() < 0.2:
        return (date(1997, 6, 1) + timedelta(days=chance.randint(-2, 2))).isoformat()
    return (date(1996, 9, 1) + timedelta(days=chance.randrange(18 * 365))).isoformat()


def random_row(chance):
    row = {column.value: some_time(chance, 0.15) for column in PLACES if column.is_instant}
    row |= {name: some_time(chance, 0.45) for name in ("protocol_datetime", "earliest_datetime", "triage_datetime")}
    row["admission_datetime"] = some_time(chance, 0.05)
    if chance.random() < 0.5:
        row["discharge_datetime"] = "2015-06-04T08:00:00"
    return row | {
        "discharge_status": chance.choice(("01", "20", "20", "41", "")),
        "date_of_birth": birth_date(chance),
        "excluded_from_protocol": chance.choice(("0", "0", "", "1")),
        "excluded_reason": chance.choice(("contraindication", "declined", "")),
        "protocol_initiated_in_ed": chance.choice(("1", "1", "1", "0", "")),
        "transfer_in": chance.choice(("0", "0", "0", "0", "", "1")),
        "transfer_out": chance.choice(("0", "0", "0", "0", "", "1")),
        "blood_cultures_obtained": chance.choice(("1", "1", "1", "0", "")),
        "pediatric_fluids": chance.choice(("0", "1", "2", "2", "3", "")),
    }


def judged(measure, row):
    verdict = judge_row(READER.read([row.get(column.value, "") for column in PLACES]), load_form(measure))
    if verdict.status != "denominator":
        return (verdict.status.value, verdict.reason)
    return ("denominator", None, *(status == "met" for status in verdict.elements.values())), verdict.bundle == "met"


def expected(measure, row):
    naive = NAIVE[measure](row)
    return naive if naive[0] != "denominator" else (naive, all(naive[2:]))


@pytest.mark.parametrize("measure", NAIVE)
def test_the_engine_and_the_printed_text_agree(measure):
    chance = random.Random(measure)
    rows = [random_row(chance) for _ in range(ROWS)]

    assert [row for row in rows if judged(measure, row) != expected(measure, row)] == []

    # A comparison proves as much as the cases that it met.
    seen = Counter(NAIVE[measure](row) for row in rows)
    statuses = Counter(result[:2] for result in seen.elements())
    outcomes = Counter((place, met) for result in seen.elements() for place, met in enumerate(result[2:]))
    assert min(statuses.values()) >= 100
    assert len(outcomes) == 6
    assert min(outcomes.values()) >= 100


def test_the_naive_scorer_knows_the_readings_apart():
    """A culture marked as obtained and never timed: only the printed text lets it pass."""
    row = dict.fromkeys(map(str, PLACES), "") | {
        "triage_datetime": at(0, 0), "admission_datetime": at(5, 0), "discharge_datetime": "2015-06-04T08:00:00",
        "date_of_birth": "2010-01-01", "blood_cultures_obtained": "1", "antibiotics_start_datetime": at(10, 0),
    }  # fmt: skip

    assert [text.spec(row, reading)[3] for reading in ("intended", "literal", "bounded")] == [False, True, False]
