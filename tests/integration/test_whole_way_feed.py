"""One feed of every format through Kafka, Faust and Redis: the replay's records, every message accounted for."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from redis import Redis

from mixed_feed import BAD, judged_alone, mixed_feed, outcomes, write_feed
from real_parts.eventually import eventually
from running_worker import cases_in, final, histories_in, records_of
from schemas.alert import Alert, AlertKind
from schemas.belief import Belief, in_order
from schemas.case_record import CaseRecord, CaseStatus
from schemas.read_model import CASES_HASH, FEEDS_HASH, EngineClock, FeedStatus
from schemas.topics import RAW_TOPICS, Topic
from schemas.verdict import SETTLED
from scoring.rules import shipped_measures
from streams.clock import wall_clock
from streams.log_export import export
from streams.replay import ReplayRequest, replay
from streams.replay.output import FILES, alert_line, belief_line, cases_csv, verdict_line
from streams.sources import NamedTopic
from whole_way import installation

TWO_MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1")
TURNS = {
    "done_late",
    "late_charting",
    "met_in_time",
    "time_zero_moved",
    "corrected",
    "died",
    "not_confirmed",
    "excluded",
}
"""Why alerts of the feed were changed or taken back."""
PARTS = 10
"""Of the feed, each finished before the next is sent."""
AFTER_EVERYTHING = datetime(2201, 1, 1, tzinfo=UTC)
"""The shifted dates of MIMIC-III's stays in the sample end in 2200."""


@dataclass(frozen=True)
class Passed:
    """What a feed left behind when all of it had been finished."""

    feed: list
    sent: int
    alone: dict
    """Case records of the engine alone by key, without what depends on when we knew."""
    cases: dict
    """Records in Redis by key, as written."""
    feeds: list
    topics: dict = field(repr=False)
    """Every record of every topic."""
    log: Path
    bootstrap: str
    histories: dict = field(repr=False)
    """Beliefs in Redis by the key of their case, as written."""


@pytest.fixture(scope="module")
def passed(kafka, redis_url, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    feed = mixed_feed(shared_data / "sepsis_cases_event_log.xes.gz")
    alone = {key: plain(case) for key, case in judged_alone(feed, shipped_measures()).items()}
    clock = EngineClock(started_at=AFTER_EVERYTHING, wall_started_at=wall_clock(), speed=1)
    with installation(kafka, redis_url, folder, clock) as running:
        sent = sum(played_and_finished(running, part) for part in in_parts(feed))
        eventually(lambda: cases_in(redis_url).keys() == alone.keys(), within=120, what="every case")
        eventually(lambda: counted(redis_url) == len(feed), what="the count of the feeds")
    asyncio.run(export(kafka, folder / "log.ndjson"))
    with Redis.from_url(redis_url) as redis:
        cases = {key.decode(): value for key, value in redis.hgetall(CASES_HASH).items()}
        feeds = [FeedStatus.model_validate_json(value) for value in redis.hvals(FEEDS_HASH)]
    topics = {topic: records_of(kafka, topic) for topic in Topic}
    return Passed(feed, sent, alone, cases, feeds, topics, folder / "log.ndjson", kafka, histories_in(redis_url))


@pytest.fixture(scope="module")
def replayed(passed, tmp_path_factory):
    """The folder of `timezero replay` over the same feed."""
    folder = tmp_path_factory.mktemp("replayed")
    write_feed(passed.feed, folder / "feed.ndjson")
    replay(ReplayRequest([folder / "feed.ndjson"], "events", shipped_measures(), folder))
    return folder


@pytest.fixture(scope="module")
def from_log(passed, tmp_path_factory):
    """The folder of `timezero replay` over the exported log."""
    folder = tmp_path_factory.mktemp("from-log")
    replay(ReplayRequest([passed.log], "log", shipped_measures(), folder))
    return folder


def in_parts(feed):
    """The feed in its order: what comes hours later is not read before, on however slow a machine."""
    step = len(feed) // PARTS + 1
    return [feed[start : start + step] for start in range(0, len(feed), step)]


def played_and_finished(running, part):
    sent = running.play(part)
    eventually(running.has_finished, within=120, what="a part finished")
    return sent


def plain(case):
    return final(orjson.loads(case.model_dump_json()))


def counted(redis_url):
    with Redis.from_url(redis_url) as redis:
        feeds = [FeedStatus.model_validate_json(value) for value in redis.hvals(FEEDS_HASH)]
    return sum(feed.accepted + feed.ignored + feed.rejected for feed in feeds)


def latest(records):
    """What is left of a compacted topic."""
    kept = {record.key.decode(): record.value for record in records}
    return {key: value for key, value in kept.items() if value is not None}


def test_the_records_in_redis_are_those_of_the_engine_alone(passed):
    shown = {key: final(orjson.loads(value)) for key, value in passed.cases.items()}

    assert {case["measure"] for case in shown.values()} == set(shipped_measures())
    assert shown == passed.alone


def test_every_kind_of_case_of_end_and_of_alert_is_among_them(passed, replayed):
    """Whoever makes the feed smaller: these must stay in it. Nobody is dropped for data too poor.

    Alerts are those of the feed in its order: which of them go out live depends on how far each topic has been read.
    """
    alerts = [orjson.loads(line) for line in (replayed / "alerts.ndjson").read_bytes().splitlines()]
    went_out = [Alert.model_validate_json(record.value) for record in passed.topics[Topic.ENCOUNTER_ALERTS]]

    assert {case["status"] for case in passed.alone.values()} == set(CaseStatus) - {CaseStatus.DROPPED}
    assert {verdict["status"] for case in passed.alone.values() for verdict in case["elements"]} == SETTLED
    assert {alert["kind"] for alert in alerts} == {alert.kind for alert in went_out} == set(AlertKind)
    assert {alert["reason"] for alert in alerts} >= TURNS


def test_the_compacted_topic_holds_what_redis_holds(passed):
    assert latest(passed.topics[Topic.CASES]) == passed.cases


def test_what_the_replay_writes_of_the_same_feed_is_written_from_redis_byte_for_byte(passed, replayed):
    cases = [CaseRecord.model_validate_json(value) for value in passed.cases.values()]
    cases.sort(key=lambda case: (case.facility_id, case.case_id, case.measure))
    verdicts = [orjson.dumps(verdict_line(verdict)) for case in cases for verdict in case.elements]

    assert cases_csv(cases) == (replayed / "cases.csv").read_text(encoding="utf-8")
    assert verdicts == (replayed / "verdicts.ndjson").read_bytes().splitlines()


def test_the_exported_log_replays_to_the_alerts_that_went_out(passed, from_log):
    went_out = {record.value for record in passed.topics[Topic.ENCOUNTER_ALERTS]}

    lines = [orjson.dumps(alert_line(Alert.model_validate_json(value))) for value in went_out]
    assert lines
    assert sorted(lines) == sorted((from_log / "alerts.ndjson").read_bytes().splitlines())


def test_the_log_replays_from_the_broker_as_its_export_does(passed, tmp_path):
    """That an export replays to what went out under all measures, other tests show."""
    topic, exported, read = NamedTopic(Topic.ENCOUNTER_EVENTS), tmp_path / "exported", tmp_path / "read"
    replay(ReplayRequest([passed.log], "log", TWO_MEASURES, exported))
    replay(ReplayRequest([topic], "log", TWO_MEASURES, read, bootstrap=passed.bootstrap))

    assert (read / "alerts.ndjson").stat().st_size
    for name in set(FILES) - {"summary.json"}:
        assert (read / name).read_bytes() == (exported / name).read_bytes()


def test_the_exported_log_replays_to_the_history_that_was_told_live(passed, from_log):
    """Every belief, each patient's in its order, and in Redis each case's."""
    told = [Belief.model_validate_json(record.value) for record in passed.topics[Topic.ENCOUNTER_BELIEFS]]

    live = [belief_line(each) for each in sorted(set_of(told), key=place_of)]
    assert live
    assert live == (from_log / "history.ndjson").read_bytes().splitlines(keepends=True)
    shown = {key: in_order(map(Belief.model_validate_json, history)) for key, history in passed.histories.items()}
    assert shown == {key: in_order(each for each in set_of(told) if each.case_key == key) for key in shown}
    assert shown.keys() == {each.case_key for each in told}


def place_of(belief):
    """Where a belief stands in the history, and what tells it from every other."""
    return belief.as_of, belief.key, belief.revision, belief.case_key


def set_of(beliefs):
    """Repeats of a crash left out."""
    return {place_of(each): each for each in beliefs}.values()


def test_every_message_is_accepted_ignored_or_rejected(passed):
    told, facts = outcomes(passed.feed)
    shown = Counter()
    for feed in passed.feeds:
        for outcome in ("accepted", "ignored", "rejected"):
            shown[feed.topic, outcome] += getattr(feed, outcome)
    events = [orjson.loads(record.value) for record in passed.topics[Topic.ENCOUNTER_EVENTS]]
    told_once = [event for event in events if event["kind"] != "tick" and not event.get("forwarded_from")]

    assert passed.sent == len(passed.feed) == sum(len(passed.topics[topic]) for topic in RAW_TOPICS)
    assert +shown == told
    assert len(told_once) == facts
    assert len(passed.topics[Topic.REJECTED_MESSAGES]) == sum(told[topic, "rejected"] for topic in RAW_TOPICS)


def test_every_bad_message_is_kept_whole_with_its_reason(passed):
    kept = [orjson.loads(record.value) for record in passed.topics[Topic.REJECTED_MESSAGES]]

    assert len(kept) == len(BAD)
    assert all(each["reason"] for each in kept)
    assert Counter(each["reason"] for each in kept).keys() >= {"no_patient"}
