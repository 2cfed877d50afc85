"""The engine and an independent reading of the raw MIMIC-III tables agree on `sep1-like/1`, stay by stay."""

import csv
from datetime import datetime

import pytest

from reference import mimic3_sep1
from streams.replay import ReplayRequest, replay


@pytest.fixture(scope="module")
def tables(shared_data):
    return shared_data / "mimic3_demo"


@pytest.fixture(scope="module")
def read(tables):
    return mimic3_sep1.judge_all(tables)


@pytest.fixture(scope="module")
def replayed(tables, tmp_path_factory):
    out = tmp_path_factory.mktemp("mimic3")
    replay(ReplayRequest([tables], "mimic3", ["sep1-like/1"], out))
    with (out / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def test_the_reading_finds_twenty_stays_with_something_to_assess(read):
    statuses = [case.status if case else None for case in read.values()]

    assert len(read) == 97
    assert statuses.count("denominator") == 20
    assert statuses.count("not_in_population") == 31
    assert statuses.count(None) == 46


def test_both_open_the_same_stays_at_the_same_time_zero(read, replayed):
    assert {row["case_id"] for row in replayed} == {stay for stay, case in read.items() if case}
    for row in replayed:
        case = read[row["case_id"]]
        assert (row["status"], moment(row["time_zero"])) == (case.status, case.time_zero)


def test_both_judge_every_element_alike_and_by_the_same_act(read, replayed):
    judged = {
        (row["case_id"], row["element"]): (row["element_status"], moment(row["done_at"]))
        for row in replayed
        if row["status"] == "denominator" and row["element"] != "bundle"
    }

    assert len(judged) == 80
    assert judged == {
        (stay, element): found for stay, case in read.items() if case for element, found in case.elements.items()
    }
