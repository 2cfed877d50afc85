"""How long a taking over lasts, with and without a standby.

`PYTHONPATH=benchmarks python -P benchmarks/takeover.py --states 100000 --bytes 3480`

A changelog is filled with states of patients. One worker starts alone and restores all of it; a second joins; the first
is killed. The clock runs from the start, or the kill, until a worker says that it has taken over every partition.
Nothing here is a test.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from aiokafka import AIOKafkaProducer
from footprint import memory_kib
from result import circumstances, keep

from schemas.topics import Topic
from schemas.worker_health import WorkerHealth
from streams.batched.batch_producer import BatchProducer
from streams.batched.outgoing import Outgoing, partition_of
from streams.stored_state import StoredState
from streams.topic_layout import STATE_TABLE, create_topics
from streams.worker_health import HEALTH_FILE
from streams.worker_settings import MEBIBYTE, WorkerSettings
from timezero.embedded import embedded_cache
from timezero.local_kafka import local_kafka

PARTITIONS = 12
AT_ONCE = 5000
LOOKS_EVERY_S = 0.05
GIVES_UP_AFTER_S = 300
STANDBY_CATCHES_UP_S = 20


@dataclass
class Member:
    """A worker as a process, and what it says that it owns."""

    settings: WorkerSettings
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> "Member":
        """Start it, told by its environment."""
        self.settings.datadir.mkdir(parents=True)
        names = ("bootstrap", "redis_url", "app_id", "worker_name", "datadir", "partitions", "standby_replicas")
        told = {f"TIMEZERO_{name.upper()}": str(getattr(self.settings, name)) for name in names}
        with (self.settings.datadir / "stderr.log").open("wb") as log:
            command = [sys.executable, "-P", "-m", "timezero", "worker"]
            self.process = subprocess.Popen(command, env=os.environ | told, stderr=log)
        return self

    def owned(self) -> int:
        """Partitions of the log that it has, tables restored."""
        file = self.settings.datadir / HEALTH_FILE
        if not file.exists():
            return 0
        health = WorkerHealth.model_validate_json(file.read_bytes())
        return sum(each.topic == Topic.ENCOUNTER_EVENTS for each in health.partitions)

    def taken_over(self) -> list[int]:
        """How many partitions it has taken over, each time that it did."""
        lines = (self.settings.datadir / "stderr.log").read_text().splitlines()
        said = [json.loads(line) for line in lines if '"partitions_taken_over"' in line]
        return [len(each["partitions"]) for each in said]


def seconds_until(asked: Callable[[], bool]) -> float:
    """How long it takes until the answer is yes."""
    began = monotonic()
    while not asked():
        if monotonic() - began > GIVES_UP_AFTER_S:
            sys.exit("nobody took over.")
        sleep(LOOKS_EVERY_S)
    return round(monotonic() - began, 1)


async def fill(settings: WorkerSettings, states: int, size: int) -> None:
    """The changelog of that many states, incompressible as packed ones are."""
    topic = f"{settings.app_id}-{STATE_TABLE}-changelog"
    head = len(StoredState(None, b"").pack())
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap, max_batch_size=MEBIBYTE // 2) as client:

        async def ready() -> AIOKafkaProducer:
            return client

        async def always() -> None:
            pass

        producer = BatchProducer(ready, always, MEBIBYTE)
        for start in range(0, states, AT_ONCE):
            keys = [b"F1|P%07d" % number for number in range(start, min(states, start + AT_ONCE))]
            values = [StoredState(None, os.urandom(max(0, size - head))).pack() for _ in keys]
            sent = zip(keys, values, strict=True)
            await producer.send([Outgoing(topic, key, value, partition_of(key, PARTITIONS)) for key, value in sent])


def measured(bootstrap: str, redis_url: str, folder: Path, states: int, size: int, standbys: int) -> dict[str, object]:
    """Seconds until one worker alone has all, and until the other has, once the first is killed."""
    settings = WorkerSettings(
        bootstrap=bootstrap,
        redis_url=redis_url,
        app_id=f"taken-{states}-{standbys}",
        worker_name="one",
        datadir=folder / "one",
        partitions=PARTITIONS,
        standby_replicas=standbys,
    )
    asyncio.run(create_topics(settings))
    asyncio.run(fill(settings, states, size))
    one = Member(settings)
    two = Member(settings.model_copy(update={"worker_name": "two", "datadir": folder / "two"}))
    try:
        one.start()
        alone = seconds_until(lambda: PARTITIONS in one.taken_over())
        held = memory_kib(one.process, "VmRSS")
        two.start()
        seconds_until(lambda: PARTITIONS // 2 in one.taken_over() and PARTITIONS // 2 in two.taken_over())
        if standbys:
            sleep(STANDBY_CATCHES_UP_S)
        before = len(two.taken_over())
        one.process.kill()
        after_kill = seconds_until(lambda: PARTITIONS in two.taken_over()[before:])
    finally:
        for member in (one, two):
            if member.process:
                member.process.kill()
                member.process.wait()
    return {
        "standbys": standbys,
        "states": states,
        "bytes_each": size,
        "worker_rss_kib": held,
        "seconds_start_to_all_restored": alone,
        "seconds_kill_to_taken_over": after_kill,
        "session_timeout": settings.session_timeout,
    }


def main() -> None:
    """Measure without and with a standby, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=3480)
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with local_kafka(folder / "kafka") as bootstrap, embedded_cache(folder / "cache") as redis_url:
            for states, standbys in ((0, 0), (asked.states, 0), (asked.states, 1)):
                there = folder / f"{states}-{standbys}"
                rows.append(measured(bootstrap, redis_url, there, states, asked.bytes, standbys))
                print(json.dumps(rows[-1]), flush=True)
    keep("takeover", {**circumstances(), "takeover": rows})


if __name__ == "__main__":
    main()
