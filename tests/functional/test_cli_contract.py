"""What every subcommand keeps: help, exit codes, one sentence on stderr, and never a traceback."""

import json
import os
import signal
import subprocess

import pytest

from command_line import COMMAND, run, say
from timezero.cli import SUBCOMMANDS


def is_one_sentence(said):
    return said.code == 2 and said.out == "" and said.err.startswith("timezero: ") and said.err.count("\n") == 1


@pytest.mark.parametrize("name", sorted(SUBCOMMANDS))
def test_every_subcommand_has_help(name, capsys):
    said = say(capsys, name, "--help")

    assert said.code == 0
    assert said.out.startswith(f"Usage: timezero {name}")


def test_the_help_names_every_subcommand(capsys):
    said = say(capsys, "--help")

    assert all(f"\n  {name} " in said.out for name in SUBCOMMANDS)


def test_an_unknown_subcommand_is_a_usage_error(capsys):
    assert is_one_sentence(say(capsys, "explode"))


def test_an_unknown_option_is_a_usage_error(capsys):
    assert is_one_sentence(say(capsys, "replay", "--explode"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "NOWHERE", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "NOWHERE", "--format", "mimic3", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "FOLDER", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "FOLDER", "--format", "mimic3", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "CUT", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "CUT", "--format", "xes", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "TEXT", "--format", "xes", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "TEXT", "--format", "clif", "--measures", "sep1-like/1", "--out", "OUT"),
        ("replay", "TEXT", "--format", "events", "--measures", "sep1", "--out", "OUT"),
        ("replay", "TEXT", "--format", "events", "--measures", ",", "--out", "OUT"),
        ("replay", "TEXT", "--format", "events", "--measures", "sep1-like/1", "--out", "TEXT"),
        ("replay", "TEXT", "--format", "events", "--measures", "sep1-like/1", "--out", "TEXT/below"),
        ("replay", "TEXT", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT", "--as-of", "noon"),
        (
            "replay", "TEXT", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT",
            "--as-of", "2026-01-05T10:00:00",
        ),
        ("replay", "--format", "events", "--measures", "sep1-like/1", "--out", "OUT"),
        ("simulate", "--seed", "1", "--out", "OUT"),
        ("simulate", "--seed", "one", "--children", "1", "--out", "OUT"),
        ("simulate", "--seed", "1", "--children", "1", "--out", "TEXT"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--days", "nan"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--days", "1e9"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--start", "0001-01-01T00:00Z"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--start", "9999-12-31T00:00Z"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--start", "2101-01-01T00:00Z"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--start", "1990-12-31T00:00Z"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--start", "2099-12-01T00:00Z", "--days", "40"),
        ("simulate", "--seed", "1", "--adults", "9" * 30, "--out", "OUT"),
        ("simulate", "--seed", "1", "--adults", "1", "--out", "OUT", "--hospitals", "10001"),
        ("schema", "raw.nothing"),
        ("worker", "--config", "NOWHERE"),
        ("board", "--config", "TEXT"),
        ("board", "--host", "192.0.2.7"),
        ("grafana", "apply", "--url", "http://127.0.0.1:9"),
        ("grafana", "apply", "--url", "grafana", "--dry-run"),
        ("ingest", "NOWHERE", "--format", "events"),
        ("explain",),
        ("explain", "E1", "--from", "NOWHERE"),
        ("explain", "E1", "--from", "FOLDER"),
        ("explain", "E1", "--from", "TEXT"),
        ("explain", "E1", "--config", "NOWHERE"),
        ("demo", "--for", "0"),
        ("demo", "--speed", "fast"),
        ("demo", "--speed", "nan"),
        ("demo", "--for", "inf"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(arguments, tmp_path, capsys):
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "TEXT").write_text("these are words\n")
    (tmp_path / "CUT.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab")
    places = {"NOWHERE": "nowhere", "FOLDER": "FOLDER", "TEXT": "TEXT", "CUT": "CUT.gz", "OUT": "out"}
    known = {**places, "TEXT/below": "TEXT/below"}
    said = say(capsys, *(tmp_path / known[each] if each in known else each for each in arguments))

    assert is_one_sentence(said), said


def test_an_unknown_measure_names_those_that_ship(tmp_path, capsys):
    file = tmp_path / "feed.ndjson"
    file.touch()
    said = say(capsys, "replay", file, "--format", "events", "--measures", "sep1", "--out", tmp_path / "out")

    assert "nys-ped-1h/spec-2015" in said.err


def test_a_bad_setting_ends_every_service(capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_PARTITIONS", "some")

    for name in ("worker", "board", "doctor"):
        assert is_one_sentence(say(capsys, name))


def test_a_reader_that_goes_away_is_no_accident():
    with subprocess.Popen([*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(timeout=60)

    assert said == b""
    assert code == 141


def test_an_interrupt_ends_quietly(tmp_path):
    """A named pipe that nobody writes to: the replay waits in the middle of its work."""
    pipe = tmp_path / "feed.ndjson"
    os.mkfifo(pipe)
    arguments = ["replay", str(pipe), "--format", "events", "--measures", "sep1-like/1", "--out", str(tmp_path / "out")]
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process, pipe.open("wb"):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (130, b"", b"")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_version_is_that_of_the_package():
    said = run("--version")

    assert said.returncode == 0
    assert said.stdout.startswith("timezero, version ")


def test_schemas_are_written_one_a_file(tmp_path, capsys):
    say(capsys, "schema", "--out", tmp_path / "schemas")
    names = say(capsys, "schema", "--list").out.split()

    assert sorted(file.name for file in (tmp_path / "schemas").iterdir()) == sorted(
        f"{name}.schema.json" for name in names
    )


def test_a_schema_is_printed_alone_or_with_others(capsys):
    alone = json.loads(say(capsys, "schema", "raw.lab").out)
    together = json.loads(say(capsys, "schema", "raw.lab", "cases").out)

    assert alone == together["raw.lab"]
    assert set(together) == {"raw.lab", "cases"}


def test_measures_are_listed_for_people_and_machines(capsys):
    listed = json.loads(say(capsys, "measures", "list", "--json").out)
    printed = say(capsys, "measures", "list").out

    assert {"nys-ped-1h/spec-2015", "sep1-like/1", "ed-sepsis-triage/mannhardt"} <= {each["id"] for each in listed}
    assert all(each["id"] in printed and each["title"] in printed for each in listed)


def test_the_dashboard_is_built_and_its_sending_shown(tmp_path, capsys):
    built = json.loads(say(capsys, "grafana", "build").out)
    say(capsys, "grafana", "build", "--out", tmp_path / "dashboard.json")
    shown = json.loads(say(capsys, "grafana", "apply", "--url", "http://grafana:3000", "--dry-run").out)

    assert json.loads((tmp_path / "dashboard.json").read_text()) == built
    assert shown["body"]["dashboard"] == built
    assert shown["sent"] is False
