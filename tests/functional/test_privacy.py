"""Marked patients through every service, faults included: no log, error, metric or address has a mark."""

import asyncio
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer
from redis import Redis

from board_server import events
from command_line import run
from marked_feed import MARK, MARKED, bad, good
from real_parts.eventually import PATIENCE, eventually
from running_notifier import NotifierRun, stop
from running_worker import records_of, running_worker
from schemas.read_model import (
    ALERTS_HASH,
    BELIEFS_OF_CASE,
    CASES_HASH,
    CHANGES_CHANNEL,
    FEEDS_HASH,
    MEASURES_HASH,
    RATES_HASH,
    EngineClock,
)
from schemas.topics import RAW_TOPICS, Topic
from sepsis_feed import ENDS_AT
from streams.clock import wall_clock
from streams.worker_settings import MEBIBYTE
from timezero.server_process import free_port
from webhook_receiver import Receiver, listening

IDENTIFIERS = ("patient_id", "encounter_id", "case_id", "facility_id")


@pytest.fixture(scope="module")
def played(embedded_broker, valkey_url, tmp_path_factory):
    """Play it all once; give what was said by whom, and what should hold marks."""
    folder = tmp_path_factory.mktemp("privacy")
    with ExitStack() as stack:
        return _Play(embedded_broker, valkey_url, folder, stack).told()


class _Play:
    """Every service at DEBUG over marked records."""

    def __init__(self, bootstrap, redis_url, folder, stack):
        self.folder, self.receiver = folder, Receiver()
        clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
        self.notifier = NotifierRun(bootstrap, redis_url, folder)
        update = {"clock": clock, "log_level": "DEBUG", "metrics_port": free_port()}
        self.settings = self.notifier.worker.model_copy(update=update)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")},
            "TIMEZERO_BOOTSTRAP": bootstrap,
            "TIMEZERO_REDIS_URL": redis_url,
            "TIMEZERO_LOG_LEVEL": "DEBUG",
        }
        self.worker = stack.enter_context(running_worker(self.settings, engine="leaking"))
        eventually(self.worker.is_well, within=60, what="a worker")
        self.hook = stack.enter_context(listening(self.receiver))
        self.notify_port, self.board_port = free_port(), free_port()
        self.board = stack.enter_context(self._board())
        told = {"TIMEZERO_NOTIFY_METRICS_PORT": str(self.notify_port), "TIMEZERO_LOG_LEVEL": "DEBUG"}
        self.notify = stack.enter_context(self.notifier.running(self.hook, **told))

    @contextmanager
    def _board(self):
        with (self.folder / "board.log").open("wb") as log:
            argv = [sys.executable, "-m", "timezero", "board", "--port", str(self.board_port)]
            process = subprocess.Popen(argv, env=self.environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30 * PATIENCE)

    def told(self):
        said = self._commands()
        explained = self._explained()
        self._garbage_in_redis()
        said["explain, unreadable"] = self._explained().stderr
        eventually(self._alerts_delivered, within=60, what="every alert delivered")
        said |= self._pages()
        shown = self._board_shows()
        assert (stop(self.notify), self.worker.stop()) == (0, 0)
        stop(self.board)
        for name in ("notify.log", "board.log", "worker/stderr.log", "worker/health.json", "notify/health.json"):
            said[name] = (self.folder / name).read_text()
        said["addresses of webhooks"] = str((self.receiver.addresses, self.receiver.headers))
        said["explain"] = f"{explained.returncode}{explained.stderr}"
        shown += explained.stdout
        beliefs = [each.value for each in records_of(self.settings.bootstrap, Topic.ENCOUNTER_BELIEFS)]
        assert MARK.encode() in b"".join(beliefs)
        kept = b"\n".join(each.value for each in records_of(self.settings.bootstrap, Topic.REJECTED_MESSAGES))
        return {"said": said, "bodies": self.receiver.tries, "shown": shown, "kept": kept.decode()}

    def _ingest_start(self):
        """The protocol first, so that the rest finds a case that has spoken."""
        start = self._feed("start", [{"topic": each["schema"][:-2], "value": each} for each in good()[:2]])
        assert run("ingest", start, "--format", "events", env=self.environment).returncode == 0
        eventually(self._alerts_delivered, within=60, what="the case's first alerts")

    def _feed(self, name, lines):
        feed = self.folder / f"{name}.ndjson"
        feed.write_bytes(b"\n".join(map(orjson.dumps, lines)))
        return feed

    def _commands(self):
        self._ingest_start()
        lines = [{"topic": each["schema"][:-2], "value": each} for each in good()]
        raw = [(topic, value) for topic, value in bad() if topic in RAW_TOPICS]
        lines += [{"topic": topic, "value": value.decode("utf-8", "replace")} for topic, value in raw]
        feed = self._feed("feed", lines)
        said = {
            "ingest": run("ingest", feed, "--format", "events", env=self.environment),
            "replay": run(
                "replay", feed, "--format", "events", "--measures", "nys-ped-1h/spec-2015", "--out",
                self.folder / "out", env=self.environment,
            ),
            "doctor": run("doctor", "--json", env=self.environment),
        }  # fmt: skip
        assert (said["ingest"].returncode, said["replay"].returncode) == (0, 0), said
        self._send_raw()
        return {name: each.stdout + each.stderr for name, each in said.items()}

    def _send_raw(self):
        async def send():
            async with AIOKafkaProducer(
                bootstrap_servers=self.settings.bootstrap, max_request_size=2 * MEBIBYTE
            ) as producer:
                for topic, value in bad():
                    await producer.send_and_wait(topic, value, key=MARK.encode())

        asyncio.run(send())

    def _explained(self):
        return run("explain", f"encounter-{MARK}", env=self.environment)

    def _garbage_in_redis(self):
        mark = bad()[-1][1]
        with Redis.from_url(self.settings.redis_url) as redis:
            for key in redis.keys(f"{BELIEFS_OF_CASE}*"):
                redis.zadd(key, {mark: 0})
            redis.hset(MEASURES_HASH, "nys-ped-1h/spec-2015", mark)
            for name in (CASES_HASH, ALERTS_HASH, RATES_HASH, FEEDS_HASH):
                redis.hset(name, mark, mark)
            redis.publish(CHANGES_CHANNEL, mark)

    def _alerts_delivered(self):
        sent = records_of(self.settings.bootstrap, Topic.ENCOUNTER_ALERTS)
        alerts = {orjson.loads(each.value).get("alert_id") for each in sent} - {None}
        return {each["alert_id"] for each in self.receiver.taken} >= alerts and len(alerts) > 2

    def _pages(self):
        board = f"http://127.0.0.1:{self.board_port}"
        pages = {
            "worker metrics": f"http://127.0.0.1:{self.settings.metrics_port}/metrics",
            "notify metrics": f"http://127.0.0.1:{self.notify_port}/metrics",
            "board metrics": f"{board}/metrics",
            "board health": f"{board}/healthz",
            "board page": f"{board}/",
            "board unknown case": f"{board}/api/cases/0123",
            "compliance": f"{board}/api/compliance",
        }
        eventually(lambda: _text(f"{board}/healthz"), what="the board")
        return {name: _text(url) for name, url in pages.items()}

    def _board_shows(self):
        """What the board tells a browser: there the patient's label belongs."""
        board = f"http://127.0.0.1:{self.board_port}"
        link = self.receiver.taken[0]["link"]
        _text(f"{board}/api/cases/{link}")
        with httpx.stream("GET", f"{board}/events", timeout=20) as answer:
            _, data = next(events(answer))
        return orjson.dumps(data).decode()


def _text(url):
    try:
        answer = httpx.get(url, timeout=10)
    except httpx.HTTPError:
        return ""
    return f"{answer.headers}{answer.text}"


def test_the_marks_went_in_and_stand_where_they_belong(played):
    """Else the searches below would find nothing in anything."""
    assert MARKED.search(played["kept"])
    assert MARKED.search(played["shown"])
    assert '"reason":"engine_error"' in played["kept"]
    assert all(played["said"][name] for name in played["said"] if name != "board unknown case")


def test_no_log_error_metric_health_or_address_has_a_mark(played):
    found = {name: MARKED.findall(text) for name, text in played["said"].items()}

    assert {name: marks for name, marks in found.items() if marks} == {}


def test_no_webhook_names_anybody(played):
    """When an alert was raised and when care is due it says; whose, nowhere."""
    assert len(played["bodies"]) > 2
    assert MARK not in str(played["bodies"])
    assert {name for body in played["bodies"] for name in body if name in IDENTIFIERS} == set()


def test_reasons_of_rejections_repeat_nothing(played):
    """Beside the original, which a rejected message keeps on purpose."""
    said = [(each["reason"], each["detail"]) for each in map(orjson.loads, played["kept"].splitlines())]

    assert MARKED.findall(str(said)) == []


@pytest.mark.parametrize("command", ["replay", "ingest"])
def test_a_file_that_is_nothing_is_one_sentence(command, tmp_path):
    (tmp_path / "feed").write_text(str(bad()[-1]))
    rest = [
        "--format",
        "xes",
        *(["--measures", "sep1-like/1", "--out", tmp_path / "out"] if command == "replay" else []),
    ]

    said = run(command, tmp_path / "feed", *rest)

    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1
    assert MARKED.findall(said.stderr + said.stdout) == []
