"""Which acts an element takes, and what it shows where they are not enough."""

import pytest

from sepsis_story import SEPSIS
from storyteller import clock_text, play

SEP1 = "sep1-like/1"


@pytest.mark.parametrize(("measure", "stands"), [("ipso/modified", "met"), ("nys-adult-3h/trend-2015", "missed")])
def test_a_measure_may_take_antibiotics_by_routes_of_its_own(measure, stands):
    """Into a muscle by the one, by vein or bone alone by the conventions."""
    told = play(measure, "10:00 infection suspected\n 10:00 protocol\n 10:10 ceftriaxone im\n 23:00 quiet")

    assert told.stands("antibiotics") == stands


def test_any_systemic_antibiotic_before_time_zero_will_do_for_a_broad_spectrum():
    """Vancomycin alone is none."""
    before = play(SEP1, f"{SEPSIS} 10:05 vancomycin iv started 09:00\n 23:00 quiet").element("broad_spectrum")
    after = play(SEP1, f"{SEPSIS} 10:30 vancomycin iv\n 23:00 quiet").element("broad_spectrum")

    assert (before.status, clock_text(before.done_at)) == ("met", "09:00")
    assert (after.status, after.evidence[0].what) == ("missed", "vancomycin")


@pytest.mark.parametrize(
    ("measure", "at", "stands"),
    [(SEP1, "10:00", "met"), (SEP1, "10:01", "missed"), ("ssc-hour1/2018", "09:00", "missed")],
)
def test_it_does_up_to_the_minute_of_time_zero_and_in_measures_that_say_so(measure, at, stands):
    told = play(measure, f"{SEPSIS} 10:00 protocol\n 10:05 vancomycin iv started {at}\n 23:00 quiet")

    assert told.stands("broad spectrum") == stands


SHOCK = f"{SEPSIS} 10:00 weight 70 kg\n 10:30 lactate 5.0\n"
"""Septic shock at 10:30, by the lactate."""


@pytest.mark.parametrize(("hung", "stands"), [("04:30", "met"), ("04:29", "missed")])
def test_a_reassessment_follows_fluids_of_the_look_back(hung, stands):
    """Made before the shock, it counts after fluids begun up to six hours before it."""
    told = play(SEP1, f"{hung} ringer 500 mL\n {SHOCK} 10:31 reassessment at 09:50\n 18:00 quiet")

    assert told.stands("reassessment") == stands


def test_a_vasopressor_known_by_its_day_only_leaves_a_doubt():
    persists = """
        10:40  systolic bp 80
        10:50  systolic bp 80
        11:30  ringer 2100 mL started 10:30 completed 11:30
        11:40  systolic bp 80
        12:00  systolic bp 81
        12:10  norepinephrine iv by day
        19:00  quiet
    """

    assert play(SEP1, SHOCK + persists).stands("vasopressor") == "cannot_assess, day_only"


def test_nothing_is_said_of_fluids_that_nobody_hung():
    told = play(SEP1, f"{SHOCK} 12:40 quiet")

    assert [alert.sentence for alert in told.alerts if alert.element == "fluids"] == [
        "Fluids due by 13:30, none charted."
    ]


SIGNS = ("temperature 39.0", "heart rate 160", "respiratory rate 40", "systolic bp 80", "spo2 95")


@pytest.mark.parametrize(
    ("protocol", "measured", "charted", "stands"),
    [
        ("10:00", "12:00", "10:00", "cannot_assess, day_only"),
        ("10:00", "12:00", "09:59", "missed"),
        ("00:00", "12:00-1", "00:00", "missed"),
        ("00:01", "12:00", "00:02", "cannot_assess, day_only"),
    ],
)
def test_signs_known_by_their_day_may_be_of_a_minute_from_time_zero_to_their_charting(
    protocol, measured, charted, stands
):
    signs = "\n".join(f"{charted} {sign} measured {measured} recorded {charted} by day" for sign in SIGNS)
    told = play("cha/2012", f"07:00-1 born 2020-01-01\n {protocol} protocol\n {signs}\n 20:00 quiet")

    assert told.stands("assessment") == stands


@pytest.mark.parametrize(
    ("lactate", "stands"),
    [
        ("16:05 lactate 3.0 drawn 16:00", "missed, past_when_known"),
        ("16:05 lactate 3.0 drawn 16:01", "not_applicable, no_initial_lactate"),
        ("10:30 lactate 3.0 by day", "cannot_assess, day_only"),
        ("10:30 lactate 1.4 by day", "not_applicable, no_initial_lactate"),
    ],
)
def test_a_second_lactate_is_asked_for_by_a_first_one_in_its_window(lactate, stands):
    assert play(SEP1, f"{SEPSIS} {lactate}\n 23:00 quiet").stands("repeat lactate") == stands


def test_a_second_lactate_known_by_its_day_only_may_lie_before_the_first():
    told = play(SEP1, f"{SEPSIS} 10:30 lactate 3.0\n 12:00 lactate 1.4 by day\n 23:00 quiet")

    assert told.stands("repeat lactate") == "cannot_assess, day_only"


ADULT = "nys-adult-3h/trend-2015"


@pytest.mark.parametrize(
    ("given", "drawn", "stands"),
    [
        ("10:00-1", "09:00", "met_late, antibiotic_first"),
        ("09:59-1", "09:00", "met"),
        ("14:00", "15:00", "met_late"),
        ("12:00", "12:30", "met_late, antibiotic_first"),
    ],
)
def test_a_culture_precedes_the_first_antibiotic_of_a_day_before_time_zero(given, drawn, stands):
    """Later than its window it is late, whatever was given by then."""
    told = play(ADULT, f"{given} ceftriaxone iv\n 10:00 protocol\n 15:00 blood culture drawn {drawn}\n 23:00 quiet")

    assert told.stands("blood culture") == stands


def test_a_lesser_volume_that_was_ordered_is_enough():
    hung = "12:00 ringer 1000 mL started 11:00 completed 12:00"
    told = play(SEP1, f"{SHOCK} 10:40 lesser volume ordered 1000\n {hung}\n 23:00 quiet")

    assert told.stands("fluids") == "met"


def test_a_statement_known_by_its_day_only_leaves_a_doubt():
    told = play("ipso/modified", "10:00 arrived\n 10:10 sepsis documented\n 10:40 protocol by day\n 23:00 quiet")

    assert told.stands("protocol") == "cannot_assess, day_only"


@pytest.mark.parametrize(("given", "stands"), [("23:59-1", "met, day_only"), ("23:58-1", "cannot_assess, day_only")])
def test_each_minute_of_the_day_of_a_culture_is_followed_or_there_is_a_doubt(given, stands):
    """The dose lies more than a day back, so that it does not close the window."""
    told = play(
        "nys-ped-1h/spec-2015-literal",
        f"{given} ceftriaxone iv\n 23:59 arrived\n 23:59 sepsis documented\n 09:00+1 blood culture drawn 12:00-1 by day"
        "\n 12:00+1 quiet",
    )

    assert told.stands("blood culture") == stands
