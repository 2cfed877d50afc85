"""A replay by many processes, a share of the patients at a time: what it writes is what one process writes at once."""

import multiprocessing
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from real_parts.eventually import PATIENCE, eventually
from streams.replay import LostProcessError, ReplayRequest, replay
from streams.replay.output import FILES
from streams.simulator.department import Plan, simulate, write_simulation
from timezero.demo_stays import demo_tables

MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1")
SMALL_SHARES = 50_000


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    """A department in which numbers were merged, with what cannot be read among it."""
    folder = tmp_path_factory.mktemp("department")
    write_simulation(Plan(seed=1, children=12, adults=12), folder)
    lines = (folder / "feed.ndjson").read_bytes().splitlines()
    lines[10::200] = [b'{"no": "message"}'] * len(lines[10::200])
    (folder / "feed.ndjson").write_bytes(b"\n".join(lines))
    return folder / "feed.ndjson"


@pytest.fixture(scope="module")
def at_once(feed, tmp_path_factory):
    request = ReplayRequest([feed], "events", MEASURES, tmp_path_factory.mktemp("at-once"), processes=1)
    replay(request)
    return request


def written(out):
    return {name: (out / name).read_bytes() for name in FILES}


def test_many_processes_and_shares_leave_no_trace(feed, at_once, tmp_path):
    replay(replace(at_once, out=tmp_path, processes=2, share_bytes=SMALL_SHARES))

    assert feed.stat().st_size > 10 * SMALL_SHARES
    assert feed.read_text().count('"merge') > 0
    assert written(tmp_path) == written(at_once.out)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_nor_do_they_where_the_moment_is_given(at_once, tmp_path):
    moment = orjson.loads((at_once.out / "history.ndjson").read_bytes().splitlines()[300])["as_of"]
    early = replace(at_once, as_of=datetime.fromisoformat(moment))
    replay(replace(early, out=tmp_path / "one"))
    replay(replace(early, out=tmp_path / "shares", share_bytes=SMALL_SHARES))

    assert written(tmp_path / "shares") == written(tmp_path / "one")
    assert orjson.loads(written(tmp_path / "one")["summary.json"])["totals"]["later"] > 0


def under_three_numbers():
    """The stays of a department, each told under three numbers that are merged one after the other at its end."""
    for stay in simulate(Plan(seed=8, children=4, adults=4)):
        messages = [message.as_json() for message in stay.messages]
        person, last = messages[0]["value"]["patient_id"], messages[-1]
        numbers = [f"{person}-one", f"{person}-two", person]
        for place, message in enumerate(messages):
            message["value"]["patient_id"] = numbers[3 * place // len(messages)]
        for old, new in pairwise(numbers):
            merge = {"event": "merge", "message_id": f"{old}:merge", "patient_id": old, "into_patient_id": new}
            merge |= {"happened_at": last["received_at"], "recorded_at": last["received_at"], "schema": "raw.adt/1"}
            messages.append({**last, "topic": "raw.adt", "value": who_and_when(last["value"]) | merge})
        yield from messages


def who_and_when(value):
    return {name: value[name] for name in ("source", "facility_id", "received_at")}


def test_patients_merged_through_a_third_number_are_judged_together(tmp_path):
    lines = [orjson.dumps(message) for message in under_three_numbers()]
    (tmp_path / "feed.ndjson").write_bytes(b"\n".join(lines))
    request = ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path / "one", processes=1)
    result = replay(request)
    replay(replace(request, out=tmp_path / "shares", share_bytes=SMALL_SHARES))

    assert written(tmp_path / "shares") == written(tmp_path / "one")
    assert result.alerts > 0
    assert result.tally.rejected.total() == 0


def test_published_tables_are_cut_by_patient(tmp_path):
    """Only where the refused rows stand in their file depends on the cut."""
    request = ReplayRequest([demo_tables()], "mimic3", ["sep1-like/1"], tmp_path / "one", processes=1)
    replay(request)
    replay(replace(request, out=tmp_path / "shares", share_bytes=SMALL_SHARES))
    one, shares = written(tmp_path / "one"), written(tmp_path / "shares")
    rejected = [each.pop("rejected.ndjson").splitlines() for each in (one, shares)]

    assert shares == one
    assert sorted(rejected[0]) == sorted(rejected[1])


def test_a_process_that_is_killed_ends_the_replay_and_leaves_no_half_result(at_once, tmp_path):
    request = replace(at_once, out=tmp_path, processes=2, share_bytes=SMALL_SHARES)
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(replay, request)
        child = eventually(multiprocessing.active_children, what="a process of the replay")[0]
        child.kill()

        with pytest.raises(LostProcessError, match="ended from outside"):
            running.result(timeout=60)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_replay_put_aside_is_seen_by_nobody_and_cleared_by_the_next(feed, at_once, tmp_path):
    arguments = ["replay", str(feed), "--format", "events", "--measures", ",".join(MEASURES), "--out", str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-P", "-m", "timezero", *arguments, "--processes", "2"])
    aside = tmp_path / "replay.partial"
    eventually(lambda: aside.is_dir() and any(aside.iterdir()), what="facts put aside")
    children = children_of(process.pid)
    process.kill()
    process.wait(timeout=30 * PATIENCE)

    assert aside.stat().st_mode & 0o077 == 0
    assert children
    eventually(lambda: not any(Path(f"/proc/{child}").exists() for child in children), what="the end of every process")
    replay(replace(at_once, out=tmp_path))
    assert written(tmp_path) == written(at_once.out)
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
