"""Whether a broker answers, asked beside all work and by a client of its own, which no work can hold up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from schemas.topics import Topic
from schemas.worker_health import BrokerAnswers
from streams.clock import wall_clock
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from typing import NoReturn

_MILLISECONDS = 1000
_log = WorkerLog("broker")


class BrokerQuestion:
    """The same question again and again, to any broker that is known."""

    def __init__(self, bootstrap: str, every: float) -> None:
        """Ask every so many seconds; who has not answered by then does not answer."""
        self._bootstrap = bootstrap
        self._every = every
        self._client: AIOKafkaClient | None = None
        self.answer: BrokerAnswers | None = None
        """The last answer, or its absence, and since when it has been so; None before the first."""

    async def ask_for_ever(self) -> NoReturn:
        """Ask, note, pause, and again, until cancelled."""
        try:
            while True:
                self._note(answers=await self._is_answered())
                await asyncio.sleep(self._every)
        finally:
            await self._hang_up()

    def _note(self, *, answers: bool) -> None:
        if self.answer is not None and self.answer.answers == answers:
            return
        if not answers:
            _log.error("broker_does_not_answer")
        elif self.answer is not None:
            _log.info("broker_answers_again")
        self.answer = BrokerAnswers(answers=answers, since=wall_clock())

    async def _is_answered(self) -> bool:
        try:
            async with asyncio.timeout(self._every):
                return await self._ask()
        except (KafkaError, OSError):
            return False

    async def _ask(self) -> bool:
        if self._client is None:
            client = AIOKafkaClient(
                bootstrap_servers=self._bootstrap, request_timeout_ms=int(self._every * _MILLISECONDS)
            )
            await client.bootstrap()
            await client.set_topics([Topic.ENCOUNTER_EVENTS])
            self._client = client
        return bool(await self._client.force_metadata_update())

    async def _hang_up(self) -> None:
        if self._client is not None:
            await self._client.close()
