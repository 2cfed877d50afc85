"""The replay over the demo's real stays."""

import csv
import json

import pytest

from reference.mimic3_facts import judge_in_the_end
from streams.replay import ReplayRequest, replay
from timezero.demo_stays import demo_stays, demo_tables

COLUMNS = ("case_id", "status", "reason", "time_zero", "element", "element_status", "done_at")


def read_cases(out):
    with (out / "cases.csv").open(newline="") as file:
        return {(row["case_id"], row["element"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def sample_replayed(tmp_path_factory):
    out = tmp_path_factory.mktemp("mimic3")
    replay(ReplayRequest([demo_tables()], "mimic3", ["sep1-like/1"], out))
    return out


def text(moment):
    return moment.isoformat() if moment else ""


def test_a_stay_that_is_lived_through_ends_as_it_is_judged_in_the_end(sample_replayed):
    with (sample_replayed / "cases.csv").open(newline="") as file:
        rows = {tuple(row[name] for name in COLUMNS) for row in csv.DictReader(file)}
    judged = judge_in_the_end(demo_tables())

    assert rows == {
        (
            case.case_id,
            case.status,
            case.reason or "",
            text(case.time_zero),
            each.element,
            each.status,
            text(each.done_at),
        )
        for case in judged.values()
        for each in case.elements
    }


def test_a_stay_transferred_in_is_watched_while_it_lasts_and_left_out_at_its_end(sample_replayed):
    """Stay 101361: its vancomycin of midnight is charted at 00:10; on the 18th the discharge says where from."""
    alerts = [json.loads(line) for line in (sample_replayed / "alerts.ndjson").read_text().splitlines()]
    said = [
        (alert["sent_at"][5:16], alert["kind"], alert["reason"])
        for alert in alerts
        if alert["case_id"] == "101361" and alert["element"] in {"antibiotics", "bundle"}
    ]

    assert said == [
        ("12-01T21:02", "bundle_started", None),
        ("12-01T23:00", "due_soon", None),
        ("12-01T23:40", "due_soon", None),
        ("12-02T00:01", "missed", None),
        ("12-02T00:10", "withdrawn", "met_in_time"),
        ("12-18T17:45", "withdrawn", "excluded"),
    ]


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
