"""Workers to start, stop and kill, and questions about what they have done."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from redis import Redis

from real_parts.eventually import PATIENCE, eventually
from schemas.read_model import ALERTS_HASH, BELIEFS_OF_CASE, CASES_HASH
from schemas.topics import RAW_TOPICS, Topic
from schemas.worker_health import WorkerHealth
from streams.batched.partition_ends import ends
from streams.topic_reader import partitions_of, read_partition, topic_reader
from streams.worker_health import HEALTH_FILE, health
from streams.worker_settings import WorkerSettings

SCRIPT = Path(__file__).with_name("worker_process.py")
READ_BY_STAGES = (*RAW_TOPICS, Topic.ENCOUNTER_EVENTS, Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)
"""Topics of which a worker commits how far it has come."""


class WorkerProcess:
    """One worker, with what it wrote to stderr."""

    within = ()
    """Words before its command, as those that start it in a network of its own."""

    def __init__(self, settings, engine="fake"):
        self.settings = settings
        self.engine = engine
        settings.datadir.mkdir(parents=True, exist_ok=True)
        self.log = settings.datadir / "stderr.log"
        self.process = None

    def start(self):
        file = self.settings.datadir / "settings.json"
        file.write_text(orjson.dumps(self._told()).decode(), encoding="utf-8")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.within, sys.executable, str(SCRIPT), str(file), self.engine],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        return self

    def _told(self):
        return self.settings.model_dump(mode="json")

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30 * PATIENCE)

    def halt(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Ask it to end, and give its exit code; one that does not end is asked where it stands."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=30 * PATIENCE)
        self.process.send_signal(signal.SIGUSR1)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        pytest.fail(f"the worker does not end:\n{self.log.read_text()[-20_000:]}")

    def is_well(self):
        assert self.process.poll() is None, self.log.read_text()
        return health(self.settings.datadir)[0]


@contextmanager
def running_worker(settings, engine="fake"):
    worker = WorkerProcess(settings, engine).start()
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.kill()


def fresh(bootstrap, redis_url, folder, **settings):
    """Settings for a worker on a broker without topics and an empty cache."""
    without_topics(bootstrap)
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    app_id = f"t-{folder.name[-20:]}".lower()
    return WorkerSettings(
        bootstrap=bootstrap, redis_url=redis_url, datadir=folder / "worker", app_id=app_id, **settings
    )


def without_topics(bootstrap):
    """Take every topic away, and wait until the broker has none."""
    eventually(lambda: not asyncio.run(_delete_topics(bootstrap)), what="a broker without topics")


async def _delete_topics(bootstrap):
    """Ask for every topic to be deleted; gives those that were still there."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = [topic for topic in await admin.list_topics() if not topic.startswith("__")]
        if topics:
            await admin.delete_topics(topics)
    finally:
        await admin.close()
    return topics


def partitions_of_log(worker):
    """Partitions of the log that a worker says it owns; none before it has said anything."""
    file = worker.settings.datadir / HEALTH_FILE
    if not file.exists():
        return set()
    written = WorkerHealth.model_validate_json(file.read_bytes())
    return {each.partition for each in written.partitions if each.topic == Topic.ENCOUNTER_EVENTS}


def cases_in(redis_url):
    """Case records as the board sees them, without what depends on when we knew."""
    with Redis.from_url(redis_url) as redis:
        records = {key.decode(): orjson.loads(value) for key, value in redis.hgetall(CASES_HASH).items()}
    return {key: final(record) for key, record in records.items()}


def final(record):
    return {name: each for name, each in record.items() if name not in {"revision", "as_of"}}


def alerts_in(redis_url):
    with Redis.from_url(redis_url) as redis:
        return {key.decode() for key in redis.hkeys(ALERTS_HASH)}


def histories_in(redis_url):
    """What was held of each case, oldest first, by the key of its record."""
    with Redis.from_url(redis_url) as redis:
        keys = [key.decode() for key in redis.scan_iter(match=f"{BELIEFS_OF_CASE}*")]
        return {key.removeprefix(BELIEFS_OF_CASE): redis.zrange(key, 0, -1) for key in keys}


def records_of(bootstrap, topic):
    """Every record of a topic: partition by partition, in order."""

    async def read():
        async with topic_reader(bootstrap) as consumer:
            return [
                record
                for partition in await partitions_of(bootstrap, topic)
                async for records in read_partition(consumer, topic, partition)
                for record in records
            ]

    return asyncio.run(read())


def committed(settings, *topics):
    """How many records of these topics the group has finished, and how many there are."""

    async def ask():
        consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.bootstrap, group_id=settings.app_id, enable_auto_commit=False
        )
        await consumer.start()
        try:
            places = [TopicPartition(topic, each) for topic in topics for each in range(settings.partitions)]
            done = [await consumer.committed(place) or 0 for place in places]
            async with topic_reader(settings.bootstrap) as reader:
                return sum(done), sum((await ends(reader, places)).values())
        finally:
            await consumer.stop()

    return asyncio.run(ask())
