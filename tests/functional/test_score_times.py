"""Times in a file that `timezero score` reads: how they may be written, and how they are compared."""

import json

import pytest

from abstraction_form import CHILD, SPEC, reasons, with_offset

# Times


@pytest.mark.parametrize(
    "text",
    ["06/01/2015 10:00", "2015-06-01", "2015-06-01T", "10h00", "2015-06-31T10:00", "2015-06-01T24:10", "noon", "NULL",
     "2015-W23-1T10:00", "20150601T1000", "2015-06-01T10:00+25:00", "\N{ARABIC-INDIC DIGIT TWO}015-06-01T10:00"],
)  # fmt: skip
def test_a_time_that_cannot_be_read_drops_its_row_alone(score, text):
    said, rows = score([CHILD | {"antibiotics": text}, CHILD])

    assert said.code == 0
    assert reasons(rows) == ["bad_datetime", ""]
    assert "warning: unreadable_datetime in 1 rows, lines 2 (antibiotics_start_datetime)" in said.out
    assert "hint: a time is written as 2015-06-01T10:00 and a date as 2015-06-01 (ISO 8601)" in said.out


@pytest.mark.parametrize(
    "text",
    ["2015-06-01T10:50", "2015-06-01 10:50", "2015-06-01T10:50:59", "2015-06-01t10:50:59.123456", " 2015-06-01T10:50 "],
)  # fmt: skip
def test_a_time_may_be_written_in_these_ways(score, text):
    _, rows = score([CHILD | {"antibiotics": text}])

    assert rows[0]["bundle"] == "Y"


def test_times_with_an_offset_are_instants(score):
    aware = with_offset(CHILD, "-04:00")

    _, rows = score([aware, aware | {"protocol": "2015-06-01T14:00Z"}, aware | {"protocol": "2015-06-01T09:00-04:00"}])

    assert [row["bundle"] for row in rows] == ["Y", "Y", "N"]


def test_naive_times_are_compared_as_written(score):
    """Over the change to summer time, where an hour is lost."""
    night = {
        "admission": "03-08 01:00",
        "protocol": "03-08 01:30",
        "culture": "03-08 02:00",
        "antibiotics": "03-08 02:30",
    }

    _, rows = score([CHILD | night | {"fluids": "03-08 02:31"}])

    assert [rows[0][name] for name in ("antibiotics", "blood_culture", "fluids")] == ["Y", "Y", "N"]


def test_both_in_one_row_drop_it(score):
    aware = with_offset(CHILD, "+00:00")

    _, rows = score([aware | {"antibiotics": "10:50"}, aware, CHILD])

    assert reasons(rows) == ["bad_datetime", "", ""]


def test_why_a_stay_has_bad_times_is_told_by_line_and_column(score):
    aware = with_offset(CHILD, "+00:00")
    stories = [CHILD | {"discharge": ""}, CHILD | {"discharge": "09:30"}, aware | {"antibiotics": "10:50"}, CHILD]

    said, rows = score(stories, SPEC, "--json")

    assert reasons(rows) == ["bad_datetime", "bad_datetime", "bad_datetime", ""]
    assert json.loads(said.out)["warnings"] == {
        "blank_datetime": {"rows": 1, "lines": [2], "columns": {"discharge_datetime": [2]}},
        "discharge_not_after_admission": {"rows": 1, "lines": [3], "columns": {"discharge_datetime": [3]}},
        "mixed_offsets": {"rows": 1, "lines": [4]},
    }


def test_a_line_with_two_bad_times_is_one_row(score):
    said, _ = score([CHILD | {"born": "3/2/2010", "antibiotics": "6/1/15 10:50"}, CHILD], SPEC, "--json")

    assert json.loads(said.out)["warnings"]["unreadable_datetime"] == {
        "rows": 1,
        "lines": [2],
        "columns": {"antibiotics_start_datetime": [2], "date_of_birth": [2]},
    }


@pytest.mark.parametrize(("bad", "told"), [(1, False), (2, False), (3, True)])
def test_it_is_said_when_most_rows_were_dropped(score, bad, told):
    said, _ = score([*[CHILD | {"admission": "06/01/2015 09:30"}] * bad, *[CHILD] * (4 - bad)])

    assert ("hint: more than half of the rows were dropped" in said.out) is told
