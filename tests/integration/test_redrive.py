"""What was rejected and is understood now is judged as if it had been understood at once, and only once."""

import asyncio
from datetime import timedelta

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bad_messages import BAD, act, lab, text
from command_line import run
from event_log import lived_offline
from real_parts.eventually import eventually
from running_worker import cases_in, fresh, records_of, running_worker
from schemas.clinical import CLINICAL_EVENT
from schemas.read_model import EngineClock
from schemas.rejection import Rejected
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import ENDS_AT, STARTS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import as_message, send_messages
from streams.records import Record, rejection
from streams.topic_layout import create_topics
from streams.worker_settings import MEBIBYTE

REFUSED_AT = STARTS_AT + timedelta(hours=5)


def rejected(topic, value, offset, reason="unknown_unit", received_at=REFUSED_AT):
    """A record as a worker of yesterday left it, whose translator could not read the message."""
    record = Record(topic, 0, offset, b"F1|P0001", value)
    return rejection(record, Rejected(reason), received_at, MEBIBYTE)


@pytest.fixture
def settings(kafka, redis_url, tmp_path):
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    made = fresh(kafka, redis_url, tmp_path, clock=clock)
    asyncio.run(create_topics(made))
    return made


def keep(settings, *records):
    async def send():
        async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap) as producer:
            for each in records:
                await producer.send_and_wait(Topic.REJECTED_MESSAGES, each.model_dump_json().encode(), key=b"k")

    asyncio.run(send())


def redrive(settings, *arguments):
    """Run the command, and give what it found by fate, and how much it sent."""
    environment = {"PATH": "", "TIMEZERO_BOOTSTRAP": settings.bootstrap}
    said = run("redrive", "--json", *arguments, env=environment)
    assert said.returncode == 0, said.stderr
    told = orjson.loads(said.stdout)
    fates = {}
    for each in told["found"]:
        fates[each["fate"]] = fates.get(each["fate"], 0) + each["count"]
    return fates, told["sent"]


def raw_records(settings):
    return [record for topic in RAW_TOPICS for record in records_of(settings.bootstrap, topic)]


def test_a_feed_that_was_rejected_is_judged_after_it_is_re_driven_and_is_never_sent_twice(settings, redis_url):
    feed = sepsis_feed(5)
    keep(settings, *(rejected(each.topic, as_message(each).value, place) for place, each in enumerate(feed)))

    counted = redrive(settings)
    untouched = raw_records(settings)
    with running_worker(settings) as worker:
        first, again = redrive(settings, "--send"), redrive(settings, "--send")
        eventually(lambda: cases_in(redis_url) == lived_offline(feed), within=60, what="the same case records")
        assert worker.stop() == 0

    assert counted == ({"ready": len(feed)}, 0)
    assert untouched == []
    assert first == ({"ready": len(feed)}, len(feed))
    assert again == ({"done_before": len(feed)}, 0)
    assert len(raw_records(settings)) == len(feed)


def test_what_nobody_can_read_yet_stays_and_what_was_not_kept_is_said(settings):
    bad = [each for each in BAD if each.outcome == "rejected" and each.value and len(each.value) < 2000]
    whole = rejected("raw.lab", text(lab()), 0)
    keep(settings, *(rejected(each.topic, each.value, place) for place, each in enumerate(bad, start=1)))
    keep(settings, whole, whole, whole.model_copy(update={"value": None, "offset": 99}))

    fates, sent = redrive(settings, "--send")

    assert fates == {"ready": 1, "done_before": 1, "still_rejected": len(bad), "not_kept": 1}
    assert (sent, len(raw_records(settings))) == (1, 1)


def test_a_message_keeps_the_time_at_which_it_reached_us_first(settings, redis_url):
    told = {name: value for name, value in act().items() if name != "received_at"}
    keep(settings, rejected("raw.act", text(told), 0, "bad_schema"))
    del redis_url

    with running_worker(settings, engine="real") as worker:
        assert redrive(settings, "--send")[1] == 1
        log = eventually(lambda: records_of(settings.bootstrap, Topic.ENCOUNTER_EVENTS), what="the fact")
        assert worker.stop() == 0

    assert CLINICAL_EVENT.validate_json(log[0].value).received_at == REFUSED_AT


@pytest.mark.parametrize(
    ("arguments", "ready"),
    [
        (("--topic", "raw.lab"), 2),
        (("--topic", "raw.lab", "--topic", "raw.act"), 3),
        (("--reason", "bad_schema"), 1),
        (("--source", "other"), 1),
        (("--since", REFUSED_AT.isoformat()), 2),
        (("--until", REFUSED_AT.isoformat()), 1),
        (("--reason", "nothing"), 0),
    ],
)
def test_filters_choose_by_topic_reason_source_and_time(settings, arguments, ready):
    keep(
        settings,
        rejected("raw.lab", text(lab()), 0),
        rejected("raw.lab", text(lab(source="other")), 1, received_at=REFUSED_AT - timedelta(hours=1)),
        rejected("raw.act", text(act()), 2, "bad_schema"),
    )

    assert redrive(settings, *arguments)[0].get("ready", 0) == ready


def test_a_file_of_rejected_messages_can_be_re_driven_too(settings, tmp_path):
    one = rejected("raw.lab", text(lab()), 7)
    lines = [one.model_dump_json().encode(), orjson.dumps({"value": one.model_dump(mode="json")}), b"{", b""]
    (tmp_path / "rejected.ndjson").write_bytes(b"\n".join(lines))

    told = redrive(settings, tmp_path / "rejected.ndjson", "--send")
    keep(settings, one)

    assert told == ({"ready": 1, "done_before": 1, "unreadable": 1}, 1)
    assert redrive(settings, "--send") == ({"done_before": 1}, 0)


def test_events_that_a_broken_engine_refused_are_judged_by_a_mended_one(settings, redis_url):
    feed = sepsis_feed(8)
    for each in feed:
        if each.topic == Topic.RAW_ACT:
            each.value["reason"] = "poison"

    with running_worker(settings) as worker:
        asyncio.run(send_messages(settings.bootstrap, feed))
        eventually(lambda: redrive(settings)[0].get("ready") == 8, what="every protocol refused")
        assert worker.stop() == 0
        worker.engine = "mended"
        worker.start()
        assert redrive(settings, "--send")[1] == 8
        eventually(lambda: len(cases_in(redis_url)) == 8, within=60, what="every case")
        assert worker.stop() == 0


def test_without_a_broker_nothing_is_re_driven():
    said = run("redrive", env={"PATH": "", "TIMEZERO_BOOTSTRAP": "127.0.0.1:9"})

    assert (said.returncode, said.stderr) == (
        2,
        "timezero: no Kafka broker answers at 127.0.0.1:9: start one, or name another.\n",
    )
