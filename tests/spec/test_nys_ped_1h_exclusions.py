"""New York State, pediatric 1-hour bundle: who is left out, and what ends the alerts."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_a_child_excluded_from_the_protocol_within_the_hour():
    told = tell("""
        10:00  protocol
        10:30  excluded from protocol
        14:00  quiet
    """)

    assert told.status() == "excluded, protocol_exclusion_1h"
    assert told.stands("antibiotics").startswith("excluded")
    assert told.said_of("antibiotics") == []
    assert told.said_of("bundle") == ["10:00 bundle started: bundle", "10:30 withdrawn: bundle, excluded"]


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ("09:00", "excluded, protocol_exclusion_1h"),
        ("11:00", "excluded, protocol_exclusion_1h"),
        ("11:00:59", "excluded, protocol_exclusion_1h"),
        ("11:01", "denominator"),
    ],
)
def test_the_exclusion_has_no_lower_bound_and_60_minutes_still_exclude(when, status):
    told = tell(f"""
        08:00  arrived
        10:00  protocol
        14:00  excluded from protocol at {when}
        15:00  quiet
    """)

    assert told.status() == status


def test_an_exclusion_takes_back_a_missed_alert():
    told = tell("""
        10:00  protocol
        11:30  excluded from protocol at 10:45
        15:00  quiet
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "11:30 withdrawn: antibiotics, excluded",
    ]


@pytest.mark.parametrize(
    ("when", "status"),
    [("10:45", "excluded, expired_1h"), ("11:00:30", "excluded, expired_1h"), ("11:01", "denominator")],
)
def test_a_death_within_the_hour_is_clocked_by_discharge(when, status):
    told = tell(f"""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        {when}  discharged status 20
        15:00  quiet
    """)

    assert told.status() == status


def test_a_discharge_alive_within_the_hour_excludes_nothing():
    told = tell("""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        10:45  discharged status 01
        15:00  quiet
    """)

    assert told.status() == "denominator"


@pytest.mark.parametrize(
    ("born", "status"), [("2008-03-02", "excluded, age"), ("2008-03-03", "denominator"), ("2015-01-01", "denominator")]
)
def test_eighteen_on_the_day_of_admission_is_too_old(born, status):
    told = tell(f"""
        09:30  admitted
        09:30  born {born}
        10:00  protocol
        10:30  quiet
    """)

    assert told.status() == status


def test_age_is_taken_at_arrival_where_nobody_was_admitted():
    told = tell("""
        23:30  arrived
        23:30  born 2008-03-03
        00:10+1  protocol
        00:30+1  quiet
    """)

    assert told.status() == "denominator"


def test_the_birth_date_charted_late_takes_the_alerts_back():
    told = tell("""
        10:00  protocol
        11:30  born 1960-01-01
        12:00  quiet
    """)

    assert told.status() == "excluded, age"
    assert told.said_of("antibiotics")[-1] == "11:30 withdrawn: antibiotics, excluded"
    assert told.said_of("bundle")[-1] == "11:30 withdrawn: bundle, excluded"


def test_a_discharge_before_admission_is_a_fault_of_the_data():
    told = tell("""
        09:30  admitted
        09:30  born 2015-01-01
        10:00  protocol
        12:00  discharged at 09:20
    """)

    assert told.status() == "dropped, bad_datetime"


def test_a_stay_that_ends_without_a_birth_date_is_dropped():
    told = tell("""
        09:30  admitted
        10:00  protocol
        15:00  discharged
    """)

    assert told.status() == "dropped, no_birth_date"


def test_ruled_out_withdraws_everything():
    told = tell("""
        10:00  protocol
        11:05  quiet
        11:10  ruled out
        15:00  quiet
    """)

    assert told.status() == "not_in_population, ruled_out"
    assert told.stands("antibiotics").startswith("not_applicable")
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, ruled out"
    assert told.said_of("bundle")[-1] == "11:10 withdrawn: bundle, ruled out"


def test_a_protocol_after_a_rule_out_opens_a_second_case():
    told = tell("""
        10:00  protocol
        10:30  ruled out
        15:00  protocol
        15:20  ceftriaxone iv
        17:30  quiet
    """)

    assert told.status("E1") == "not_in_population, ruled_out"
    assert told.status("E1#2") == "denominator"
    assert told.stands("antibiotics", "E1#2") == "met"
    assert "15:00 bundle started: bundle of E1#2" in told.said


def test_a_second_case_without_a_protocol_begins_where_it_opened():
    """The first contact of the stay belongs to the case that was ruled out."""
    told = tell("""
        09:30  arrived
        10:00  sepsis documented
        10:30  ruled out
        15:00  sepsis documented
        15:20  ceftriaxone iv
        17:30  quiet
    """)

    assert f"{told.case('E1').time_zero:%H:%M}" == "09:30"
    assert f"{told.case('E1#2').time_zero:%H:%M}" == "15:00"
    assert told.stands("antibiotics", "E1#2") == "met"


def test_a_rule_out_entered_in_error_brings_the_case_back():
    told = tell("""
        10:00  protocol
        10:30  ruled out
        10:45  retract ruled out
        11:02  quiet
    """)

    assert told.status() == "denominator"
    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_death_stops_the_alerts():
    """No warning after it, and what stood is taken back."""
    told = tell("""
        10:00  protocol
        10:45  died
        15:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:45 withdrawn: antibiotics, died",
    ]


def test_a_death_is_an_exclusion_only_by_its_discharge():
    """Died within the hour, discharged after it: the measure prints the discharge time."""
    told = tell("""
        09:30  born 2015-01-01
        10:00  protocol
        10:45  died
        12:00  discharged status 20
    """)

    assert told.status() == "denominator"


def test_transfer_out_stops_the_alerts_and_the_verdict_stands():
    told = tell("""
        10:00  protocol
        10:30  transferred out
        15:00  quiet
    """)

    assert told.said_of("antibiotics") == []
    assert told.said_of("bundle") == ["10:00 bundle started: bundle", "10:30 withdrawn: bundle, transferred"]
    assert told.stands("antibiotics") == "missed"


def test_what_was_missed_before_the_transfer_stands():
    told = tell("""
        10:00  protocol
        11:30  transferred out
        15:00  quiet
    """)

    assert told.said_of("antibiotics")[-1] == "11:01 missed: antibiotics"


def test_a_merge_sends_the_facts_on_and_withdraws_the_alerts():
    told = tell("""
        10:00  protocol
        11:10  merged into P2
        15:00  quiet
    """)

    assert told.records == {}
    assert told.said_of("antibiotics")[-1] == "11:10 withdrawn: antibiotics, merged"
    assert [(fact.patient_id, fact.fact_id) for step in told.steps for fact in step.forward] == [("P2", "protocol")]


def test_what_comes_after_a_merge_is_sent_on():
    told = tell("""
        10:00  protocol
        10:10  merged into P2
        10:20  ceftriaxone iv
        15:00  quiet
    """)

    assert [(fact.patient_id, fact.fact_id) for fact in told.steps[2].forward] == [("P2", "ceftriaxone")]
    assert told.said_of("antibiotics") == []
