"""A row of an abstraction file: which texts are times, dates, codes and numbers, and what is pointed out."""

from datetime import date, datetime

import pytest

from scoring.abstraction.column import CODES, Column
from scoring.abstraction.row import RowReader, mixes_zones, read_date, read_instant
from scoring.number import Resolution

PLACES = {column: place for place, column in enumerate(Column)}


def read(resolution=Resolution.MINUTE, **said):
    fields = [f" {said.get(column.name.lower(), '')} " for column in Column]
    return RowReader(PLACES, resolution, CODES).read(fields)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2015-06-01T10:00", "2015-06-01T10:00"),
        ("2015-06-01 10:00:59", "2015-06-01T10:00:59"),
        ("2015-06-01t10:00:59.5", "2015-06-01T10:00:59.500000"),
        ("2015-06-01T10:00z", "2015-06-01T10:00+00:00"),
        ("2015-06-01T10:00-0500", "2015-06-01T10:00-05:00"),
    ],
)
def test_a_time_has_a_day_and_a_minute(text, instant):
    assert read_instant(text) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "text",
    ["2015-06-01", "2015-06-01T10", "2015-06-01T10:00 ", "2015-13-01T10:00", "2015-06-01T25:00", "20150601T1000"],
)
def test_what_has_no_minute_or_is_no_day_is_no_time(text):
    assert read_instant(text) is None


def test_a_date_may_have_a_time_of_day():
    assert read_date("2015-06-01") == read_date("2015-06-01T23:59") == date(2015, 6, 1)
    assert read_date("June 1st") is None


def test_times_are_cut_and_blanks_say_nothing():
    row = read(admission="2015-06-01T09:30:40", discharge="2015-06-01T10:30:00.5", facility_id="F1", mrn="M1")

    assert row.instants == {
        Column.ADMISSION: datetime.fromisoformat("2015-06-01T09:30"),
        Column.DISCHARGE: datetime.fromisoformat("2015-06-01T10:30"),
    }
    assert (row.facility, row.codes, row.numbers, row.born) == ("F1", {}, {}, None)
    assert (row.unreadable, row.misaligned, row.warnings) == (False, False, [])


def test_times_may_be_to_the_second():
    row = read(Resolution.SECOND, admission="2015-06-01T09:30:40.9")

    assert row.instants[Column.ADMISSION] == datetime.fromisoformat("2015-06-01T09:30:40")


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        ({"admission": "yesterday"}, [("unreadable_datetime", "admission_datetime")]),
        ({"date_of_birth": "in spring"}, [("unreadable_datetime", "date_of_birth")]),
        ({"admission": "2015-06-01T09:30", "discharge": "2015-06-01T09:30Z"}, [("mixed_offsets", None)]),
        (
            {"admission": "yesterday", "death": "06/01/2015", "date_of_birth": "2010-01-01"},
            [("unreadable_datetime", "admission_datetime"), ("unreadable_datetime", "death_datetime")],
        ),
    ],
)
def test_a_time_that_cannot_be_read_or_compared_makes_the_row_unreadable_and_is_named(said, warned):
    row = read(**said)

    assert (row.unreadable, row.warnings) == (True, warned)


def test_a_date_of_birth_is_read():
    row = read(date_of_birth="2010-01-01")

    assert (row.born, row.unreadable) == (date(2010, 1, 1), False)


@pytest.mark.parametrize(
    ("text", "code"),
    [("1", "1"), ("0", "0"), ("1.0", "1"), ("0.00", "0"), ("Yes", "1"), ("n", "0"), ("TRUE", "1")],
)
def test_a_flag_is_told_in_figures_or_words(text, code):
    row = read(transfer_in=text)

    assert (row.codes, row.warnings) == ({Column.TRANSFER_IN: code}, [])


@pytest.mark.parametrize("text", ["2", "perhaps", "1.5", "10"])
def test_a_flag_that_is_none_counts_as_not_given_and_is_pointed_out(text):
    row = read(transfer_in=text)

    assert (row.codes, row.warnings) == ({}, [("unknown_flag", Column.TRANSFER_IN)])


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("discharge_status", "20", "20"),
        ("discharge_status", "20.0", "20"),
        ("discharge_status", "1", "1"),
        ("discharge_status", "01", "01"),
        ("severity", "Septic shock", "septic_shock"),
        ("severity", "SEVERE - Sepsis", "severe_sepsis"),
        ("excluded_reason", "advance-directive", "advance_directive"),
        ("pediatric_fluids", "banana", "banana"),
    ],
)
def test_a_code_is_kept_in_small_letters_an_underscore_between_its_words(column, text, code):
    """Of the fluids' codes the file's definition names none: any will do."""
    row = read(**{column: text})

    assert (row.codes, row.warnings) == ({Column(column): code}, [])


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("discharge_status", "Expired", "expired"),
        ("discharge_status", "020", "020"),
        ("discharge_status", "1.5", "1.5"),
        ("excluded_reason", "contra-indication", "contra_indication"),
        ("excluded_reason", "1", "1"),
        ("severity", "shock", "shock"),
    ],
)
def test_a_code_that_nobody_named_is_kept_and_pointed_out(column, text, code):
    row = read(**{column: text})

    assert (row.codes, row.warnings) == ({Column(column): code}, [("unknown_code", column)])


def test_a_value_is_a_finite_number():
    assert read(lactate_level="2.5").numbers == {Column.LACTATE_LEVEL: 2.5}


@pytest.mark.parametrize("text", ["high", "nan", "inf", "2,5", "1_0"])
def test_a_value_that_is_no_number_counts_as_not_given_and_is_pointed_out(text):
    row = read(lactate_level=text)

    assert (row.numbers, row.warnings) == ({}, [("unreadable_number", Column.LACTATE_LEVEL)])


def test_all_that_a_row_says_is_read():
    """A blank before it hides nothing."""
    row = read(transfer_in="", transfer_out="maybe", septic_shock="1", severity="sepsis", lactate_level="x")

    assert row.codes == {Column.SEPTIC_SHOCK: "1", Column.SEVERITY: "sepsis"}
    assert row.warnings == [("unknown_flag", Column.TRANSFER_OUT), ("unreadable_number", Column.LACTATE_LEVEL)]


def test_naive_times_do_not_stand_beside_times_with_an_offset():
    naive, aware = (datetime.fromisoformat(text) for text in ("2015-06-01T10:00", "2015-06-01T10:00Z"))

    assert [mixes_zones(times) for times in ([], [naive], [aware, aware], [naive, aware])] == [
        False,
        False,
        False,
        True,
    ]
