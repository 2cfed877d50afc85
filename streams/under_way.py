"""Which stage is at which batch since when: a batch that fails or hangs is no batch that waits for its turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from schemas.worker_health import StageAtWork
from streams.clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from streams.records import Record

    Handler = Callable[[Sequence[Record]], Awaitable[int | None]]


class BatchesUnderWay:
    """Notes the batch that each stage is at, from its first try until one succeeds."""

    def __init__(self) -> None:
        """No stage is at work."""
        self._stages: dict[str, StageAtWork] = {}

    def noted(self, stage: str, topics: tuple[str, ...], handler: Handler) -> Handler:
        """The same handler, with its tries noted."""

        async def handle(records: Sequence[Record]) -> int | None:
            before = self._stages.get(stage)
            now = wall_clock()
            error = before.error if before else None
            since = before.since if before else now
            self._stages[stage] = StageAtWork(stage=stage, topics=topics, since=since, tried_at=now, error=error)
            try:
                done = await handler(records)
            except asyncio.CancelledError:
                self._stages.pop(stage, None)
                raise
            except Exception as failed:
                self._failed(stage, failed)
                raise
            self._stages.pop(stage, None)
            return done

        return handle

    def _failed(self, stage: str, error: Exception) -> None:
        noted = self._stages.get(stage)
        if noted is not None:
            self._stages[stage] = noted.model_copy(update={"error": type(error).__name__, "tried_at": wall_clock()})

    def move_on(self, topics: Iterable[str]) -> None:
        """Those who read these topics are at long work that moves on, or wait for one who is."""
        now = wall_clock()
        for name, stage in self._stages.items():
            if not stage.error and not set(topics).isdisjoint(stage.topics):
                self._stages[name] = stage.model_copy(update={"since": now, "tried_at": now})

    def stages(self) -> list[StageAtWork]:
        """Every stage with a batch under way."""
        return list(self._stages.values())

    def forget(self) -> None:
        """Partitions are being handed out anew: what was under way was put down."""
        self._stages.clear()
