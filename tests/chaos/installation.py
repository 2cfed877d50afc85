"""What is under the campaign: broker, cache, workers over cables, a notifier, a receiver of alerts, and the load."""

import errno
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import orjson
from redis import Redis

from chaos.load import Load, endless_feed
from chaos.network import SERVERS, Cable, mount_small_disk
from chaos.progress import Progress
from chaos.restartable_server import RestartableServer
from one_timeline import STARTS_AT
from real_parts.eventually import PATIENCE, eventually
from running_notifier import notifier_environment
from running_worker import WorkerProcess, partitions_of_log, records_of
from schemas.read_model import EngineClock
from schemas.topics import Topic
from streams.clock import Clock, stopwatch, wall_clock
from streams.worker_health import HEALTH_FILE
from streams.worker_settings import WorkerSettings
from timezero.embedded import answers_ping
from timezero.local_kafka import kafka_node
from timezero.server_process import ServerCommand, free_port
from webhook_receiver import Receiver, listening

MEASURES = ("nys-ped-1h/spec-2015", "sep1-like/1", "ed-sepsis-triage/mannhardt", "cha/2012", "ssc-hour1/2018")
PARTITIONS = 4
BROKER_DISK_BYTES = 4 << 30
WORKER_DISK_BYTES = 4 << 20
CATCHES_UP_WITHIN = 180
_CHUNK = b"\0" * (1 << 16)
_MISSED = ("not_moved", "redis_does_not_answer")
_WRITTEN_BYTES = 32 << 20
"""The rest is allocated at once; others go on writing meanwhile."""


class Disk:
    """A small disk, and what fills it."""

    def __init__(self, folder, size_bytes):
        mount_small_disk(folder, size_bytes)
        self._filler = folder / "filler"

    def fill(self):
        """Write until nothing more can be written; gives the name of the error."""
        with self._filler.open("ab", buffering=0) as filler:
            os.posix_fallocate(filler.fileno(), 0, max(shutil.disk_usage(self._filler).free - _WRITTEN_BYTES, 1))
            while (error := _refused(filler)) is None:
                pass
        assert error == errno.ENOSPC
        return errno.errorcode[error]

    def free(self):
        self._filler.unlink()


def _refused(file):
    """Write some; the number of the error, or None."""
    try:
        file.write(_CHUNK)
    except OSError as error:
        return error.errno
    return None


class Broker(RestartableServer):
    """Apache Kafka on a disk of its own."""

    def __init__(self, folder):
        self.disk = Disk(folder / "messages", BROKER_DISK_BYTES)
        node = kafka_node(folder, host=SERVERS)
        self.bootstrap = node.bootstrap
        self.port = int(node.bootstrap.rpartition(":")[2])
        super().__init__(node.command)


class Cache(RestartableServer):
    """Redis; it keeps nothing unless told to."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://{SERVERS}:{self.port}/0"
        self.snapshot = folder / "dump.rdb"
        argv = ["redis-server", "--bind", SERVERS, "--port", str(self.port), "--protected-mode", "no"]
        argv += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        super().__init__(ServerCommand("redis", argv, partial(answers_ping, self.port, SERVERS), folder))

    @contextmanager
    def asked(self):
        with Redis.from_url(self.url, socket_timeout=10) as redis:
            yield redis


class Worker(WorkerProcess):
    """A worker at the end of a cable, with a small disk for its own files; what it says is kept elsewhere."""

    def __init__(self, settings, number, logs):
        self.name = f"worker{number}"
        self.cable = Cable(number)
        self.within = self.cable.within
        folder = settings.datadir / self.name
        self.disk = Disk(folder, WORKER_DISK_BYTES)
        super().__init__(settings.model_copy(update={"datadir": folder, "worker_name": self.name}), "real")
        self.log = logs / f"{self.name}.log"

    def start(self):
        """Start it; what it said before about its partitions holds no more."""
        (self.settings.datadir / HEALTH_FILE).unlink(missing_ok=True)
        return super().start()

    def owns(self):
        """Partitions of the log that it says it owns."""
        return partitions_of_log(self)

    def said(self, event):
        """How often its log has this event."""
        return self.log.read_bytes().count(f'"event":"{event}"'.encode())

    def missed_redis(self):
        """How often it has said in its log that Redis did not answer, or refused."""
        return sum(map(self.said, _MISSED)) + self.log.read_bytes().count(b'"OutOfMemoryError"')

    def has_ended(self):
        return self.process.poll() is not None


class NotifierProcess:
    """`timezero notify`; what it cannot deliver it tries for longer than any fault here lasts."""

    name = "notifier"

    def __init__(self, settings, folder, url):
        self._environment = notifier_environment(settings, folder, url=url, attempts=100)
        self._environment |= {"TIMEZERO_PARTITIONS": str(PARTITIONS)}
        self._log = folder / "notifier.log"
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "timezero", "notify"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def kill(self):
        self.process.kill()
        return self.process.wait(timeout=30 * PATIENCE)

    def has_ended(self):
        return self.process.poll() is not None


class Installation:
    """Everything that runs, and what it must go on doing."""

    def __init__(self, folder: Path, seed, rng, *, workers, speed, stays_a_day):
        self.folder = folder
        self.rng = rng
        self._parts = ExitStack()
        self.broker = Broker(folder / "kafka")
        self.cache = Cache(folder / "redis")
        self.clock = Clock(EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=speed))
        self.settings = WorkerSettings(
            bootstrap=self.broker.bootstrap,
            redis_url=self.cache.url,
            datadir=folder / "workers",
            app_id="chaos",
            measures=MEASURES,
            partitions=PARTITIONS,
            clock=self.clock.engine,
            batch_records=100,
        )
        self.workers = [Worker(self.settings, number, folder) for number in range(1, workers + 1)]
        self.joining = Worker(self.settings, workers + 1, folder)
        """One that is not always there."""
        self.receiver = Receiver()
        self.load = Load(endless_feed(seed, stays_a_day), self.broker.bootstrap, self.clock, rng)
        self.ended = []
        """Parts that ended by themselves, with their exit codes; each was started again, as any host would."""

    @contextmanager
    def running(self):
        """Run everything, and end it however the body ends."""
        with self._parts:
            self._start_servers()
            for worker in self.workers:
                self._parts.callback(_end, worker)
                worker.start()
            self._parts.callback(_end, self.joining)
            self.progress = Progress(self.broker.bootstrap, self.settings.app_id, PARTITIONS)
            self._parts.callback(self.progress.close)
            self._start_notifier()
            eventually(lambda: self.shared(self.workers), within=120, what="a group of all workers")
            self.load.start()
            self._parts.callback(self.load.abandon)
            yield self

    def _start_servers(self):
        for server in (self.broker, self.cache):
            self._parts.callback(server.close)
            server.start()

    def _start_notifier(self):
        url = self._parts.enter_context(listening(self.receiver))
        self.notifier = NotifierProcess(self.settings, self.folder, url)
        self._parts.callback(_end, self.notifier)
        self.notifier.start()

    def shared(self, workers):
        """Whether these workers own every partition of the log, each some, and each its own."""
        owned = [worker.owns() for worker in workers]
        return all(owned) and sorted(each for some in owned for each in some) == list(range(PARTITIONS))

    def look_after(self):
        """Start what ended by itself, as a host does."""
        for each in (self.broker, self.cache, *self.workers, self.notifier):
            if each.has_ended():
                self.ended.append((each.name, each.process.returncode))
                each.start()
        return True

    def until_load_or_half_a_session(self, records):
        """Wait until the load has sent so many; no longer than a worker may be silent and stay a member."""
        half_over_at = stopwatch() + self.settings.session_timeout / 2
        eventually(lambda: self.load.records >= records or stopwatch() > half_over_at, within=60, what="some load")

    def caught_up(self, within=CATCHES_UP_WITHIN):
        """Wait until every worker has partitions again, and all that is there now was finished."""
        ends = eventually(self.progress.ends, within=60, what="an answer of the broker")
        eventually(lambda: self.look_after() and self.progress.has_passed(ends), within, "what waited finished")
        eventually(lambda: self.look_after() and self.shared(self.workers), within, "a group of all workers")

    def has_delivered(self):
        """Whether every alert has come to the webhook."""
        sent = [orjson.loads(each.value) for each in records_of(self.broker.bootstrap, Topic.ENCOUNTER_ALERTS)]
        return {each["alert_id"] for each in sent} <= {each["alert_id"] for each in self.receiver.taken}


def _end(process):
    if process.process is not None and process.process.poll() is None:
        process.kill()
