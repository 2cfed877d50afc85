"""How long partitions stand still while workers are restarted one after the other.

`PYTHONPATH=benchmarks:tests python -P benchmarks/rolling_restart.py`
Three workers, twelve partitions, a steady feed and the small engine of the tests. Of each partition the longest
time that a message waited until a state was written, and the longest in which none was, the feed's own silences among
them; alerts are held against those of the log. Nothing here is a test.
"""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from result import circumstances, keep

from event_log import alerts_of_log, alerts_sent
from real_parts.eventually import eventually
from running_group import restart_one_after_the_other, running_group, silences, standstills, steadily_sent
from running_worker import committed, fresh
from schemas.read_model import EngineClock
from schemas.topics import RAW_TOPICS
from sepsis_feed import STARTS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.log_export import export
from timezero.embedded import embedded_cache
from timezero.local_kafka import local_kafka

WORKERS, PARTITIONS = 3, 12


def measured(
    bootstrap: str, redis_url: str, folder: Path, standbys: int, patients: int, speed: float
) -> dict[str, object]:
    """One rolling restart."""
    told = sepsis_feed(patients, seed=21)
    clock = EngineClock(started_at=STARTS_AT, wall_started_at=wall_clock(), speed=speed)
    settings = fresh(
        bootstrap, redis_url, folder, clock=clock, partitions=PARTITIONS, standby_replicas=standbys, batch_records=50
    )
    with running_group(settings, WORKERS) as workers:
        with steadily_sent(bootstrap, told, speed) as feed:
            restart_one_after_the_other(workers)
            lasted = not feed.done()
        eventually(lambda: committed(settings, *RAW_TOPICS)[0] == len(told), within=120, what="the whole feed finished")
        for worker in workers:
            worker.stop()
    asyncio.run(export(bootstrap, folder / "log.ndjson"))
    return {
        "standbys": standbys,
        "messages": len(told),
        "feed_outlasted_the_restarts": lasted,
        "seconds_stood_still": _rounded(standstills(settings)),
        "seconds_without_a_state": _rounded(silences(settings)),
        "same_alerts": alerts_of_log(folder / "log.ndjson") == alerts_sent(bootstrap),
    }


def _rounded(seconds: dict[int, float]) -> list[float]:
    return sorted(round(each, 1) for each in seconds.values())


def main() -> None:
    """Measure without and with a standby, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--speed", type=float, default=1500)
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with local_kafka(folder / "kafka") as bootstrap, embedded_cache(folder / "cache") as redis_url:
            for standbys in (0, 1):
                there = folder / f"standbys-{standbys}"
                there.mkdir()
                rows.append(measured(bootstrap, redis_url, there, standbys, asked.patients, asked.speed))
                print(json.dumps(rows[-1]), flush=True)
    keep("rolling-restart", {**circumstances(), "rolling_restart": rows})


if __name__ == "__main__":
    main()
