"""The naive scorer, written from the printed text, judges the engine on rows drawn close to every boundary."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nys_1h_text as text
from abstraction_form import PLACES
from scoring.abstraction.form_judge import judge_row
from scoring.abstraction.row import RowReader
from scoring.abstraction.shipped_forms import load_form
from scoring.measure import Resolution

NOON = datetime.fromisoformat("2015-06-01T12:00")
READER = RowReader(PLACES, Resolution.MINUTE)
NAIVE = {
    "nys-ped-1h/spec-2015": lambda row: text.spec(row, "intended"),
    "nys-ped-1h/spec-2015-literal": lambda row: text.spec(row, "literal"),
    "nys-ped-1h/spec-2015-bounded": lambda row: text.spec(row, "bounded"),
    "nys-ped-1h/public-2015": text.public,
    "nys-ped-1h/trend-2015": text.trend,
}

# Close to time zero and to the hour, with seconds that must not count; one in seven is blank.
OFFSETS = st.sampled_from([-90, -1, 0, 0, 1, 30, 58, 59, 60, 61, 62, 119, 120, 121])
TIMES = st.one_of(
    *[st.builds(lambda minutes, seconds: at(minutes, seconds), OFFSETS, st.integers(0, 59))] * 6, st.just("")
)
FLAGS = st.sampled_from(["1", "1", "1", "0", ""])
SELDOM = st.sampled_from(["0", "0", "0", "0", "", "1"])


def at(minutes, seconds):
    return (NOON + timedelta(minutes=minutes, seconds=seconds)).isoformat()


ROWS = st.fixed_dictionaries(
    {
        "protocol_datetime": st.one_of(TIMES, st.just("")),
        "earliest_datetime": TIMES,
        "triage_datetime": TIMES,
        "admission_datetime": TIMES,
        "discharge_datetime": st.one_of(TIMES, st.just("2015-06-04T08:00:00")),
        "discharge_status": st.sampled_from(["01", "01", "20", "41", ""]),
        "date_of_birth": st.one_of(
            st.dates(date(1996, 1, 1), date(2015, 6, 1)).map(date.isoformat),
            st.dates(date(1997, 5, 30), date(1997, 6, 3)).map(date.isoformat),
            st.just(""),
        ),
        "excluded_from_protocol": SELDOM,
        "excluded_reason": st.sampled_from(["contraindication", "declined", ""]),
        "excluded_datetime": TIMES,
        "protocol_initiated_in_ed": FLAGS,
        "transfer_in": SELDOM,
        "transfer_out": SELDOM,
        "antibiotics_start_datetime": TIMES,
        "blood_cultures_obtained": FLAGS,
        "blood_cultures_obtained_datetime": TIMES,
        "pediatric_fluids": st.sampled_from(["0", "1", "2", "3", "9", ""]),
        "fluids_completed_datetime": TIMES,
    }
)


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
    seen = Counter()

    @given(row=ROWS)
    def they_agree(row):
        assert judged(measure, row) == expected(measure, row)
        seen[NAIVE[measure](row)[0]] += 1

    they_agree()

    assert seen["denominator"] > 0
    assert len(seen) > 2


def test_the_naive_scorer_knows_the_readings_apart():
    """A culture marked as obtained and never timed: only the printed text lets it pass."""
    row = dict.fromkeys(map(str, PLACES), "") | {
        "triage_datetime": at(0, 0), "admission_datetime": at(5, 0), "discharge_datetime": "2015-06-04T08:00:00",
        "date_of_birth": "2010-01-01", "blood_cultures_obtained": "1", "antibiotics_start_datetime": at(10, 0),
    }  # fmt: skip

    assert [text.spec(row, reading)[3] for reading in ("intended", "literal", "bounded")] == [False, True, False]
