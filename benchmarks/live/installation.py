"""A whole installation to measure: real Kafka, real Redis, and the project's processes as users run them."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import Popen

import httpx
from redis import Redis

from real_parts.eventually import eventually
from real_parts.servers import redis_server
from schemas.topics import Topic
from schemas.worker_health import WORKERS_HASH, WorkerHealth
from streams.worker_settings import WorkerSettings
from timezero.local_kafka import local_kafka
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
STARTS_WITHIN_S = 90
"""A worker that finds 100,000 states restores them before it says that it is there."""


def _at_once() -> bool:
    """Nothing is waited for."""
    return True


@dataclass
class Worker:
    """One `timezero worker`."""

    name: str
    process: Popen[bytes]
    log: Path

    def resident_kib(self) -> int:
        """Memory of the process that lies in RAM."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_KIB

    def kill(self) -> None:
        """End it without a word: `kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Installation:
    """Where everything is; workers and boards started here end with it."""

    bootstrap: str
    redis_url: str
    folder: Path
    parts: ExitStack
    partitions: int = 4
    app_id: str = "live"

    def settings(self) -> WorkerSettings:
        """The workers' settings; what is not said here is the default."""
        return WorkerSettings(
            bootstrap=self.bootstrap, redis_url=self.redis_url, app_id=self.app_id, partitions=self.partitions
        )

    def start_worker(self, name: str) -> Worker:
        """Start a worker with all shipped measures, and return once it says that it owns partitions."""
        return self.begin_worker(name, partial(self._owns, name))

    def begin_worker(self, name: str, answers: Callable[[], bool] = _at_once) -> Worker:
        """Start a worker, and wait until it `answers`; unless told, for nothing."""
        folder = self.folder / name
        told = {"WORKER_NAME": name, "DATADIR": str(folder), "MEASURES": "", "PARTITIONS": str(self.partitions)}
        argv = [sys.executable, "-P", "-m", "timezero", "worker"]
        command = ServerCommand(name, argv, answers, folder, self._environment(told), STARTS_WITHIN_S)
        return Worker(name, self.parts.enter_context(running_server(command)), command.log_path)

    def start_board(self) -> str:
        """Start `timezero board`; its address."""
        port = free_port()
        url = f"http://{LOOPBACK}:{port}"
        argv = [sys.executable, "-P", "-m", "timezero", "board"]
        environment = self._environment({"BOARD_PORT": str(port)})
        command = ServerCommand("board", argv, partial(_answers, url), self.folder / "board", environment)
        self.parts.enter_context(running_server(command))
        return url

    def partitions_of(self, name: str) -> set[int]:
        """Partitions whose patients a worker says it owns."""
        with Redis.from_url(self.redis_url) as redis:
            said = redis.hget(WORKERS_HASH, name)
        health = WorkerHealth.model_validate_json(said) if said else None
        return (
            {each.partition for each in health.partitions if each.topic == Topic.ENCOUNTER_EVENTS} if health else set()
        )

    def until_shared_out(self, workers: Sequence[Worker]) -> None:
        """Wait until each of these workers says that it owns partitions, and together they own all of them once."""

        def shared_out() -> bool:
            owned = [self.partitions_of(each.name) for each in workers]
            return all(owned) and sum(map(len, owned)) == len(set.union(*owned)) == self.partitions

        eventually(shared_out, within=STARTS_WITHIN_S, what="partitions shared out")

    def _owns(self, name: str) -> bool:
        return bool(self.partitions_of(name))

    def _environment(self, told: dict[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")}
        where = {"BOOTSTRAP": self.bootstrap, "REDIS_URL": self.redis_url, "APP_ID": self.app_id}
        return kept | {f"TIMEZERO_{name}": value for name, value in (where | told).items()}


@contextmanager
def servers(folder: Path) -> Iterator[tuple[str, str]]:
    """Apache Kafka and Redis for the time of a `with` block: bootstrap address and URL."""
    with local_kafka(folder / "kafka") as bootstrap, redis_server(folder / "redis") as redis_url:
        yield bootstrap, redis_url


@contextmanager
def installed(
    bootstrap: str, redis_url: str, folder: Path, *, partitions: int = 4, app_id: str = "live"
) -> Iterator[Installation]:
    """An installation without a worker yet, on an empty cache."""
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    with ExitStack() as parts:
        yield Installation(bootstrap, redis_url, folder, parts, partitions, app_id)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False
