"""The form part of a measure file: what it shares with the stream, and what is refused."""

import tomllib
from importlib.resources import files

import pytest
from pydantic import ValidationError

from scoring.abstraction.condition import Window, any_way
from scoring.abstraction.form_judge import judge_row
from scoring.abstraction.measure_form import measure_form
from scoring.abstraction.row import AbstractedRow
from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.rules import UnknownMeasureError, measure, shipped_measures

FILE = files("scoring") / "measures" / "nys-ped-1h.toml"


@pytest.fixture
def body():
    """Content of the one file that drives the stream and the form."""
    return tomllib.loads(FILE.read_text("utf-8"))


def test_a_stream_offers_every_measure_and_a_form_those_of_new_york_and_cha():
    assert set(shipped_measures()) - set(shipped_forms()) == {
        "ed-sepsis-triage/mannhardt", "ipso/modified", "ipso/original", "sep1-like/1", "ssc-hour1/2018",
    }  # fmt: skip
    assert set(shipped_forms()) < set(shipped_measures())


def test_a_measure_that_does_not_ship_is_unknown_to_a_stream():
    with pytest.raises(UnknownMeasureError):
        measure("nys-ped-1h/spec-2014")


def test_a_measure_without_a_form_is_unknown_to_a_file_with_the_names_of_those_that_have_one(body):
    own = measure_form(body | {"version": "ours"})

    with pytest.raises(UnknownMeasureError) as refused:
        load_form("sep1-like/1", [own])

    names = ", ".join(sorted([*shipped_forms(), "nys-ped-1h/ours"]))
    assert str(refused.value) == f"score knows no measure 'sep1-like/1'; it can do: {names}"
    assert load_form("nys-ped-1h/ours", [own]) is own


@pytest.mark.parametrize("name", shipped_forms())
def test_stream_and_form_share_every_limit(name):
    """One number, one place: an hour of the element is an hour of the form."""
    stream, form = measure(name), load_form(name)
    limits = {rule.reason: getattr(rule, "limit", None) for rule in stream.exclusions}

    assert {name: rule.limit for name, rule in form.elements.items() if rule.limit} == {
        name.value: rule.limit
        for name, rule in stream.elements.items()
        if rule.limit and form.elements[name.value].limit
    }
    assert all(rule.limit == limits[rule.reason] for rule in form.exclusions)
    assert form.age is None or form.age.limit == limits["age"]
    assert set(stream.readings) <= set(form.readings)


@pytest.mark.parametrize("name", shipped_forms())
def test_every_rule_of_a_form_names_its_source(name):
    form = load_form(name)
    rules = [*form.population, *form.exclusions, *form.warnings, *form.strata, *form.elements.values()]

    assert all(rule.source for rule in rules)
    assert all(rule.limit.source for rule in rules if getattr(rule, "limit", None))
    assert form.readings
    assert form.identifier == name


def test_a_condition_on_time_without_a_limit_is_refused(body):
    del body["elements"]["fluids"]

    with pytest.raises(ValidationError, match="needs a limit"):
        measure_form(body)


def test_an_exclusion_on_time_without_a_limit_is_refused(body):
    body["exclusions"] = body["exclusions"][:2]

    with pytest.raises(ValidationError, match="needs a limit"):
        measure_form(body)


def test_a_column_that_no_file_has_is_refused(body):
    body["abstraction"]["elements"]["antibiotics"]["any_of"][0][0]["column"] = "antibiotic_time"

    with pytest.raises(ValidationError):
        measure_form(body)


def test_a_strict_limit_fails_at_the_limit_itself(body):
    limit = {"value": 60, "unit": "minutes", "comparison": "<", "source": "made up"}
    body["abstraction"]["elements"]["antibiotics"]["limit"] = limit
    form = measure_form(body)
    window = Window(moment(0), form.elements["antibiotics"].limit)

    assert [window.holds(moment(minutes)) for minutes in (59, 60)] == [True, False]
    assert [window.is_before(moment(minutes)) for minutes in (59, 60)] == [False, True]


def test_nothing_lies_in_a_window_without_time_zero_or_limit(body):
    limit = measure_form(body).elements["antibiotics"].limit

    for window in (Window(None, limit), Window(moment(0))):
        assert not window.holds(moment(0))
        assert not window.is_before(moment(9999))


def test_no_way_is_never_so():
    assert not any_way((), AbstractedRow(), Window(None))


def test_a_measure_may_count_whom_it_does_not_know_the_age_of(body):
    """Where a site does not drop them, age leaves nobody out."""
    body["abstraction"]["drops"] = ["bad_datetime"]
    row = AbstractedRow(instants={"admission_datetime": moment(0), "discharge_datetime": moment(99)})

    assert judge_row(row, measure_form(body)).status == "denominator"


def moment(minutes):
    from datetime import datetime, timedelta

    return datetime.fromisoformat("2015-06-01T10:00") + timedelta(minutes=minutes)
