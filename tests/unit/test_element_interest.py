"""What an element looks at, so that the answer of every other fact is kept."""

from typing import get_args

import pytest

from schemas.clinical import DrugClass, Quantity
from schemas.verdict import Element
from scoring.element_interest import CULTURE, kind_of, watched_by
from scoring.element_rule import CountsFrom, ElementRule
from scoring.rules import load_rules, measure, shipped_measures
from storyteller import read_story

SEP1 = "sep1-like/1"
FLUIDS = {DrugClass.CRYSTALLOID, Quantity.WEIGHT}


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


@pytest.mark.parametrize("element", [Element.FLUIDS, Element.VASOPRESSOR])
def test_an_element_that_low_pressure_switches_on_looks_at_what_tells_it_and_at_its_own_act(element):
    told_by = {Quantity.SYSTOLIC_BP, Quantity.MEAN_ARTERIAL_PRESSURE, Quantity.LACTATE, *FLUIDS}
    own = {DrugClass.VASOPRESSOR} if element is Element.VASOPRESSOR else set()

    assert watched_by(measure("nys-adult-6h/trend-2015"), element) == told_by | own


@pytest.mark.parametrize(("after_fluids", "kinds"), [(True, {DrugClass.CRYSTALLOID}), (False, set())])
def test_a_statement_looks_at_fluids_where_it_must_follow_them(after_fluids, kinds):
    sep1 = measure(SEP1)
    alone = {"applies_when": (), "counts_from": CountsFrom.TIME_ZERO, "after_fluids": after_fluids}
    rule = sep1.elements[Element.REASSESSMENT].model_copy(update=alone)
    changed = sep1.model_copy(update={"elements": {Element.REASSESSMENT: rule}})

    assert watched_by(changed, Element.REASSESSMENT) == kinds


def test_what_counts_from_the_initial_lactate_looks_at_it():
    hour1 = measure("ssc-hour1/2018")
    rule = hour1.elements[Element.ANTIBIOTICS].model_copy(update={"counts_from": CountsFrom.INITIAL_LACTATE})
    changed = hour1.model_copy(update={"elements": {Element.ANTIBIOTICS: rule}})

    assert watched_by(changed, Element.ANTIBIOTICS) == {DrugClass.ANTIBACTERIAL, Quantity.LACTATE}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("10:00 lactate 2", Quantity.LACTATE),
        ("10:00 ceftriaxone iv", DrugClass.ANTIBACTERIAL),
        ("10:00 blood culture", CULTURE),
        ("10:00 protocol", None),
        ("10:00 arrived", None),
    ],
)
def test_results_drugs_and_cultures_are_told_apart(line, kind):
    (fact,) = read_story(line)

    assert kind_of(fact) == kind


def test_the_rules_know_for_every_kind_of_fact_whose_answer_it_may_change():
    rules = load_rules(shipped_measures())
    asked = {rules.asks[each.identifier, element] for each, element in shipped()}

    assert set(rules.watchers) == {*Quantity, *DrugClass, CULTURE}
    assert rules.watchers[Quantity.HEART_RATE] < asked
    assert rules.asks[SEP1, Element.LACTATE] in rules.watchers[Quantity.LACTATE]
    assert rules.asks_of_circulation[SEP1] in rules.watchers[Quantity.SYSTOLIC_BP]
    assert rules.asks_of_circulation[SEP1] not in rules.watchers[DrugClass.VASOPRESSOR]
