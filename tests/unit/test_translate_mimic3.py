"""Rows of the MIMIC-III tables that cannot be read, or are of no use. Every row here is made up."""

import pytest

from mimic3_message import chart, clock, given, ignored, raw, refused
from schemas.rejection import Accepted
from schemas.translate import translate


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (chart("220179", "11647", "mmHg"), ("implausible_value", "systolic_bp")),
        (chart("220045", "90", "knots"), ("unknown_unit", "heart_rate is kept in /min")),
        (chart("220045", "many", "bpm"), ("bad_value", "value")),
        (chart(charttime=""), ("missing_time", "charttime")),
        (chart(charttime="noon"), ("bad_time", "charttime")),
        (chart(charttime="1999-01-01 00:00:00"), ("implausible_time", "charttime")),
        (chart(subject_id=""), ("no_patient", "subject_id")),
        (chart(row_id=""), ("missing_field", "row_id")),
        (chart(itemid=None), ("bad_row", "itemid")),
        (chart(_extra=["1", "2"]), ("bad_row", "more fields than columns")),
        (chart(received_at="2130-01-05T09:54:00+00:00"), ("future_time", "charttime")),
        (raw("labevents") | {"table": "caregivers"}, ("unknown_table", "table")),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(value, reason):
    assert refused(value) == reason


@pytest.mark.parametrize("table", ["services", "diagnoses_icd", "d_items", "d_labitems"])
def test_tables_that_no_measure_asks_for_are_ignored(table):
    assert ignored(raw(table)) == "not_used"


def test_a_phase_that_a_row_does_not_have_cannot_be_placed():
    assert refused(given(phase="died")) == ("missing_time", "received_at")


def test_a_time_of_receipt_given_by_our_ingest_is_kept():
    result = translate("raw.vitals", chart(), clock("13:00"))

    assert isinstance(result, Accepted)
    assert result.facts[0].received_at == clock("13:00")
