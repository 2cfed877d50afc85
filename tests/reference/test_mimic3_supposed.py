"""The engine and the independent reading agree on real patients of whom somebody supposes an infection.

Few stays of the set have a confirmed infection; fluids, pressures, lactates and vasopressors all have. So a documented
suspicion is put into every stay, at some hour after intensive care began, and those transferred in are let in.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from reference import mimic3_onset, mimic3_rows, mimic3_sep1
from reference.mimic3_facts import LONG_AFTER, facts_of, known
from schemas.clinical import Act, ActName, Visit, VisitStep
from scoring.judgement import judge
from scoring.rules import load_rules

SUPPOSED_AFTER = [timedelta(hours=hours) for hours in (0, 12, 48, 96, 144)]


@pytest.fixture(scope="module")
def tables(shared_data):
    return shared_data / "mimic3_demo"


@pytest.fixture(scope="module")
def stays(tables):
    """hadm_id -> the reading's stay, of a patient who came from home."""
    stays = mimic3_rows.read_stays(tables)
    for stay in stays.values():
        stay.row["admission_location"] = ""
    return stays


@pytest.fixture(scope="module")
def facts(tables):
    """subject_id -> what the engine is told."""
    return {
        subject_id: [fact for fact in told if not (isinstance(fact, Visit) and fact.step is VisitStep.TRANSFERRED_IN)]
        for subject_id, told in facts_of(tables).items()
    }


def supposed_at(stay, after):
    """When an infection is supposed; None: the stay was over."""
    at = min(start for start, _ in stay.intensive).replace(second=0) + after
    return at if at <= stay.time("dischtime") else None


def stated(act, hadm_id, stay, at):
    """A statement that the engine is told of."""
    at = at.replace(tzinfo=UTC)
    names = {"event_id": hadm_id, "fact_id": hadm_id, "source": "mimic3", "facility_id": "mimic3"}
    whose = {"patient_id": stay.subject_id, "encounter_id": hadm_id, "received_at": at, "happened_at": at}
    return Act(**names, **whose, act=act)


def as_read(stays, born, after):
    """hadm_id -> the reading's case, where severe sepsis follows the suspicion."""
    cases = {}
    for hadm_id, stay in stays.items():
        at = supposed_at(stay, after)
        time_zero = at and mimic3_onset.find_documented_time_zero(stay, at)
        if time_zero:
            cases[hadm_id] = mimic3_sep1.judge_from(stay, born[stay.subject_id], time_zero)
    return cases


def as_judged(stays, facts, after):
    """hadm_id -> the engine's case."""
    rules, cases = load_rules(["sep1-like/1"]), {}
    for subject_id, told in facts.items():
        mine = {hadm_id: stay for hadm_id, stay in stays.items() if stay.subject_id == subject_id}
        suspected = {hadm_id: at for hadm_id, stay in mine.items() if (at := supposed_at(stay, after))}
        said = [stated(ActName.INFECTION_SUSPECTED, hadm_id, mine[hadm_id], at) for hadm_id, at in suspected.items()]
        cases |= {case.case_id: case for case in judge(known([*told, *said]), rules, LONG_AFTER).cases}
    return cases


def cut(at):
    return at and at.replace(tzinfo=None, second=0)


def told(case):
    """The engine's case in the reading's words."""
    elements = {
        verdict.element: (verdict.status, None if verdict.element == "bundle" else cut(verdict.done_at))
        for verdict in case.elements
    }
    counts = case.status == "denominator"
    return mimic3_sep1.Judged(cut(case.time_zero), case.status, case.reason or "", elements if counts else {})


@pytest.fixture(scope="module")
def compared(tables, stays, facts):
    """(hours, hadm_id) -> (what the reading says, what the engine says)."""
    born = mimic3_rows.read_births(tables)
    pairs = {}
    for after in SUPPOSED_AFTER:
        read, judged = as_read(stays, born, after), as_judged(stays, facts, after)
        pairs |= {(after, stay): (case, told(judged[stay])) for stay, case in read.items() if stay in judged}
        assert not read.keys() - judged.keys()
    return pairs


def test_both_say_the_same_of_every_supposed_case(compared):
    assert {key: said for key, (_, said) in compared.items()} == {key: case for key, (case, _) in compared.items()}


def test_most_that_can_be_said_of_a_case_is_said_of_some(compared):
    cases = [case for case, _ in compared.values()]
    said = defaultdict(set)
    for case in cases:
        for element, (status, _) in case.elements.items():
            said[element].add(status)

    assert Counter(case.status for case in cases).keys() == {"denominator", "excluded"}
    assert {"age", "comfort_care_6h", "antibiotics_over_24h", "stay_over_120_days"} <= {case.reason for case in cases}
    assert said["fluids"] == {"met", "met_late", "missed", "cannot_assess", "not_applicable"}
    assert said["vasopressor"] == {"met", "cannot_assess", "not_applicable"}
    assert said["reassessment"] == {"cannot_assess", "not_applicable"}
    assert said["repeat_lactate"] == {"met", "met_late", "missed", "not_applicable"}
    assert said["blood_culture"] >= {"met", "met_late", "missed"}
    assert said["antibiotics"] >= {"met", "missed", "cannot_assess"}
    assert said["broad_spectrum"] >= {"met", "missed", "cannot_assess"}
    assert said["lactate"] == {"met", "met_late", "missed"}


def test_a_lactate_that_counts_by_its_report_cannot_be_assessed(stays, facts):
    """New York asks when it was reported, which no table says; the blood culture is there."""
    stay = stays["195911"]
    protocol = stated(ActName.PROTOCOL_STARTED, "195911", stay, datetime(2119, 10, 17, 5, tzinfo=UTC))
    state = known([*facts[stay.subject_id], protocol])

    (case,) = judge(state, load_rules(["nys-adult-3h/trend-2015"]), LONG_AFTER).cases

    said = {verdict.element: (verdict.status, verdict.reason) for verdict in case.elements}
    assert said["lactate"] == ("cannot_assess", "not_carried")
    assert said["antibiotics"] == ("cannot_assess", "not_covered")
    assert said["blood_culture"] == ("met", None)
