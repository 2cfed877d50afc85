"""A site's measure may define low pressure without shock, and shock without low pressure."""

import pytest

from schemas.clinical import ActName
from scoring.judgement import judge
from scoring.measure import Measure
from scoring.patient_state import PatientState
from scoring.rules import load_conventions, measure, rules_of
from scoring.told_measure import tell_measure
from storyteller import play, read_story

SEPSIS = """
    03:00  infection suspected
    03:00  temperature 39.0
    03:00  heart rate 110
    03:00  systolic bp 85
    03:05  weight 70 kg
    03:10  systolic bp 84
    04:00  ringer 2100 mL started 03:20 completed 03:50
    03:20  lactate 5.0
    03:30  septic shock documented
    04:10  systolic bp 80
    04:20  systolic bp 80
"""


def made(drop=(), **parts):
    """SEP-1-like without some sections, and with other parts."""
    body = measure("sep1-like/1").model_dump(mode="json", exclude_none=True)
    return Measure.model_validate({name: part for name, part in (body | parts).items() if name not in drop})


def elements(*names, **changes):
    body = measure("sep1-like/1").model_dump(mode="json", exclude_none=True)["elements"]
    return {name: body[name] | changes for name in names}


def statuses(own, story=SEPSIS):
    state = PatientState()
    for fact in read_story(story):
        state.facts.add(fact)
    (record,) = judge(state, rules_of([own]), read_story("    20:00  quiet")[0].at).cases
    return {verdict.element.value: verdict.status.value for verdict in record.elements[:-1]}


def test_low_pressure_is_found_without_a_definition_of_shock():
    asked = elements("vasopressor", counts_from="time_zero", applies_when=["initial_hypotension"])

    assert statuses(made(["shock"], elements=asked)) == {"vasopressor": "missed"}


def test_shock_is_found_without_a_definition_of_low_pressure_and_of_the_initial_lactate():
    shock = measure("sep1-like/1").shock.model_dump(mode="json", exclude_none=True) | {"by": ["shock_documented"]}
    asked = elements("vasopressor", applies_when=["shock_documented"])

    assert statuses(made(["hypotension", "initial_lactate"], shock=shock, elements=asked)) == {"vasopressor": "missed"}


def test_a_criterion_that_is_no_reading_makes_no_pressure_persist():
    low = measure("sep1-like/1").hypotension.model_dump(mode="json", exclude_none=True)
    low["low"] = [*low["low"], {"criterion": "an_act", "act": ActName.COMFORT_CARE}]

    assert statuses(made(hypotension=low, elements=elements("vasopressor"))) == {"vasopressor": "missed"}


def test_a_value_known_by_its_day_meets_no_criterion_even_where_its_midnight_is_near():
    told = play("sep1-like/1", SEPSIS.replace("systolic bp 85", "creatinine 2.4 drawn 02:00 by day"))

    assert f"{told.case().time_zero:%H:%M}" == "03:10"


@pytest.mark.parametrize("name", ["sep1-like/1"])
def test_a_measure_that_counts_from_shock_tells_the_criteria_of_severe_sepsis(name):
    body = measure(name).model_dump(mode="json", exclude_none=True)
    zero = {"rule": "septic_shock", "severe_sepsis": body["time_zero"], "source": "ours"}

    assert "SIRS criteria" in str(tell_measure(made(time_zero=zero), load_conventions()))
