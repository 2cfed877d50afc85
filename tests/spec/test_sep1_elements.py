"""SEP-1-like, severe sepsis clock: what it asks, and of whom."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "sep1-like/1")

SEPSIS = """
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
"""
"""Suspected infection, two SIRS criteria, one organ dysfunction: time zero is 10:00."""


def test_everything_in_time():
    told = tell(
        SEPSIS
        + """
        10:20  lactate 1.4
        10:25  blood culture
        10:40  ceftriaxone iv
        17:30  quiet
    """
    )

    assert told.said == ["10:00 bundle started: bundle"]
    assert told.stands("repeat lactate") == "not_applicable, lactate_not_elevated"
    assert told.stands("bundle") == "met"


def test_nothing_charted_is_announced_at_each_step():
    told = tell(
        SEPSIS
        + """
        17:30  quiet
    """
    )

    assert told.said_of("lactate") == [
        "12:00 due soon: lactate",
        "12:40 due soon: lactate",
        "13:01 missed: lactate",
    ]
    assert told.stands("lactate") == "missed"
    assert told.stands("repeat lactate") == "not_applicable, no_initial_lactate"
    assert told.said_of("repeat lactate") == []


@pytest.mark.parametrize(("drawn", "status"), [("13:00:59", "met"), ("13:01", "met_late")])
def test_the_initial_lactate_has_three_hours(drawn, status):
    told = tell(SEPSIS + f"\n        {drawn}  lactate 1.4\n        20:00  quiet")

    assert told.stands("lactate") == status


@pytest.mark.parametrize(("drawn", "status"), [("04:00", "met"), ("03:59", "missed")])
def test_the_initial_lactate_counts_from_six_hours_before(drawn, status):
    told = tell(f"        03:00  arrived\n        {drawn}  lactate 1.4\n" + SEPSIS + "        20:00  quiet")

    assert told.stands("lactate") == status


def test_of_several_lactates_before_time_zero_the_highest_is_the_initial_one():
    told = tell(
        """
        08:00  lactate 1.1
        08:30  lactate 1.9
        09:00  lactate 1.5
    """
        + SEPSIS
    )

    assert f"{told.element('lactate').done_at:%H:%M}" == "08:30"


def test_an_elevated_lactate_asks_for_another_within_six_hours():
    told = tell(
        SEPSIS
        + """
        10:30  lactate 2.1
        16:01  quiet
    """
    )

    assert told.said_of("repeat lactate") == [
        "14:30 due soon: repeat lactate",
        "15:30 due soon: repeat lactate",
        "16:01 missed: repeat lactate",
    ]


@pytest.mark.parametrize(("drawn", "status"), [("16:00:30", "met"), ("16:01", "met_late")])
def test_the_repeat_lactate_has_six_hours(drawn, status):
    told = tell(SEPSIS + f"\n        10:30  lactate 2.1\n        {drawn}  lactate 1.8\n        20:00  quiet")

    assert told.stands("repeat lactate") == status


def test_until_there_is_a_first_lactate_the_second_is_not_open():
    assert tell(SEPSIS).stands("repeat lactate") == "not_open, no_initial_lactate_yet"


def test_a_first_lactate_after_the_six_hours_asks_for_no_second():
    told = tell(
        SEPSIS
        + """
        18:00  lactate 3.5
        23:00  quiet
    """
    )

    assert told.stands("repeat lactate") == "not_applicable, no_initial_lactate"


def test_a_lactate_without_a_value_leaves_the_second_undecided():
    told = tell(
        SEPSIS
        + """
        10:30  lactate
        20:00  quiet
    """
    )

    assert told.stands("repeat lactate") == "cannot_assess, no_value"


def test_a_corrected_lactate_switches_the_second_off():
    told = tell(
        SEPSIS
        + """
        10:30  lactate 2.4
        16:10  correct lactate 1.4 drawn 10:30
    """
    )

    assert told.said_of("repeat lactate")[-2:] == [
        "16:01 missed: repeat lactate",
        "16:10 withdrawn: repeat lactate, corrected",
    ]
    assert told.stands("repeat lactate") == "not_applicable, lactate_not_elevated"


def test_an_elevated_lactate_known_after_the_window_is_past():
    """Its condition switched on too late to tell anyone."""
    told = tell(
        SEPSIS
        + """
        16:30  lactate 2.4 drawn 10:30
        16:31  quiet
    """
    )

    assert told.stands("repeat lactate") == "overdue, past_when_known"
    assert told.said_of("repeat lactate") == []


def test_the_culture_must_come_before_the_antibiotic():
    told = tell(
        SEPSIS
        + """
        10:20  ceftriaxone iv
        10:30  blood culture
    """
    )

    assert told.said_of("blood culture") == [
        "10:21 missed: blood culture, antibiotic first",
        "10:30 amended: blood culture, done late",
    ]
    assert told.stands("blood culture") == "met_late, antibiotic_first"


@pytest.mark.parametrize(("born", "status"), [("2008-03-03", "excluded, age"), ("2008-03-02", "denominator")])
def test_children_are_left_out(born, status):
    told = tell(f"        09:00  admitted\n        09:00  born {born}\n" + SEPSIS)

    assert told.status() == status


@pytest.mark.parametrize(
    ("when", "status"),
    [("09:00", "excluded, comfort_care_6h"), ("16:00", "excluded, comfort_care_6h"), ("16:01", "denominator")],
)
def test_comfort_care_before_or_within_six_hours_excludes(when, status):
    told = tell(SEPSIS + f"\n        18:00  comfort care at {when}")

    assert told.status() == status


@pytest.mark.parametrize(("when", "status"), [("16:00", "excluded, expired_6h"), ("16:01", "denominator")])
def test_a_death_within_six_hours_excludes(when, status):
    told = tell(SEPSIS + f"\n        {when}  died\n        20:00  quiet")

    assert told.status() == status


@pytest.mark.parametrize(("when", "status"), [("16:00", "excluded, discharged_6h"), ("16:01", "denominator")])
def test_a_discharge_within_six_hours_excludes(when, status):
    told = tell("        09:00  admitted\n" + SEPSIS + f"\n        {when}  discharged\n        20:00  quiet")

    assert told.status() == status


def test_the_end_of_the_emergency_visit_is_no_discharge():
    told = tell("""
        09:00  arrived [ED7]
        10:00  infection suspected [ED7]
        10:00  temperature 39.0 [ED7]
        10:00  heart rate 110 [ED7]
        10:00  systolic bp 85 [ED7]
        11:00  discharged [ED7]
        11:05  admitted [IN9]
        20:00  quiet
    """)

    assert told.status("ED7") == "denominator"
