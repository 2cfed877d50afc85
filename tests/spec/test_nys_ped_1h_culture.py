"""New York State, pediatric 1-hour bundle: the blood culture, and the antibiotic that it must precede."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_a_culture_in_the_same_minute_as_the_antibiotic_passes():
    told = tell("""
        10:00  protocol
        10:30:10  ceftriaxone iv
        10:30:50  blood culture
        12:30  quiet
    """)

    assert told.stands("blood culture") == "met"


def test_a_culture_a_minute_after_the_antibiotic_is_late():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:12  blood culture drawn 10:11
        12:30  quiet
    """)

    assert told.stands("blood culture") == "met_late, antibiotic_first"
    assert told.stands("bundle") == "missed, blood_culture"


def test_an_antibiotic_closes_the_window_of_the_culture():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:11  quiet
    """)

    assert told.said_of("blood culture") == ["10:11 missed: blood culture, antibiotic first"]
    assert told.stands("blood culture") == "overdue, antibiotic_first"
    verdict = told.element("blood culture")
    assert (f"{verdict.due_at:%H:%M}", f"{verdict.closes_at:%H:%M}") == ("10:10", "10:11")


def test_the_closed_window_of_the_culture_waits_for_charting():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:40  blood culture drawn 10:05
        12:30  quiet
    """)

    assert told.said_of("blood culture") == [
        "10:11 missed: blood culture, antibiotic first",
        "10:40 withdrawn: blood culture, met in time",
    ]
    assert told.stands("blood culture") == "met"


def test_the_closed_window_opens_again_when_the_antibiotic_is_taken_back():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:20  retract ceftriaxone
        10:30  quiet
    """)

    assert told.said_of("blood culture") == [
        "10:11 missed: blood culture, antibiotic first",
        "10:20 withdrawn: blood culture, corrected",
    ]
    assert told.stands("blood culture") == "open"


def test_an_antibiotic_before_time_zero_loses_the_culture_at_once():
    """Given an hour before time zero, without a culture: nothing can bring that back."""
    told = tell("""
        08:30  arrived
        09:00  ceftriaxone iv
        10:00  protocol
        10:30  quiet
    """)
    verdict = told.element("blood culture")

    assert f"{verdict.due_at:%H:%M}" == "09:00"
    assert told.stands("blood culture") == "overdue, antibiotic_first"
    assert told.stands("antibiotics") == "met"
    assert told.said_of("blood culture") == []


def test_an_antibiotic_before_time_zero_settles_an_hour_after_it_was_known():
    told = tell("""
        09:00  ceftriaxone iv
        10:00  protocol
        11:00  quiet
    """)

    assert told.stands("blood culture") == "missed, antibiotic_first"
    assert f"{told.element('blood culture').settles_at:%H:%M}" == "11:00"


def test_a_culture_without_any_antibiotic_passes():
    """As the specification says: this allows if antibiotic never done."""
    told = tell("""
        10:00  protocol
        10:30  blood culture
        14:00  quiet
    """)

    assert told.stands("blood culture") == "met"
    assert told.stands("antibiotics") == "missed"


def test_an_earlier_antibiotic_charted_late_turns_the_culture_into_missed():
    told = tell("""
        10:00  protocol
        10:20  blood culture
        10:30  ceftriaxone iv
        11:00  meropenem iv started 10:10
        14:00  quiet
    """)

    assert told.said_of("blood culture") == ["11:00 missed: blood culture, late charting"]
    assert told.stands("blood culture") == "met_late, antibiotic_first"


def test_an_ordered_culture_is_not_drawn():
    told = tell("""
        10:00  protocol
        10:10  blood culture ordered 10:10
        14:00  quiet
    """)

    assert told.stands("blood culture") == "missed"


def test_an_ordered_antibiotic_is_not_given():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv ordered 10:10
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "missed"


def test_a_urine_culture_is_no_blood_culture():
    told = tell("""
        10:00  protocol
        10:10  other culture
        14:00  quiet
    """)

    assert told.stands("blood culture") == "missed"


@pytest.mark.parametrize(("route", "status"), [("iv", "met"), ("io", "met"), ("oral", "missed")])
def test_the_antibiotic_goes_into_a_vein_or_a_bone(route, status):
    told = tell(f"""
        10:00  protocol
        10:30  ceftriaxone {route}
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


def test_a_vasopressor_is_no_antibiotic():
    told = tell("""
        10:00  protocol
        10:30  norepinephrine iv
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "missed"
