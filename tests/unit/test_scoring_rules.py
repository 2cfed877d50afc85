import pytest
from pydantic import ValidationError

from schemas.verdict import Element
from scoring.measure import Measure
from scoring.rules import UnknownMeasureError, load_rules, shipped_measures


def test_an_unknown_measure_is_refused_with_the_names_of_those_that_ship():
    with pytest.raises(UnknownMeasureError) as refused:
        load_rules(["nys-ped-1h/spec-2015", "sep-9/1"])

    assert "sep-9/1" in str(refused.value)
    assert all(name in str(refused.value) for name in shipped_measures())


def test_a_measure_asked_for_twice_is_judged_once_in_the_order_asked_for():
    rules = load_rules(["sep1-like/1", "nys-ped-1h/spec-2015", "sep1-like/1"])

    assert [measure.identifier for measure in rules.measures] == ["sep1-like/1", "nys-ped-1h/spec-2015"]


def test_a_measure_that_defines_the_bundle_is_refused():
    whole = load_rules(["ed-sepsis-triage/mannhardt"]).measures[0].model_dump(mode="json")
    whole["elements"][Element.BUNDLE.value] = whole["elements"]["lactate"]

    with pytest.raises(ValidationError) as refused:
        Measure.model_validate(whole)

    assert [error["loc"] for error in refused.value.errors()] == [("elements",)]


@pytest.mark.parametrize("name", shipped_measures())
def test_every_number_of_a_shipped_measure_names_its_source(name):
    def numbers(body, path=()):
        if isinstance(body, dict):
            if "value" in body and isinstance(body["value"], int | float | list):
                yield path, body
            for key, inner in body.items():
                yield from numbers(inner, (*path, key))
        if isinstance(body, list):
            for place, inner in enumerate(body):
                yield from numbers(inner, (*path, place))

    found = list(numbers(load_rules([name]).measures[0].model_dump(mode="json")))

    assert found
    assert [path for path, number in found if not number["source"].strip() or not number["unit"]] == []
