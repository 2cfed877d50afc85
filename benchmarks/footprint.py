"""What a patient weighs: `python benchmarks/footprint.py`.

A simulated department through a whole worker on a real Kafka: bytes in each topic, in the tables, in Redis and in the
worker's memory, and processor time. `capacity.py` works with them. Nothing here is a test.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import orjson
from redis import Redis
from result import circumstances, keep

from schemas.read_model import CASES_HASH, EngineClock
from schemas.topics import RAW_TOPICS, Topic
from streams.clock import Clock, wall_clock
from streams.feed_message import FeedMessage
from streams.produce import telling_when
from streams.replay_player import play_feed
from streams.topic_layout import STATE_TABLE, create_topics
from streams.topic_reader import partitions_of, read_partition, topic_reader
from streams.worker_settings import MEBIBYTE, WorkerSettings
from timezero.embedded import embedded_cache
from timezero.local_kafka import local_kafka

CHILDREN, ADULTS = 60, 240
GIVES_UP_AFTER_S = 900
LOOKS_EVERY_S = 1
LASTS_S = 60
"""Wall seconds in which the feed is played: its deadlines pass meanwhile."""
STILL_S = 10
"""Nothing written for so long: the worker is done."""


def simulated(folder: Path) -> list[FeedMessage]:
    """A seeded department's feed, each message with the time it was received written into it."""
    command = [sys.executable, "-m", "timezero", "simulate", "--seed", "11", "--out", str(folder)]
    command += ["--children", str(CHILDREN), "--adults", str(ADULTS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    lines = map(orjson.loads, (folder / "feed.ndjson").read_bytes().splitlines())
    feed = [FeedMessage(datetime.fromisoformat(each.pop("received_at")), **each) for each in lines]
    return [FeedMessage(each.received_at, each.topic, each.key, telling_when(each)) for each in feed]


def bytes_by_topic(messages: Path) -> dict[str, int]:
    """What lies in the broker's segments; indexes, which are made in advance, left out."""
    found: dict[str, int] = defaultdict(int)
    for segment in messages.glob("*/*.log"):
        topic, _, partition = segment.parent.name.rpartition("-")
        if partition.isdigit() and not topic.startswith("__"):
            found[topic] += segment.stat().st_size
    return dict(found)


def settled(messages: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until nothing has been written for a while."""
    give_up_at, before, since = monotonic() + GIVES_UP_AFTER_S, None, monotonic()
    while monotonic() - since < STILL_S:
        if process.poll() is not None or monotonic() > give_up_at:
            sys.exit("the worker did not get through the feed.")
        sleep(LOOKS_EVERY_S)
        if (now := bytes_by_topic(messages)) != before:
            before, since = now, monotonic()


def memory_kib(process: "subprocess.Popen[bytes]", line: str) -> int:
    """`VmRSS` or `VmHWM` of a process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(each for each in status.splitlines() if each.startswith(line)).split()[1])


async def last_values(bootstrap: str, topic: str) -> dict[bytes | None, bytes | None]:
    """The last value of each key."""
    last: dict[bytes | None, bytes | None] = {}
    async with topic_reader(bootstrap) as consumer:
        for partition in await partitions_of(bootstrap, topic):
            async for records in read_partition(consumer, topic, partition):
                last |= {each.key: each.value for each in records}
    return last


def worked_through(
    settings: WorkerSettings, feed: list[FeedMessage], redis: Redis, messages: Path
) -> dict[str, object]:
    """Play the feed to a worker by their common clock; what it took."""
    names = ("bootstrap", "redis_url", "app_id", "datadir")
    told = {f"TIMEZERO_{name.upper()}": str(getattr(settings, name)) for name in names}
    told["TIMEZERO_CLOCK"] = settings.clock.model_dump_json() if settings.clock else ""
    empty, before = redis.info("memory")["used_memory"], os.times()
    process = subprocess.Popen([sys.executable, "-P", "-m", "timezero", "worker"], env=os.environ | told)
    try:
        asyncio.run(play_feed(feed, settings.bootstrap, clock=Clock(settings.clock), limit_bytes=MEBIBYTE))
        settled(messages, process)
        taken = {
            "redis_bytes": redis.info("memory")["used_memory"] - empty,
            "worker_rss_kib": memory_kib(process, "VmRSS"),
            "worker_most_kib": memory_kib(process, "VmHWM"),
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    spent = os.times()
    cpu = spent.children_user + spent.children_system - before.children_user - before.children_system
    return taken | {"cpu_seconds": round(cpu, 1)}


def main() -> None:
    """Measure, print and keep."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed = simulated(folder / "feed")
        with local_kafka(folder / "kafka") as bootstrap, embedded_cache(folder / "cache") as redis_url:
            speed = (feed[-1].received_at - feed[0].received_at).total_seconds() / LASTS_S
            clock = EngineClock(started_at=feed[0].received_at, wall_started_at=wall_clock(), speed=speed)
            settings = WorkerSettings(
                bootstrap=bootstrap, redis_url=redis_url, app_id="weighed", datadir=folder / "worker", clock=clock
            )
            asyncio.run(create_topics(settings))
            with Redis.from_url(redis_url) as redis:
                figures = worked_through(settings, feed, redis, folder / "kafka" / "messages")
                figures["cases"] = redis.hlen(CASES_HASH)
            states = asyncio.run(last_values(bootstrap, f"weighed-{STATE_TABLE}-changelog"))
            last = asyncio.run(last_values(bootstrap, Topic.CASES))
            figures["bytes_by_topic"] = bytes_by_topic(folder / "kafka" / "messages")
    figures |= {
        "messages": len(feed),
        "messages_by_topic": {str(topic): sum(each.topic == topic for each in feed) for topic in RAW_TOPICS},
        "patients": len(states),
        "state_bytes": sum(len(each or b"") for each in states.values()),
        "case_record_bytes": sum(len(each or b"") for each in last.values()),
    }
    print(json.dumps(figures, indent=1))
    keep("footprint", {**circumstances(), **figures})


if __name__ == "__main__":
    main()
