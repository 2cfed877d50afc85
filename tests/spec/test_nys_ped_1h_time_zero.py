"""New York State, pediatric 1-hour bundle: what opens a case, when time zero is, and which stay it is of."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_without_a_protocol_time_zero_is_the_first_contact():
    """Triage at 10:00 comes before the charted arrival; the protocol never starts."""
    told = tell("""
        10:01  triaged at 10:00
        10:06  arrived at 10:05
        10:30  sepsis documented
        10:31  blood culture
        10:55  ceftriaxone iv
        13:00  admitted
        14:00  quiet
    """)
    record = told.case()

    assert f"{record.time_zero:%H:%M}" == "10:00"
    assert record.time_zero_rule == "triaged"
    assert told.stands("antibiotics") == "met"
    assert told.stands("blood culture") == "met"


def test_arrival_alone_opens_no_case():
    told = tell("""
        10:00  arrived
        10:04  triaged
        12:30  admitted
        14:00  quiet
    """)

    assert told.records == {}
    assert told.said == []


@pytest.mark.parametrize(
    "entry", ["protocol", "order set", "sepsis documented", "best practice alert", "pews 3"]
)  # fmt: skip
def test_what_opens_a_case(entry):
    told = tell(f"""
        10:00  arrived
        10:10  {entry}
    """)

    assert told.status() == "denominator"
    assert f"{told.case().time_zero_known_at:%H:%M}" == "10:10"


def test_a_low_early_warning_score_opens_no_case():
    assert (
        tell("""
            10:00  arrived
            10:10  pews 2
        """).records
        == {}
    )


def test_a_case_without_any_contact_time_cannot_be_assessed():
    told = tell("""
        10:10  sepsis documented
        14:00  quiet
    """)

    assert told.status() == "cannot_assess, no_time_zero"
    assert told.stands("antibiotics").startswith("cannot_assess")
    assert told.said == []


def test_a_protocol_that_starts_later_moves_time_zero_and_opens_the_windows_again():
    """Counted from arrival at 10:00 the hour was over; counted from the protocol at 11:30 it is not."""
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:30  protocol
        11:31  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
        "11:30 withdrawn: antibiotics, time zero moved",
    ]
    assert told.stands("antibiotics") == "open"
    assert told.said_of("bundle") == [
        "10:10 bundle started: bundle",
        "11:30 amended: bundle, time zero moved",
    ]


def test_the_moved_windows_warn_and_close_anew():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:30  protocol
        12:31  quiet
    """)

    assert told.said_of("antibiotics")[-3:] == [
        "12:10 due soon: antibiotics",
        "12:25 due soon: antibiotics",
        "12:31 missed: antibiotics",
    ]


def test_a_protocol_charted_late_takes_back_what_was_missed():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        11:20  ceftriaxone iv
        11:25  protocol at 10:50
        14:00  quiet
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:20 amended: antibiotics, done late",
        "11:25 withdrawn: antibiotics, time zero moved",
    ]
    assert told.stands("antibiotics") == "met"


def test_a_protocol_entered_in_error_moves_time_zero_back():
    told = tell("""
        10:00  arrived
        10:10  sepsis documented
        10:30  protocol
        11:05  retract protocol
        11:06  quiet
    """)

    assert f"{told.case().time_zero:%H:%M}" == "10:00"
    assert told.stands("antibiotics") == "overdue, past_when_known"


def test_a_second_protocol_changes_nothing():
    told = tell("""
        10:00  protocol
        10:30  ceftriaxone iv
        13:00  protocol
        18:00  quiet
    """)

    assert f"{told.case().time_zero:%H:%M}" == "10:00"
    assert len(told.records) == 1


def test_what_had_closed_before_the_case_opened_is_counted_and_never_pushed():
    told = tell("""
        08:00  arrived
        10:00  sepsis documented
        10:59  quiet
    """)

    assert told.stands("antibiotics") == "overdue, past_when_known"
    assert told.said == []


def test_what_was_past_when_known_settles_an_hour_later():
    told = tell("""
        08:00  arrived
        10:00  sepsis documented
        11:00  quiet
    """)

    assert told.stands("antibiotics") == "missed, past_when_known"
    assert told.said == []


def test_a_window_that_closes_as_it_becomes_known_is_past():
    """Closed at 11:01, known at 11:01."""
    told = tell("""
        10:00  arrived
        11:01  sepsis documented
        15:00  quiet
    """)

    assert told.said == []
    assert told.stands("antibiotics") == "missed, past_when_known"


def test_a_window_known_a_second_before_it_closes_is_announced():
    told = tell("""
        10:00  arrived
        11:00:59  sepsis documented
        11:01  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_an_emergency_visit_and_the_stay_it_becomes_are_one_case():
    """The number changes within 6 hours; the dose under the new number counts."""
    told = tell("""
        10:00  arrived [ED7]
        10:10  protocol [ED7]
        10:40  admitted [IN9]
        10:50  ceftriaxone iv [IN9]
        15:00  quiet
    """)

    assert [record.case_id for record in told.records.values()] == ["ED7"]
    assert told.stands("antibiotics", "ED7") == "met"


def test_the_end_of_the_emergency_visit_is_not_the_end_of_the_stay_it_becomes():
    """Neither a discharge before admission nor a stay that ended without a birth date."""
    told = tell("""
        10:00  arrived [ED7]
        10:10  protocol [ED7]
        10:40  discharged [ED7]
        10:45  admitted [IN9]
        15:00  quiet
    """)

    assert told.status("ED7") == "denominator"
    assert told.case("ED7").closed_at is None


def test_the_end_of_the_stay_closes_the_case():
    told = tell("""
        10:00  arrived [ED7]
        10:00  born 2015-01-01
        10:10  protocol [ED7]
        10:40  discharged [ED7]
        10:45  admitted [IN9]
        15:00  discharged [IN9]
    """)

    assert told.status("ED7") == "denominator"
    assert f"{told.case('ED7').closed_at:%H:%M}" == "15:00"


def test_a_stay_days_later_is_another_episode():
    """Care of the first stay never counts for the second."""
    told = tell("""
        10:00  arrived [S1]
        10:30  ceftriaxone iv [S1]
        12:00  discharged [S1]
        19:00  arrived [S2]
        19:10  protocol [S2]
        23:00  quiet
    """)

    assert [record.case_id for record in told.records.values()] == ["S2"]
    assert told.stands("antibiotics", "S2") == "missed"


def test_a_link_makes_one_episode_of_two_numbers():
    told = tell("""
        10:00  arrived [S1]
        10:00  born 2015-01-01
        10:30  ceftriaxone iv [S1]
        12:00  discharged [S1]
        19:00  arrived [S2]
        19:05  continues as S2 [S1]
        19:10  protocol [S2]
        23:00  quiet
    """)

    assert told.stands("antibiotics", "S1") == "met"


def test_a_fact_without_a_number_belongs_to_the_stay_that_holds_it():
    told = tell("""
        09:30  arrived
        10:00  protocol
        10:30  ceftriaxone iv []
        15:00  quiet
    """)

    assert told.stands("antibiotics") == "met"
