"""Processes of a counting job on `streams.batched`, the topics it reads, and questions about what it has written."""

import asyncio
import json
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from real_parts.eventually import PATIENCE
from running_worker import records_of
from streams.batched.batch_producer import BatchProducer
from streams.batched.outgoing import Outgoing, partition_of
from streams.batched.producer_epochs import ProducerEpochs

SCRIPT = Path(__file__).with_name("batched_process.py")
LARGEST = 1 << 20


class CountingProcess:
    """One process of the job."""

    def __init__(self, folder, name="one", **told):
        self.folder = folder / name
        self.folder.mkdir()
        defaults = {
            "partitions": 4,
            "batch_records": 200,
            "most_waiting_records": 400,
            "session_timeout": 6,
            "standby_replicas": 0,
            "gate": None,
        }
        self.told = defaults | {"name": name, "datadir": str(self.folder)} | told
        self.process = None

    def start(self):
        file = self.folder / "told.json"
        file.write_text(json.dumps(self.told))
        with (self.folder / "stderr.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(SCRIPT), str(file)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        return self

    def status(self):
        """What it last said about itself."""
        assert self.process.poll() is None, (self.folder / "stderr.log").read_text()
        file = self.folder / "status.json"
        return json.loads(file.read_text()) if file.exists() else {"owned": []}

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30 * PATIENCE)

    def halt(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30 * PATIENCE)


@contextmanager
def counting(folder, name="one", **told):
    """A process of the job, killed at the end if it still runs."""
    job = CountingProcess(folder, name, **told).start()
    try:
        yield job
    finally:
        if job.process.poll() is None:
            job.kill()


def made_topics(bootstrap, *names, partitions=4, **config):
    """Make topics with settings such as `cleanup_policy="compact"`."""
    configs = {name.replace("_", "."): str(value) for name, value in config.items()}

    async def make():
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        answer = await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs) for name in names])
        await admin.close()
        assert {code for _, code, *_ in answer.topic_errors} == {0}

    asyncio.run(make())


def sent(bootstrap, outgoing):
    """Send records by the batch producer."""

    async def send():
        async with _producer(bootstrap) as producer:
            assert await producer.send(outgoing) == []

    asyncio.run(send())


@asynccontextmanager
async def _producer(bootstrap):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=LARGEST // 2) as client:

        async def ready():
            return client

        async def always():
            pass

        yield BatchProducer(ready, always, LARGEST)


class FormerOwner:
    """One who was given the partitions of a changelog, and does not know that others have them now."""

    def __init__(self, runner, producer, topic):
        self._runner, self._producer, self._topic = runner, producer, topic

    def writes(self, key, value):
        place = self._topic, partition_of(key, 4)
        self._runner.run(self._producer.send([Outgoing(self._topic, key, value, place[1])], owned=place))


@contextmanager
def former_owner(bootstrap, app_id, changelog_topic):
    """Given every partition when the block begins."""
    with asyncio.Runner() as runner:
        client = runner.run(_started(bootstrap))

        async def ready():
            return client

        async def always():
            pass

        epochs = ProducerEpochs(app_id, ready)
        for partition in range(4):
            runner.run(epochs.of((changelog_topic, partition)))
        try:
            yield FormerOwner(runner, BatchProducer(ready, always, LARGEST, epochs), changelog_topic)
        finally:
            runner.run(client.stop())


async def _started(bootstrap):
    client = AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=LARGEST // 2)
    await client.start()
    return client


def events(topic, count, keys=50):
    return [Outgoing(topic, b"K%d" % (number % keys), b"%d" % number) for number in range(count)]


def committed(bootstrap, app_id, topic, partitions=4):
    """The committed offset of each partition; 0 where there is none."""

    async def ask():
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=app_id, enable_auto_commit=False)
        await consumer.start()
        try:
            return [await consumer.committed(TopicPartition(topic, each)) or 0 for each in range(partitions)]
        finally:
            await consumer.stop()

    return asyncio.run(ask())


def changelog(bootstrap, app_id):
    """Every state the changelog tells, by key, in order."""
    states = {}
    for record in records_of(bootstrap, f"{app_id}-counts-changelog"):
        states.setdefault(record.key, []).append(orjson.loads(record.value.rstrip()))
    return states


def counts(bootstrap, app_id):
    """What the changelog tells last of each key."""
    return {key: states[-1]["count"] for key, states in changelog(bootstrap, app_id).items()}
