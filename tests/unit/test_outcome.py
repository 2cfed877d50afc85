"""Outcomes at their edges: limits that must not be reached, and ends of a stay that contradict a death."""

from measures_by_rule import remade
from scoring.rules import measure, rules_of
from storyteller import clock, play

THREE_DAYS = "died_within_3_days"
IN_HOSPITAL = "nys-mortality-adult/2015"
ADULT, CHILD = (
    f"""
    09:00  arrived
    09:00  born {year}-01-01
    10:00  protocol
"""
    for year in (1950, 2015)
)


def test_a_limit_that_must_not_be_reached_is_over_at_itself():
    whole = measure("cha-mortality/2012")
    below = rules_of([remade(whole, "below", **{f"elements__{THREE_DAYS}__limit__comparison": "<"})])

    assert play(whole.identifier, f"{CHILD} 10:00+3 died").stands(THREE_DAYS) == "met"
    assert play(below, f"{CHILD} 10:00+3 died").stands(THREE_DAYS) == "missed, died_later"
    assert play(below, f"{CHILD} 09:59+3 died").stands(THREE_DAYS) == "met"
    assert play(below, CHILD).element(THREE_DAYS).closes_at == clock("10:00+3")


def test_nothing_is_waited_for_once_the_limit_is_over():
    """A death is not charted late by hours."""
    verdict = play("cha-mortality/2012", CHILD).element(THREE_DAYS)

    assert (verdict.due_at, verdict.closes_at) == (clock("10:00+3"), clock("10:01+3"))
    assert verdict.settles_at == verdict.closes_at


def test_what_was_decided_keeps_its_limit():
    died = play("cha-mortality/2012", f"{CHILD} 09:00+3 died").element(THREE_DAYS)
    later = play("cha-mortality/2012", f"{CHILD} 09:00+4 died").element(THREE_DAYS)

    assert [(each.status, each.due_at) for each in (died, later)] == [
        ("met", clock("10:00+3")),
        ("missed", clock("10:00+3")),
    ]


def test_a_death_is_known_since_it_was_received():
    told = play("cha-mortality/2012", f"{CHILD} 12:00+1 died at 11:00+1\n 13:00+1 correct died at 11:00+1 to PICU")

    assert told.element(THREE_DAYS).known_at == clock("12:00+1")


def test_a_discharge_that_says_that_the_patient_died_is_no_leaving_alive():
    """Though the hour of death is charted after it."""
    told = play(IN_HOSPITAL, f"{ADULT} 11:00 discharged status 20\n 11:30 died at 11:20")

    assert told.stands("died_in_hospital") == "met"


def test_who_dies_at_the_instant_of_leaving_has_died_in_the_stay():
    together = play(IN_HOSPITAL, f"{ADULT} 11:00 discharged status 01\n 11:30 died at 11:00")
    after = play(IN_HOSPITAL, f"{ADULT} 11:00 discharged status 01\n 11:30 died at 11:01")

    assert together.stands("died_in_hospital") == "met"
    assert after.stands("died_in_hospital") == "missed, died_later"
