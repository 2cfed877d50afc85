"""Workers of one group under a steady feed, and how long each partition stood still meanwhile."""

import asyncio
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise

from aiokafka import TopicPartition

from real_parts.eventually import eventually
from running_worker import partitions_of_log, running_worker
from schemas.read_model import EngineClock
from schemas.topics import RAW_TOPICS
from streams.batched.partition_ends import ends
from streams.clock import Clock, wall_clock
from streams.feed_message import FeedMessage
from streams.produce import telling_when
from streams.replay_player import play_feed
from streams.topic_layout import STATE_TABLE
from streams.topic_reader import partitions_of, topic_reader
from streams.worker_settings import MEBIBYTE


@contextmanager
def running_group(settings, count, engine="fake"):
    """`count` workers that share the partitions evenly, each with a folder and a name of its own."""
    with ExitStack() as stack:
        members = [member(settings, number) for number in range(count)]
        workers = [stack.enter_context(running_worker(each, engine)) for each in members]
        share_evenly(workers)
        yield workers


def member(settings, number):
    name = f"w{number}"
    return settings.model_copy(update={"worker_name": name, "datadir": settings.datadir.with_name(name)})


def share_evenly(workers):
    """Wait until every partition has one owner, and none has many more than another."""
    partitions = workers[0].settings.partitions
    share = partitions // len(workers)
    eventually(
        lambda: (
            all(share <= len(partitions_of_log(each)) <= share + 1 for each in workers)
            and sum(len(partitions_of_log(each)) for each in workers) == partitions
        ),
        within=120,
        what="a shared group",
    )


def restart_one_after_the_other(workers):
    """Stop each as a deploy does, start it again, and go on once the group shares its work evenly; the exit codes."""
    codes = []
    for worker in workers:
        codes.append(worker.stop())
        (worker.settings.datadir / "health.json").unlink(missing_ok=True)
        worker.start()
        share_evenly(workers)
    return codes


@contextmanager
def steadily_sent(bootstrap, messages, speed):
    """Send each message as a clock `speed` times as fast as the wall's reaches it; at the end all are sent."""
    feed = [FeedMessage(each.received_at, each.topic, each.key, telling_when(each)) for each in messages]
    clock = Clock(EngineClock(started_at=feed[0].received_at, wall_started_at=wall_clock(), speed=speed))
    with ThreadPoolExecutor(1) as thread:
        playing = thread.submit(lambda: asyncio.run(play_feed(feed, bootstrap, clock=clock, limit_bytes=MEBIBYTE)))
        yield playing
        playing.result()


def standstills(settings):
    """Of each partition the longest time, in seconds, from when a message was sent until a state was next written.

    Not the time between two states: a feed falls silent too.
    """
    written = {partition: sorted(times) for partition, times in _times(settings, _states(settings)).items()}
    waited = dict.fromkeys(written, 0.0)
    for topic in RAW_TOPICS:
        for partition, times in _times(settings, topic).items():
            after = written.get(partition, [])
            places = [(sent, bisect_left(after, sent)) for sent in times]
            waits = [after[place] - sent for sent, place in places if place < len(after)]
            waited[partition] = max([waited.get(partition, 0.0), *waits])
    return waited


def silences(settings):
    """Of each partition the longest time, in seconds, in which no state of it was written."""
    return {
        partition: max(after - before for before, after in pairwise(sorted(times)))
        for partition, times in _times(settings, _states(settings)).items()
    }


def _states(settings):
    return f"{settings.app_id}-{STATE_TABLE}-changelog"


def _times(settings, topic):
    return asyncio.run(_written(settings.bootstrap, topic))


async def _written(bootstrap, topic):
    """When each record of each partition was written, in seconds."""
    times = {}
    async with topic_reader(bootstrap) as consumer:
        places = [TopicPartition(topic, each) for each in await partitions_of(bootstrap, topic)]
        end = await ends(consumer, places)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        while any([await consumer.position(each) < end[each] for each in places]):
            for place, records in (await consumer.getmany(timeout_ms=200)).items():
                times.setdefault(place.partition, []).extend(each.timestamp / 1000 for each in records)
    return times
