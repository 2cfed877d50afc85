"""Acts said on the board: fetched from Redis, sent to `raw.act`, and let go only once the broker has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.raw import RawAct
from schemas.read_model import SAID_ACTS_FIELD, SAID_ACTS_STREAM
from schemas.topics import Topic, patient_key
from streams.batched.outgoing import Outgoing
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from streams.outbox import Outbox

PAUSE = 0.5
"""Wall seconds between two looks: somebody waits for what was said."""
BATCH = 100
_log = WorkerLog("said-acts")


class SaidActs:
    """Moves what was said on the board into the log.

    Every worker may look: what two of them send is one message twice, and a message has the same
    id however often it is sent.
    """

    def __init__(self, redis: Redis, outbox: Outbox) -> None:
        """Fetch from `redis`, send by `outbox`."""
        self._redis = redis
        self._outbox = outbox

    async def run(self) -> None:
        """Look again and again, until cancelled; what could not be moved stays where it is."""
        while True:
            try:
                await self.move()
            except Exception as error:  # noqa: BLE001 - what was said must arrive: try for ever
                _log.error("not_moved", error=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def move(self) -> int:
        """Send what waits, oldest first; return how much it was.

        Raises:
            redis.RedisError: Redis does not answer; what was sent is sent again.
            Exception: the broker's; nothing is let go.
        """
        entries: Any = await self._redis.xrange(SAID_ACTS_STREAM, count=BATCH)
        if not entries:
            return 0
        outgoing = [_outgoing(fields.get(SAID_ACTS_FIELD.encode(), b"")) for _, fields in entries]
        await self._outbox.send(outgoing)
        await self._redis.xdel(SAID_ACTS_STREAM, *(entry for entry, _ in entries))
        _log.info("moved", count=len(entries))
        return len(entries)


def _outgoing(message: bytes) -> Outgoing:
    """The record for `raw.act`; what is no act goes there too, and is rejected with a reason like any message."""
    try:
        act = RawAct.model_validate_json(message)
    except ValidationError:
        return Outgoing(Topic.RAW_ACT, None, message)
    return Outgoing(Topic.RAW_ACT, patient_key(act.facility_id, act.patient_id or "").encode(), message)
