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
