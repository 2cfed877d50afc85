"""The engine and an independent reading of the raw MIMIC-III tables agree on `sep1-like/1`, stay by stay."""

from collections import Counter

import pytest

from reference import mimic3_sep1
from reference.mimic3_facts import judge_in_the_end


@pytest.fixture(scope="module")
def tables(shared_data):
    return shared_data / "mimic3_demo"


@pytest.fixture(scope="module")
def read(tables):
    return mimic3_sep1.judge_all(tables)


@pytest.fixture(scope="module")
def judged(tables):
    return judge_in_the_end(tables)


def local(moment):
    return moment and moment.replace(tzinfo=None)


def elements_of(case):
    return {verdict.element: (verdict.status, local(verdict.done_at)) for verdict in case.elements}


def test_the_reading_finds_seventeen_stays_with_something_to_assess(read):
    found = Counter((case.status, case.reason) if case else None for case in read.values())

    assert found == {
        ("denominator", ""): 17,
        ("excluded", "transfer_in"): 4,
        ("not_in_population", "not_confirmed"): 30,
        None: 46,
    }


def test_both_open_the_same_stays_at_the_same_time_zero_with_the_same_status_and_reason(read, judged):
    assert {stay: (case.status, case.reason or "", local(case.time_zero)) for stay, case in judged.items()} == {
        stay: (case.status, case.reason, case.time_zero) for stay, case in read.items() if case
    }


def test_both_judge_every_element_alike_and_by_the_same_act(read, judged):
    counted = {stay: elements_of(case) for stay, case in judged.items() if case.status == "denominator"}
    expected = {stay: case.elements for stay, case in read.items() if case and case.elements}

    assert [len(elements) for elements in counted.values()] == [9] * 17
    assert {stay: {**elements, "bundle": None} for stay, elements in counted.items()} == {
        stay: {**elements, "bundle": None} for stay, elements in expected.items()
    }


def test_both_judge_every_bundle_alike(read, judged):
    expected = {stay: case.elements["bundle"][0] for stay, case in read.items() if case and case.elements}

    assert Counter(expected.values()) == {"cannot_assess": 8, "missed": 5, "met": 4}
    assert {stay: elements_of(judged[stay])["bundle"][0] for stay in expected} == expected


def test_what_no_table_carries_is_said_to_be_not_carried(judged):
    asked = {
        (case.case_id, verdict.status, verdict.reason)
        for case in judged.values()
        for verdict in case.elements
        if verdict.element == "reassessment" and verdict.status not in {"not_applicable", "excluded"}
    }

    assert asked == {("125449", "cannot_assess", "not_carried")}
