"""How a worker bears many open encounters: memory, rate, deadlines; and how soon they are tended after a kill."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, time

from broker import Broker, NotFinishedError, connected
from deadlines import measure_deadlines
from installation import Installation, Worker, installed, servers
from patients import open_encounters, wall_now
from recorded_mix import background
from recovery import recoveries

ONE_CASE_IN = 50
"""Open encounters, of whom one has a running clock."""
LOADS_PER_S = 200
"""A load slower than that is given up."""
RATE_OF = 4_000
"""Messages by which the rate beside the open encounters is told."""
SETTLES_S = 3
"""Until memory is read: what was fetched and sent is let go of by then."""


async def loaded(broker: Broker, worker: Worker, first: int, last: int) -> dict[str, object]:
    """Open the encounters from number `first` on; how long that took, and what the worker holds after it."""
    begun = monotonic()
    await broker.send(open_encounters("open-", first, last, ONE_CASE_IN))
    await broker.until_finished(30 + (last - first) / LOADS_PER_S)
    took_s = monotonic() - begun
    await asyncio.sleep(SETTLES_S)
    return {"open": last, "loaded_in_s": round(took_s, 1), "resident_kib": worker.resident_kib()}


async def rate_beside(broker: Broker, number: int) -> dict[str, object]:
    """Messages a second of the recorded mix, given at once, from the send until its last state is stored."""
    made = background(RATE_OF, wall_now(), RATE_OF, first_copy=100_000 * (number + 1))
    await broker.send(made.admissions)
    await broker.until_finished(60)
    begun = time()
    await broker.send(made.messages)
    await broker.until_finished(60)
    return {"messages_per_second": round(RATE_OF / (await broker.last_state_s() - begun))}


async def at_sizes(
    installation: Installation,
    broker: Broker,
    worker: Worker,
    sizes: dict[str, object],
    keep: Callable[[dict[str, object]], None],
) -> None:
    """Every size, one after the other: each adds to those that are open."""
    before_kib, open_before = worker.resident_kib(), 0
    keep({"open": 0, "resident_kib": before_kib})
    for number, count in enumerate(sizes["open"]):
        row = await loaded(broker, worker, open_before, count)
        row["kib_an_encounter"] = round((row["resident_kib"] - before_kib) / (count - open_before), 2)
        keep(row)
        with suppress(NotFinishedError):
            asked = (sizes["deadlines"], sizes["seconds"], sizes["same_minute"])
            told = await measure_deadlines(installation, broker, f"due-{count}", *asked)
            keep({"open": count, "deadlines": told})
            keep({"open": count, **await rate_beside(broker, number)})
        before_kib, open_before = worker.resident_kib(), count


async def measure(folder: Path, sizes: dict[str, object], keep: Callable[[dict[str, object]], None]) -> None:
    """All sizes with one worker; at the last, kills."""
    with servers(folder) as (bootstrap, redis_url), installed(bootstrap, redis_url, folder) as installation:
        async with connected(installation) as broker:
            worker = installation.start_worker("worker-a")
            await asyncio.sleep(SETTLES_S)
            await at_sizes(installation, broker, worker, sizes, keep)
            told = await recoveries(installation, broker, worker)
            keep({"open": sizes["open"][-1], "recovery": told})
