"""Three sources through Apache Kafka, Faust and Redis: whatever happens on the way, the replay's records and alerts."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from redis import Redis

from chaos.final_state import contents, latest, read_as_told
from mixed_feed import judged_alone, write_feed
from one_timeline import STARTS_AT, one_timeline
from real_parts.eventually import eventually
from running_worker import READ_BY_STAGES, cases_in, committed, fresh, records_of, running_worker
from schemas.alert import Alert, AlertKind
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.read_model import ALERTS_HASH, CASES_HASH, EngineClock
from schemas.topics import Topic
from schemas.verdict import SETTLED
from sepsis_feed import one_in_ten_twice, shuffled_within_an_hour
from streams.clock import Clock, wall_clock
from streams.log_export import export
from streams.replay import ReplayRequest, replay
from streams.replay.output import alert_line, belief_line, cases_csv, verdict_line
from streams.replay_player import play_feed
from streams.worker_settings import MEBIBYTE

pytestmark = pytest.mark.chaos
MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1", "ed-sepsis-triage/mannhardt", "cha/2012", "ssc-hour1/2018")
"""Each rule of time zero and every kind of clock; that all measures come through alike, the whole way's test shows."""
KILLS = 3
MOST_VERDICTS_BETWEEN_KILLS = 150
SPEED = 20_000
"""The days of the feed in half a minute: deadlines pass while messages come, and while workers die."""
TURNS = {"done_late", "late_charting", "met_in_time", "time_zero_moved", "ruled_out", "corrected", "cannot_assess"}
"""Why alerts of the feed were changed or taken back."""


@dataclass(frozen=True)
class Expected:
    """A feed, and what the replay makes of it."""

    feed: list
    records: dict
    """Final case records by key, as JSON, without revision and hour."""
    folder: Path
    """Where `timezero replay` wrote its files."""


@pytest.fixture(scope="module")
def expected(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed")
    feed = one_timeline(shared_data / "sepsis_cases_event_log.xes.gz")
    write_feed(feed, folder / "feed.ndjson")
    replay(ReplayRequest([folder / "feed.ndjson"], "events", MEASURES, folder))
    alone = judged_alone(feed, MEASURES)
    return Expected(feed, {key: as_text(case) for key, case in alone.items()}, folder)


def as_text(case):
    return case.model_dump_json(exclude={"revision", "as_of"})


def telling(bootstrap, redis_url, folder):
    """Settings for a worker whose clock starts with the feed and outruns it."""
    clock = EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=SPEED)
    return fresh(bootstrap, redis_url, folder, clock=clock, measures=MEASURES, batch_records=100, commit_interval=0.2)


def play(settings, messages, clock=None):
    """Send messages, each when the clock reaches it; without one all at once."""
    asyncio.run(play_feed(messages, settings.bootstrap, clock=clock, limit_bytes=MEBIBYTE))


def verdicts(settings):
    """How many verdicts were written so far, repeats among them."""
    return committed(settings, Topic.ENCOUNTER_VERDICTS)[1]


def ends_as_replayed(settings, expected, worker):
    """Wait until nothing is left to do, and compare everything that was written with what the replay writes."""
    plain = {key: orjson.loads(text) for key, text in expected.records.items()}
    eventually(lambda: cases_in(settings.redis_url) == plain, within=120, what="the case records of the replay")
    eventually(lambda: len(set(committed(settings, *READ_BY_STAGES))) == 1, within=60, what="everything finished")
    assert worker.stop() == 0
    assert_records_are_the_replays(settings, expected)
    folder = expected.folder.parent / settings.app_id
    assert_alerts_are_the_logs(settings, folder)
    assert_history_is_the_logs(settings, folder / "history.ndjson")


def assert_records_are_the_replays(settings, expected):
    with Redis.from_url(settings.redis_url) as redis:
        shown = {key.decode(): value for key, value in redis.hgetall(CASES_HASH).items()}
    cases = [CaseRecord.model_validate_json(value) for value in shown.values()]
    cases.sort(key=lambda case: (case.facility_id, case.case_id, case.measure))
    verdicts = {verdict.key: verdict.model_dump_json().encode() for case in cases for verdict in case.elements}
    lines = [orjson.dumps(verdict_line(verdict)) for case in cases for verdict in case.elements]

    assert {case.key: as_text(case) for case in cases} == expected.records
    told = records_of(settings.bootstrap, Topic.CASES)
    assert read_as_told(told) == shown
    assert contents(latest(told)) == contents(shown)
    assert latest(records_of(settings.bootstrap, Topic.ENCOUNTER_VERDICTS)) == verdicts
    assert cases_csv(cases) == (expected.folder / "cases.csv").read_text(encoding="utf-8")
    assert lines == (expected.folder / "verdicts.ndjson").read_bytes().splitlines()


def assert_alerts_are_the_logs(settings, folder):
    """The exported log replays to the alerts that went out: for each patient the same, in the same order."""
    folder.mkdir()
    asyncio.run(export(settings.bootstrap, folder / "log.ndjson"))
    replay(ReplayRequest([folder / "log.ndjson"], "log", MEASURES, folder))
    sent = {}
    for record in records_of(settings.bootstrap, Topic.ENCOUNTER_ALERTS):
        said = sent.setdefault(record.key.decode(), {})
        assert said.setdefault(Alert.model_validate_json(record.value).alert_id, record.value) == record.value
    with Redis.from_url(settings.redis_url) as redis:
        shown = {key.decode(): value for key, value in redis.hgetall(ALERTS_HASH).items()}

    assert shown == {alert_id: value for said in sent.values() for alert_id, value in said.items()}
    assert replayed_alerts(folder / "alerts.ndjson", sent) == {key: as_lines(said) for key, said in sent.items()}


def assert_history_is_the_logs(settings, path):
    """What was believed when, live, kills among it, is what the log replays to; a repeat says the same."""
    told = {}
    for record in records_of(settings.bootstrap, Topic.ENCOUNTER_BELIEFS):
        belief = Belief.model_validate_json(record.value)
        assert told.setdefault((belief.as_of, belief.key, belief.revision, belief.case_key), belief) == belief

    assert [belief_line(told[place]) for place in sorted(told)] == path.read_bytes().splitlines(keepends=True)


def as_lines(said):
    return [orjson.dumps(alert_line(Alert.model_validate_json(value))) for value in said.values()]


def replayed_alerts(path, sent):
    """Lines of a replay's alerts by the patient to whom the alert was sent; None: to nobody."""
    patients = {alert_id: key for key, said in sent.items() for alert_id in said}
    lines = {}
    for line in path.read_bytes().splitlines():
        lines.setdefault(patients.get(orjson.loads(line)["alert_id"]), []).append(line)
    return lines


def test_the_feed_knows_every_kind_of_end_and_of_alert(expected):
    """Whoever makes the feed smaller: these must stay in it."""
    told = [orjson.loads(text)["elements"] for text in expected.records.values()]
    lines = (expected.folder / "alerts.ndjson").read_bytes().splitlines()
    alerts = [orjson.loads(line) for line in lines]

    assert {verdict["status"] for elements in told for verdict in elements} == SETTLED
    assert {alert["kind"] for alert in alerts} == set(AlertKind)
    assert {alert["reason"] for alert in alerts} >= TURNS


def test_in_order_and_on_time(expected, kafka, redis_url, tmp_path):
    settings = telling(kafka, redis_url, tmp_path)

    with running_worker(settings, "real") as worker:
        play(settings, expected.feed, Clock(settings.clock))
        ends_as_replayed(settings, expected, worker)


def test_shuffled_within_an_hour_and_one_in_ten_sent_twice(expected, kafka, redis_url, tmp_path):
    settings = telling(kafka, redis_url, tmp_path)

    with running_worker(settings, "real") as worker:
        play(settings, one_in_ten_twice(shuffled_within_an_hour(expected.feed)))
        ends_as_replayed(settings, expected, worker)


def test_three_kills_at_random_moments_of_a_shuffled_feed_with_repeats(expected, kafka, redis_url, tmp_path):
    rng = random.Random(31)
    settings = telling(kafka, redis_url, tmp_path)
    messages = one_in_ten_twice(shuffled_within_an_hour(expected.feed))
    part = len(messages) // (KILLS + 1)
    written = [0]

    with running_worker(settings, "real") as worker:
        for number in range(KILLS):
            play(settings, messages[number * part : (number + 1) * part])
            enough = written[-1] + rng.randint(1, MOST_VERDICTS_BETWEEN_KILLS)
            eventually(lambda enough=enough: verdicts(settings) >= enough, within=60, what="some verdicts")
            worker.kill()
            written.append(verdicts(settings))
            worker.start()
        play(settings, messages[KILLS * part :])
        ends_as_replayed(settings, expected, worker)

        assert verdicts(settings) > written[-1]
