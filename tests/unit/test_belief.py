"""Which facts are asked since when a time zero has been believed."""

import pytest

from measures_by_rule import rules_by_rule
from scoring.belief import could_matter
from scoring.chart import Chart
from scoring.episode import Encounter, Episode
from scoring.rules import load_conventions, load_rules
from scoring.time_zero import TimeZero
from shock_story import SHOCK
from storyteller import DAY, clock, clock_text, play, read_story

(SEP1,) = load_rules(["sep1-like/1"]).measures
EPISODE = Episode((Encounter("E1", DAY, None, DAY, visited=True),))
PROVISIONAL = {"lapses_at": clock("10:00+3")}


def matters(line, at="10:00", *, amended=False, **more):
    """Whether a fact has a say in a time zero of 10:00."""
    (fact,) = read_story(line)
    found = TimeZero(at and clock(at), "rule", (), **more)
    return could_matter(fact, SEP1, found, Chart(EPISODE, load_conventions(), amended=amended))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("16:01 lactate 2.4", True),  # 6 h and the minute after
        ("16:01:01 lactate 2.4", False),
        ("10:00+3 blood culture", True),  # 72 h
        ("10:00:01+3 blood culture", False),
        ("10:00:01+3 ceftriaxone iv", False),
        ("10:00:01+3 norepinephrine iv", False),
        ("10:00+9 infection suspected", True),
        ("10:00 pao2 90", False),
    ],
)
def test_what_comes_long_after_a_confirmed_time_zero_has_no_say(line, expected):
    assert matters(line) is expected


def test_a_late_result_has_a_say_where_a_provisional_time_zero_was_amended():
    late = "10:00+1 lactate 2.4"

    assert not matters(late, **PROVISIONAL)
    assert not matters(late, amended=True)
    assert matters(late, amended=True, **PROVISIONAL)


def test_whatever_moves_the_rule_has_a_say_where_a_person_said_the_time_or_nobody_can_tell_it():
    late = "10:00+1 lactate 2.4"

    assert matters(late, computed=TimeZero(clock("09:00"), "rule", ()))
    assert matters(late, at=None)


def test_an_order_has_a_say_whenever_it_was_given():
    assert matters("10:00+9 blood culture ordered 10:00+9")


def test_septic_shock_is_believed_from_its_last_sign_on():
    """The antibacterial confirms the culture of 09:40, which with the signs before it makes severe sepsis."""
    case = play(rules_by_rule("septic_shock"), SHOCK).case()

    assert (clock_text(case.time_zero), clock_text(case.time_zero_known_at)) == ("09:40", "09:40")
