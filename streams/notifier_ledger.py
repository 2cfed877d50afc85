"""The ledger of deliveries in Redis: what became of each alert on its way to the webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import stamina
from pydantic import ValidationError
from redis.exceptions import RedisError

from schemas.read_model import ALERTS_KEPT, DELIVERIES_BY_TIME, DELIVERIES_HASH, Delivery, DeliveryStatus
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from redis.asyncio import Redis

_log = WorkerLog("notify")
_LONGEST_WAIT_S = 5.0
_PUT = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if surplus > 0 then
  for _, old in ipairs(redis.call('ZPOPMIN', KEYS[2], surplus)) do redis.call('HDEL', KEYS[1], old) end
end
"""


class Ledger:
    """Writes and reads deliveries; the newest `ALERTS_KEPT` are kept."""

    def __init__(self, redis: Redis) -> None:
        """Keep it in `redis`."""
        self._redis = redis
        self._put = redis.register_script(_PUT)

    async def is_settled(self, alert_id: str) -> bool:
        """Whether this alert was delivered or given up before; a cache that does not answer knows of nothing."""
        try:
            stored: Any = await self._redis.hget(DELIVERIES_HASH, alert_id)
            return stored is not None and Delivery.model_validate_json(stored).status is not DeliveryStatus.RETRYING
        except (RedisError, OSError, ValidationError) as error:
            _log.warning("ledger_not_read", error=type(error).__name__)
            return False

    async def note(self, delivery: Delivery) -> None:
        """Write if the cache answers: alerts go out without it."""
        try:
            await self._write(delivery)
        except (RedisError, OSError) as error:
            _log.warning("ledger_not_written", error=type(error).__name__)

    async def insist(self, delivery: Delivery) -> None:
        """Write, however long the cache takes to come back: what is given up must be on record."""
        insisting = stamina.AsyncRetryingCaller(attempts=None, timeout=None, wait_max=_LONGEST_WAIT_S)
        await insisting((RedisError, OSError), self._write, delivery)

    async def _write(self, delivery: Delivery) -> None:
        arguments: list[Any] = [
            delivery.alert_id,
            delivery.model_dump_json(),
            delivery.last_tried_at.timestamp(),
            ALERTS_KEPT,
        ]
        await self._put(keys=[DELIVERIES_HASH, DELIVERIES_BY_TIME], args=arguments)
