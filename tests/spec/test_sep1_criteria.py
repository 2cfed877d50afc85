"""SEP-1-like, severe sepsis: which facts meet the criteria together, and which are shown for it."""

from functools import partial

import pytest

from measures_by_rule import remade
from schemas.verdict import find_time_zero_evidence
from scoring.rules import load_rules, rules_of
from storyteller import clock_text, play

tell = partial(play, "sep1-like/1")


def shown(told):
    """What time zero rests on, with values."""
    return [(each.type, each.value) for each in find_time_zero_evidence(told.case().elements)]


@pytest.mark.parametrize(("last", "found"), [("16:00:59", True), ("16:01", False)])
@pytest.mark.parametrize("first", ["systolic bp 85", "temperature 39.0"])
def test_each_criterion_may_be_the_first_by_six_hours(first, last, found):
    others = {"systolic bp 85", "temperature 39.0"} - {first}
    told = tell(f"""
        10:00  {first}
        13:00  infection suspected
        13:10  heart rate 110
        {last}  {others.pop()}
    """)

    assert bool(told.records) is found


@pytest.mark.parametrize("last", ["09:00", "10:00"])
def test_of_what_was_measured_before_the_suspicion_the_latest_is_the_evidence(last):
    told = tell(f"""
        08:00  temperature 39.0
        08:00  heart rate 110
        08:00  systolic bp 85
        {last}  temperature 39.5
        10:00  infection suspected
    """)

    assert ("temperature", 39.5) in shown(told)
    assert ("temperature", 39.0) not in shown(told)


def test_of_two_signs_that_give_the_same_time_zero_the_first_is_the_evidence():
    told = tell("""
        08:00  blood culture
        08:30  ceftriaxone iv
        09:00  blood culture (second)
        12:00  temperature 39.0
        12:00  heart rate 110
        12:00  systolic bp 85
    """)

    evidence = find_time_zero_evidence(told.case().elements)
    assert [clock_text(each.happened_at) for each in evidence if each.type == "blood_culture"] == ["08:00"]


def test_a_culture_of_another_sterile_site_is_a_sign_of_infection_too():
    told = tell("""
        09:00  sterile culture
        09:30  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
    """)

    assert told.case().time_zero_rule == "surrogate_infection"
    assert clock_text(told.case().time_zero) == "10:00"


@pytest.mark.parametrize(("last", "rule"), [("16:00", "documented_infection"), ("16:01", "surrogate_infection")])
def test_a_documented_infection_sets_aside_a_confirmed_one_of_the_six_hours_before(last, rule):
    told = tell(f"""
        09:00  blood culture
        09:30  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        {last}  infection suspected
        {last}  temperature 39.0
        {last}  heart rate 110
        {last}  systolic bp 85
    """)

    assert told.case().time_zero_rule == rule


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ("12:00  discharged status 01", "excluded, discharged_6h"),
        ("12:00  discharged status 01\n 20:00  discharged (again) status 01", "denominator"),
        ("16:00  transferred out", "excluded, discharged_6h"),
        ("16:01  transferred out", "denominator"),
        ("12:00  transferred out\n 20:00  discharged status 02", "denominator"),
        ("12:00  discharged status 02\n 20:00  transferred out", "denominator"),
    ],
)
def test_of_several_discharges_the_last_ends_the_stay(ends, status):
    told = tell(f"""
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  systolic bp 85
        {ends}
    """)

    assert told.status() == status


def test_measures_whose_criteria_differ_are_judged_apart():
    """A site's measure that lets the criteria lie three hours apart sees nothing where the shipped one does."""
    shipped = load_rules(["sep1-like/1"]).measures[0]
    site = remade(shipped, "narrow", time_zero__within__value=3)
    told = play(rules_of([shipped, site]), """
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        14:00  systolic bp 85
    """)  # fmt: skip

    assert [record.measure for record in told.records.values()] == ["sep1-like/1"]
