"""SEP-1-like, severe sepsis clock: when it starts."""

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


def time_zero(told):
    record = told.case()
    return f"{record.time_zero:%H:%M}"


def test_time_zero_is_when_the_last_of_the_criteria_is_met():
    told = tell("""
        08:00  infection suspected
        08:30  heart rate 110
        09:10  temperature 38.4
        11:40  systolic bp 89
    """)

    assert time_zero(told) == "11:40"
    assert told.said == ["11:40 bundle started: bundle"]


@pytest.mark.parametrize(
    "missing", ["infection suspected", "heart rate 110", "temperature 39.0", "systolic bp 85"]
)  # fmt: skip
def test_without_one_of_the_criteria_there_is_no_case(missing):
    lines = ["infection suspected", "heart rate 110", "temperature 39.0", "systolic bp 85"]
    told = tell("\n".join(f"10:00  {line}" for line in lines if line != missing))

    assert told.records == {}


def test_two_of_the_same_criterion_are_one():
    """White cells and bands are one criterion."""
    told = tell("""
        10:00  infection suspected
        10:00  wbc 14
        10:05  bands 12
        10:10  systolic bp 85
    """)

    assert told.records == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("temperature 38.3", "temperature 38.4"),
        ("temperature 36.0", "temperature 35.9"),
        ("heart rate 90", "heart rate 91"),
        ("respiratory rate 20", "respiratory rate 21"),
        ("wbc 12", "wbc 12.1"),
        ("wbc 4", "wbc 3.9"),
        ("bands 10", "bands 11"),
    ],
)
def test_the_limits_of_sirs_are_strict(first, second):
    other = "heart rate 120" if "heart" not in first else "temperature 39.0"
    story = f"""
        10:00  infection suspected
        10:00  {other}
        10:00  systolic bp 80
        10:00  """

    assert tell(story + first).records == {}
    assert time_zero(tell(story + second)) == "10:00"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("systolic bp 90", "systolic bp 89"),
        ("mean arterial pressure 65", "mean arterial pressure 64"),
        ("creatinine 2.0", "creatinine 2.1"),
        ("bilirubin 2.0", "bilirubin 2.1"),
        ("platelets 100", "platelets 99"),
        ("inr 1.5", "inr 1.6"),
        ("aptt 60", "aptt 61"),
        ("lactate 2.0", "lactate 2.1"),
    ],
)
def test_the_limits_of_organ_dysfunction_are_strict(first, second):
    story = """
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  """

    assert tell(story + first).records == {}
    assert time_zero(tell(story + second)) == "10:00"


def test_new_ventilation_is_an_organ_dysfunction():
    told = tell("""
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:30  ventilation
    """)

    assert time_zero(told) == "10:30"


@pytest.mark.parametrize(("last", "found"), [("16:00:59", True), ("16:01", False)])
def test_the_criteria_lie_within_six_hours_of_each_other(last, found):
    """Both times cut to the minute, six hours still count."""
    told = tell(f"""
        10:00  infection suspected
        12:00  temperature 39.0
        12:00  heart rate 110
        {last}  systolic bp 85
    """)

    assert bool(told.records) is found


def test_a_corrected_value_moves_time_zero():
    told = tell(
        SEPSIS
        + """
        10:30  systolic bp 80
        11:00  correct systolic bp 120 measured 10:00
    """
    )

    assert time_zero(told) == "10:30"
    assert told.said == ["10:00 bundle started: bundle", "11:00 amended: bundle, time zero moved"]


def test_a_culture_and_an_antibiotic_are_a_surrogate_for_suspicion():
    told = tell("""
        09:00  blood culture
        09:30  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
    """)

    assert time_zero(told) == "10:00"
    assert told.case().time_zero_rule == "surrogate_infection"


def test_documentation_wins_over_the_surrogate():
    told = tell("""
        09:00  blood culture
        09:30  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        10:20  infection suspected at 09:45
    """)

    assert told.case().time_zero_rule == "documented_infection"


@pytest.mark.parametrize(
    ("culture", "antibiotic", "rule"),
    [
        ("10:00-1", "09:59+2", "surrogate_infection"),
        ("09:00", "09:00-1", "surrogate_infection"),
    ],
)
def test_how_far_the_antibiotic_may_lie_from_the_culture(culture, antibiotic, rule):
    """From 24 h before to 72 h after; onset is the earlier of the two."""
    onset = min((culture, antibiotic), key=lambda at: (at[5:] or "+0") == "+0")
    day = onset[5:]
    told = tell(f"""
        08:00-2  arrived
        {culture}  blood culture
        {antibiotic}  ceftriaxone iv
        09:59+2  temperature 39.0 measured 11:00{day}
        09:59+2  heart rate 110 measured 11:00{day}
        09:59+2  systolic bp 85 measured 11:00{day}
    """)

    assert told.case().time_zero_rule == rule


def test_a_culture_alone_opens_the_case_provisionally():
    """So that the missing antibiotic can be announced."""
    told = tell("""
        09:50  blood culture
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        13:01  quiet
    """)

    assert told.said_of("antibiotics") == [
        "12:00 due soon: antibiotics",
        "12:40 due soon: antibiotics",
        "13:01 missed: antibiotics",
    ]
    assert told.stands("blood culture") == "met"
    assert not told.case().settled


def test_unconfirmed_after_72_hours_everything_is_taken_back():
    told = tell("""
        09:50  blood culture
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        09:50+3  quiet
    """)

    assert told.status() == "not_in_population, not_confirmed"
    assert told.said_of("antibiotics")[-1] == "09:50+3 withdrawn: antibiotics, not confirmed"
    assert told.said_of("bundle")[-1] == "09:50+3 withdrawn: bundle, not confirmed"


def test_a_minute_before_the_72_hours_it_still_stands():
    told = tell("""
        09:50  blood culture
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        09:49+3  quiet
    """)

    assert told.status() == "denominator"


def test_a_rule_out_and_a_second_severe_sepsis():
    told = tell(
        SEPSIS
        + """
        11:00  ruled out
        20:00  infection suspected
        20:10  temperature 39.0
        20:10  heart rate 110
        20:10  lactate 3.1
    """
    )

    assert told.status("E1") == "not_in_population, ruled_out"
    assert told.status("E1#2") == "denominator"
    assert f"{told.case('E1#2').time_zero:%H:%M}" == "20:10"


def test_a_culture_from_before_the_rule_out_opens_no_new_case():
    """Whoever ruled sepsis out knew of it."""
    told = tell("""
        09:00  blood culture
        09:30  ruled out
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
    """)

    assert told.records == {}


def test_a_culture_after_the_rule_out_opens_one():
    told = tell("""
        09:30  ruled out
        09:40  blood culture
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
    """)

    assert time_zero(told) == "10:00"


def test_signs_of_infection_after_a_confirmed_time_zero_move_nothing():
    told = tell("""
        09:00  blood culture
        09:30  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        15:00  blood culture
        16:00  ceftriaxone iv
        17:00  temperature 39.0
        17:00  heart rate 110
        17:00  systolic bp 85
    """)

    assert time_zero(told) == "10:00"


def test_a_value_that_was_corrected_to_normal_makes_no_later_time_zero_known_late():
    """The first lactate was 3.2 for ten minutes; what opened the case is the second one, known when it came."""
    told = tell("""
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:10  lactate 3.2
        10:20  correct lactate 1.6 drawn 10:10
        11:00  lactate 3.5
        15:00  heart rate 80
    """)

    assert time_zero(told) == "11:00"
    assert f"{told.case().time_zero_known_at:%H:%M}" == "11:00"


SIGNS = ("temperature 39.0", "heart rate 110", "creatinine 2.4")
"""Two SIRS criteria and an organ dysfunction."""


def signs_at(moment):
    return "\n".join(f"{moment}  {sign}" for sign in SIGNS)


@pytest.mark.parametrize("far", ["", "03:00-4  blood culture (far)"])
def test_a_dose_that_confirms_a_culture_is_no_sign_of_infection_of_its_own(far):
    """The culture at 03:00 is the onset, more than 6 h before the criteria; whatever was drawn long before."""
    told = tell(f"""
        {far}
        03:00  blood culture
        10:00  ceftriaxone iv
        {signs_at("10:30")}
    """)

    assert told.records == {}


@pytest.mark.parametrize(
    ("first", "second", "is_sign"),
    [
        ("blood culture", "03:00+3 ceftriaxone iv", False),
        ("blood culture", "03:01+3 ceftriaxone iv", True),
        ("ceftriaxone iv", "03:00+1 blood culture", False),
        ("ceftriaxone iv", "03:01+1 blood culture", True),
    ],
)
def test_what_lies_out_of_reach_of_the_sign_before_is_one_of_its_own(first, second, is_sign):
    """A dose counts until 72 h after the culture, a culture until 24 h after the dose."""
    told = tell(f"""
        03:00  {first}
        {second}
        {signs_at(f"04:00{second[5:7]}")}
    """)

    assert bool(told.records) is is_sign


DAY_KNOWN = "12:00  blood culture drawn 12:00 by day"


@pytest.mark.parametrize(
    ("dose", "rule"),
    [
        ("23:58-1", "surrogate_infection_provisional"),
        ("23:59-1", "surrogate_infection"),  # 24 h before the last minute of the day
        ("00:00+3", "surrogate_infection"),  # 72 h after its first
        ("00:01+3", "surrogate_infection_provisional"),
    ],
)
def test_a_culture_known_by_its_day_confirms_a_dose_that_any_minute_of_the_day_would_confirm(dose, rule):
    given = f"{dose}  ceftriaxone iv\n{signs_at(dose)}"
    told = tell(f"{given}\n{DAY_KNOWN}" if dose.endswith("-1") else f"{DAY_KNOWN}\n{given}")

    assert told.case().time_zero_rule == rule


def test_a_culture_known_by_its_day_confirms_every_dose_within_its_reach():
    told = tell(f"""
        {DAY_KNOWN}
        01:00+1  ceftriaxone iv
        10:00+1  meropenem iv
        {signs_at("10:00+1")}
    """)

    assert (time_zero(told), told.case().time_zero_rule) == ("10:00", "surrogate_infection")


def test_a_value_known_by_its_day_hides_no_later_one_of_that_day():
    told = tell(f"""
        02:00  creatinine 2.4 drawn 01:00 by day
        02:00  infection suspected
        {signs_at("03:00")}
    """)

    assert time_zero(told) == "03:00"
