"""The replay over recorded sets: the event log against an independent count, and the demo's real stays."""

import csv
import json
from datetime import datetime

import pytest

from reference import xes_count
from streams.replay import ReplayRequest, replay
from timezero.demo_stays import demo_stays, demo_tables

LOG = "sepsis_cases_event_log.xes.gz"


def read_cases(out):
    with (out / "cases.csv").open(newline="") as file:
        return {(row["case_id"], row["element"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def log_replayed(shared_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("xes")
    replay(ReplayRequest([shared_data / LOG], "xes", ["ed-sepsis-triage/mannhardt"], out))
    return out


@pytest.fixture(scope="module")
def sample_replayed(tmp_path_factory):
    out = tmp_path_factory.mktemp("mimic3")
    replay(ReplayRequest([demo_tables()], "mimic3", ["sep1-like/1"], out))
    return out


def test_the_event_log_is_judged_as_an_independent_count_has_it(shared_data, log_replayed):
    rows = read_cases(log_replayed)
    judged = {name: xes_count.judge(times) for name, times in xes_count.read_cases(shared_data / LOG).items()}
    denominator = {name: verdicts for name, verdicts in judged.items() if verdicts is not None}

    assert {case_id for case_id, _ in rows} == set(denominator)
    for case_id, verdicts in denominator.items():
        for element in ("antibiotics", "lactate", "bundle"):
            row = rows[case_id, element]
            assert datetime.fromisoformat(row["time_zero"]) == verdicts["time_zero"]
            assert (row["element_status"] == "met") is verdicts[element][0]


def test_every_event_of_the_log_is_accounted_for(log_replayed):
    summary = json.loads((log_replayed / "summary.json").read_text())

    assert summary["totals"]["read"] == 15214
    assert summary["totals"]["read"] == sum(summary["totals"][name] for name in ("accepted", "ignored", "rejected"))
    assert sum(summary["ignored_reasons"].values()) == summary["totals"]["ignored"]
    assert summary["stays_never_opened"] == {"ed-sepsis-triage/mannhardt": 1}


def test_what_is_charted_late_in_a_real_stay_is_missed_and_then_taken_back(sample_replayed):
    """Stay 101361: the dose of midnight is charted at 00:10, its window closed at 00:01."""
    alerts = [json.loads(line) for line in (sample_replayed / "alerts.ndjson").read_text().splitlines()]
    said = [
        (alert["sent_at"][11:16], alert["kind"], alert["reason"])
        for alert in alerts
        if alert["case_id"] == "101361" and alert["element"] == "antibiotics"
    ]

    assert ("00:01", "missed", None) in said
    assert ("00:10", "withdrawn", "met_in_time") in said


def test_every_stay_of_the_sample_is_a_case(sample_replayed):
    assert {case_id for case_id, _ in read_cases(sample_replayed)} == {stay.hadm_id for stay in demo_stays().stays}


def test_the_sample_is_small_and_names_its_source():
    folder = demo_tables().parent
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    assert size < 1_500_000
    for word in ("MIMIC-III Clinical Database Demo 1.4", "10.13026/C2HM2Q", "Open Database License"):
        assert word in (folder / "README.md").read_text()


def test_the_summary_states_what_was_assumed(sample_replayed):
    summary = json.loads((sample_replayed / "summary.json").read_text())

    assert any("fixed offset" in sentence for sentence in summary["assumptions"])
