"""Times in a file that `timezero score` reads: how they may be written, and how they are compared."""

import pytest

from abstraction_form import CHILD, reasons, with_offset

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
