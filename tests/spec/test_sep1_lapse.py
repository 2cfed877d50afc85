"""SEP-1-like: what becomes of a case that one sign of infection opened alone."""

from functools import partial

import pytest

from storyteller import clock, clock_text, play

tell = partial(play, "sep1-like/1")

SHOCK = """
    08:00    admitted
    09:50    heart rate 120
    09:50    respiratory rate 30
    09:50    systolic bp 80
    09:55    lactate 1.5
"""


def test_further_doses_of_a_course_lapse_with_the_first():
    told = tell(f"""
        {SHOCK}
        10:00    ceftriaxone iv
        10:20    meropenem iv
        12:00    ceftriaxone iv
        11:00+4  quiet
    """)

    assert told.said_of("bundle")[-1] == "10:00+3 withdrawn: bundle, not confirmed"
    assert not [line for line in told.said if "time zero moved" in line]


def test_a_dose_after_the_lapse_opens_the_case_again():
    told = tell(f"""
        {SHOCK}
        10:00    ceftriaxone iv
        11:00+3  heart rate 120
        11:00+3  respiratory rate 30
        11:00+3  systolic bp 80
        11:10+3  meropenem iv
    """)

    assert told.said_of("bundle")[-2:] == ["10:00+3 withdrawn: bundle, not confirmed", "11:10+3 bundle started: bundle"]


def test_a_culture_within_reach_of_a_later_dose_still_confirms_it():
    told = tell(f"""
        {SHOCK}
        10:00    ceftriaxone iv
        09:00+2  heart rate 120
        09:00+2  respiratory rate 30
        09:00+2  systolic bp 80
        10:00+2  meropenem iv
        09:00+3  blood culture
        11:00+3  quiet
    """)

    assert told.case().time_zero == clock("10:00+2")


@pytest.mark.parametrize(("dose", "counts"), [("09:59+3", False), ("10:00+3", True)])
def test_a_dose_belongs_to_the_course_that_lapsed_until_the_very_moment_of_the_lapse(dose, counts):
    told = tell(f"""
        {SHOCK}
        10:00    ceftriaxone iv
        {dose}   heart rate 120
        {dose}   respiratory rate 30
        {dose}   systolic bp 80
        {dose}   meropenem iv
        11:00+3  quiet
    """)

    assert told.case().time_zero == clock(dose if counts else "10:00")
    assert (told.status() == "not_in_population, not_confirmed") is not counts


def test_the_sign_that_stands_when_an_earlier_one_lapses_is_believed_in_from_then_on():
    """A dose two days before the culture is out of its reach, and lapses a day after it."""
    told = tell("""
        10:00-2  temperature 39.0
        10:00-2  heart rate 110
        10:00-2  creatinine 2.4
        10:00-2  ceftriaxone iv
        09:50    temperature 39.0
        09:50    heart rate 110
        09:50    creatinine 2.4
        10:00    blood culture
        10:00+1  quiet
        12:00+1  quiet
    """)  # fmt: skip

    assert (clock_text(told.case().time_zero), clock_text(told.case().time_zero_known_at)) == ("10:00", "10:00+1")


def test_a_case_that_lapsed_wakes_nobody_any_more():
    told = tell(f"{SHOCK} 10:00 ceftriaxone iv\n 09:00+3 quiet\n 10:00+3 quiet")

    assert [step.wake_at for step in told.steps[-2:]] == [clock("10:00+3"), None]
