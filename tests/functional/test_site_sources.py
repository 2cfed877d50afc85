"""A hospital's own sources: checked by one word, read by every command that reads a feed."""

import json
import os
from datetime import UTC, datetime

import orjson
import pytest

from command_line import run, say
from own_source import OWN, local_act, local_feed, own_source
from schemas.topics import Topic
from schemas.translate import translate
from streams.batched.outgoing import Outgoing
from streams.records import rejection
from streams.redrive import Choice, Fate, Redriver
from streams.site_measures import read_site

MEASURE = "nys-ped-1h/spec-2015"


@pytest.fixture
def site(tmp_path):
    """A folder with one source and nothing else."""
    own_source(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def broken(site):
    """The same with a file that cannot be used."""
    own_source(site, OWN.replace("Chicago", "Chicagoo").replace("our-lab", "our-ward"), "our-ward.toml")
    return site


def said_of(folder):
    return (
        f"{folder}/sources/our-ward.toml:3: zone: is no zone that this machine knows; "
        'write its IANA name, as zone = "America/New_York"'
    )


@pytest.mark.parametrize("named", ["", "sources", "sources/our-lab.toml"])
def test_a_good_file_is_one_line(named, site, capsys):
    said = say(capsys, "sources", "check", site / named)

    assert (said.code, said.out, said.err) == (0, f"{site}/sources/our-lab.toml: source our-lab, good\n", "")


def test_a_site_is_checked_whole_with_its_measures(site, capsys):
    (site / "conventions.toml").write_text("", encoding="utf-8")
    said = say(capsys, "measures", "check", site)

    assert (
        said.out == f"{site}/conventions.toml: conventions, good\n{site}/sources/our-lab.toml: source our-lab, good\n"
    )


@pytest.mark.parametrize("word", ["sources", "measures"])
def test_a_fault_is_said_with_file_line_key_and_remedy(word, broken, capsys):
    said = say(capsys, word, "check", broken)
    told = json.loads(say(capsys, word, "check", broken, "--json").out)

    assert said.code == 2
    assert said.err == said_of(broken) + "\n"
    assert [(each["good"], each["source"]) for each in told] == [(True, "our-lab"), (False, None)]
    assert told[1]["faults"][0]["key"] == "zone"


@pytest.mark.parametrize("word", ["sources", "measures"])
def test_a_source_has_one_file(word, site, capsys):
    own_source(site, file="zz.toml")
    said = say(capsys, word, "check", site)

    assert said.err.startswith(f"{site}/sources/zz.toml:1: name: is the source of our-lab.toml too; ")


def test_a_file_that_is_no_text_is_a_fault(site, capsys):
    own_source(site).write_bytes(b'name = "\xff"')

    assert say(capsys, "sources", "check", site).err == (
        f"{site}/sources/our-lab.toml:1: file: is not UTF-8; save it in this encoding\n"
    )


@pytest.mark.parametrize("name", ["EMPTY", "NOWHERE"])
def test_what_is_not_there_is_one_sentence(name, tmp_path, capsys):
    (tmp_path / "EMPTY").mkdir()
    said = say(capsys, "sources", "check", tmp_path / name)

    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_own_sources_are_listed_beside_those_that_ship(site, capsys):
    listed = json.loads(say(capsys, "sources", "list", "--measures-dir", site, "--json").out)
    lines = say(capsys, "sources", "list", "--measures-dir", site).out.splitlines()

    assert listed.keys() == {"default", "mimic3", "our-lab", "simulated", "xes"}
    assert listed["our-lab"]["zone"] == "America/Chicago"
    assert "our-lab    America/Chicago       Our laboratory system" in lines


def replayed(capsys, tmp_path, *options):
    """Totals and the time zero of the only case, if there is one."""
    out = tmp_path / f"out-{len(options)}"
    feed = local_feed(tmp_path / "feed.ndjson")
    said = say(capsys, "replay", feed, "--format", "events", "--measures", MEASURE, "--out", out, "--json", *options)
    assert said.code == 0, said.err
    summary = json.loads((out / "summary.json").read_text())
    verdicts = [json.loads(line) for line in (out / "verdicts.ndjson").read_text().splitlines()]
    return summary, verdicts


def test_a_replay_reads_local_times_by_the_zone_of_the_site(site, tmp_path, capsys):
    without, nothing = replayed(capsys, tmp_path)
    told, verdicts = replayed(capsys, tmp_path, "--measures-dir", site)

    assert (without["totals"]["rejected"], without["rejected_reasons"], nothing) == (2, {"naive_time": 2}, [])
    assert told["totals"]["accepted"] == 2
    assert {verdict["time_zero"] for verdict in verdicts} == {"2026-03-01T12:00:00-06:00"}


def test_what_a_source_of_the_site_never_carries_cannot_be_assessed(site, tmp_path, capsys):
    _, missed = replayed(capsys, tmp_path, "--measures-dir", site)
    reason = 'cultures = { covered = "never", reason = "the laboratory sends no cultures" }'
    own_source(site, OWN.replace('cultures = { covered = "always" }', reason))
    _, unknown = replayed(capsys, tmp_path, "--measures-dir", site, "--processes", "1")

    assert status(missed, "blood_culture") == ("missed", None)
    assert status(unknown, "blood_culture") == ("cannot_assess", "not_carried")
    assert status(unknown, "antibiotics") == status(missed, "antibiotics")


def status(verdicts, element):
    (verdict,) = (each for each in verdicts if each["element"] == element)
    return verdict["status"], verdict["reason"]


def test_what_was_rejected_before_the_site_described_its_source_can_be_sent_again(site):
    received_at = datetime(2026, 3, 1, 18, 1, tzinfo=UTC)
    value = orjson.dumps(local_act())
    refused = rejection(
        Outgoing(Topic.RAW_ACT, b"F1|P1", value), translate("raw.act", value, received_at), received_at, 1 << 20
    )
    fates = []
    for profiles in (None, read_site(site).rules.profiles):
        redriver = Redriver(Choice(), set(), 1 << 20, profiles)
        redriver.take(refused)
        fates += [fate for fate in Fate if redriver.redrive.count(fate)]

    assert fates == [Fate.STILL_REJECTED, Fate.READY]


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "FEED", "--format", "events", "--measures", MEASURE, "--out", "OUT", "--measures-dir", "SITE"),
        ("explain", "K1", "--from", "FOLDER", "--measures-dir", "SITE"),
        ("score", "FEED", "--measure", MEASURE, "--out", "OUT", "--measures-dir", "SITE"),
        ("sources", "list", "--measures-dir", "SITE"),
        ("demo", "--measures-dir", "SITE"),
    ],
)
def test_a_broken_file_stops_every_command_that_reads_the_folder(arguments, broken, tmp_path, capsys):
    (tmp_path / "FEED").touch()
    places = {"FEED": tmp_path / "FEED", "FOLDER": tmp_path, "OUT": tmp_path / "OUT", "SITE": broken}
    said = say(capsys, *(places.get(each, each) for each in arguments))

    assert (said.code, said.out) == (2, "")
    assert said_of(broken) in said.err


@pytest.mark.parametrize("command", ["worker", "redrive"])
def test_a_broken_file_stops_who_takes_the_folder_from_the_settings(command, broken, tmp_path):
    setting = {"TIMEZERO_MEASURES_DIR": str(broken), "TIMEZERO_DATADIR": str(tmp_path / "data")}
    said = run(command, env=os.environ | setting)

    assert said.returncode == 2
    assert said_of(broken) in said.stderr.splitlines()
