"""The printed formula of the culture: without a protocol, only a culture that an antibiotic follows counts."""

import pytest

from storyteller import play

LITERAL = "nys-ped-1h/spec-2015-literal"
OPENED = "10:00  arrived\n 10:10  sepsis documented\n"


def culture(story):
    return play(LITERAL, story).stands("blood culture")


@pytest.mark.parametrize(("dose", "expected"), [("10:30", "met"), ("10:29", "missed, antibiotic_first")])
def test_the_antibiotic_of_the_same_minute_follows(dose, expected):
    assert culture(f"{OPENED} 10:30  ceftriaxone iv started {dose}\n 10:30  blood culture\n 14:00  quiet") == expected


def test_the_dose_that_lets_a_culture_count_is_shown_with_it():
    told = play(LITERAL, f"{OPENED} 10:20  gentamicin iv\n 10:30  blood culture\n 10:50  ceftriaxone iv\n 14:00  quiet")

    assert "ceftriaxone" in [each.what for each in told.element("blood culture").evidence]


@pytest.mark.parametrize(("dose", "expected"), [("23:59", "met, day_only"), ("23:58", "cannot_assess, day_only")])
def test_a_culture_known_by_its_day_counts_if_every_minute_of_it_is_followed(dose, expected):
    told = f"""
        23:30  arrived
        23:35  sepsis documented
        {dose}  ceftriaxone iv
        08:00+1  blood culture drawn 12:00 by day
        09:00+1  quiet
    """

    assert culture(told) == expected


def test_a_culture_that_no_antibiotic_followed_is_shown():
    drawn = play(LITERAL, f"{OPENED} 10:30  blood culture\n 14:00  quiet").element("blood culture")

    assert (drawn.status, drawn.reason) == ("missed", "no_antibiotic_after")
    assert "blood culture" in [each.what or each.type.replace("_", " ") for each in drawn.evidence]
