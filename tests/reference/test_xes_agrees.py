"""The engine and an independent count agree on the XES log, case by case."""

import csv
import json
import subprocess
import sys
from datetime import datetime

import pytest

from reference import xes_count

MEASURE = "ed-sepsis-triage/mannhardt"


@pytest.fixture(scope="module")
def log(shared_data):
    return shared_data / "sepsis_cases_event_log.xes.gz"


@pytest.fixture(scope="module")
def counted(log):
    return {case_id: xes_count.judge(times) for case_id, times in xes_count.read_cases(log).items()}


@pytest.fixture(scope="module")
def replayed(log, tmp_path_factory):
    folder = tmp_path_factory.mktemp("xes")
    command = [sys.executable, "-m", "timezero", "replay", log, "--format", "xes", "--measures", MEASURE]
    subprocess.run([*command, "--out", folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def rows(replayed):
    with (replayed / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def cut(text):
    return datetime.fromisoformat(text).replace(microsecond=0) if text else None


def test_the_independent_count_finds_what_is_known_of_the_log(counted):
    totals = xes_count.totals(counted)

    assert len(counted) == 1050
    assert totals["denominator"] == 1049
    assert {element: totals[f"{element} met"] for element in ("antibiotics", "lactate", "bundle")} == {
        "antibiotics": 342,
        "lactate": 848,
        "bundle": 331,
    }


def test_both_find_the_same_cases(counted, rows):
    assert {row["case_id"] for row in rows} == {case_id for case_id, verdicts in counted.items() if verdicts}


def test_both_find_the_same_time_zero_and_acts_in_every_case(counted, rows):
    for row in rows:
        verdicts = counted[row["case_id"]]
        assert cut(row["time_zero"]) == verdicts["time_zero"]
        if row["element"] in xes_count.LIMITS:
            assert cut(row["done_at"]) == verdicts[row["element"]][1]


def test_both_judge_every_element_of_every_case_alike(counted, rows):
    assert len(rows) == 3 * 1049
    for row in rows:
        assert (row["element_status"] == "met") == counted[row["case_id"]][row["element"]][0]


def test_every_event_of_the_log_is_accounted_for(replayed):
    summary = json.loads((replayed / "summary.json").read_text())

    assert summary["totals"]["read"] == 15214
    assert summary["totals"]["read"] == sum(summary["totals"][name] for name in ("accepted", "ignored", "rejected"))
    assert sum(summary["ignored_reasons"].values()) == summary["totals"]["ignored"]
    assert summary["stays_never_opened"] == {MEASURE: 1}
