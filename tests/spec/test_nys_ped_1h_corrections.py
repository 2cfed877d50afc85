"""New York State, pediatric 1-hour bundle: corrections, coverage and days without a time."""

from functools import partial

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_a_corrected_time_turns_met_into_missed():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv started 10:25
        11:30  correct ceftriaxone iv started 11:25
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == ["11:30 missed: antibiotics, corrected"]
    assert told.stands("antibiotics") == "met_late"


def test_a_retraction_turns_met_into_missed_and_its_correction_turns_it_back():
    told = tell("""
        10:00  protocol
        10:30  blood culture
        11:30  retract blood culture
        11:45  restore blood culture
        14:00  quiet
    """)

    assert told.said_of("blood culture") == [
        "11:30 missed: blood culture, corrected",
        "11:45 withdrawn: blood culture, corrected",
    ]
    assert told.stands("blood culture") == "met"


def test_a_retraction_while_the_window_is_open_says_nothing_yet():
    told = tell("""
        10:00  protocol
        10:10  ceftriaxone iv
        10:20  retract ceftriaxone
        10:30  quiet
    """)

    assert told.said_of("antibiotics") == []
    assert told.stands("antibiotics") == "open"


def test_a_case_whose_only_trigger_was_an_error_disappears():
    told = tell("""
        10:00  protocol
        11:10  retract protocol
        11:11  quiet
    """)

    assert told.records == {}
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, corrected"
    assert told.said_of("bundle")[-1] == "11:10 withdrawn: bundle, corrected"


def test_an_antibiotic_known_by_its_day_rules_nothing_out_and_meets_nothing():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv started 10:00 by day
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "cannot_assess, day_only"


def test_an_antibiotic_known_by_a_day_of_which_every_minute_would_do_is_met():
    """All of the day before lies within the 24 h before a midnight time zero."""
    told = tell("""
        20:00-1  arrived
        00:10  ceftriaxone iv started 12:00-1 by day
        00:20  protocol at 00:00
        04:00  quiet
    """)

    assert told.element("antibiotics").status == "met"


def test_without_coverage_nothing_is_called_missed():
    """The intensive-care feed tells nothing of the emergency department."""
    told = tell("""
        10:00  protocol from mimic3
        14:00  quiet
    """)

    assert told.stands("antibiotics") == "cannot_assess, not_covered"
    assert [line for line in told.said_of("antibiotics") if "missed" in line] == []


def test_a_window_that_is_not_covered_cannot_be_assessed_from_its_first_instant_on():
    assert tell("10:00  protocol from mimic3").stands("antibiotics") == "cannot_assess, not_covered"


def test_covered_from_the_look_back_on_it_is_missed():
    told = tell("""
        08:00-1  arrived from mimic3
        08:00-1  covers medications started 08:00-1 from mimic3
        10:00  protocol from mimic3
        14:00  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"
    assert told.stands("antibiotics") == "missed"


def test_covered_from_time_zero_only_it_is_announced_and_settles_as_not_assessable():
    """A dose in the look-back would have gone unseen."""
    told = tell("""
        09:00  arrived from mimic3
        09:00  covers medications started 09:00 from mimic3
        10:00  protocol from mimic3
        12:01  quiet
    """)

    assert "11:01 missed: antibiotics" in told.said_of("antibiotics")
    assert told.stands("antibiotics") == "cannot_assess, not_covered"


def test_what_a_feed_never_carries_cannot_be_assessed():
    """The event log has no cultures at all."""
    told = tell("""
        10:00  protocol from xes
        14:00  quiet
    """)

    assert told.stands("blood culture") == "cannot_assess, not_carried"
    assert [line for line in told.said_of("blood culture") if "missed" in line] == []
    assert told.stands("antibiotics") == "missed"


def test_a_second_source_tells_what_the_first_did_not():
    """A vital sign of a feed that always carries medications: from then on a missing dose is a missing dose."""
    told = tell("""
        10:00  protocol from mimic3
        10:30  heart rate 110 from simulated
        11:01  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_a_case_that_comes_back_is_announced_anew():
    """Under an alert that nobody has seen, so that nobody takes it for a repeat."""
    told = tell("""
        10:00  protocol
        10:05  retract protocol
        10:10  restore protocol
    """)

    assert told.said == [
        "10:00 bundle started: bundle",
        "10:05 withdrawn: bundle, corrected",
        "10:10 bundle started: bundle",
    ]
    assert len({alert.alert_id for alert in told.alerts}) == 3
