"""Which facts may change what of a measure: what is left out here is never judged, so nothing may be missing."""

from datetime import timedelta

import pytest

from measures_by_rule import by_rule, remade
from schemas.source_profile import shipped_profiles
from scoring.chart import draw_charts
from scoring.fact_store import FactStore
from scoring.interest import (
    comes_too_late,
    is_beside_infection,
    movable_until,
    moves_time_zero,
    opens,
    shock_until,
    touches,
)
from scoring.rules import load_conventions, measure
from storyteller import clock, read_story

SIGNS_OF_INFECTION = ["blood culture", "sterile culture", "ceftriaxone iv"]
NO_SIGNS_OF_INFECTION = ["other culture", "ringer 500 mL", "arrived"]
SEVERE = ["heart rate 91", "temperature 35", "creatinine 2.1", "ventilation", "severe sepsis documented"]
BOUNDARY = ["heart rate 90", "heart rate", "spo2 80", "reassessment", "weight 70 kg"]
ENTRY = ["protocol", "pews 3", "ruled out", "time zero was 09:00 by Jones because seen"]


def said(line):
    (fact,) = read_story(f"10:00 {line}")
    return fact


def chart_of(story):
    store = FactStore()
    for fact in read_story(story):
        store.add(fact)
    (chart,) = draw_charts(store, load_conventions(), shipped_profiles()).charts
    return chart


MOVES = {
    "triage": (["triaged", "arrived", *ENTRY], ["ceftriaxone iv", "blood culture", "heart rate 150", "comfort care"]),
    "protocol_start": (["protocol"], ["triaged", "sepsis huddle", "ceftriaxone iv", "ringer 500 mL", "blood culture"]),
    "functional": (
        ["ceftriaxone iv", "ringer 500 mL", "sepsis huddle", "pews 9"],
        ["triaged", "norepinephrine iv", "blood culture", "reassessment"],
    ),
    "abnormal_vitals": (
        ["born 2015-01-01", "ceftriaxone iv", "heart rate 91", "heart rate 131", "systolic bp 58", *ENTRY],
        ["temperature 37", "heart rate", "lactate 9", "triaged", "ringer 500 mL", "comfort care", "blood culture"],
    ),
    "severe_sepsis": (
        [*SIGNS_OF_INFECTION, *SEVERE, *ENTRY],
        [*NO_SIGNS_OF_INFECTION, *BOUNDARY, "born 2015-01-01", "norepinephrine iv", "comfort care"],
    ),
    "septic_shock": (
        [*SIGNS_OF_INFECTION, *SEVERE, *ENTRY, "lactate 1", "systolic bp 120", "weight 70 kg", "ringer 500 mL"],
        ["other culture", "heart rate 90", "spo2 80", "reassessment", "norepinephrine iv", "born 2015-01-01"],
    ),
    "phoenix": (
        [
            *SIGNS_OF_INFECTION, *ENTRY, "spo2 99", "fio2 0.21", "norepinephrine iv", "ventilation", "pupils fixed",
            "born 2015-01-01",
        ],
        [*NO_SIGNS_OF_INFECTION, "heart rate 200", "reassessment", "phenylephrine iv"],
    ),
}  # fmt: skip


CASES = [
    *((rule, line, True) for rule, (moving, _) in MOVES.items() for line in moving),
    *((rule, line, False) for rule, (_, others) in MOVES.items() for line in others),
]


@pytest.mark.parametrize(("rule", "line", "moves"), CASES)
def test_what_may_have_a_say_in_time_zero(rule, line, moves):
    assert moves_time_zero(by_rule(rule), said(line)) is moves


def test_a_word_on_another_measure_moves_nothing():
    assert not moves_time_zero(by_rule("triage"), said("time zero was 09:00 for cha/2012 by Jones because seen"))
    assert moves_time_zero(by_rule("triage"), said("time zero was 09:00 for site/triage by Jones because seen"))


def test_shock_is_told_by_its_own_acts_and_by_a_reason_for_less_fluid():
    own = by_rule("septic_shock")
    lesser = remade(own, "lesser", shock__target__lesser_volume_by="lesser_volume_ordered")
    other = remade(own, "other", shock__documented_by=["sepsis_huddle"], time_zero__severe_sepsis__documented_by=[])

    assert not moves_time_zero(own, said("lesser volume ordered 500"))
    assert moves_time_zero(lesser, said("lesser volume ordered 500"))
    assert moves_time_zero(other, said("sepsis huddle"))
    assert not moves_time_zero(own, said("sepsis huddle"))


@pytest.mark.parametrize(
    ("rule", "line", "may"),
    [
        ("triage", "protocol", True),
        ("triage", "ruled out", True),
        ("triage", "triaged", False),
        ("triage", "comfort care", False),
        ("triage", "time zero was 09:00 by Jones because seen", False),
        ("severe_sepsis", "creatinine 2.1", True),
        ("severe_sepsis", "blood culture", True),
        ("severe_sepsis", "triaged", False),
        ("septic_shock", "ringer 500 mL", True),
    ],
)
def test_what_may_open_a_case(rule, line, may):
    """An act of the entry; where the rule asks for criteria, they open the case themselves, beside an infection."""
    chart = chart_of(f"""
        09:30  blood culture (first)
        10:00  {line}
    """)

    assert opens(by_rule(rule), chart, said(line)) is may


def test_a_sign_far_from_any_infection_opens_no_case_of_severe_sepsis_but_may_tell_of_septic_shock():
    line = "lactate 4.5"
    chart = chart_of(f"10:00  {line}")

    assert not opens(by_rule("severe_sepsis"), chart, said(line))
    assert opens(by_rule("septic_shock"), chart, said(line))


@pytest.mark.parametrize(
    ("name", "line", "may"),
    [
        ("nys-adult-3h/public-2015", "ceftriaxone iv", True),
        ("nys-adult-3h/public-2015", "ringer 500 mL", False),
        ("nys-adult-3h/public-2015", "norepinephrine iv", False),
        ("nys-adult-3h/public-2015", "lactate 2", True),
        ("nys-adult-3h/public-2015", "heart rate 150", False),
        ("sep1-like/1", "norepinephrine iv", True),
        ("sep1-like/1", "heart rate 150", True),
        ("sep1-like/1", "heart rate 80", False),
        ("sep1-like/1", "systolic bp 120", True),
        ("sep1-like/1", "blood culture", True),
        ("cha/2012", "spo2 99", True),
        ("cha/2012", "moved to PICU", True),
        ("cha/2012", "born 2015-01-01", True),
    ],
)
def test_what_may_change_what_a_measure_says(name, line, may):
    assert touches(measure(name), said(line)) is may


def test_a_confirmed_time_zero_is_moved_by_nothing_later_but_a_documented_infection():
    """By criteria that lie as far from it as they may, the last minute whole: six hours, and a minute for cutting."""
    assert movable_until(by_rule("triage"), clock("10:00")) == clock("10:00")
    assert movable_until(by_rule("severe_sepsis"), clock("10:00")) == clock("16:01")


def test_shock_may_follow_as_long_as_pressures_lactates_and_fluids_are_looked_at():
    own = by_rule("septic_shock")
    hours = {"value": 7, "unit": "hours", "source": "made up"}
    low, late = remade(own, "1", hypotension__after=hours), remade(own, "2", shock__within=hours)
    after, within = own.hypotension.after.delta, own.shock.within.delta

    assert shock_until(own, clock("10:00")) == clock("10:01") + max(after, within)
    assert shock_until(low, clock("10:00")) == clock("17:01")
    assert shock_until(late, clock("10:00")) == clock("17:01")


def test_without_sections_shock_follows_at_once_or_never():
    """As far as a minute that was cut may lie."""
    assert shock_until(measure("cha/2012"), clock("10:00")) == clock("10:00") + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("line", "is_late"),
    [
        ("heart rate 120 measured 16:01", False),
        ("heart rate 120 measured 16:01:01", True),
        ("weight 70 kg measured 10:00+9", False),
        ("blood culture drawn 10:01+4", False),
        ("blood culture drawn 10:01:01+4", True),
        ("ceftriaxone iv started 10:01:01+4", True),
        ("severe sepsis documented at 10:00+9", False),
        ("born 1990-01-01", False),
    ],
)
def test_a_result_comes_too_late_after_what_may_move_time_zero_and_an_infection_after_what_pairs_with_one(
    line, is_late
):
    """Three days part a culture from its antibacterial at most; one may be known by its day, and minutes are cut."""
    assert comes_too_late(by_rule("severe_sepsis"), said(line), clock("10:00")) is is_late


def test_where_no_infection_is_asked_for_only_a_result_can_come_too_late():
    late = ["heart rate 120 measured 10:01", "blood culture drawn 10:00+9"]

    assert [comes_too_late(by_rule("triage"), said(line), clock("10:00")) for line in late] == [True, False]


@pytest.mark.parametrize(("born", "is_past"), [("2008-02-23", True), ("2008-02-24", False)])
def test_a_child_is_past_the_score_once_of_age_before_all_that_may_count_with_a_fact(born, is_past):
    """Of age at eighteen; four days part a culture and its antibacterial, two more all that counts; and a day."""
    chart = chart_of(f"09:00 born {born}\n 09:30 blood culture")

    assert is_beside_infection(by_rule("phoenix"), chart, said("blood culture")) is is_past


def test_what_has_no_time_is_beside_no_infection():
    chart = chart_of("09:00 born 1990-01-01\n 09:30 blood culture")

    assert not is_beside_infection(by_rule("phoenix"), chart, said("ceftriaxone iv ordered 09:00"))
