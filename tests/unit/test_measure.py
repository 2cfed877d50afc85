"""What a measure looks at, and which sections it cannot be without."""

import pytest
from pydantic import ValidationError

from measures_by_rule import by_rule, remade
from scoring.measure import Measure, asked_sections
from scoring.rules import measure, shipped_measures

FLUIDS = {"cha/2012", "ipso/modified", "ipso/original", "ssc-hour1/2018", "sep1-like/1"}
SIX_HOURS = {"nys-adult-6h/public-2015", "nys-adult-6h/trend-2015"}
PRESSURES = {"systolic_bp", "mean_arterial_pressure"}


def measures(chosen):
    return {name for name in shipped_measures() if chosen(measure(name))}


def made(name, drop=(), **parts):
    """A measure that ships, without some keys and with other parts."""
    body = measure(name).model_dump(mode="json", exclude_none=True)
    return Measure.model_validate({key: part for key, part in (body | parts).items() if key not in drop})


def elements(name, *kept, **changes):
    body = measure(name).model_dump(mode="json", exclude_none=True)["elements"]
    return {each: body[each] | changes for each in kept}


def test_fluids_are_watched_where_an_element_or_shock_asks_for_them():
    children = {name for name in shipped_measures() if name.startswith("nys-ped-1h/")}

    assert measures(lambda each: "crystalloid" in each.watched_drugs) == FLUIDS | SIX_HOURS | children
    assert measures(lambda each: "weight" in each.watched_quantities) == FLUIDS | SIX_HOURS | children


def test_fluids_are_watched_for_a_bolus_alone_and_for_a_time_zero_that_may_be_one():
    bolus = made("cha/2012", elements=elements("cha/2012", "first_bolus"))
    treated = made("ipso/original", elements=elements("cha/2012", "antibiotics"))
    known = remade(treated, "1", time_zero__first_known=[["arrived"]])

    assert "crystalloid" in bolus.watched_drugs
    assert "crystalloid" in treated.watched_drugs
    assert "crystalloid" not in known.watched_drugs


def test_fluids_are_watched_for_a_statement_that_must_follow_them():
    own = {"act": "statement", "clocked": "happened", "statements": ["reassessment"], "statements_source": "ours"}
    after = made("nys-protocol-initiated-ped/2015", elements={"reassessment": own | {"after_fluids": True}})
    whenever = made("nys-protocol-initiated-ped/2015", elements={"reassessment": own})

    assert [sorted(each.watched_drugs) for each in (after, whenever)] == [
        ["antibacterial", "crystalloid"],
        ["antibacterial"],
    ]


def test_vasopressors_are_watched_where_an_element_or_a_score_asks_for_them():
    scored = remade(by_rule("phoenix"), "1", elements=elements("cha/2012", "antibiotics"))

    assert measures(lambda each: "vasopressor" in each.watched_drugs) == {"sep1-like/1", "ssc-hour1/2018", *SIX_HOURS}
    assert "vasopressor" in scored.watched_drugs


def test_antibacterials_and_lactates_are_always_watched():
    assert measures(lambda each: "antibacterial" in each.watched_drugs) == set(shipped_measures())
    assert measures(lambda each: "lactate" in each.watched_quantities) == set(shipped_measures())


def test_pressures_are_watched_for_their_lowness_unless_they_are_vital_signs_of_an_element():
    assert measures(lambda each: each.pressures == PRESSURES) == {"sep1-like/1", "ssc-hour1/2018", *SIX_HOURS}
    assert measures(lambda each: bool(each.pressures)) == {"sep1-like/1", "ssc-hour1/2018", *SIX_HOURS}
    assert measures(lambda each: each.watched_quantities >= PRESSURES) == {
        "cha/2012", "sep1-like/1", "ssc-hour1/2018", *SIX_HOURS
    }  # fmt: skip
    vital = made("sep1-like/1", elements=elements("cha/2012", "assessment"))

    assert vital.pressures == set()
    assert {"systolic_bp", "mean_arterial_pressure", "spo2"} <= vital.watched_quantities


def test_vital_signs_of_an_element_are_watched():
    assert measure("cha/2012").watched_quantities >= {"temperature", "heart_rate", "respiratory_rate", "spo2"}


@pytest.mark.parametrize(
    ("rule", "some"),
    [
        ("severe_sepsis", {"heart_rate", "temperature", "lactate", "bilirubin", "systolic_bp"}),
        ("septic_shock", {"heart_rate", "temperature", "lactate", "bilirubin", "systolic_bp", "weight"}),
        ("abnormal_vitals", {"heart_rate", "temperature", "respiratory_rate", "systolic_bp"}),
        ("phoenix", {"pao2", "fio2", "d_dimer", "gcs_total"}),
        ("triage", set()),
    ],
)
def test_quantities_move_a_time_zero_whose_rule_looks_at_them(rule, some):
    moving = by_rule(rule).moving_quantities

    assert some <= moving
    assert bool(moving) is bool(some)


def test_limits_of_children_and_of_adults_move_a_time_zero():
    vitals = by_rule("abnormal_vitals")

    assert remade(vitals, "1", time_zero__children=[]).moving_quantities == {
        "temperature", "heart_rate", "respiratory_rate"
    }  # fmt: skip
    assert "systolic_bp" in remade(vitals, "1", time_zero__adults=[]).moving_quantities


def test_a_measure_of_nothing_but_deaths_is_an_outcome():
    assert measures(lambda each: each.is_outcome) == {
        "cha-mortality/2012", "nys-mortality-adult/2015", "nys-mortality-ped/2015"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("circumstances", "clock", "act", "asked"),
    [
        ([], "time_zero", "antibiotic", set()),
        (["initial_hypotension"], "", "", {"hypotension"}),
        (["hypotension_on_fluids"], "", "", {"hypotension"}),
        (["persistent_hypotension"], "", "", {"hypotension", "shock"}),
        (["high_lactate"], "", "", {"shock", "initial_lactate"}),
        (["shock_documented"], "", "", {"shock"}),
        ([], "septic_shock", "", {"shock"}),
        ([], "hypotension_or_shock", "", {"shock"}),
        ([], "initial_lactate", "", {"initial_lactate"}),
        ([], "", "septic_shock", {"shock"}),
        ([], "", "lactate", {"initial_lactate"}),
        ([], "", "repeat_lactate", {"initial_lactate"}),
    ],
)
def test_what_is_asked_for_needs_its_section(circumstances, clock, act, asked):
    assert asked_sections(circumstances, clock, act) == asked


@pytest.mark.parametrize(
    ("name", "section", "parts"),
    [
        ("sep1-like/1", "hypotension", {"shock": None, "elements": elements("ssc-hour1/2018", "fluids")}),
        ("sep1-like/1", "initial_lactate", {"elements": elements("sep1-like/1", "lactate"), "shock": None}),
        ("sep1-like/1", "shock", {"elements": elements("sep1-like/1", "reassessment", applies_when=[])}),
        ("sep1-like/1", "hypotension", {"elements": elements("sep1-like/1", "antibiotics")}),
        ("nys-adult-6h/public-2015", "shock", {"elements": elements("sep1-like/1", "antibiotics")}),
    ],
)
def test_a_section_that_something_asks_for_must_be_there(name, section, parts):
    """By an element, by its clock, by [shock] itself, by the population."""
    given = {key: part for key, part in parts.items() if part is not None}
    dropped = {section, *(key for key, part in parts.items() if part is None)}

    with pytest.raises(ValidationError, match=rf"the section \[{section}\] is missing, and an element, a clock or the"):
        made(name, dropped, **given)


def test_septic_shock_as_time_zero_needs_the_section_of_shock():
    zero = by_rule("septic_shock").model_dump(mode="json", exclude_none=True)["time_zero"]

    with pytest.raises(ValidationError, match=r"the section \[shock\] is missing"):
        made("cha/2012", time_zero=zero)


def test_the_bundle_cannot_be_defined():
    with pytest.raises(ValidationError) as refused:
        made("cha/2012", elements={"bundle": elements("cha/2012", "antibiotics")["antibiotics"]})

    (error,) = refused.value.errors()
    assert error["msg"] == "Value error, the bundle is derived from the other elements and cannot be defined"
