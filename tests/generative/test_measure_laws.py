"""Laws between measures: what is met under the stricter one is met under the wider one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generated_patients import END, patients
from schemas.case_record import CaseStatus
from schemas.verdict import Element, ElementStatus
from scoring.judgement import judge
from scoring.measure import Measure
from scoring.patient_state import PatientState
from scoring.rules import measure, rules_of, shipped_measures

MEASURES = [measure(name) for name in shipped_measures()]


def remembered(messages):
    """A state that knows the messages and was never asked."""
    state = PatientState()
    for message in messages:
        state.facts.add(message)
    return state


def met_of(messages, *measures):
    """By measure, case and element: what is met at the end."""
    records = judge(remembered(messages), rules_of(measures), END).cases
    return {
        each.identifier: {
            (record.case_id, verdict.element)
            for record in records
            if record.measure == each.identifier and record.status is CaseStatus.DENOMINATOR
            for verdict in record.elements
            if verdict.element is not Element.BUNDLE and verdict.status is ElementStatus.MET
        }
        for each in measures
    }


def widened(strict, minutes):
    """The same measure, every limit longer by some minutes."""
    body = strict.model_dump(mode="json", exclude_none=True)
    for rule in body["elements"].values():
        if "limit" in rule:
            rule["limit"] |= {"value": rule["limit"]["value"] + minutes / MINUTES[rule["limit"]["unit"]]}
    return Measure.model_validate_json(Measure.model_validate(body | {"version": "wide"}).model_dump_json())


MINUTES = {"minutes": 1, "hours": 60, "days": 1440}


@given(messages=patients(), strict=st.sampled_from(MEASURES), minutes=st.sampled_from([1, 60, 1440]))
def test_more_time_never_turns_met_into_missed(messages, strict, minutes):
    wide = widened(strict, minutes)

    met = met_of(messages, strict, wide)

    assert met[strict.identifier] <= met[wide.identifier]


@pytest.mark.parametrize(
    ("strict", "wide"),
    [
        ("ipso/original", "ipso/modified"),
        ("nys-ped-1h/spec-2015-bounded", "nys-ped-1h/spec-2015"),
        ("nys-ped-1h/spec-2015-literal", "nys-ped-1h/spec-2015"),
        ("nys-adult-6h/public-2015", "nys-adult-3h/public-2015"),
        ("nys-adult-6h/trend-2015", "nys-adult-3h/trend-2015"),
    ],
)
@given(messages=patients())
def test_what_the_stricter_reading_grants_the_wider_one_grants_too(strict, wide, messages):
    """Of the elements that both ask for."""
    both = measure(strict), measure(wide)
    shared = both[0].elements.keys() & both[1].elements.keys()

    met = met_of(messages, *both)

    assert {each for each in met[strict] if each[1] in shared} <= met[wide]
