"""Emergency department sepsis triage: antibiotics within an hour and lactate within three of the form."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "ed-sepsis-triage/mannhardt")


def test_both_in_time():
    told = tell("""
        10:00  triage form
        10:20  lactate 1.1
        10:30  ceftriaxone iv
        15:00  quiet
    """)

    assert told.said == ["10:00 bundle started: bundle"]
    assert told.stands("bundle") == "met"


def test_the_alerts_of_two_windows():
    told = tell("""
        10:00  triage form
        13:30  quiet
    """)

    assert told.said == [
        "10:00 bundle started: bundle",
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:00:01 missed: antibiotics",
        "12:00 due soon: lactate",
        "12:40 due soon: lactate",
        "13:00:01 missed: lactate",
    ]


@pytest.mark.parametrize(
    ("form", "given", "status"),
    [
        ("10:00", "11:00:00", "met"),
        ("10:00", "11:00:01", "met_late"),
        ("10:00:30", "11:00:30", "met"),
        ("10:00:30", "11:00:31", "met_late"),
    ],
)
def test_the_log_is_compared_to_the_second(form, given, status):
    told = tell(f"""
        {form}  triage form
        {given}  ceftriaxone iv
        15:00  quiet
    """)

    assert told.stands("antibiotics") == status


@pytest.mark.parametrize(("drawn", "status"), [("13:00", "met"), ("13:00:01", "met_late")])
def test_lactate_has_three_hours(drawn, status):
    told = tell(f"""
        10:00  triage form
        {drawn}  lactate 1.1
        15:00  quiet
    """)

    assert told.stands("lactate") == status


def test_what_was_done_before_the_form_counts():
    told = tell("""
        07:00  arrived
        07:10  lactate 1.1
        07:20  ceftriaxone iv
        10:00  triage form
    """)

    assert told.stands("bundle") == "met"
    assert told.said == []


def test_a_lactate_without_a_value_counts_as_done():
    told = tell("""
        10:00  triage form
        10:10  lactate
        15:00  quiet
    """)

    assert told.stands("lactate") == "met"


def test_later_forms_change_nothing():
    told = tell("""
        10:00  triage form
        10:50  triage form
        11:10  ceftriaxone iv
    """)

    assert f"{told.case().time_zero:%H:%M}" == "10:00"
    assert told.stands("antibiotics") == "met_late"


def test_without_a_form_there_is_no_case():
    told = tell("""
        10:00  arrived
        10:10  protocol
        10:30  ceftriaxone iv
    """)

    assert told.records == {}


def test_a_form_charted_late_moves_time_zero_forward():
    """An earlier form turns up: the hour was over before."""
    told = tell("""
        10:00  triage form
        10:10  triage form at 09:00
        10:11  quiet
    """)

    assert f"{told.case().time_zero:%H:%M}" == "09:00"
    assert told.stands("antibiotics") == "overdue, past_when_known"
    assert "10:10 amended: bundle, time zero moved" in told.said


def test_what_the_feed_covers_decides_between_missed_and_unassessable():
    """This source always carries laboratory results, and medications only where it says so."""
    told = tell("""
        10:00  triage form from mimic3
        15:00  quiet
    """)

    assert told.stands("antibiotics") == "cannot_assess, not_covered"
    assert told.stands("lactate") == "missed"
