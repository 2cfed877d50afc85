"""When a correction of a MIMIC-III row became known. Every row here is made up."""

from datetime import UTC, datetime

import pytest

from schemas.raw import RowPhase
from schemas.translate.mimic3_known import correction_times, known_at, moments
from schemas.translate.mimic3_row import columns_of


def clock(text):
    return datetime.fromisoformat(f"2130-01-05 {text}").replace(tzinfo=UTC)


def day(text):
    return f"2130-01-05 {text}:00" if text else ""


def dose(
    row_id, *, starts="10:00", stored="10:30", status="FinishedRunning", commented="", cancelreason="0", order="o1"
):
    return dict.fromkeys(columns_of("inputevents_mv"), "") | {
        "row_id": row_id,
        "itemid": "225851",
        "linkorderid": order,
        "starttime": day(starts),
        "endtime": day("11:00"),
        "storetime": day(stored),
        "statusdescription": status,
        "cancelreason": cancelreason,
        "comments_date": day(commented),
    }


def sign(row_id, error="", stored="10:30", charted="10:00"):
    told = {"row_id": row_id, "subject_id": "7", "itemid": "220045", "error": error}
    return told | {"charttime": day(charted), "storetime": day(stored)}


def corrected(*rows, table="inputevents_mv"):
    return {row_id: f"{at:%H:%M}" for row_id, at in correction_times(table, rows).items()}


def test_a_row_that_stands_is_never_corrected():
    assert corrected(dose("1"), dose("2", status="Changed")) == {}


def test_a_correction_with_a_time_of_its_own_is_known_then():
    assert corrected(dose("1", status="Rewritten", commented="12:15"), dose("2", stored="11:00")) == {"1": "12:15"}


def test_a_cancelled_row_is_corrected_whatever_its_status():
    assert corrected(dose("1", cancelreason="2", commented="12:15")) == {"1": "12:15"}


def test_a_rewritten_row_is_corrected_when_the_row_that_replaces_it_is_stored():
    replaced = corrected(
        dose("1", status="Rewritten"),
        dose("2", status="Rewritten", stored="11:20"),
        dose("3", stored="12:00"),
        dose("4", stored="10:45", order="another"),
        dose("5", stored="10:00"),
    )

    assert replaced == {"1": "11:20", "2": "12:00"}


def test_a_row_of_the_same_start_replaces_before_one_that_merely_follows():
    assert corrected(
        dose("1", status="Rewritten"), dose("2", starts="10:20", stored="10:40"), dose("3", stored="12:00")
    ) == {"1": "12:00"}


def test_a_row_of_the_same_order_replaces_where_none_has_the_same_start():
    assert corrected(dose("1", status="Rewritten"), dose("2", starts="10:20", stored="10:40")) == {"1": "10:40"}


def test_a_row_stored_with_the_one_it_replaces_corrects_it_at_once():
    assert corrected(dose("1", status="Rewritten"), dose("2")) == {"1": "10:30"}


def test_a_correction_that_nothing_dates_is_known_half_an_hour_after_the_row():
    assert corrected(dose("1", status="Rewritten"), dose("2", stored="")) == {"1": "11:00"}
    assert corrected(sign("1", error="1"), table="chartevents") == {"1": "11:00"}


def test_an_erroneous_sign_is_corrected_by_the_next_one_of_that_time():
    rows = (sign("1", error="1"), sign("2", stored="10:50"), sign("3", charted="10:05", stored="10:40"))

    assert corrected(*rows, table="chartevents") == {"1": "10:50"}


def test_an_erroneous_output_is_corrected_too():
    told = sign("1") | {"iserror": "1"}

    assert corrected(told, table="outputevents") == {"1": "11:00"}


def test_a_corrected_row_whose_times_cannot_be_read_is_left_to_the_translator():
    assert corrected(dose("1", status="Rewritten", stored="")) == {}
    assert corrected(dose("1", status="Rewritten") | {"comments_date": "later"}) == {}


@pytest.mark.parametrize("table", ["labevents", "admissions", "d_items"])
def test_tables_without_corrections_have_none(table):
    assert correction_times(table, [{"row_id": "1"}]) == {}


def test_the_moments_of_a_row_come_with_its_correction():
    row = dose("1")

    assert moments("inputevents_mv", row) == (
        (RowPhase.ROW, clock("10:30")),
        (RowPhase.COMPLETED, clock("11:00")),
    )
    assert moments("inputevents_mv", row, clock("12:00"))[-1] == (RowPhase.RETRACTED, clock("12:00"))


def test_an_admission_and_an_icu_stay_may_not_have_ended():
    stay = dict.fromkeys(columns_of("admissions"), "") | {"admittime": day("10:00")}
    icu = dict.fromkeys(columns_of("icustays"), "") | {"intime": day("11:00")}

    assert moments("admissions", stay) == ((RowPhase.ROW, clock("10:00")),)
    assert moments("icustays", icu) == ((RowPhase.ROW, clock("11:00")),)


def test_a_phase_that_a_row_alone_does_not_date_has_no_time():
    assert known_at("inputevents_mv", RowPhase.RETRACTED, dose("1")) is None


def test_a_culture_with_a_date_only_is_known_when_its_day_is_over():
    by_day = dict.fromkeys(columns_of("microbiologyevents"), "") | {"chartdate": "2140-03-02 00:00:00"}
    by_minute = by_day | {"charttime": "2140-03-02 15:30:00"}

    assert known_at("microbiologyevents", RowPhase.ROW, by_day).isoformat() == "2140-03-03T00:00:00+00:00"
    assert known_at("microbiologyevents", RowPhase.ROW, by_minute).isoformat() == "2140-03-02T15:30:00+00:00"
