"""Health by progress: a worker is well while what waits moves on, partition by partition or in its turn.

The worker writes what it has finished, and what each stage is at, to a file and to Redis; `health`
judges the file, so that a container's health check needs neither broker nor cache.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from schemas.worker_health import PartitionProgress, WorkerHealth
from streams.clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from schemas.worker_health import BrokerAnswers, HeldTopic, StageAtWork

HEALTH_FILE = "health.json"
SILENT_AFTER = timedelta(seconds=15)
"""A worker that has written nothing for so long is not running, or hangs."""


class Progress:
    """Notes when each partition last moved on."""

    def __init__(self, worker: str, stalled_after: float) -> None:
        """Know no partition."""
        self._worker = worker
        self._stalled_after = stalled_after
        self._last: dict[tuple[str, int], PartitionProgress] = {}

    def note(
        self,
        offsets: Mapping[tuple[str, int], tuple[int, int]],
        now: datetime,
        stages: Iterable[StageAtWork] = (),
        held: Iterable[HeldTopic] = (),
        broker: BrokerAnswers | None = None,
    ) -> WorkerHealth:
        """Health at wall time `now`, from next offset and end of each partition, what is at work, held, away."""
        self._last = {place: self._moved(place, *offsets[place], now) for place in sorted(offsets)}
        return WorkerHealth(
            worker=self._worker,
            written_at=now,
            stalled_after=self._stalled_after,
            partitions=tuple(self._last.values()),
            stages=tuple(stages),
            held=tuple(held),
            broker=broker,
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
