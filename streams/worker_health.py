"""Health by progress: a worker is well while what waits moves on, partition by partition or in its turn.

The worker writes what it has finished, and what each stage is at, to a file and to Redis; `health`
judges the file, so that a container's health check needs neither broker nor cache.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from schemas.strict_model import Instant, StrictModel
from streams.clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


class StageAtWork(StrictModel):
    """A stage with a batch under way."""

    stage: str
    topics: tuple[str, ...]
    since: Instant
    """Wall time at which the batch was first tried."""
    tried_at: Instant
    """Wall time of its latest try."""
    error: str | None = None
    """Type of the error in which the try before ended; none while it is tried for the first time."""


class WorkerHealth(StrictModel):
    """What a worker last wrote about itself."""

    worker: str
    written_at: Instant
    """Wall time."""
    stalled_after: float
    """Seconds."""
    partitions: tuple[PartitionProgress, ...] = ()
    stages: tuple[StageAtWork, ...] = ()
    """Those with a batch under way."""

    def stalled(self) -> tuple[PartitionProgress, ...]:
        """Partitions with records waiting and no progress; behind one that is at work it may be their turn later."""
        patience = timedelta(seconds=self.stalled_after)
        return tuple(each for each in self.partitions if each.waiting and self.written_at - each.moved_at > patience)

    def stuck(self) -> tuple[PartitionProgress, ...]:
        """The stalled partitions, where none moves; a stage with a batch under way answers for its own."""
        stalled = self.stalled()
        at_work = any(each.waiting and each not in stalled for each in self.partitions)
        busy = {topic for stage in self.stages for topic in stage.topics}
        return () if at_work else tuple(each for each in stalled if each.topic not in busy)

    def stuck_stages(self) -> tuple[StageAtWork, ...]:
        """Stages that have been at one batch for too long, whether their tries fail or do not come back."""
        patience = timedelta(seconds=self.stalled_after)
        return tuple(each for each in self.stages if self.written_at - each.since > patience)

    def stands_still(self, bound: timedelta) -> bool:
        """Whether only a new start can help: one try has not come back for so long, or nothing that waits has moved.

        A stage whose tries fail is not meant: it tries again, and a new start would meet the same error.
        """
        hangs = any(self.written_at - each.tried_at > bound for each in self.stages)
        failing = {topic for stage in self.stages if stage.error for topic in stage.topics}
        waiting = [each for each in self.partitions if each.waiting and each.topic not in failing]
        unmoved = bool(waiting) and all(self.written_at - each.moved_at > bound for each in waiting)
        return hangs or unmoved

    def sentence(self) -> tuple[bool, str]:
        """Whether all is well, and a sentence that says so or why not."""
        if failing := self.stuck_stages():
            places = ", ".join(f"{each.stage} ({each.error or 'no answer'})" for each in failing)
            return False, f"worker {self.worker} has been at the same records for too long in {places}."
        if stuck := self.stuck():
            places = ", ".join(f"{each.topic} {each.partition}" for each in stuck)
            return False, f"worker {self.worker} has records waiting and makes no progress in {places}."
        waiting = sum(each.waiting for each in self.partitions)
        return True, f"worker {self.worker} is well: {len(self.partitions)} partitions, {waiting} records waiting."


class Progress:
    """Notes when each partition last moved on."""

    def __init__(self, worker: str, stalled_after: float) -> None:
        """Know no partition."""
        self._worker = worker
        self._stalled_after = stalled_after
        self._last: dict[tuple[str, int], PartitionProgress] = {}

    def note(
        self, offsets: Mapping[tuple[str, int], tuple[int, int]], now: datetime, stages: Iterable[StageAtWork] = ()
    ) -> WorkerHealth:
        """Health at wall time `now`, from each partition's next offset to finish and its end, and stages at work."""
        self._last = {place: self._moved(place, *offsets[place], now) for place in sorted(offsets)}
        return WorkerHealth(
            worker=self._worker,
            written_at=now,
            stalled_after=self._stalled_after,
            partitions=tuple(self._last.values()),
            stages=tuple(stages),
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
    return written.sentence()


def write_health(health: WorkerHealth, datadir: Path) -> None:
    """Write the file that `health` judges, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    file = datadir / HEALTH_FILE
    draft = file.with_suffix(".draft")
    draft.write_text(health.model_dump_json())
    draft.replace(file)
