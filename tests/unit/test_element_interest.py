"""What an element looks at, so that the answer of every other fact is kept."""

from typing import get_args

import pytest

from schemas.clinical import DrugClass, Quantity
from schemas.verdict import Element
from scoring.element_interest import CULTURE, watched_by
from scoring.element_rule import ElementRule
from scoring.rules import load_rules, measure, shipped_measures

SEP1 = "sep1-like/1"


def acts():
    union, *_ = get_args(ElementRule)
    return {get_args(rule.model_fields["act"].annotation)[0] for rule in get_args(union)}


def shipped():
    return [(each, element) for name in shipped_measures() for each in (measure(name),) for element in each.elements]


def test_of_every_act_it_is_known_what_it_looks_at():
    seen = {each.elements[element].act: watched_by(each, element) for each, element in shipped()}

    assert set(seen) == acts()


@pytest.mark.parametrize(
    ("element", "kinds"),
    [
        (Element.LACTATE, {Quantity.LACTATE}),
        (Element.REPEAT_LACTATE, {Quantity.LACTATE}),
        (Element.BLOOD_CULTURE, {CULTURE, DrugClass.ANTIBACTERIAL}),
    ],
)
def test_an_element_of_severe_sepsis_looks_at_its_own_act_alone(element, kinds):
    assert watched_by(measure(SEP1), element) == kinds


def test_an_element_that_counts_from_septic_shock_looks_at_all_that_tells_and_leaves_out_shock():
    looked_at = watched_by(measure(SEP1), Element.VASOPRESSOR)

    assert {Quantity.SYSTOLIC_BP, Quantity.WEIGHT, Quantity.LACTATE} < looked_at
    assert {DrugClass.VASOPRESSOR, DrugClass.CRYSTALLOID, DrugClass.ANTIBACTERIAL} < looked_at
    assert Quantity.HEART_RATE not in looked_at


def test_the_rules_know_for_every_kind_of_fact_whose_answer_it_may_change():
    rules = load_rules(shipped_measures())
    asked = {rules.asks[each.identifier, element] for each, element in shipped()}

    assert set(rules.watchers) == {*Quantity, *DrugClass, CULTURE}
    assert rules.watchers[Quantity.HEART_RATE] < asked
    assert rules.asks[SEP1, Element.LACTATE] in rules.watchers[Quantity.LACTATE]
    assert rules.asks_of_circulation[SEP1] in rules.watchers[Quantity.SYSTOLIC_BP]
    assert rules.asks_of_circulation[SEP1] not in rules.watchers[DrugClass.VASOPRESSOR]
