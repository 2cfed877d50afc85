"""One dose given in time, charted sooner or later: what `timezero replay` says, and what it said in between."""

import csv
import json

import orjson
import pytest

from command_line import say

MEASURE = "nys-ped-1h/spec-2015"
DAY = "2026-03-02"
COMMON = {"source": "simulated", "facility_id": "SIM-NORTH", "patient_id": "p1", "encounter_id": "e1"}


def at(clock):
    return f"{DAY}T{clock}+00:00"


def message(topic, name, charted, **fields):
    """One line of a feed, received as it is charted."""
    value = COMMON | {"schema": f"{topic}/1", "message_id": name, "recorded_at": at(charted)} | fields
    return {"topic": topic, "key": "SIM-NORTH|p1", "value": value, "received_at": at(charted)}


def child_with_dose(charted):
    """Protocol at 10:00, ceftriaxone at 10:20, charted when it was."""
    born = {"event": "register", "happened_at": at("09:50:00"), "birth_date": "2021-01-01"}
    return [
        message("raw.adt", "m1", "09:50:00", **born),
        message("raw.adt", "m2", "09:50:00", event="arrive", happened_at=at("09:50:00"), unit="ED"),
        message("raw.act", "m3", "10:00:00", act="protocol_started", happened_at=at("10:00:00")),
        message("raw.medication", "m4", charted, code="ceftriaxone", route="iv", started_at=at("10:20:00")),
    ]


@pytest.fixture
def replayed(tmp_path, capsys):
    """Replay a child's feed; give the antibiotic's alerts as `(clock, kind, reason)` and its final row."""

    def run(charted, *options):
        lines = [orjson.dumps(line) for line in child_with_dose(charted)]
        (tmp_path / "feed.ndjson").write_bytes(b"\n".join(lines))
        arguments = ("--format", "events", "--measures", MEASURE, "--out", tmp_path / "out", *options)
        assert say(capsys, "replay", tmp_path / "feed.ndjson", *arguments).code == 0
        alerts = map(json.loads, (tmp_path / "out" / "alerts.ndjson").read_text().splitlines())
        said = [(a["sent_at"][11:19], a["kind"], a["reason"]) for a in alerts if a["element"] == "antibiotics"]
        with (tmp_path / "out" / "cases.csv").open(newline="") as file:
            row = next(row for row in csv.DictReader(file) if row["element"] == "antibiotics")
        return said, row

    return run


def test_charted_before_any_warning_is_due_nothing_is_said(replayed):
    said, row = replayed("10:30:00")

    assert said == []
    assert (row["element_status"], row["minutes_from_time_zero"]) == ("met", "20.0")


def test_charted_in_the_last_second_of_the_window_no_window_is_called_missed(replayed):
    said, row = replayed("11:00:59")

    assert [kind for _, kind, _ in said] == ["due_soon", "due_soon", "withdrawn"]
    assert said[-1] == ("11:00:59", "withdrawn", "met_in_time")
    assert row["element_status"] == "met"


@pytest.mark.parametrize("charted", ["11:01:01", "11:30:00", "12:00:30", "13:00:00"])
def test_charted_after_the_window_it_is_called_missed_and_taken_back_when_it_is_charted(replayed, charted):
    """Within the charting grace, and after it, when the verdict had settled."""
    said, row = replayed(charted)

    assert said[-2:] == [("11:01:00", "missed", None), (charted, "withdrawn", "met_in_time")]
    assert (row["element_status"], row["done_at"]) == ("met", at("10:20:00"))


@pytest.mark.parametrize(
    ("as_of", "status"), [("11:00:30", "due_soon"), ("11:20:00", "overdue"), ("12:01:00", "missed")]
)
def test_asked_before_it_was_charted_the_replay_says_what_was_believed_then(replayed, as_of, status):
    said, row = replayed("13:00:00", "--as-of", at(as_of))

    assert row["element_status"] == status
    assert [kind for _, kind, _ in said].count("missed") == (status != "due_soon")
    assert "withdrawn" not in {kind for _, kind, _ in said}


def test_the_final_row_does_not_tell_how_late_it_was_charted(replayed):
    rows = [replayed(charted)[1] for charted in ("10:30:00", "11:30:00", "13:00:00")]

    assert rows[0] == rows[1] == rows[2]
