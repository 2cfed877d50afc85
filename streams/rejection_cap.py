"""The cap on rejections: a bad deploy must not empty a feed into `rejected.messages`.

Before a batch is sent it is counted with what its topic brought lately. Where too large a share
would be rejected the batch is refused whole: the stage keeps it and tries again, no offset is
committed past it, and the topic stands until the process starts anew (with mended code, which
then takes what waited) or a person lets it through.
"""

from __future__ import annotations

from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis import RedisError

from schemas.worker_health import HeldTopic
from streams.clock import stopwatch, wall_clock
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from streams.worker_metrics import WorkerMetrics
    from streams.worker_settings import WorkerSettings

RELEASED_KEY = "timezero:released:"
"""Prefix of a topic's name; there while a person lets that topic through."""
_log = WorkerLog("cap")


class TooManyRejectedError(RuntimeError):
    """A topic is held: of what it brought, too much would be rejected."""


@dataclass(frozen=True, slots=True)
class _Sent:
    at_s: float
    read: int
    rejected: int


@dataclass(slots=True)
class _Lately:
    """What a topic brought lately, batch by batch and added up: a busy one has thousands of batches in a window."""

    batches: deque[_Sent] = field(default_factory=deque)
    read: int = 0
    rejected: int = 0

    def add(self, sent: _Sent) -> None:
        self.batches.append(sent)
        self._count(sent, 1)

    def forget_before(self, at_s: float) -> None:
        while self.batches and self.batches[0].at_s < at_s:
            self._count(self.batches.popleft(), -1)

    def _count(self, sent: _Sent, times: int) -> None:
        self.read += times * sent.read
        self.rejected += times * sent.rejected


class RejectionCap:
    """Counts, by topic, what is rejected, and holds a topic of which it is too much."""

    def __init__(self, settings: WorkerSettings, redis: Redis, metrics: WorkerMetrics) -> None:
        """Hold by the limits of `settings`; ask `redis` whether a person lets a topic through."""
        self._share_max = settings.rejected_share_max
        self._least = settings.rejected_least
        self._window_s = settings.rejected_window
        self._redis = redis
        self._metrics = metrics
        self._sent: dict[str, _Lately] = defaultdict(_Lately)
        self._held: dict[str, HeldTopic] = {}

    @asynccontextmanager
    async def letting_through(self, outcomes: Counter[tuple[str, bool]]) -> AsyncIterator[None]:
        """Send a batch within; what was sent counts from then on.

        Args:
            outcomes: How many records, by topic and whether they are rejected.

        Raises:
            TooManyRejectedError: a topic is held; what should be sent within was not.
        """
        batch = {topic: _counted(topic, outcomes) for topic, _ in outcomes}
        for topic, (read, rejected) in batch.items():
            await self._check(topic, read, rejected)
        yield
        for topic, (read, rejected) in batch.items():
            self._sent[topic].add(_Sent(stopwatch(), read, rejected))

    def held(self) -> list[HeldTopic]:
        """The topics that are held."""
        return list(self._held.values())

    def forget(self) -> None:
        """Partitions are being handed out anew: their owner finds out for itself."""
        for topic in list(self._held):
            self._let_go(topic)
        self._sent.clear()

    async def _check(self, topic: str, read: int, rejected: int) -> None:
        sent = self._sent[topic]
        sent.forget_before(stopwatch() - self._window_s)
        read += sent.read
        rejected += sent.rejected
        too_many = read >= self._least and rejected > self._share_max * read
        if not too_many and topic not in self._held:
            return
        if await self._is_released(topic):
            self._let_go(topic)
            self._sent.pop(topic, None)
            return
        self._hold(HeldTopic(topic=topic, since=wall_clock(), read=read, rejected=rejected))
        raise TooManyRejectedError(topic)

    def _hold(self, held: HeldTopic) -> None:
        if held.topic not in self._held:
            self._held[held.topic] = held
            self._metrics.held(held.topic, held=True)
            _log.error("topic_held", topic=held.topic, records=held.read, count=held.rejected)

    def _let_go(self, topic: str) -> None:
        if self._held.pop(topic, None) is not None:
            self._metrics.held(topic, held=False)
            _log.warning("topic_let_go", topic=topic)

    async def _is_released(self, topic: str) -> bool:
        try:
            return bool(await self._redis.exists(RELEASED_KEY + topic))
        except (RedisError, OSError):
            return False


def _counted(topic: str, outcomes: Counter[tuple[str, bool]]) -> tuple[int, int]:
    rejected = outcomes[topic, True]
    return rejected + outcomes[topic, False], rejected
