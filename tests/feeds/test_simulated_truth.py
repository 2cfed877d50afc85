"""A simulated chart says in the end what really happened, and the engine says of it what a perfect observer says."""

from datetime import timedelta

import pytest

from schemas.clinical import Act, Culture, DrugClass, Medication, Merge, Observation, Quantity, Visit
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.fact_store import FactStore
from scoring.judgement import judge
from scoring.patient_state import PatientState
from scoring.rules import load_rules, shipped_measures
from streams.simulator.course import day_of
from streams.simulator.department import Plan, simulate
from streams.simulator.practice import Profile

LONG_AFTER = timedelta(days=40)


@pytest.fixture(scope="module", params=list(Profile))
def stays(request):
    return list(simulate(Plan(21, 60, 60, profile=request.param)))


def facts_of(stay):
    """Every fact of a stay, those under a merged number with the patient they belong to."""
    for message in stay.messages:
        told = translate(message.topic, message.value, message.received_at)
        for fact in told.facts if isinstance(told, Accepted) else ():
            if not isinstance(fact, Merge):
                yield fact.model_copy(update={"patient_id": fact.patient_id.removesuffix("-T")})


def winners(stay):
    store = FactStore()
    for fact in facts_of(stay):
        store.add(fact)
    return list(store.winners())


def told(stay, kind, *columns):
    """What the chart says in the end of one kind of fact, as a sorted list."""
    rows = [tuple(getattr(fact, name) for name in columns) for fact in winners(stay) if isinstance(fact, kind)]
    return sorted(rows, key=str)


def happened(stay, part, row):
    """What really happened of one kind of thing, as a sorted list."""
    return sorted((row(each) for course in stay.courses for each in getattr(course, part)), key=str)


def as_charted(at, day_only):
    return at if not day_only else day_of(at)


def test_every_act_and_step_stands_in_the_chart_as_it_was(stays):
    for stay in stays:
        assert told(stay, Act, "act", "happened_at", "value", "reason") == happened(
            stay, "statements", lambda each: (each.act, each.at, each.value, each.reason)
        )
        steps = [row for row in told(stay, Visit, "happened_at", "unit", "discharge_status") if row[-1] != "09"]
        assert steps == happened(stay, "steps", lambda each: (each.at, each.unit, each.discharge_status))


def test_every_reading_and_result_stands_in_the_chart_as_it_was(stays):
    for stay in stays:
        rows = told(stay, Observation, "quantity", "value", "collected_at", "resulted_at")
        tests = happened(stay, "tests", lambda each: (each.quantity, each.value, each.collected_at, each.resulted_at))
        readings = happened(stay, "readings", lambda each: (each.quantity, each.value, each.at, None))
        weights = [
            (Quantity.WEIGHT, course.weight_kg, course.weighed_at, None) for course in stay.courses if course.weighed_at
        ]
        assert rows == sorted([*tests, *readings, *weights], key=str)


def test_every_culture_and_dose_stands_in_the_chart_as_it_was(stays):
    """Drugs against fungi are understood and left out; of an order that was cancelled nothing is left."""
    for stay in stays:
        drawn = [
            (fact.specimen, as_charted(fact.collected_at, fact.day_only))
            for fact in winners(stay)
            if isinstance(fact, Culture) and fact.collected_at is not None
        ]
        assert sorted(drawn, key=str) == [
            row
            for row in happened(
                stay, "cultures", lambda each: (each.specimen, each.collected_at and as_charted_culture(each))
            )
            if row[1] is not None
        ]
        given = [
            (fact.substance, fact.route, as_charted(fact.started_at, fact.day_only))
            for fact in winners(stay)
            if isinstance(fact, Medication)
            and fact.drug_class is DrugClass.ANTIBACTERIAL
            and fact.started_at is not None
        ]
        assert sorted(given, key=str) == sorted(
            (
                (dose.drug, {"po": "oral"}.get(dose.route, dose.route), as_charted(dose.started_at, dose.day_only))
                for course in stay.courses
                for dose in course.doses
                if dose.antibacterial and dose.started_at is not None
            ),
            key=str,
        )


def as_charted_culture(culture):
    return as_charted(culture.collected_at, culture.day_only)


def test_every_part_of_an_infusion_stands_in_the_chart_as_it_was(stays):
    for stay in stays:
        parts = [
            (infusion.drug, part.volume_ml, part.started_at, part.completed_at)
            for course in stay.courses
            for infusion in course.infusions
            for part in infusion.parts
        ]
        rows = [
            row
            for row in told(stay, Medication, "substance", "volume_ml", "started_at", "completed_at", "drug_class")
            if row[-1] is not DrugClass.ANTIBACTERIAL
        ]
        assert [row[:-1] for row in rows] == sorted(parts, key=str)


def test_every_verdict_of_every_measure_is_the_truth(stays):
    """The truth is told from what happened alone; nothing of the engine is used to say so."""
    rules = load_rules(shipped_measures())
    wrong, lines = [], 0
    for stay in stays:
        said = verdicts(stay, rules)
        for truth in stay.truths:
            lines += 1
            expected = (str(truth.status), truth.reason, truth.time_zero, str(truth.outcome))
            if contested(stay, truth):
                continue
            if said.get((truth.case_id, truth.measure, truth.element)) != expected:
                wrong.append((truth.case_id, truth.measure, truth.element, expected))

    assert lines > 5000
    assert wrong == []


def contested(stay, truth):
    """Whether a broad-enough drug may be known by its day: the engine takes timed doses only, the observer doubts."""
    days = any(dose.day_only for course in stay.courses for dose in course.doses)
    return truth.element == "broad_spectrum" and days


def verdicts(stay, rules):
    """What the engine says in the end, by case, measure and element."""
    state = PatientState()
    for fact in facts_of(stay):
        state.facts.add(fact)
    as_of = max(message.received_at for message in stay.messages) + LONG_AFTER
    return {
        (case.case_id, case.measure, verdict.element.value): (
            case.status.value,
            case.reason,
            cut(case),
            verdict.status.value,
        )
        for case in judge(state, rules, as_of).cases
        for verdict in case.elements
    }


def cut(case):
    """Time zero to the minute, as abstractors write it; to the second where the measure is kept to it."""
    if case.time_zero is None or case.measure == "ed-sepsis-triage/mannhardt":
        return case.time_zero
    return case.time_zero.replace(second=0)
