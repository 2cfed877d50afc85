"""`ingest` and `doctor` against real parts."""

import asyncio
import json

import pytest
from aiokafka import AIOKafkaConsumer

from command_line import say
from running_worker import without_topics
from schemas.topics import RAW_TOPICS, Topic
from streams.simulator.department import Plan, write_simulation
from streams.topic_layout import create_topics
from streams.worker_settings import WorkerSettings

LIMIT = 4096


@pytest.fixture
def topics(embedded_broker):
    without_topics(embedded_broker)
    settings = WorkerSettings(bootstrap=embedded_broker)
    asyncio.run(create_topics(settings))
    return embedded_broker


def read_new(bootstrap, topics, count):
    """The last `count` values of some topics, once they are all there."""

    async def read():
        consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            values = []
            while len(values) < count:
                batches = await consumer.getmany(timeout_ms=500)
                values += [record.value for records in batches.values() for record in records]
            return values
        finally:
            await consumer.stop()

    return asyncio.run(asyncio.wait_for(read(), 60))


def test_a_feed_is_sent_and_what_is_too_large_is_kept_as_a_record(topics, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", topics)
    monkeypatch.setenv("TIMEZERO_MAX_MESSAGE_BYTES", str(LIMIT))
    sent, _ = write_simulation(Plan(3, 2, 2), tmp_path)
    large = json.dumps({"topic": "raw.lab", "key": "SIM|large", "value": {"schema": "raw.lab/1", "code": "x" * LIMIT}})
    with (tmp_path / "feed.ndjson").open("a") as feed:
        feed.write(large + "\n")
    said = say(capsys, "ingest", tmp_path / "feed.ndjson", "--format", "events", "--json")

    assert json.loads(said.out) == {"sent": sent, "too_large": 1}
    assert len(read_new(topics, RAW_TOPICS, sent)) >= sent
    kept = [json.loads(value) for value in read_new(topics, [Topic.REJECTED_MESSAGES], 1)]
    assert [(each["reason"], each["value"]) for each in kept if each["key"] == "SIM|large"] == [("too_large", None)]
    assert all(each["size_bytes"] > LIMIT and len(each["sha256"]) == 64 for each in kept if each["key"] == "SIM|large")


def test_without_a_broker_the_feed_is_not_sent(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", "127.0.0.1:9")
    write_simulation(Plan(3, 1, 0), tmp_path)
    said = say(capsys, "ingest", tmp_path / "feed.ndjson", "--format", "events")

    assert said.code == 2
    assert said.err == "timezero: no Kafka broker answers at 127.0.0.1:9: start one, or name another.\n"


def test_the_doctor_finds_a_healthy_machine(topics, valkey_url, capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", topics)
    monkeypatch.setenv("TIMEZERO_REDIS_URL", valkey_url)
    said = say(capsys, "doctor", "--json")
    findings = {finding["check"]: finding["health"] for finding in json.loads(said.out)}

    assert said.code == 0
    assert {findings[name] for name in ("python", "broker", "topics", "redis", "clock", "board token")} == {"ok"}


def test_the_doctor_names_what_is_wrong_and_what_to_do(tmp_path, capsys, monkeypatch):
    token = tmp_path / "token"
    token.write_text("a-token-of-more-than-sixteen-characters\n")
    token.chmod(0o644)
    monkeypatch.setenv("TIMEZERO_BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.setenv("TIMEZERO_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("TIMEZERO_BOARD_TOKEN_FILE", str(token))
    said = say(capsys, "doctor")

    assert said.code == 1
    assert "wrong    broker: no answer at 127.0.0.1:9 (KafkaConnectionError); start one" in said.out
    assert "wrong    redis: no answer (ConnectionError)" in said.out
    assert f"others may read {token}; chmod 600 {token}" in said.out
    assert said.err == ""
