"""The ticker: time reaches a patient's owner as an event of the same log, so that a replay hears it too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from schemas.clinical import ClockTick
from schemas.topics import Topic, split_key
from streams.batched.outgoing import Outgoing
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from streams.clock import Clock
    from streams.outbox import Outbox
    from streams.wake_ups import WakeUps

LONGEST_PAUSE = 0.25
"""Wall seconds between two passes at most: a wake-up may be set at any moment."""
SHORTEST_PAUSE = 0.02
_log = WorkerLog("ticker")


class Ticker:
    """Sends a `ClockTick` for every patient whose wake-up the engine's clock has passed."""

    def __init__(self, clock: Clock, wake_ups: WakeUps, outbox: Outbox, on_ticked: Callable[[int], None]) -> None:
        """Watch `wake_ups` by `clock`."""
        self._clock = clock
        self._wake_ups = wake_ups
        self._outbox = outbox
        self._on_ticked = on_ticked
        self.passed_at: datetime | None = None
        """Engine time of the latest completed pass."""

    async def run(self) -> None:
        """Pass after pass, until cancelled; a pass that failed is made again, after the longest pause."""
        pause = SHORTEST_PAUSE
        while True:
            await asyncio.sleep(pause)
            pause = await self.try_pass()

    async def try_pass(self) -> float:
        """Make a pass, if it can be made; give the wall seconds until the next."""
        try:
            await self.make_pass()
        except Exception as error:  # noqa: BLE001 - without ticks no deadline fires: try for ever
            _log.error("pass_failed", error=type(error).__name__)
            return LONGEST_PAUSE
        return self._pause()

    async def make_pass(self) -> None:
        """Tick everybody who is due now."""
        now = self._clock.now()
        due = self._wake_ups.take_due(now)
        try:
            await self._outbox.send([_tick(key, now) for key in due])
        except BaseException:
            for key in due:
                self._wake_ups.answered(key)
            raise
        self._on_ticked(len(due))
        self.passed_at = now

    def _pause(self) -> float:
        next_at = self._wake_ups.next_at()
        if next_at is None:
            return LONGEST_PAUSE
        return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, self._clock.wall_seconds_until(next_at)))


def _tick(key: bytes, now: datetime) -> Outgoing:
    facility_id, patient_id = split_key(key.decode())
    tick = ClockTick(facility_id=facility_id, patient_id=patient_id, at=now)
    return Outgoing(Topic.ENCOUNTER_EVENTS, key, tick.model_dump_json().encode())
