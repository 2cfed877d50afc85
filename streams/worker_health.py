"""Health by progress: a worker is well while every partition with records waiting moves on.

The worker writes what it has finished to a file and to Redis; `health` judges the file, so that
a container's health check needs neither broker nor cache.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from schemas.strict_model import Instant, StrictModel
from streams.clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

HEALTH_KEY = "timezero:health:"
"""Prefix; followed by the worker's name: string, `WorkerHealth` JSON."""
HEALTH_FILE = "health.json"
SILENT_AFTER = timedelta(seconds=15)
"""A worker that has written nothing for so long is not running, or hangs."""


class PartitionProgress(StrictModel):
    """How far one partition has come."""

    topic: str
    partition: int
    finished: int
    """The next offset to finish."""
    waiting: int
    """Records behind it."""
    moved_at: Instant
    """Wall time at which it last moved on, or had nothing waiting."""


class WorkerHealth(StrictModel):
    """What a worker last wrote about itself."""

    worker: str
    written_at: Instant
    """Wall time."""
    stalled_after: float
    """Seconds."""
    partitions: tuple[PartitionProgress, ...] = ()

    def stalled(self) -> tuple[PartitionProgress, ...]:
        """Partitions with records waiting and no progress."""
        patience = timedelta(seconds=self.stalled_after)
        return tuple(each for each in self.partitions if each.waiting and self.written_at - each.moved_at > patience)

    def stuck(self) -> tuple[PartitionProgress, ...]:
        """The stalled partitions, where no other is at work: behind one that is, they may be waiting for their turn."""
        stalled = self.stalled()
        at_work = any(each.waiting and each not in stalled for each in self.partitions)
        return () if at_work else stalled


class Progress:
    """Notes when each partition last moved on."""

    def __init__(self, worker: str, stalled_after: float) -> None:
        """Know no partition."""
        self._worker = worker
        self._stalled_after = stalled_after
        self._last: dict[tuple[str, int], PartitionProgress] = {}

    def note(self, offsets: Mapping[tuple[str, int], tuple[int, int]], now: datetime) -> WorkerHealth:
        """Health at wall time `now`, from each partition's next offset to finish and its end."""
        self._last = {place: self._moved(place, *offsets[place], now) for place in sorted(offsets)}
        return WorkerHealth(
            worker=self._worker,
            written_at=now,
            stalled_after=self._stalled_after,
            partitions=tuple(self._last.values()),
        )

    def _moved(self, place: tuple[str, int], finished: int, end: int, now: datetime) -> PartitionProgress:
        last = self._last.get(place)
        stands = last is not None and last.finished == finished and end > finished
        return PartitionProgress(
            topic=place[0],
            partition=place[1],
            finished=finished,
            waiting=max(0, end - finished),
            moved_at=last.moved_at if last is not None and stands else now,
        )


def health(datadir: Path, now: datetime | None = None) -> tuple[bool, str]:
    """Whether the worker with this folder is well, and a sentence that says so or why not."""
    try:
        written = WorkerHealth.model_validate_json((datadir / HEALTH_FILE).read_bytes())
    except (OSError, ValidationError):
        return False, f"no worker has written its health to {datadir / HEALTH_FILE}."
    silent = (now or wall_clock()) - written.written_at
    if silent > SILENT_AFTER:
        return False, f"worker {written.worker} has been silent for {silent.total_seconds():.0f} s."
    stalled = written.stalled()
    if stalled:
        places = ", ".join(f"{each.topic} {each.partition}" for each in stalled)
        return False, f"worker {written.worker} has records waiting and makes no progress in {places}."
    waiting = sum(each.waiting for each in written.partitions)
    return True, f"worker {written.worker} is well: {len(written.partitions)} partitions, {waiting} records waiting."
