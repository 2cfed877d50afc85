"""`timezero explain`: the rule, the sentence, the deciding events and the history, live and of a replay."""

import json

import pytest
from redis import Redis

from command_line import say
from schemas.read_model import BELIEFS_OF_CASE, CASES_HASH, MEASURES_HASH
from scoring.measure_words import measure_words
from scoring.rules import measure
from storyteller import play
from streams.replay import ReplayRequest, replay
from streams.simulator.department import Plan, write_simulation
from timezero.server_process import free_port

MEASURE = "nys-ped-1h/spec-2015"
DATABASE = 9
STORY = """
    10:00  protocol
    10:20  blood culture drawn 10:15
    10:30  weight 20 kg
    11:10  ceftriaxone iv ordered 10:05 started 10:35
    11:20  correct ceftriaxone started 11:05
    11:50  ringer 400 mL started 10:10 completed 10:44
    13:00  quiet
"""


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """The folder of a replay."""
    folder = tmp_path_factory.mktemp("explained")
    write_simulation(Plan(seed=7, children=6, adults=6), folder)
    replay(ReplayRequest([folder / "feed.ndjson"], "events", [MEASURE, "nys-mortality-ped/2015"], folder / "out"))
    return folder / "out"


def lines_of(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


class ReadModel:
    """What the board has, written as the projection does."""

    def __init__(self, redis):
        self.redis = redis

    def tell(self, told, *, facility="F1", name=MEASURE):
        """Everything that a story led to."""
        for step in told.steps:
            for record in step.cases:
                kept = record.model_copy(update={"facility_id": facility})
                self.redis.hset(CASES_HASH, kept.key, kept.model_dump_json())
            for belief in step.beliefs:
                kept = belief.model_copy(update={"facility_id": facility})
                self.redis.zadd(BELIEFS_OF_CASE + kept.case_key, {kept.model_dump_json(): kept.as_of.timestamp()})
            self.redis.hdel(CASES_HASH, *step.removed_cases or ("none",))
        self.redis.hset(MEASURES_HASH, name, measure_words(measure(name)).model_dump_json())


@pytest.fixture
def live(valkey_url, monkeypatch):
    url = valkey_url.removesuffix("/0") + f"/{DATABASE}"
    monkeypatch.setenv("TIMEZERO_REDIS_URL", url)
    with Redis.from_url(url) as redis:
        redis.flushdb()
        yield ReadModel(redis)


def section(out, title):
    """The lines below a heading, up to the next blank one, each without its indent."""
    after = out.split(f"\n{title}", 1)[1].split("\n\n", 1)[0]
    return [line.strip() for line in after.splitlines()]


def test_an_element_is_told_with_its_rule_and_every_time_of_what_decided_it(live, capsys):
    live.tell(play(MEASURE, STORY))
    said = say(capsys, "explain", "E1")

    assert said.code == 0
    assert section(said.out, "Antibiotics  ") == [
        "met late",
        "Antibiotics 11:05, 65 min after time zero 10:00: too late.",
        "due 11:00 · closes 11:01 · settles 12:01 · done 11:05 · known 11:20",
        "rule        A systemic antibacterial starts at most 60 min after time zero, or up to 24 h before it.",
        "source      specification: null < Antibiotics Start Time - time zero <= 1 hr; project definition for",
        "streams: first antibiotic from 24 h before time zero",
        "decided by  ceftriaxone: started 11:05 · received 11:20",
    ]
    assert section(said.out, "Fluids  ")[-2:] == [
        "decided by  ringer 400 mL: started 10:10 · completed 10:44 · received 11:50",
        "weight 20 kg: collected 10:30 · received 10:30",
    ]
    assert section(said.out, "Time zero  ")[:2] == [
        "2026-03-02 10:00 by protocol started",
        "Time zero 2026-03-02 10:00: protocol started 10:00.",
    ]


def test_the_history_says_what_was_believed_when_and_what_led_to_it(live, capsys):
    live.tell(play(MEASURE, STORY))
    told = section(say(capsys, "explain", "E1").out, "What was believed when")

    assert "10:40  The clock" in told
    place = told.index("11:01  The clock")
    assert told[place + 1] == (
        "overdue        Antibiotics overdue, possibly uncharted: window closed 11:01, nothing in time charted."
    )
    place = told.index("11:10  ceftriaxone: ordered 10:05 · started 10:35 · received 11:10")
    assert told[place + 1] == "met            Antibiotics 10:35, 35 min after time zero 10:00: in time."
    place = told.index("11:20  ceftriaxone: started 11:05 · received 11:20")
    assert told[place + 1] == "met late       Antibiotics 11:05, 65 min after time zero 10:00: too late."


def test_a_page_fits_its_width_and_ends_no_line_with_blanks(live, capsys):
    live.tell(play(MEASURE, STORY))
    lines = say(capsys, "explain", "E1").out.splitlines()

    assert max(map(len, lines)) <= 110
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_case_that_is_no_more_has_its_history_still(live, capsys):
    live.tell(play(MEASURE, "10:00  protocol\n10:10  retract protocol"))
    said = say(capsys, "explain", "E1")

    assert "Case E1 at F1: is no more (corrected)" in said.out
    assert section(said.out, "What was believed when")[-2:] == [
        "10:10  Taken back: protocol started: happened 10:00 · received 10:10",
        "The case is no more: corrected.",
    ]


def test_a_later_case_of_the_stay_has_a_name_of_its_own(live, capsys):
    live.tell(play(MEASURE, "10:00  protocol\n10:10  ruled out\n10:20  protocol"))

    assert "Case E1#2 at F1: denominator" in say(capsys, "explain", "E1#2").out
    assert "E1#2" not in say(capsys, "explain", "E1").out


def test_a_name_that_several_facilities_have_asks_for_one(live, capsys):
    live.tell(play(MEASURE, STORY))
    live.tell(play(MEASURE, STORY), facility="F2")

    assert say(capsys, "explain", "E1").err == (
        "timezero: several facilities have a case of that name: choose one by --facility: F1, F2.\n"
    )
    assert "Case E1 at F2" in say(capsys, "explain", "E1", "--facility", "F2").out
    assert say(capsys, "explain", "E1", "--facility", "F3").err.endswith("it is one of: F1, F2.\n")


def test_a_measure_of_no_file_is_told_without_its_rules(live, capsys):
    told = play(MEASURE, "10:00  protocol")
    live.tell(told)
    record = told.case().model_copy(update={"measure": "ours/1"})
    live.redis.hset(CASES_HASH, record.key, record.model_dump_json())
    said = say(capsys, "explain", "E1", "--measure", "ours/1")

    assert "ours/1  no worker, no shipped file and none of the site's has this measure" in said.out
    assert "--measures-dir" in said.out
    assert "Nothing is on record." in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "there is no case of that name"),
        (("E1", "--measure", "sep1-like/1"), f"that case was not judged by that measure; it was by: {MEASURE}."),
    ],
)
def test_what_is_not_there_is_one_sentence_that_names_nobody(live, capsys, arguments, words):
    live.tell(play(MEASURE, "10:00  protocol"))
    said = say(capsys, "explain", *arguments)

    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "nobody" not in said.err


def test_a_record_of_another_version_is_one_sentence(live, capsys):
    live.tell(play(MEASURE, "10:00  protocol"))
    live.redis.hset(CASES_HASH, f"F1|E1|{MEASURE}", "{}")
    said = say(capsys, "explain", "E1")

    assert (said.code, said.out) == (2, "")
    assert said.err == "timezero: a CaseRecord of this case was written by another version; replay or rebuild it.\n"


def test_without_redis_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("TIMEZERO_REDIS_URL", f"redis://:secret@127.0.0.1:{free_port()}/0")
    said = say(capsys, "explain", "E1")

    assert (said.code, said.out) == (2, "")
    assert "start Redis, or name a folder by --from" in said.err
    assert "secret" not in said.err


def test_every_case_of_a_replay_is_explained_from_its_folder(replayed, capsys):
    for case_id in sorted({each["case_id"] for each in lines_of(replayed / "verdicts.ndjson")}):
        said = say(capsys, "explain", case_id, "--from", replayed, "--json")
        explained = json.loads(said.out)
        verdicts = {each["sentence"] for each in lines_of(replayed / "verdicts.ndjson") if each["case_id"] == case_id}

        assert {verdict["sentence"] for each in explained for verdict in each["elements"]} == verdicts
        for each in explained:
            assert each["history"][-1]["status"] == each["status"] == "denominator" or each["reason"]
            assert each["rules"]["measure"] == each["measure"]
            assert each["time_zero_sentence"].startswith("Time zero 2026-")


def test_an_outcome_has_no_bundle_on_its_page(replayed, capsys):
    case_id = next(
        each["case_id"]
        for each in lines_of(replayed / "verdicts.ndjson")
        if "mortality" in each["measure"] and each["status"] in {"met", "missed"}
    )
    out = say(capsys, "explain", case_id, "--from", replayed, "--measure", "nys-mortality-ped/2015").out

    assert "Died in hospital  " in out
    assert "Bundle" not in out


@pytest.mark.parametrize("missing", ["verdicts.ndjson", "history.ndjson", "cases.csv"])
def test_a_folder_without_a_replay_is_one_sentence(replayed, tmp_path, capsys, missing):
    for file in replayed.iterdir():
        if file.name != missing:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    said = say(capsys, "explain", "E1", "--from", tmp_path)

    assert (said.code, said.out) == (2, "")
    assert f"holds no replay: {missing} is missing" in said.err


@pytest.mark.parametrize("damaged", ["verdicts.ndjson", "history.ndjson", "cases.csv"])
def test_a_file_that_lost_its_lines_makes_no_case_a_removed_one(replayed, tmp_path, capsys, damaged):
    case_id = lines_of(replayed / "verdicts.ndjson")[0]["case_id"]
    for file in replayed.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    first = (replayed / damaged).read_bytes().splitlines(keepends=True)[0]
    (tmp_path / damaged).write_bytes(first if damaged == "cases.csv" else b"")
    said = say(capsys, "explain", case_id, "--from", tmp_path)

    assert (said.code, said.out) == (2, "")
    assert "do not tell of the same cases; replay the feed anew" in said.err


@pytest.mark.parametrize(
    ("name", "text"), [("verdicts.ndjson", '{"case_id":"E1"}'), ("cases.csv", "case_id,x\nE1,2\n")]
)
def test_a_file_that_no_replay_wrote_is_one_sentence(tmp_path, capsys, name, text):
    for empty in ("verdicts.ndjson", "history.ndjson", "cases.csv"):
        (tmp_path / empty).write_text("")
    (tmp_path / name).write_text(text)
    said = say(capsys, "explain", "E1", "--from", tmp_path)

    assert (said.code, said.out) == (2, "")
    assert "replay" in said.err


def test_an_exclusion_by_age_is_told_by_birth_and_admission(live, capsys):
    live.tell(play(MEASURE, "09:00  born 2001-05-06\n09:30  admitted\n10:00  protocol"))
    said = say(capsys, "explain", "E1")

    assert "Case E1 at F1: excluded, age" in said.out
    assert section(said.out, "Fluids  ")[-2:] == [
        "decided by  admitted: happened 09:30 · received 09:30",
        "born 2001-05-06: received 09:00",
    ]
