"""End-to-end rate by partitions and workers: raw messages that wait, to the last state stored.

The clock runs from the first fact written to the log to the last state in its changelog, by the timestamps of the
broker's records. All of it is sent at once, to workers that are there and own their partitions.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from broker import connected
from installation import installed, servers
from patients import wall_now
from recorded_mix import background

from running_worker import without_topics
from schemas.topics import RAW_TOPICS, Topic

FINISHES_WITHIN_S = 100


async def one(
    bootstrap: str, redis_url: str, folder: Path, partitions: int, workers: int, messages: int
) -> dict[str, object]:
    """One installation of its own: so many partitions, workers and messages."""
    name = f"growth-{partitions}-{workers}"
    made = background(messages, wall_now(), messages)
    with installed(bootstrap, redis_url, folder / name, partitions=partitions, app_id=name) as installation:
        async with connected(installation) as broker:
            begun = [installation.begin_worker(f"worker-{each}") for each in range(workers)]
            await asyncio.to_thread(installation.until_shared_out, begun)
            await broker.send(made.admissions)
            await broker.send(made.messages)
            await broker.until_finished(FINISHES_WITHIN_S)
            took_s = await broker.last_state_s() - await broker.first_fact_s()
            facts = sum((await broker.ends([Topic.ENCOUNTER_EVENTS])).values())
            raw = sum((await broker.ends(RAW_TOPICS)).values())
    rate = {"seconds": round(took_s, 1), "messages_per_second": round(raw / took_s)}
    return {"partitions": partitions, "workers": workers, "messages": raw, "events": facts, **rate}


async def measure(folder: Path, sizes: dict[str, object], keep: Callable[[dict[str, object]], None]) -> None:
    """Every number of partitions with every number of workers that it can employ."""
    with servers(folder) as (bootstrap, redis_url):
        for partitions in sizes["partitions"]:
            for workers in sizes["workers"]:
                if workers <= partitions:
                    await asyncio.to_thread(without_topics, bootstrap)
                    keep(await one(bootstrap, redis_url, folder, partitions, workers, sizes["messages"]))
