"""The initial lactate, beyond the stories: what a hospital's own measure may ask for."""

import pytest

from measures_by_rule import remade
from scoring.rules import load_rules, rules_of
from storyteller import clock_text, play

STORY = """
    09:00-1  lactate 3.1
    10:00    infection suspected
    10:00    temperature 39.0
    10:00    heart rate 110
    10:00    creatinine 2.4
    10:15    lactate 2.2
"""


@pytest.mark.parametrize(("look_back", "done"), [({}, "10:15"), ({"initial_lactate__look_back": None}, "09:00-1")])
def test_without_a_look_back_the_highest_of_all_before_time_zero_is_the_initial_lactate(look_back, done):
    rules = rules_of([remade(load_rules(["sep1-like/1"]).measures[0], "site", **look_back)])

    assert clock_text(play(rules, STORY).element("lactate").done_at) == done
