"""The engine and an independent reading of the raw MIMIC-III tables agree on `sep1-like/1`, stay by stay."""

import csv
import json
from collections import Counter
from datetime import datetime

import pytest

from reference import mimic3_rows, mimic3_sep1
from streams.replay import ReplayRequest, replay

# The whole set, lived through event by event: over a minute on an idle machine.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def tables(shared_data):
    return shared_data / "mimic3_demo"


@pytest.fixture(scope="module")
def read(tables):
    return mimic3_sep1.judge_all(tables)


@pytest.fixture(scope="module")
def out(tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mimic3")
    replay(ReplayRequest([tables], "mimic3", ["sep1-like/1", "nys-ped-1h/spec-2015"], folder))
    return folder


@pytest.fixture(scope="module")
def summary(out):
    return json.loads((out / "summary.json").read_text())


@pytest.fixture(scope="module")
def replayed(out):
    with (out / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def test_the_reading_finds_seventeen_stays_with_something_to_assess(read):
    found = Counter((case.status, case.reason) if case else None for case in read.values())

    assert found == {
        ("denominator", ""): 17,
        ("excluded", "transfer_in"): 4,
        ("not_in_population", "not_confirmed"): 30,
        None: 46,
    }


def test_both_open_the_same_stays_at_the_same_time_zero_with_the_same_status_and_reason(read, replayed):
    assert {row["case_id"] for row in replayed} == {stay for stay, case in read.items() if case}
    for row in replayed:
        case = read[row["case_id"]]
        found = (row["status"], row["reason"], moment(row["time_zero"]))
        assert found == (case.status, case.reason, case.time_zero)


def test_both_judge_every_element_alike_and_by_the_same_act(read, replayed):
    judged = {
        (row["case_id"], row["element"]): (row["element_status"], moment(row["done_at"]))
        for row in replayed
        if row["status"] == "denominator" and row["element"] != "bundle"
    }

    assert len(judged) == 8 * 17
    assert judged == {
        (stay, element): found
        for stay, case in read.items()
        if case
        for element, found in case.elements.items()
        if element != "bundle"
    }


def test_both_judge_every_bundle_alike(read, replayed):
    judged = {row["case_id"]: row["element_status"] for row in replayed if row["element"] == "bundle"}
    expected = {stay: case.elements["bundle"][0] for stay, case in read.items() if case and case.elements}

    assert Counter(expected.values()) == {"cannot_assess": 8, "missed": 5, "met": 4}
    assert {stay: judged[stay] for stay in expected} == expected


def test_what_no_table_carries_is_said_to_be_not_carried(out):
    verdicts = [json.loads(line) for line in (out / "verdicts.ndjson").read_text().splitlines()]
    asked = {
        (verdict["case_id"], verdict["status"], verdict["reason"])
        for verdict in verdicts
        if verdict["element"] == "reassessment" and verdict["status"] not in {"not_applicable", "excluded"}
    }

    assert asked == {("125449", "cannot_assess", "not_carried")}


def test_a_stay_transferred_in_is_watched_while_it_lasts_and_left_out_at_its_end(out):
    """Stay 101361: its vancomycin of midnight is charted at 00:10; on the 18th the discharge says where from."""
    alerts = [json.loads(line) for line in (out / "alerts.ndjson").read_text().splitlines()]
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


def test_the_childrens_measure_opens_no_stay_of_these_adults(replayed, summary):
    assert {row["measure"] for row in replayed} == {"sep1-like/1"}
    assert summary["stays_never_opened"]["nys-ped-1h/spec-2015"] == 97


def test_every_row_of_every_table_is_accounted_for(tables, summary):
    names = [path.name.removesuffix(".csv.gz") for path in tables.glob("*.csv.gz")]
    printed = {name: sum(1 for _ in mimic3_rows.rows_of(tables, name)) for name in names}
    counted = {name: sum(summary[how][name] for how in ("accepted", "ignored", "rejected")) for name in names}

    assert summary["read"] == printed
    assert counted == printed
