"""The dead-man's switch: a heartbeat for those outside, which says that the whole chain lives, or what of it does not.

Nobody misses an alert that was never sent; a heartbeat that stays away is missed. It is sent at an
interval, and at once when what it says has changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from redis.exceptions import RedisError

from schemas.read_model import CLOCK_KEY, HEARTBEAT_KEY, EngineClock, EngineHeartbeat
from schemas.strict_model import Instant, StrictModel
from schemas.topics import Topic
from schemas.worker_health import WORKERS_HASH, WorkerHealth
from streams.clock import Clock, stopwatch, wall_clock
from streams.webhook import NotDeliveredError
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

    from streams.notifier_metrics import NotifierMetrics
    from streams.notifier_settings import NotifierSettings
    from streams.webhook import Webhook

_LOOKS_EVERY_S = 2.0
_BROKER_SECONDS = 10
_log = WorkerLog("heartbeat")


class Trouble(StrEnum):
    """What of the chain does not live."""

    BROKER_LOST = "broker_lost"
    """The notifier cannot reach the broker."""
    CACHE_LOST = "cache_lost"
    """The notifier cannot reach Redis, and knows nothing of the workers."""
    WORKER_SILENT = "worker_silent"
    """Some patients have no worker that has said anything lately."""
    WORKER_UNWELL = "worker_unwell"
    """A worker makes no progress, or holds a topic."""
    TICKER_SILENT = "ticker_silent"
    """Nobody has looked for deadlines lately."""
    DELIVERY_FAILS = "delivery_fails"
    """Alerts were given up since the heartbeat before, or the notifier takes none."""


class HeartbeatBody(StrictModel):
    """The JSON of one heartbeat; signed as alerts are."""

    kind: Literal["heartbeat"] = "heartbeat"
    heartbeat_id: str
    """Also the header `webhook-id`."""
    status: Literal["well", "unwell"]
    troubles: tuple[Trouble, ...]
    """What does not live; none while all is well."""
    sent_at: Instant
    """Wall time."""
    next_within_s: float
    """Seconds after which the next one is overdue: whoever has none by then is cut off."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The links between a patient's chart and whoever is told, as the notifier can see them."""

    redis: Redis
    ask_broker: Callable[[], Awaitable[Any]]
    """Raises, or never returns, where the broker does not answer."""
    idle_s: Callable[[], float]
    """Seconds since the notifier last looked for alerts."""
    partitions: int
    silent_after_s: float

    async def troubles(self) -> list[Trouble]:
        """What does not live, now."""
        found = [] if await self._broker_answers() else [Trouble.BROKER_LOST]
        try:
            found += await self._engine_troubles()
        except (RedisError, OSError, ValidationError):
            found.append(Trouble.CACHE_LOST)
        if self.idle_s() > self.silent_after_s:
            found.append(Trouble.DELIVERY_FAILS)
        return found

    async def _broker_answers(self) -> bool:
        try:
            async with asyncio.timeout(_BROKER_SECONDS):
                await self.ask_broker()
        except (KafkaError, TimeoutError, OSError):
            return False
        return True

    async def _engine_troubles(self) -> list[Trouble]:
        stored: Any = await self.redis.hvals(WORKERS_HASH)
        workers = [WorkerHealth.model_validate_json(each) for each in stored]
        speaking = [each for each in workers if wall_clock() - each.written_at <= self._patience]
        owned = {
            each.partition for worker in speaking for each in worker.partitions if each.topic == Topic.ENCOUNTER_EVENTS
        }
        found = [] if owned >= set(range(self.partitions)) else [Trouble.WORKER_SILENT]
        if not all(worker.sentence()[0] for worker in speaking):
            found.append(Trouble.WORKER_UNWELL)
        return found if await self._ticker_passes() else [*found, Trouble.TICKER_SILENT]

    async def _ticker_passes(self) -> bool:
        clock, heartbeat = await self.redis.mget(CLOCK_KEY, HEARTBEAT_KEY)
        if clock is None or heartbeat is None:
            return False
        engine = Clock(EngineClock.model_validate_json(clock))
        passed_at = EngineHeartbeat.model_validate_json(heartbeat).ticked_at
        return (engine.now() - passed_at) / engine.engine.speed <= self._patience

    @property
    def _patience(self) -> timedelta:
        return timedelta(seconds=self.silent_after_s)


class Heart:
    """Sends heartbeats for as long as it runs."""

    def __init__(self, chain: Chain, webhook: Webhook, settings: NotifierSettings, metrics: NotifierMetrics) -> None:
        """Say by `webhook` how `chain` is."""
        self._chain = chain
        self._webhook = webhook
        self._interval_s = settings.heartbeat_interval_s
        self._metrics = metrics
        self._given_up = metrics.given_up
        self._said: list[Trouble] | None = None
        self._said_at_s = 0.0

    async def run(self) -> None:
        """Look, and say when it is time or something has changed, until cancelled."""
        while True:
            troubles = await self._troubles()
            if troubles != self._said or stopwatch() - self._said_at_s >= self._interval_s:
                await self._beat(troubles)
            await asyncio.sleep(min(_LOOKS_EVERY_S, self._interval_s))

    async def _troubles(self) -> list[Trouble]:
        found = await self._chain.troubles()
        if self._metrics.given_up > self._given_up and Trouble.DELIVERY_FAILS not in found:
            found.append(Trouble.DELIVERY_FAILS)
        return found

    async def _beat(self, troubles: list[Trouble]) -> None:
        """Send one; what could not be sent is tried again at the next look, as a new one."""
        now = wall_clock()
        body = HeartbeatBody(
            heartbeat_id=f"heartbeat-{now:%Y%m%dT%H%M%S%f}",
            status="unwell" if troubles else "well",
            troubles=tuple(troubles),
            sent_at=now,
            next_within_s=2 * self._interval_s + _LOOKS_EVERY_S + _BROKER_SECONDS,
        )
        self._metrics.chain_is_well(well=not troubles)
        try:
            await self._webhook.send(body.heartbeat_id, body.model_dump_json().encode())
        except NotDeliveredError as error:
            _log.warning("not_sent", error=str(error))
            self._metrics.beat(str(error))
            return
        self._metrics.beat("sent")
        self._given_up = self._metrics.given_up
        if troubles != self._said:
            _log.warning("chain_unwell", reason=sorted(troubles)) if troubles else _log.info("chain_well")
        self._said, self._said_at_s = troubles, stopwatch()
