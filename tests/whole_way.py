"""A whole installation for a test: the worker and the board as the processes that the command starts."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from redis import Redis

from running_worker import committed, without_topics
from schemas.read_model import HEARTBEAT_KEY, EngineClock
from schemas.topics import RAW_TOPICS, Topic
from streams.clock import Clock
from streams.replay_player import play_feed
from streams.worker_settings import MEBIBYTE, WorkerSettings
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

DOWNSTREAM = (Topic.ENCOUNTER_EVENTS, Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)


@dataclass(frozen=True)
class Installation:
    """What runs, and where."""

    bootstrap: str
    redis_url: str
    clock: Clock
    board: str
    """`host:port` of the board, which has its metrics too."""
    worker_metrics: str
    """`host:port`."""
    app_id: str

    def play(self, messages):
        """Send a feed at once, in its order; give how many were sent."""
        return apart(asyncio.run, play_feed(messages, self.bootstrap, clock=None, limit_bytes=MEBIBYTE)).sent

    def has_finished(self):
        """Whether every record of every topic that a stage reads has been finished by it."""
        settings = WorkerSettings(bootstrap=self.bootstrap, app_id=self.app_id)
        done, there = apart(committed, settings, *RAW_TOPICS, *DOWNSTREAM)
        return done == there


def apart(work, *arguments):
    """Do what needs an event loop of its own in a thread: a test with a browser has one running in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work, *arguments).result()


@contextmanager
def installation(bootstrap, redis_url, folder: Path, clock: EngineClock, measures=()):
    """`timezero worker` and `timezero board` on a broker without topics, an empty cache and this clock."""
    apart(without_topics, bootstrap)
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    app_id, board_port, metrics_port = f"w-{folder.name[-20:]}".lower(), free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")} | {
        "TIMEZERO_BOOTSTRAP": bootstrap,
        "TIMEZERO_REDIS_URL": redis_url,
        "TIMEZERO_CLOCK": clock.model_dump_json(),
        "TIMEZERO_MEASURES": ",".join(measures),
        "TIMEZERO_APP_ID": app_id,
        "TIMEZERO_DATADIR": str(folder / "datadir"),
        "TIMEZERO_METRICS_PORT": str(metrics_port),
        "TIMEZERO_BOARD_PORT": str(board_port),
    }
    with ExitStack() as parts:
        for name, answers in (
            ("board", partial(_answers, f"http://{LOOPBACK}:{board_port}/")),
            ("worker", partial(_beats, redis_url)),
        ):
            argv = [sys.executable, "-m", "timezero", name]
            parts.enter_context(running_server(ServerCommand(name, argv, answers, folder / name, environment)))
        board, metrics = f"{LOOPBACK}:{board_port}", f"{LOOPBACK}:{metrics_port}"
        yield Installation(bootstrap, redis_url, Clock(clock), board, metrics, app_id)


def _answers(url):
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _beats(redis_url):
    with Redis.from_url(redis_url) as redis:
        return redis.exists(HEARTBEAT_KEY)
