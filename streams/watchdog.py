"""The watchdog: writes how far the worker has come, and ends a worker that only a new start can help.

Where no broker answers a new start helps nothing: the worker says so and waits, with all it knows.

A loop that hangs cannot say so. A timer of the interpreter's own, outside of the loop and of
Python, ends the process where the loop has not wound it up again in time; it prints where each
thread stood, functions and lines, never a value.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from faust.types import TP

from streams.batched.task_end import end
from streams.broker_question import BrokerQuestion
from streams.clock import stopwatch, wall_clock
from streams.worker_health import Progress, write_health
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import NoReturn

    from schemas.worker_health import WorkerHealth
    from streams.batched.app import BatchedApp
    from streams.rejection_cap import RejectionCap
    from streams.under_way import BatchesUnderWay
    from streams.worker_metrics import WorkerMetrics
    from streams.worker_settings import WorkerSettings

EXIT_STOOD_STILL = 1
"""As for a crash: whoever starts a worker again after one starts it again after this."""
_QUESTIONS_UNTIL_THEN = 3
"""To the broker, before its silence counts."""
_log = WorkerLog("watchdog")


class Watchdog:
    """Looks at the worker's progress again and again, for as long as its loop runs."""

    def __init__(
        self,
        app: BatchedApp,
        topics: Iterable[str],
        under_way: BatchesUnderWay,
        cap: RejectionCap,
        metrics: WorkerMetrics,
        settings: WorkerSettings,
    ) -> None:
        """Watch what `app` reads of `topics`; nothing is watched before `run`."""
        self._app = app
        self._topics = frozenset(topics)
        self._under_way = under_way
        self._cap = cap
        self._metrics = metrics
        self._settings = settings
        self._progress = Progress(settings.worker_name, settings.stalled_after)
        self._nudged_at: dict[tuple[str, int], datetime] = {}
        self._broker = BrokerQuestion(
            settings.bootstrap, min(settings.stalled_after, settings.ends_after) / _QUESTIONS_UNTIL_THEN
        )
        self._wound_at = stopwatch()
        self.health: WorkerHealth | None = None
        """As last written; none before the worker has taken partitions over."""
        metrics.watch(lambda: stopwatch() - self._wound_at)

    async def run(self) -> None:
        """Look, write, pause, and again, until cancelled."""
        asking = asyncio.ensure_future(self._broker.ask_for_ever())
        try:
            while True:
                self._wind_up()
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 - what cannot be written is seen by its age
                    _log.error("not_watched", error=type(error).__name__)
                await asyncio.sleep(self._settings.publish_interval)
        finally:
            await end([asking])

    def _wind_up(self) -> None:
        self._wound_at = stopwatch()
        faulthandler.dump_traceback_later(self._settings.ends_after, exit=True, file=sys.stderr)

    def stop(self) -> None:
        """The loop has ended as it should."""
        faulthandler.cancel_dump_traceback_later()

    async def _look(self) -> None:
        health = self._progress.note(
            self._offsets(), wall_clock(), self._under_way.stages(), self._cap.held(), self._broker.answer
        )
        if health.stands_still(timedelta(seconds=self._settings.ends_after)):
            _end(health)
        if self._app.taken_over:
            self.health = health
            write_health(health, self._settings.datadir)
            self._metrics.waiting((each.topic, each.partition, each.waiting) for each in health.partitions)
            self._metrics.is_well(well=health.sentence()[0])
            await self._nudge(health)

    def _offsets(self) -> dict[tuple[str, int], tuple[int, int]]:
        """Next offset to finish and end, by topic and partition; of tables too, while they are being read."""
        app = self._app
        if not app.taken_over and not app.in_recovery:
            return {}
        offsets = {(tp.topic, tp.partition): place for tp, place in app.recovering().items()}
        for tp in app.consumer.assignment():
            if tp.topic in self._topics:
                finished = app.finished.committable(tp) or app.committed(tp)
                offsets[tp.topic, tp.partition] = (finished, app.consumer.highwater(tp) or finished)
        return offsets

    async def _nudge(self, health: WorkerHealth) -> None:
        """Read stuck partitions again from where they stand: a client may have lost what it fetched last.

        Never while another is at work: what was fetched and waits for its turn would be thrown away
        and sent to the back of the queue, again and again for as long as a backlog lasts. Nor without a broker.
        """
        if health.broker is not None and not health.broker.answers:
            return
        for each in health.stuck():
            place = (each.topic, each.partition)
            if self._nudged_at.get(place, each.moved_at) + timedelta(seconds=health.stalled_after) <= health.written_at:
                self._nudged_at[place] = health.written_at
                _log.error("stalled", topic=each.topic, partition=each.partition, count=each.waiting)
                await self._app.consumer.seek(TP(*place), each.finished)


def _end(health: WorkerHealth) -> NoReturn:
    """End at once: what is under way is read again, and an orderly end would wait for what hangs."""
    waiting = [each for each in health.partitions if each.waiting]
    topics = sorted({each.topic for each in waiting} | {topic for stage in health.stages for topic in stage.topics})
    _log.error("stood_still", topics=topics, count=sum(each.waiting for each in waiting), worker=health.worker)
    faulthandler.dump_traceback(file=sys.stderr)
    os._exit(EXIT_STOOD_STILL)
