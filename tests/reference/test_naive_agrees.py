"""The engine and a brute-force reading of two measures agree on made-up stays, act by act."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.naive_bundles import judge_nys, judge_sep1
from schemas.clinical import (
    Act,
    Culture,
    DrugClass,
    Medication,
    Observation,
    Patient,
    Specimen,
    Visit,
)
from scoring.judgement import judge
from scoring.patient_state import PatientState
from scoring.rules import load_rules

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
LONG_AFTER = MIDNIGHT + timedelta(days=30)
WORDS = {"met": "met", "met_late": "late", "missed": "missed"}
VALUES = {
    "temperature": [37.0, 39.0],
    "heart_rate": [80.0, 110.0],
    "wbc": [8.0, 14.0],
    "systolic_bp": [120.0, 80.0],
    "lactate": [1.5, 2.0, 2.1, 4.0],
    "weight": [10.0, 20.0],
    "crystalloid": [100.0, 200.0, 400.0],
    "discharged": [1, 20],
}
COMMON = ["antibiotic", "blood_culture", "sepsis_documented", "arrived", "admitted", "discharged"]
NYS = [*COMMON, "protocol_started", "protocol_started", "triaged", "weight", "crystalloid", "excluded_from_protocol"]
SEP1 = [
    *COMMON, "infection_suspected", "sterile_culture", "comfort_care", "lactate", "lactate",
    "temperature", "heart_rate", "heart_rate", "wbc", "systolic_bp", "systolic_bp",
]  # fmt: skip
ACUTE_CHILD = ["arrived", "antibiotic", "blood_culture", "crystalloid", "weight", "sepsis_documented"]
ACUTE_ADULT = ["lactate", "antibiotic", "blood_culture", "temperature", "heart_rate", "systolic_bp"]
minutes = st.integers(0, 400) | st.sampled_from([-2880, -2881, -1440, -1441, -361, -360, 1440, 4320, 4321, 4500])


def timed(minute):
    """Seconds of a minute, ten hours after midnight."""
    return st.builds(lambda at, second: (at + 600) * 60 + second, minute, st.sampled_from([0, 30, 59]))


@st.composite
def rows(draw, names, acute):
    """A stay: an acute part, close together and sick, that makes a case likely, and anything else at any time."""
    stay = []
    for what in [*acute, *draw(st.lists(st.sampled_from(names), max_size=8))]:
        is_acute = len(stay) < len(acute)
        if what == "discharged" and any(row[0] == what for row in stay):
            continue
        at = draw(timed(st.integers(0, 200) if is_acute else minutes))
        value = (VALUES[what][-1] if is_acute else draw(st.sampled_from(VALUES[what]))) if what in VALUES else None
        stay.append((what, at, value, at + 60 * draw(st.sampled_from([0, 10, 30, 61]))))
    return draw(st.permutations(stay))


def as_fact(place, row):
    """One row as the engine is told of it."""
    what, second, value, end = row
    at, ended = (MIDNIGHT + timedelta(seconds=each) for each in (second, end))
    common = {
        "event_id": f"{place:03}", "fact_id": f"{place:03}", "source": "default", "facility_id": "F1",
        "patient_id": "P1", "encounter_id": "E1", "received_at": ended,
    }  # fmt: skip
    match what:
        case "arrived" | "triaged" | "admitted":
            return Visit(**common, step=what, happened_at=at)
        case "discharged":
            return Visit(**common, step=what, happened_at=at, discharge_status=f"{value:02}")
        case "antibiotic":
            return Medication(
                **common, substance="a_drug", drug_class=DrugClass.ANTIBACTERIAL, route="iv", started_at=at
            )
        case "crystalloid":
            return Medication(
                **common, substance="ringer", drug_class=DrugClass.CRYSTALLOID, volume_ml=value,
                started_at=at, completed_at=ended,
            )  # fmt: skip
        case "blood_culture" | "sterile_culture":
            return Culture(**common, specimen=Specimen(what.removesuffix("_culture")), collected_at=at)
        case _ if what in VALUES:
            return Observation(**common, quantity=what, value=value, collected_at=at)
        case _:
            return Act(**common, act=what, happened_at=at)


def judged(measure, stay, age):
    """What the engine says, in the words of the naive reading."""
    state = PatientState()
    facts = [as_fact(place, row) for place, row in enumerate(stay)]
    if age is not None:
        facts.append(
            Patient(
                event_id="p", fact_id="p", source="default", facility_id="F1", patient_id="P1",
                received_at=MIDNIGHT, birth_date=date(2026 - age, 1, 15),
            )
        )  # fmt: skip
    for fact in facts:
        state.facts.add(fact)
    records = judge(state, load_rules([measure]), LONG_AFTER).cases
    if not records:
        return None
    (record,) = records
    elements = {
        verdict.element.value: WORDS.get(verdict.status, verdict.status.value)
        for verdict in record.elements[:-1]
        if record.status == "denominator"
    }
    zero = record.time_zero and (record.time_zero - MIDNIGHT) // timedelta(minutes=1)
    return record.status.value, record.reason, None if record.reason == "not_confirmed" else zero, elements


ages = st.sampled_from([None, 7, 17, 7, 18])
adult_ages = st.sampled_from([None, 17, 18, 40])


@given(stay=rows(NYS, ACUTE_CHILD), age=ages)
def test_the_pediatric_bundle_is_judged_alike(stay, age):
    assert judged("nys-ped-1h/spec-2015", stay, age) == judge_nys(stay, age)


@given(stay=rows(SEP1, ACUTE_ADULT), age=adult_ages)
def test_severe_sepsis_is_judged_alike(stay, age):
    """Its severe sepsis clock; the other clocks have readings of their own."""
    engine, naive = judged("sep1-like/1", stay, age), judge_sep1(stay, age)

    assert naive == (engine and (*engine[:-1], {name: engine[-1][name] for name in naive[-1]}))


@pytest.mark.parametrize(
    ("rows_of_case", "status"),
    [
        ([("protocol_started", 36000, None, 36000), ("antibiotic", 39659, None, 39659)], "met"),
        ([("protocol_started", 36000, None, 36000), ("antibiotic", 39660, None, 39660)], "late"),
    ],
)
def test_the_naive_reading_knows_the_last_minute(rows_of_case, status):
    """It is no use agreeing with a reading that is wrong."""
    assert judge_nys(rows_of_case, 7)[3]["antibiotics"] == status
