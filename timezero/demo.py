"""The demo: broker, cache, worker, board and a feed on one scaled clock, started together and surely stopped."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import httpx
from redis import Redis
from redis.exceptions import RedisError

from schemas.read_model import CASES_HASH, HEARTBEAT_KEY, EngineClock
from streams.clock import Clock, stopwatch, wall_clock
from streams.replay_player import play_feed
from streams.site_measures import read_site
from streams.worker_settings import WorkerSettings
from timezero.demo_feed import Stage, demo_feed
from timezero.embedded import embedded_broker, embedded_cache
from timezero.local_kafka import local_kafka
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

DEFAULT_SPEED = 60.0
"""An hour a minute: a 1-hour window passes while one looks on."""
DEFAULT_PORT = 8080

_WATCH_EVERY_SECONDS = 0.2
_ANSWERS_WITHIN_SECONDS = 2
_LIMIT_BYTES = 1024 * 1024

Say = Callable[[str], None]


class Broker(StrEnum):
    """Which broker the demo runs on."""

    EMBEDDED = "embedded"
    KAFKA = "kafka"


class PortTakenError(RuntimeError):
    """Somebody listens on the port that was asked for."""


class PartEndedError(RuntimeError):
    """A part of the demo ended by itself; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How to run the demo.

    Attributes:
        speed: Engine seconds in a wall second.
        lasts_seconds: Wall seconds from the live board to the end; None: until interrupted.
        port: The board's port; None: the usual one, or a free one where that is taken.
        measures_dir: The hospital's own measures; each is judged beside those that a worker judges unless told.
    """

    broker: Broker = Broker.EMBEDDED
    speed: float = DEFAULT_SPEED
    lasts_seconds: float | None = None
    port: int | None = None
    measures_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, and where."""

    bootstrap: str
    redis_url: str
    clock: Clock
    board_address: str
    parts: Mapping[str, subprocess.Popen[bytes]]
    logs: Path


def run_demo(options: DemoOptions, say: Say, note: Say) -> None:
    """Run the demo until it is interrupted or its time is over.

    Args:
        options: How.
        say: Told the board's address once it shows encounters.
        note: Told what is being started.

    Raises:
        PortTakenError: The port asked for is taken; nothing was started.
        SiteFilesError: The hospital's own measures have faults; nothing was started.
        ServerUnavailableError: A part could not be started.
        PartEndedError: A part ended while it should run.
        FeedNotSentError: The broker does not take the feed.
    """
    measures = _measures(options.measures_dir)
    port = _board_port(options.port)
    with _everything(options, port, measures, note) as running:
        asyncio.run(_play_and_watch(options, running, say))


def _measures(folder: Path | None) -> dict[str, str]:
    """What a worker must be told to judge by the hospital's own measures as well."""
    if folder is None:
        return {}
    own = (each.identifier for each in read_site(folder).rules.measures)
    usual = WorkerSettings.model_fields["measures"].default
    return {"TIMEZERO_MEASURES_DIR": str(folder.absolute()), "TIMEZERO_MEASURES": ",".join([*usual, *own])}


def _board_port(wanted: int | None) -> int:
    if _is_free(wanted or DEFAULT_PORT):
        return wanted or DEFAULT_PORT
    if wanted is None:
        return free_port()
    message = f"port {wanted} is taken: choose another with --port, or leave it out and a free one is found."
    raise PortTakenError(message)


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((LOOPBACK, port), reuse_port=False):
            return True
    except OSError:
        return False


@contextmanager
def _everything(options: DemoOptions, port: int, measures: Mapping[str, str], note: Say) -> Iterator[Running]:
    """Start all parts, one after the other; stop them in the reverse order and clear their folder away."""
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="timezero-demo-")))
        note(f"starting the {options.broker.value} broker and the cache")
        make_broker = embedded_broker if options.broker is Broker.EMBEDDED else local_kafka
        bootstrap = parts.enter_context(make_broker(folder / "broker"))
        redis_url = parts.enter_context(embedded_cache(folder / "cache"))
        wall = wall_clock()
        clock = EngineClock(started_at=wall.replace(microsecond=0), wall_started_at=wall, speed=options.speed)
        environment = {**_environment(bootstrap, redis_url, clock, port, folder), **measures}
        address = f"http://{LOOPBACK}:{port}/"
        note("starting the worker and the board")
        board = _part("board", partial(_answers, address), folder, environment)
        worker = _part("worker", partial(_beats, redis_url), folder, environment)
        started = {command.name: parts.enter_context(running_server(command)) for command in (board, worker)}
        yield Running(bootstrap, redis_url, Clock(clock), address, started, folder)


def _part(name: str, answers: Callable[[], bool], folder: Path, environment: Mapping[str, str]) -> ServerCommand:
    return ServerCommand(name, [sys.executable, "-m", "timezero", name], answers, folder / name, environment)


def _environment(bootstrap: str, redis_url: str, clock: EngineClock, port: int, folder: Path) -> dict[str, str]:
    """Ours, without settings that belong to somebody's real installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")}
    return kept | {
        "TIMEZERO_BOOTSTRAP": bootstrap,
        "TIMEZERO_REDIS_URL": redis_url,
        "TIMEZERO_CLOCK": clock.model_dump_json(),
        "TIMEZERO_DATADIR": str(folder / "worker"),
        "TIMEZERO_BOARD_PORT": str(port),
    }


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=_ANSWERS_WITHIN_SECONDS).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _beats(redis_url: str) -> bool:
    """Whether the worker has made a pass over its clocks."""
    try:
        with Redis.from_url(redis_url) as client:
            return bool(client.exists(HEARTBEAT_KEY))
    except RedisError:
        return False


async def _play_and_watch(options: DemoOptions, running: Running, say: Say) -> None:
    stage = Stage(running.clock.now().replace(microsecond=0), options.speed)
    feed = asyncio.create_task(
        play_feed(demo_feed(stage), running.bootstrap, clock=running.clock, limit_bytes=_LIMIT_BYTES)
    )
    try:
        await _watch(running, feed, until=lambda: _has_cases(running.redis_url))
        say(running.board_address)
        live_since = stopwatch()
        await _watch(running, feed, until=lambda: _is_over(options.lasts_seconds, live_since))
    finally:
        feed.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await feed


async def _watch(running: Running, feed: "asyncio.Task[object]", until: Callable[[], bool]) -> None:
    """Look on until the condition holds; a part that ends before that, ends the demo."""
    while not until():
        for name, process in running.parts.items():
            if process.poll() is not None:
                raise PartEndedError(_last_words(name, process, running.logs))
        if feed.done():
            feed.result()
        await asyncio.sleep(_WATCH_EVERY_SECONDS)


def _is_over(lasts_seconds: float | None, live_since: float) -> bool:
    return lasts_seconds is not None and stopwatch() - live_since >= lasts_seconds


def _has_cases(redis_url: str) -> bool:
    with Redis.from_url(redis_url) as client:
        return bool(client.hlen(CASES_HASH))


def _last_words(name: str, process: subprocess.Popen[bytes], logs: Path) -> str:
    log = logs / name / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    last = f": {lines[-1]}" if lines else ""
    return f"the {name} ended with {process.returncode}{last}"
