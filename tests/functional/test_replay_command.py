"""`timezero replay` and what it must not replace."""

import json

import pytest

from command_line import say
from streams.simulator.department import Plan, write_simulation

MEASURE = "nys-ped-1h/spec-2015"


@pytest.fixture
def feed(tmp_path):
    write_simulation(Plan(seed=7, children=4, adults=1), tmp_path / "made")
    return tmp_path / "made" / "feed.ndjson"


def replayed(capsys, feed, out, *options, source_format="events"):
    return say(capsys, "replay", feed, "--format", source_format, "--measures", MEASURE, "--out", out, *options)


@pytest.mark.parametrize("name", ["rejected.ndjson", "alerts.ndjson", "summary.json.partial"])
def test_a_feed_is_never_replaced_by_what_is_made_of_it(feed, tmp_path, capsys, name):
    out = tmp_path / "out"
    out.mkdir()
    kept = feed.read_bytes()
    (out / name).hardlink_to(feed)
    said = replayed(capsys, feed, out)

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"timezero: {out / name} is read by this command and would be replaced by it; name another place to write to.\n"
    )
    assert (feed.read_bytes(), (out / name).read_bytes()) == (kept, kept)
    assert list(out.iterdir()) == [out / name]


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_span_of_topics_is_refused_for_a_file(feed, tmp_path, capsys, option):
    said = replayed(capsys, feed, tmp_path / "out", option, "2026-03-01T10:00:00+00:00")

    assert (said.code, said.out) == (2, "")
    assert "--since and --until are for topics" in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["replay", "simulate"])
def test_an_empty_name_is_no_folder(feed, capsys, command):
    options = {
        "replay": (feed, "--format", "events", "--measures", MEASURE),
        "simulate": ("--seed", "1", "--children", "1"),
    }
    said = say(capsys, command, *options[command], "--out", "")

    assert (said.code, said.out) == (2, "")
    assert "names no folder" in said.err


def test_a_feed_of_which_nothing_is_understood_is_warned_of(feed, tmp_path, capsys):
    wrong = replayed(capsys, feed, tmp_path / "wrong", source_format="log")
    right = replayed(capsys, feed, tmp_path / "right")

    assert (wrong.code, right.code, right.err) == (0, 0, "")
    assert "warning: no message could be read as log" in wrong.err
    assert str(tmp_path / "wrong" / "rejected.ndjson") in wrong.err


def test_cases_of_days_for_which_a_measure_was_not_made_are_judged_and_told(feed, tmp_path, capsys):
    said = replayed(capsys, feed, tmp_path / "out")
    (summary,) = json.loads((tmp_path / "out" / "summary.json").read_text())["measures"]

    assert summary["outside_period"] == sum(summary["cases"].values()) > 0
    assert f"warning: {summary['outside_period']} of days for which {MEASURE} was not made" in said.out


def test_a_measure_without_dates_is_made_for_every_day(feed, tmp_path, capsys):
    say(capsys, "replay", feed, "--format", "events", "--measures", "sep1-like/1", "--out", tmp_path / "out")
    (summary,) = json.loads((tmp_path / "out" / "summary.json").read_text())["measures"]

    assert (summary["outside_period"], sum(summary["cases"].values()) > 0) == (0, True)
