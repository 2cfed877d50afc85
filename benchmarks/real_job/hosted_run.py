"""The real job: our engine over one raw feed, in our worker and in the hosts of others.

Raw topics are filled once. Each host then reads them from their beginning into topics that are made anew
for it; the clock runs from its first fact in the log to its last result, by the broker's own time. A host is let go
on until all raw messages and all of the log are finished and shown in Redis.
"""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from feed import Feed, feed
from hosted import LIVED, RECEIVED_AT
from redis import Redis

from schemas.read_model import EngineClock
from schemas.topics import RAW_TOPICS, Topic
from scoring.rules import shipped_measures
from streams.batched.outgoing import Outgoing
from streams.batched.partition_ends import ends
from streams.topic_layout import create_topics
from streams.topic_reader import read_partition, topic_reader
from streams.worker_settings import WorkerSettings

MEASURES = shipped_measures()
OURS, BYTEWAX, QUIX = "timezero worker", "bytewax", "quix streams"
HOSTS = (OURS, BYTEWAX, QUIX)
LOOKS_EVERY_S = 0.5
GIVES_UP_AFTER_S = 3600
DOWNSTREAM = (Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS)
COUNTED = (Topic.ENCOUNTER_EVENTS, Topic.ENCOUNTER_VERDICTS, Topic.ENCOUNTER_ALERTS, Topic.CASES)
RESULTS = (Topic.ENCOUNTER_VERDICTS, *DOWNSTREAM)
WHEN_KNOWN = frozenset({"revision", "as_of"})
"""Depends on the order in which a host read the raw topics; the rest of a final verdict does not."""
AT_ONCE = 2000
LOG_SHOWN = 4000
"""Characters of a host's log that are shown where it failed."""


@dataclass(frozen=True)
class Place:
    """Where a run happens."""

    bootstrap: str
    redis_url: str
    folder: Path
    peers_python: Path

    def settings(self) -> WorkerSettings:
        """Those of our worker: its own defaults, but for where things are and a clock that stands before the feed."""
        clock = EngineClock(started_at=RECEIVED_AT, wall_started_at=RECEIVED_AT, speed=1e-9)
        return WorkerSettings(
            bootstrap=self.bootstrap,
            redis_url=self.redis_url,
            app_id="real-ours",
            datadir=self.folder / "worker",
            measures=MEASURES,
            clock=clock,
        )


def real_job(place: Place, count: int, hosts: tuple[str, ...] = HOSTS) -> dict[str, object]:
    """Fill the raw topics with `count` messages and let each host work through them."""
    made = feed(count)
    asyncio.run(create_topics(place.settings()))
    asyncio.run(_send(place.bootstrap, made.messages))
    print(f"real job: {count:,} raw messages, {dict(made.outcomes)}, {made.facts:,} facts", flush=True)
    figures = [_work_through(place, made, host) for host in hosts]
    same = len({each["verdicts_sha256"] for each in figures}) == 1
    fed = {"messages": count, "outcomes": made.outcomes, "facts": made.facts}
    return {"measures": len(MEASURES), **fed, "same_verdicts": same, "hosts": figures}


async def _send(bootstrap: str, messages: list[Outgoing]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5) as producer:
        for start in range(0, len(messages), AT_ONCE):
            part = messages[start : start + AT_ONCE]
            await asyncio.gather(*[await producer.send(each.topic, each.value, each.key) for each in part])


def _work_through(place: Place, made: Feed, host: str) -> dict[str, object]:
    asyncio.run(_only_raw_topics(place.bootstrap))
    asyncio.run(create_topics(place.settings()))
    asyncio.run(_by_the_brokers_time(place.bootstrap))
    with Redis.from_url(place.redis_url) as redis:
        redis.flushdb()
    before = os.times()
    with _running(place, host) as process:
        _settle(place, made, host, process)
    spent = os.times()
    seconds = asyncio.run(_last_written(place.bootstrap)) - asyncio.run(_first_written(place.bootstrap))
    figures = {"host": host, "messages": len(made.messages), "seconds": round(seconds, 1)}
    figures |= {"messages_per_second": round(len(made.messages) / seconds)}
    # Of the host's own process, its start included; the broker's is not in it.
    cpu = spent.children_user + spent.children_system - before.children_user - before.children_system
    figures |= {"host_cpu_seconds": round(cpu, 1), **asyncio.run(_results(place.bootstrap))}
    print(orjson.dumps(figures).decode(), flush=True)
    return figures


@contextmanager
def _running(place: Place, host: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIMEZERO_")}
    name = host.partition(" ")[0]
    folder = place.folder / name
    (folder / "state").mkdir(parents=True)
    with (folder / "host.log").open("wb") as log:
        process = subprocess.Popen(
            _command(place, host, folder), env=environment | _environment(place), cwd=folder, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM if host == OURS else signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(place: Place, host: str, folder: Path) -> list[str]:
    if host == OURS:
        return [sys.executable, "-P", "-m", "timezero", "worker"]
    script = Path(__file__).with_name("on_bytewax.py" if host == BYTEWAX else "on_quix.py").resolve()
    said = ["--bootstrap", place.bootstrap, "--redis-url", place.redis_url, "--folder", str(folder / "state")]
    return [str(place.peers_python), "-P", str(script), *said, "--measures", ",".join(MEASURES)]


def _environment(place: Place) -> dict[str, str]:
    """Our worker's settings; and, for the others, where `hosted` is."""
    settings = place.settings()
    return {
        "TIMEZERO_BOOTSTRAP": place.bootstrap,
        "TIMEZERO_REDIS_URL": place.redis_url,
        "TIMEZERO_APP_ID": settings.app_id,
        "TIMEZERO_DATADIR": str(settings.datadir),
        "TIMEZERO_MEASURES": ",".join(MEASURES),
        "TIMEZERO_CLOCK": settings.clock.model_dump_json() if settings.clock else "",
        "PYTHONPATH": str(Path(__file__).parent.resolve()),
    }


def _settle(place: Place, made: Feed, host: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until everything is finished."""
    give_up_at = monotonic() + GIVES_UP_AFTER_S
    while not asyncio.run(_finished(place, made, host)):
        if process.poll() is not None or monotonic() > give_up_at:
            log = place.folder / host.partition(" ")[0] / "host.log"
            sys.exit(f"{host} ended or did not come to its end:\n{log.read_text('utf-8', 'replace')[-LOG_SHOWN:]}")
        sleep(LOOKS_EVERY_S)


async def _finished(place: Place, made: Feed, host: str) -> bool:
    partitions = range(place.settings().partitions)
    log = [TopicPartition(str(Topic.ENCOUNTER_EVENTS), each) for each in partitions]
    async with topic_reader(place.bootstrap) as reader:
        written = sum((await reader.end_offsets(log)).values())
        if written < made.facts:
            return False
        if host == BYTEWAX:
            with Redis.from_url(place.redis_url) as redis:
                return int(redis.get(LIVED) or 0) == written
        topics = (*RAW_TOPICS, *(DOWNSTREAM if host == OURS else ()))
        places = [*log, *(TopicPartition(str(topic), each) for topic in topics for each in partitions)]
        there = sum((await reader.end_offsets(places)).values())
    return await _committed(place.bootstrap, "real-ours" if host == OURS else "real-quix", places) == there


async def _committed(bootstrap: str, group: str, places: list[TopicPartition]) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        return sum([await consumer.committed(place) or 0 for place in places])
    finally:
        await consumer.stop()


async def _only_raw_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    while others := [each for each in await admin.list_topics() if each not in RAW_TOPICS and each[:2] != "__"]:
        await admin.delete_topics(others)
        await asyncio.sleep(LOOKS_EVERY_S)
    await admin.close()


async def _by_the_brokers_time(bootstrap: str) -> None:
    """Have the broker say when a record was written: one host gives its results the time of what they come from."""
    topics = map(str, (Topic.ENCOUNTER_EVENTS, *RESULTS))
    configs = {"message.timestamp.type": "LogAppendTime"}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, each, configs=configs) for each in topics])
    await admin.close()


async def _first_written(bootstrap: str) -> float:
    """When the first fact was written to the log."""
    async with topic_reader(bootstrap) as reader:
        partitions = reader.partitions_for_topic(str(Topic.ENCOUNTER_EVENTS)) or range(WorkerSettings().partitions)
        places = {TopicPartition(str(Topic.ENCOUNTER_EVENTS), each): 0 for each in partitions}
        found = await reader.offsets_for_times(places)
    return min(each.timestamp for each in found.values() if each) / 1000


async def _last_written(bootstrap: str) -> float:
    """When the last result was written: not when an offset was committed, which each host does in its own time."""
    latest = 0
    async with topic_reader(bootstrap) as reader:
        for topic in RESULTS:
            places = [TopicPartition(str(topic), each) for each in range(WorkerSettings().partitions)]
            for place, end in (await ends(reader, places)).items():
                reader.assign([place])
                reader.seek(place, max(end - 1, 0))
                latest = max(latest, (await reader.getone()).timestamp if end else 0)
    return latest / 1000


async def _results(bootstrap: str) -> dict[str, object]:
    """How much was written, and a digest of what each verdict was in the end."""
    final: dict[str, object] = {}
    statuses: Counter[str] = Counter()
    async with topic_reader(bootstrap) as reader:
        for partition in range(WorkerSettings().partitions):
            async for records in read_partition(reader, str(Topic.ENCOUNTER_VERDICTS), partition):
                final |= {(each.key or b"").decode(): each.value for each in records}
        written = {str(topic): await _length(reader, topic) for topic in COUNTED}
    verdicts = {key: _timeless(value) for key, value in sorted(final.items()) if value is not None}
    statuses.update(str(each["status"]) for each in verdicts.values())
    digest = hashlib.sha256(orjson.dumps(verdicts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {"written": written, "verdicts": len(verdicts), "statuses": statuses, "verdicts_sha256": digest}


def _timeless(value: bytes) -> dict[str, object]:
    return {name: each for name, each in orjson.loads(value).items() if name not in WHEN_KNOWN}


async def _length(reader: AIOKafkaConsumer, topic: Topic) -> int:
    places = [TopicPartition(str(topic), each) for each in range(WorkerSettings().partitions)]
    return sum((await ends(reader, places)).values())
