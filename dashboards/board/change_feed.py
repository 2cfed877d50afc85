"""Keeps the picture current: reads the read models once, then follows their changes, and survives losing the cache."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from math import inf
from typing import Any, TypeVar

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from dashboards.board.board_row import RowGroup
from dashboards.board.engine_time import read_engine_time
from dashboards.board.event_stream import EventStream
from dashboards.board.picture import Picture
from schemas.alert import Alert
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.measure_words import MeasureWords
from schemas.read_model import (
    ALERTS_HASH,
    BELIEFS_OF_CASE,
    CASES_HASH,
    CHANGES_CHANNEL,
    CLOCK_KEY,
    DELIVERIES_HASH,
    FEEDS_HASH,
    HEARTBEAT_KEY,
    MEASURES_HASH,
    RATES_HASH,
    Delivery,
    EngineClock,
    EngineHeartbeat,
    FeedStatus,
)
from schemas.strict_model import StrictModel, place_and_type
from schemas.worker_health import WORKERS_HASH, WorkerHealth

TOGETHER_S = 0.02
"""What one batch of a worker changes is mostly announced within it."""
APART_S = 0.1
"""Between two tellings of changes, however many there are."""
BEAT_S = 3.0
RETRY_S = 1.0
RESYNC_S = 120.0
"""Changes are announced at most once: whatever an announcement lost is found by reading everything again."""
SCAN = 200
TIMEOUT_S = 3.0

Model = TypeVar("Model", bound=StrictModel)

LOG = logging.getLogger(__name__)


def open_cache(url: str) -> Redis:
    """Open a client that fails at once instead of retrying in silence, so that the board can say so."""
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


class ChangeFeed:
    """The one writer of a picture."""

    def __init__(self, cache: Redis, picture: Picture, stream: EventStream) -> None:
        self._cache = cache
        self._picture = picture
        self._stream = stream
        self._failing = {"following"}
        self._told_s = -inf
        self._closed = False

    async def run(self) -> None:
        """Follow the cache until closed; losing it is shown and mended."""
        self._picture.cache_lost_at_s = _monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_following())
            tasks.create_task(self._keep_beating())

    def close(self) -> None:
        """End `run` at its next look; whoever cannot wait so long cancels it as well.

        Redis' client may forget that a task was cancelled (`asyncio.wait_for` before Python 3.12).
        """
        self._closed = True

    async def _keep_following(self) -> None:
        while not self._closed:
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 (whatever went wrong, the board says so and tries again)
                self._lose("following", error)
            await asyncio.sleep(RETRY_S)

    async def _keep_beating(self) -> None:
        while not self._closed:
            try:
                await self._read_clock()
                self._regain("beating")
            except Exception as error:  # noqa: BLE001 (as above)
                self._lose("beating", error)
            self._stream.send("beat", self._picture.beat(_monotonic_s()))
            await asyncio.sleep(BEAT_S)

    def _lose(self, part: str, error: Exception) -> None:
        """Note the loss, once; an error's text may hold values, so only its kind is logged."""
        self._failing.add(part)
        if self._picture.cache_lost_at_s is None:
            LOG.warning("The board lost its data while %s: %s", part, type(error).__name__)
            self._picture.cache_lost_at_s = _monotonic_s()
            self._stream.send("beat", self._picture.beat(_monotonic_s()))

    def _regain(self, part: str) -> None:
        """Note that a part works; the picture is current when both do."""
        self._failing.discard(part)
        if not self._failing:
            self._picture.cache_lost_at_s = None

    async def _follow(self) -> None:
        """Read everything, then every change; subscribe first, so that nothing falls between the two."""
        async with self._cache.pubsub(ignore_subscribe_messages=True) as changes:
            await changes.subscribe(CHANGES_CHANNEL)
            while not self._closed:
                await self._read_all()
                self._regain("following")
                self._stream.send("snapshot", self._picture.snapshot(_monotonic_s()))
                await self._follow_until(changes, _monotonic_s() + RESYNC_S)

    async def _follow_until(self, changes: PubSub, until_s: float) -> None:
        while not self._closed and (left_s := until_s - _monotonic_s()) > 0:
            names = await self._gather(changes, min(left_s, BEAT_S))
            if names:
                await self._apply(names)

    async def _gather(self, changes: PubSub, wait_s: float) -> set[str]:
        """Wait for a change, then take all that come before browsers are told of it."""
        names: set[str] = set()
        deadline_s = _monotonic_s() + wait_s
        while (left_s := deadline_s - _monotonic_s()) > 0:
            message = await changes.get_message(timeout=left_s)
            if message is None:
                break
            if not names:
                deadline_s = tell_at(_monotonic_s(), self._told_s)
            names.add(message["data"])
        return names

    async def _apply(self, names: set[str]) -> None:
        """Read what changed and tell every browser in one message."""
        alert_ids = {name.removeprefix("alert:") for name in names if name.startswith("alert:")}
        whole = names & {"feeds", "rates", "clock"}
        keys = names - whole - {f"alert:{alert_id}" for alert_id in alert_ids}
        said: dict[str, Any] = {}
        units = dict(self._picture.unit_of_case)
        if keys:
            said.update(await self._read_cases(sorted(keys)))
        if alert_ids:
            await self._read_alerts(sorted(alert_ids))
        if alert_ids or units != self._picture.unit_of_case:
            said["alerts"] = self._picture.alerts_json()
        if "feeds" in whole:
            await self._read_feeds()
            said["feeds"] = self._picture.feeds_json()
        if "rates" in whole:
            await self._read_rates()
            said["rates"] = True
        if "clock" in whole:
            await self._read_clock()
        self._told_s = _monotonic_s()
        self._stream.send("changes", {**self._picture.beat(self._told_s), **said})

    async def _read_all(self) -> None:
        await self._read_clock()
        await self._read_feeds()
        await self._read_rates()
        self._picture.unreadable.clear()
        alerts: dict[str, Alert] = {}
        async for alert_id, stored in self._cache.hscan_iter(ALERTS_HASH, count=SCAN):
            if alert := self._parsed(Alert, str(alert_id), stored):
                alerts[alert.alert_id] = alert
        self._picture.alerts = alerts
        seen: set[str] = set()
        async for key, stored in self._cache.hscan_iter(CASES_HASH, count=SCAN):
            seen.add(str(key))
            if record := self._parsed(CaseRecord, str(key), stored):
                self._picture.put_case(record)
        for gone in self._picture.rows.keys() - seen:
            self._picture.drop_case(gone)

    async def _read_cases(self, keys: list[str]) -> dict[str, Any]:
        stored = await self._cache.hmget(CASES_HASH, keys)
        changed: list[dict[str, Any]] = []
        removed: list[str] = []
        for key, value in zip(keys, stored, strict=True):
            if value is None:
                row = self._picture.drop_case(key)
                removed += [] if row is None else [row.id]
            elif record := self._parsed(CaseRecord, key, value):
                row = self._picture.put_case(record)
                changed += [] if row.group is RowGroup.OUTCOME else [row.model_dump(mode="json")]
        return {"rows": changed, "removed": removed}

    async def _read_alerts(self, alert_ids: Iterable[str]) -> None:
        names = list(alert_ids)
        for alert_id, value in zip(names, await self._cache.hmget(ALERTS_HASH, names), strict=True):
            if value is None:
                self._picture.alerts.pop(alert_id, None)
            elif alert := self._parsed(Alert, alert_id, value):
                self._picture.alerts[alert_id] = alert

    async def _read_feeds(self) -> None:
        stored = await self._cache.hgetall(FEEDS_HASH)
        feeds = {str(key): self._parsed(FeedStatus, str(key), value) for key, value in stored.items()}
        self._picture.feeds = {key: feed for key, feed in feeds.items() if feed is not None}

    async def _read_rates(self) -> None:
        self._picture.put_rates(await self._cache.hvals(RATES_HASH))

    async def _read_clock(self) -> None:
        clock, heartbeat = await self._cache.mget(CLOCK_KEY, HEARTBEAT_KEY)
        seconds, microseconds = await self._cache.time()
        self._picture.time = read_engine_time(
            None if clock is None else EngineClock.model_validate_json(clock),
            datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds),
            _monotonic_s(),
        )
        self._picture.heartbeat = None if heartbeat is None else EngineHeartbeat.model_validate_json(heartbeat)
        workers = await self._cache.hgetall(WORKERS_HASH)
        said = (self._parsed(WorkerHealth, f"worker:{name!s}", stored) for name, stored in workers.items())
        self._picture.workers = tuple(each for each in said if each is not None)

    async def read_records(self, keys: Iterable[str]) -> list[CaseRecord]:
        """Read whole records of some cases; those gone are left out.

        Raises:
            RedisError: The cache cannot be reached.
        """
        names = sorted(keys)
        stored = await self._cache.hmget(CASES_HASH, names) if names else []
        parsed = [
            self._parsed(CaseRecord, name, value)
            for name, value in zip(names, stored, strict=True)
            if value is not None
        ]
        return [record for record in parsed if record is not None]

    async def read_deliveries(self, alert_ids: Iterable[str]) -> list[Delivery]:
        """Read what became of some alerts on their way; those never sent anywhere are left out.

        Raises:
            RedisError: The cache cannot be reached.
        """
        names = list(alert_ids)
        stored = await self._cache.hmget(DELIVERIES_HASH, names) if names else []
        parsed = [
            self._parsed(Delivery, f"delivery:{name}", value)
            for name, value in zip(names, stored, strict=True)
            if value is not None
        ]
        return [delivery for delivery in parsed if delivery is not None]

    async def read_words(self, measures: Iterable[str]) -> dict[str, MeasureWords]:
        """Read the rules of some measures in words; those that no worker has told are left out.

        Raises:
            RedisError: The cache cannot be reached.
        """
        names = sorted(set(measures))
        stored = await self._cache.hmget(MEASURES_HASH, names) if names else []
        parsed = [
            self._parsed(MeasureWords, f"measure:{name}", value)
            for name, value in zip(names, stored, strict=True)
            if value is not None
        ]
        return {words.measure: words for words in parsed if words is not None}

    async def read_beliefs(self, keys: Iterable[str]) -> dict[str, list[Belief]]:
        """Read what was held of some cases, by their keys, oldest first.

        Raises:
            RedisError: The cache cannot be reached.
        """
        names = sorted(keys)
        async with self._cache.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.zrange(BELIEFS_OF_CASE + name, 0, -1)
            stored = await pipe.execute()
        parsed = {
            name: [self._parsed(Belief, f"belief:{name}|{place}", value) for place, value in enumerate(values)]
            for name, values in zip(names, stored, strict=True)
        }
        return {name: [belief for belief in beliefs if belief is not None] for name, beliefs in parsed.items()}

    def _parsed(self, model: type[Model], key: str, stored: bytes | str) -> Model | None:
        """Read one record; one that cannot be read is counted and said on the board, and the rest goes on."""
        try:
            parsed = model.model_validate_json(stored)
        except ValidationError as error:
            kinds = sorted(
                {place_and_type(detail["loc"], detail["type"]) for detail in error.errors(include_input=False)}
            )
            LOG.warning("A %s cannot be read: %s", model.__name__, "; ".join(kinds))
            self._picture.unreadable.add(key)
            return None
        self._picture.unreadable.discard(key)
        return parsed


def tell_at(changed_s: float, told_s: float) -> float:
    """When browsers are told of a change: soon where it is calm, else a tenth of a second after they were told last."""
    return max(changed_s + TOGETHER_S, told_s + APART_S)


def _monotonic_s() -> float:
    return asyncio.get_running_loop().time()
