"""The replay over simulated feeds, judged by the simulator's own truth."""

import csv
import json
import random
from datetime import datetime, timedelta

import orjson
import pytest

from command_line import say
from schemas.clinical import ClockTick
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.rules import load_rules
from scoring.step import step
from streams.replay import ReplayRequest, replay
from streams.simulator.department import Plan, simulate, write_simulation

MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1")
JUDGED = ("verdicts.ndjson", "cases.csv")
COLUMNS = (
    "facility_id,case_id,measure,time_zero,time_zero_rule,status,reason,element,element_status,due_at,done_at,"
    "minutes_from_time_zero"
)
VERDICT_FIELDS = (
    "facility_id case_id encounter_id measure element status reason time_zero time_zero_rule due_at closes_at "
    "settles_at done_at known_at evidence sentence"
)
SAID = ("alerts.ndjson", "history.ndjson")
ALERT_FIELDS = "alert_id thread_id kind reason measure element encounter_id case_id sent_at due_at supersedes sentence"


@pytest.fixture(scope="module")
def department(tmp_path_factory):
    folder = tmp_path_factory.mktemp("department")
    write_simulation(Plan(seed=42, children=10, adults=10), folder)
    return folder


@pytest.fixture(scope="module")
def replayed(department, tmp_path_factory):
    out = tmp_path_factory.mktemp("replayed")
    replay(ReplayRequest([department / "feed.ndjson"], "events", MEASURES, out))
    return out


def read_lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def read_cases(out):
    with (out / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_verdict_is_the_truth(department, replayed):
    """The simulator knows what it did; nothing of the engine is used to say so. Times are cut to the minute."""
    said = {
        (row["case_id"], row["measure"], row["element"]): (row["status"], row["element_status"], row["time_zero"][:16])
        for row in read_cases(replayed)
    }
    truths = {
        (truth["case_id"], truth["measure"], truth["element"]): (
            truth["status"],
            truth["outcome"],
            truth["time_zero"][:16],
        )
        for truth in read_lines(department / "truth.ndjson")
        if truth["measure"] in MEASURES and truth["element"] != "broad_spectrum"
    }
    wrong = {key: (truth, said.get(key)) for key, truth in truths.items() if said.get(key) != truth}

    assert len(truths) > 20 * 10
    assert wrong == {}


def test_what_is_charted_late_is_announced_and_taken_back(department, replayed):
    """In time, but known only after the window: a missed alert goes out, then it is withdrawn.

    Nothing goes out where the window had closed before the case was known; a second dose may be known before the first.
    """
    kinds = {}
    for alert in read_lines(replayed / "alerts.ndjson"):
        kinds.setdefault((alert["case_id"], alert["measure"], alert["element"]), []).append(alert["kind"])
    late = [
        truth
        for truth in read_lines(department / "truth.ndjson")
        if truth["charted_late"] == "true" and truth["element"] == "antibiotics" and truth["measure"] in MEASURES
    ]

    assert late
    told = [kinds.get((each["case_id"], each["measure"], each["element"]), []) for each in late]
    assert {said[-1] for said in told if said} == {"withdrawn"}
    assert [said[-2:] for said in told].count(["missed", "withdrawn"]) > len(late) * 0.5


def test_order_and_repeats_leave_no_trace(department, replayed, tmp_path):
    lines = (department / "feed.ndjson").read_text().splitlines()
    shuffled = lines + lines[::10]
    random.Random(1).shuffle(shuffled)
    (tmp_path / "feed.ndjson").write_text("\n".join(shuffled))
    replay(ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path / "out"))

    for name in JUDGED:
        assert (tmp_path / "out" / name).read_bytes() == (replayed / name).read_bytes()
    rates = [json.loads((out / "summary.json").read_text())["rates"] for out in (tmp_path / "out", replayed)]
    assert rates[0] == rates[1]


def test_two_files_are_one_feed(department, replayed, tmp_path):
    lines = (department / "feed.ndjson").read_text().splitlines()
    (tmp_path / "evens.ndjson").write_text("\n".join(lines[::2]))
    (tmp_path / "odds.ndjson").write_text("\n".join(lines[1::2]))
    inputs = [tmp_path / "odds.ndjson", tmp_path / "evens.ndjson"]
    replay(ReplayRequest(inputs, "events", MEASURES, tmp_path / "out"))

    for name in (*JUDGED, *SAID):
        assert (tmp_path / "out" / name).read_bytes() == (replayed / name).read_bytes()


def live_log(stays):
    """The log of a live run: every fact as it is received, and a tick whenever a clock is due."""
    rules = load_rules(MEASURES)
    facts = sorted(
        (
            fact
            for stay in stays
            for message in stay.messages
            if isinstance(read := translate(message.topic, message.value, message.received_at), Accepted)
            for fact in read.facts
        ),
        key=lambda fact: fact.received_at,
    )
    log, said, states, due = [], [], {}, {}

    def take(event):
        stepped = step(states.get(event.key), event, rules)
        states[event.key], due[event.key] = stepped.state, (stepped.wake_at, event)
        log.append(event)
        said.extend(stepped.alerts)
        for forwarded in stepped.forward:
            take(forwarded)

    def tick_until(moment):
        while waiting := [
            (at, key) for key, (at, _) in due.items() if at is not None and (moment is None or at <= moment)
        ]:
            at, key = min(waiting)
            event = due[key][1]
            take(ClockTick(facility_id=event.facility_id, patient_id=event.patient_id, at=at + timedelta(seconds=3)))

    for fact in facts:
        tick_until(fact.received_at)
        take(fact)
    tick_until(None)
    return log, said


def test_the_log_of_a_live_run_gives_its_alerts_and_verdicts(tmp_path):
    stays = list(simulate(Plan(seed=9, children=8, adults=8)))
    log, said = live_log(stays)
    lines = [orjson.dumps({"topic": "encounter.events", "key": e.key, "value": e.model_dump(mode="json")}) for e in log]
    (tmp_path / "log.ndjson").write_bytes(b"\n".join(lines))
    feed = [orjson.dumps(message.as_json()) for stay in stays for message in stay.messages]
    (tmp_path / "feed.ndjson").write_bytes(b"\n".join(feed))
    replay(ReplayRequest([tmp_path / "log.ndjson"], "log", MEASURES, tmp_path / "from-log"))
    replay(ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path / "from-feed"))

    from_log = read_lines(tmp_path / "from-log" / "alerts.ndjson")
    assert {each["alert_id"] for each in from_log} == {alert.alert_id for alert in said}
    assert len(from_log) == len(said)
    for name in (*JUDGED, *SAID):
        assert (tmp_path / "from-log" / name).read_bytes() == (tmp_path / "from-feed" / name).read_bytes()


def is_of_use(message):
    """Whether a line of a feed tells facts; an order alone tells none, whenever it was received."""
    return isinstance(translate(message["topic"], message["value"], None), Accepted)


def test_with_as_of_what_was_received_later_is_left_out(department, tmp_path):
    feed = read_lines(department / "feed.ndjson")
    as_of = feed[len(feed) // 2]["received_at"]
    later = sum(message["received_at"] > as_of and is_of_use(message) for message in feed)
    replay(ReplayRequest([department / "feed.ndjson"], "events", MEASURES, tmp_path, datetime.fromisoformat(as_of)))
    summary = json.loads((tmp_path / "summary.json").read_text())

    assert summary["totals"]["later"] == later
    assert summary["totals"]["read"] == len(feed)
    assert all(alert["sent_at"] <= as_of for alert in read_lines(tmp_path / "alerts.ndjson"))
    assert any(row["element_status"] in {"open", "due_soon", "overdue", "not_open"} for row in read_cases(tmp_path))


def test_bad_messages_are_kept_with_their_reason_and_the_rest_is_judged(department, replayed, tmp_path):
    feed = (department / "feed.ndjson").read_text()
    bad = [
        '{"topic": "raw.lab", "value": {"schema": "raw.lab/1"',
        "[]",
        '{"topic": "raw.lab", "value": {"schema": "x"}}',
    ]
    (tmp_path / "feed.ndjson").write_text("\n".join([bad[0], feed, *bad[1:]]))
    replay(ReplayRequest([tmp_path / "feed.ndjson"], "events", MEASURES, tmp_path / "out"))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())

    rejected = read_lines(tmp_path / "out" / "rejected.ndjson")
    assert rejected[0]["value"] == bad[0]
    assert len(rejected) == summary["totals"]["rejected"] == 3
    assert all(each["reason"] for each in rejected)
    assert (tmp_path / "out" / "cases.csv").read_bytes() == (replayed / "cases.csv").read_bytes()


def rejected_alone(line, folder):
    """What is kept of a feed that is one bad line."""
    (folder / "feed.ndjson").write_text(line)
    replay(ReplayRequest([folder / "feed.ndjson"], "events", MEASURES, folder))
    (kept,) = read_lines(folder / "rejected.ndjson")
    return kept


def test_a_number_of_many_digits_is_rejected_and_kept(tmp_path):
    kept = rejected_alone('{"topic": "raw.lab", "value": {"schema": "x", "a": 99999999999999999999}}', tmp_path)

    assert (kept["topic"], kept["reason"]) == ("raw.lab", "unknown_schema")
    assert json.loads(kept["value"])["a"] == 99999999999999999999


@pytest.mark.parametrize(
    "strange", ['"\\ud800"', '{"a": ' * 300 + "1" + "}" * 300, "[" * 960 + "]" * 960], ids=["half", "deep", "deeper"]
)
def test_a_line_that_could_not_be_written_again_is_rejected_and_kept_as_it_stands(tmp_path, strange):
    """Half a character, or a depth at which one reader goes on and the next ends."""
    line = f'{{"topic": "raw.lab", "value": {{"schema": "raw.lab/1", "value": {strange}}}}}'

    kept = rejected_alone(line, tmp_path)

    assert (kept["reason"], kept["value"]) == ("bad_json", line)


def test_counts_add_up_for_every_type(replayed):
    summary = json.loads((replayed / "summary.json").read_text())

    assert set(summary["read"]) == {"raw.adt", "raw.vitals", "raw.lab", "raw.medication", "raw.act"}
    for name, read in summary["read"].items():
        assert read == summary["accepted"][name] + summary["ignored"][name] + summary["rejected"][name]


def test_an_empty_feed_gives_empty_results(tmp_path, capsys):
    (tmp_path / "feed.ndjson").touch()
    arguments = ("--format", "events", "--measures", "sep1-like/1", "--out", tmp_path / "out")
    said = say(capsys, "replay", tmp_path / "feed.ndjson", *arguments)

    assert said.code == 0
    assert (tmp_path / "out" / "cases.csv").read_text() == COLUMNS + "\n"
    assert (tmp_path / "out" / "verdicts.ndjson").read_bytes() == b""


def test_cases_have_their_columns_and_are_sorted(replayed):
    lines = (replayed / "cases.csv").read_text().splitlines()
    rows = [tuple(row.values()) for row in read_cases(replayed)]

    assert lines[0] == COLUMNS
    assert rows == sorted(rows)
    assert {row["element"] for row in read_cases(replayed)} >= {"bundle", "antibiotics", "lactate", "fluids"}


def test_times_are_to_the_second_and_have_an_offset(replayed):
    for verdict in read_lines(replayed / "verdicts.ndjson"):
        for name in ("time_zero", "due_at", "closes_at", "settles_at", "done_at", "known_at"):
            if verdict[name]:
                assert datetime.fromisoformat(verdict[name]).tzinfo
                assert "." not in verdict[name]


def test_verdicts_and_alerts_have_the_fields_that_others_read(replayed):
    verdict = read_lines(replayed / "verdicts.ndjson")[0]
    alert = read_lines(replayed / "alerts.ndjson")[0]

    assert list(verdict) == VERDICT_FIELDS.split()
    assert list(alert) == ALERT_FIELDS.split()


def test_alerts_stand_in_the_order_in_which_they_were_sent(replayed):
    sent = [datetime.fromisoformat(alert["sent_at"]) for alert in read_lines(replayed / "alerts.ndjson")]

    assert sent
    assert sent == sorted(sent)


def test_a_second_replay_replaces_its_own_files_and_leaves_others(department, replayed, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "cases.csv").write_text("of an earlier replay")
    replay(ReplayRequest([department / "feed.ndjson"], "events", MEASURES, tmp_path))

    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "cases.csv").read_bytes() == (replayed / "cases.csv").read_bytes()
    assert not list(tmp_path.glob("*.partial"))


def test_a_replay_that_fails_leaves_no_half_result(tmp_path, capsys):
    (tmp_path / "feed.ndjson.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab")
    arguments = ("--format", "events", "--measures", "sep1-like/1", "--out", tmp_path / "out")
    said = say(capsys, "replay", tmp_path / "feed.ndjson.gz", *arguments)

    assert said.code == 2
    assert list((tmp_path / "out").iterdir()) == []


def test_the_rates_are_printed_as_a_table_or_as_json(department, tmp_path, capsys):
    arguments = ("--format", "events", "--measures", ",".join(MEASURES), "--out", tmp_path)
    printed = say(capsys, "replay", department / "feed.ndjson", *arguments)
    as_json = say(capsys, "replay", department / "feed.ndjson", *arguments, "--json")
    summary = json.loads(as_json.out)

    assert printed.err == as_json.err == ""
    for rate in summary["rates"]:
        words = [rate["measure"], rate["element"], str(rate["numerator"]), str(rate["denominator"])]
        assert any(line.split()[:4] == words for line in printed.out.splitlines())
    assert summary == json.loads((tmp_path / "summary.json").read_text())


def test_a_rate_is_the_count_of_the_cases(replayed):
    rows = read_cases(replayed)
    for rate in json.loads((replayed / "summary.json").read_text())["rates"]:
        of = [
            row["element_status"]
            for row in rows
            if (row["measure"], row["element"], row["status"]) == (rate["measure"], rate["element"], "denominator")
        ]
        assert rate["numerator"] == of.count("met")
        assert rate["denominator"] == sum(of.count(each) for each in ("met", "met_late", "missed", "cannot_assess"))


def test_the_history_ends_with_what_the_verdicts_say(replayed):
    """Read from its first line on, whatever each element was believed to be last is its verdict."""
    believed = {}
    for belief in read_lines(replayed / "history.ndjson"):
        for each in belief["elements"]:
            believed[belief["case_id"], belief["measure"], each["element"]] = (each["status"], each["sentence"])
    verdicts = read_lines(replayed / "verdicts.ndjson")

    assert believed == {(v["case_id"], v["measure"], v["element"]): (v["status"], v["sentence"]) for v in verdicts}


def test_evidence_has_every_time_that_its_fact_has(replayed):
    evidence = {
        name: fact for line in read_lines(replayed / "verdicts.ndjson") for fact in line["evidence"] for name in fact
    }

    assert {"collected_at", "started_at", "completed_at", "resulted_at", "received_at"} <= evidence.keys()
    assert all(fact[name] for name, fact in evidence.items() if name not in {"recorded_at", "value", "unit"})
