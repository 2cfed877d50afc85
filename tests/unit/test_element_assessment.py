"""Why an element whose clock never begins does not apply."""

from measures_by_rule import remade
from scoring.rules import measure, rules_of
from sepsis_story import SEPSIS
from storyteller import play


def test_what_counts_from_a_lactate_that_was_not_drawn_says_so():
    assert play("ssc-hour1/2018", "10:00 protocol").stands("repeat lactate") == "not_applicable, no_initial_lactate"


def test_what_counts_from_a_septic_shock_that_did_not_come_is_not_indicated():
    """It would be asked for in every case, and has no clock."""
    always = remade(measure("sep1-like/1"), "always", elements__reassessment__applies_when=[])

    assert play(rules_of([always]), SEPSIS).stands("reassessment") == "not_applicable, not_indicated"


def test_of_a_window_without_an_end_too_it_is_told_that_the_act_is_known_by_its_day():
    told = play(
        "nys-protocol-initiated-ped/2015", "10:00 arrived\n 10:00 septic shock documented\n 23:00 protocol by day"
    )

    assert told.stands("protocol") == "met, day_only"
