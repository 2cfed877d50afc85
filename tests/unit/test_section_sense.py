"""Sections that elements, clocks and population ask for: missing, idle, or saying nothing of what is asked."""

import pytest

from scoring.measure_file.part import Part
from scoring.measure_file.section_sense import section_faults


def said(**body):
    return [str(fault) for fault in section_faults(Part(body))]


def holds(told, words):
    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True))


def element(**part):
    return {"e": part}


SHOCK = {"by": ["shock_documented"], "documented_by": ["septic_shock_documented"]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, []),
        ({"initial_lactate": {}, "elements": element(act="lactate")}, []),
        ({"elements": element(act="lactate")}, ["initial_lactate: is missing, and elements.e asks for it"]),
        ({"initial_lactate": {}}, ["initial_lactate: warning: is asked for by nothing"]),
        ({"elements": element(counts_from="septic_shock")}, ["shock: is missing, and elements.e asks for it"]),
        ({"elements": element(applies_when=["initial_hypotension"])}, ["hypotension: is missing, and elements.e"]),
        ({"population": [{"rule": "septic_shock"}]}, ["shock: is missing, and population asks for it"]),
        ({"population": [{"rule": "septic_shock"}], "shock": SHOCK}, []),
        (
            {"population": [{"rule": "septic_shock"}], "shock": SHOCK | {"by": ["initial_hypotension"]}},
            ["hypotension: is missing, and shock.by asks for it"],
        ),
        ({"shock": {"by": []}, "population": [{"rule": "septic_shock"}]}, ["shock.by: is empty"]),
        ({"hypotension": {}}, ["hypotension: warning: is asked for by nothing"]),
    ],
)
def test_a_section_is_there_where_it_is_asked_for(body, words):
    holds(said(**body), words)


@pytest.mark.parametrize(
    ("shock", "part", "words"),
    [
        (SHOCK, {}, []),
        (SHOCK | {"documented_by": []}, {}, ["shock.documented_by: is empty, and shock_documented hangs on it"]),
        ({"by": ["x"], "documented_by": []}, {"applies_when": ["shock_documented"]}, ["shock.documented_by: is empty"]),
        ({"by": ["x"], "documented_by": []}, {}, []),
        (SHOCK, {"applies_when": ["shock_documented"], "counts_from": "septic_shock"}, []),
        (SHOCK, {"applies_when": ["x"], "counts_from": "septic_shock"}, ["e.applies_when: counts from septic shock"]),
        (SHOCK, {"applies_when": ["x"], "counts_from": "time_zero"}, []),
        (SHOCK, {"applies_when": [], "counts_from": "septic_shock"}, []),
        (SHOCK, {"applies_when": ["x", "shock_documented"], "counts_from": "septic_shock"}, []),
        ({"by": "no list"}, {"applies_when": ["x"], "counts_from": "septic_shock"}, ["name one of no list, or add"]),
    ],
)
def test_what_hangs_on_shock_can_hold(shock, part, words):
    holds(said(shock=shock, population=[{"rule": "septic_shock"}], elements=element(**part)), words)


def criterion(**more):
    return {"criterion": "c"} | more


HIGH, LOW = ({"value": value} for value in (38, 36))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (criterion(quantity="q", above=HIGH), []),
        (criterion(quantity="q", below=LOW), []),
        (criterion(quantity="q", above=HIGH, below=LOW), []),
        (criterion(quantity="q", above=LOW, below=LOW), []),
        (criterion(quantity="q", above=LOW, below=HIGH), ["is met by every value"]),
        (criterion(quantity="q", above={"value": "x"}, below=HIGH), []),
        (criterion(quantity="q"), ["has no threshold"]),
        (criterion(), ["must have a quantity or an act"]),
        (criterion(quantity="q", act="a", above=HIGH), ["must have a quantity or an act"]),
        (criterion(act="a", above=HIGH), ["has a threshold, and an act has no value"]),
        (criterion(act="a", below=LOW), ["has a threshold, and an act has no value"]),
        (criterion(act="a"), []),
    ],
)
@pytest.mark.parametrize("key", ["sirs", "organ_dysfunction"])
def test_a_criterion_can_be_met_and_not_by_all(key, part, words):
    holds(said(time_zero={"rule": "severe_sepsis_criteria", key: [part]}), words)
    assert said(time_zero={"rule": "another", key: [part]}) == []


def test_low_pressure_is_a_reading():
    used = {"elements": element(applies_when=["initial_hypotension"])}

    assert said(hypotension={"low": [criterion(quantity="q", below=LOW)]}, **used) == []
    holds(said(hypotension={"low": [criterion(act="a")]}, **used), ["low[1].act: is no reading of blood pressure"])
    holds(said(hypotension={"low": []}, **used), ["hypotension.low: is empty: nothing meets it"])


@pytest.mark.parametrize(("needed", "faults"), [(1, 0), (2, 0), (3, 1), ("x", 0)])
def test_no_more_criteria_are_needed_than_there_are(needed, faults):
    """Two under one name are one."""
    sirs = [{"criterion": name, "quantity": "q", "above": HIGH} for name in ("a", "b", "b")]
    told = said(time_zero={"rule": "severe_sepsis_criteria", "sirs": sirs, "sirs_needed": {"value": needed}})

    holds(told, ["sirs_needed: asks for more criteria than the 2 that there are"] * faults)
    assert said(time_zero={"rule": "severe_sepsis_criteria", "sirs_needed": {"value": needed}}) == []


def test_of_circumstances_that_may_be_named_each_is():
    by = {"by": ["high_lactate", "shock_documented"], "documented_by": ["septic_shock_documented"]}
    told = said(
        shock=by,
        hypotension={},
        initial_lactate={},
        elements=element(counts_from="septic_shock", applies_when=["initial_hypotension"]),
    )

    assert (
        "elements.e.applies_when: counts from septic shock, and none of its circumstances is in [shock] by; "
        "name one of high_lactate, shock_documented, or add one of its own to [shock] by"
    ) in told
