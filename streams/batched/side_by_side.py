"""What stages that read side by side have to send goes out as one, in the order of time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import chain, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from streams.batched.outgoing import Outgoing

    Send = Callable[[Sequence[Outgoing]], Awaitable[None]]
    Timed = tuple[datetime, Outgoing]


class Turns(Protocol):
    """The turns that those take who read side by side; see `streams.batched.time_order`."""

    @property
    def in_turns(self) -> bool:
        """Whether there is a backlog, of which each takes what is its own up to one moment."""

    async def others_took(self, but: Collection[str]) -> None:
        """Wait, though not for long, until of all topics but these was taken what is of this turn."""

    def look_again(self) -> None:
        """Somebody has handed in what came of his part of this turn."""


class BrokenOffError(RuntimeError):
    """Whoever sent for all was broken off; nobody knows what of it has arrived."""


@dataclass(frozen=True, slots=True)
class _Part:
    timed: Sequence[Timed]
    sent: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class SideBySide:
    """Sends for stages that share a `TimeOrder`, in a backlog for all of them at once.

    Each for itself would write what is its own of a turn in one piece: four hundred vital signs, then the doses among
    them. So the first who has read his part waits for the others, and sends all of it in the order of its times; what
    has one time stays in the order in which it was handed in. What cannot be sent so is sent part by part, so that
    one's fault is none of the others'.
    """

    def __init__(self, turns: Turns, send: Send) -> None:
        """Send by `send`, which returns once the broker has all of it."""
        self._turns = turns
        self._send = send
        self._parts: list[_Part] = []
        self._topics: set[str] = set()

    async def send(self, timed: Sequence[Timed], topics: Collection[str]) -> None:
        """Send what came of `topics`, each with its time, and wait until the broker has it.

        Raises:
            Exception: that of the sending of this part; some of it may have been delivered.
        """
        if not self._turns.in_turns:
            await self._send(_in_order([timed]))
            return
        part = _Part(timed)
        self._parts.append(part)
        self._topics.update(topics)
        self._turns.look_again()
        if self._parts[0] is part:
            await self._send_all(self._parts)
        else:
            await part.sent

    async def _send_all(self, parts: list[_Part]) -> None:
        """Send for all, by the first of them; each is told what became of his part."""
        try:
            await self._turns.others_took(self._topics)
            self._close(parts)
            mine, *others = await self._answers(parts)
        except BaseException:
            self._close(parts)
            _tell(parts[1:], repeat(BrokenOffError()))
            raise
        _tell(parts[1:], others)
        if mine is not None:
            raise mine

    async def _answers(self, parts: Sequence[_Part]) -> list[BaseException | None]:
        """Of each part, why it was not sent; None: it was."""
        try:
            await self._send(_in_order([each.timed for each in parts]))
        except Exception as error:  # noqa: BLE001 - whose fault it is shows where each is sent for itself
            if len(parts) == 1:
                return [error]
            return await asyncio.gather(
                *(self._send(_in_order([each.timed])) for each in parts), return_exceptions=True
            )
        return [None] * len(parts)

    def _close(self, parts: list[_Part]) -> None:
        """Whoever comes now is of the next turn."""
        if self._parts is parts:
            self._parts, self._topics = [], set()


def _in_order(parts: Sequence[Sequence[Timed]]) -> list[Outgoing]:
    return [outgoing for _, outgoing in sorted(chain.from_iterable(parts), key=itemgetter(0))]


def _tell(parts: Sequence[_Part], answers: Iterable[BaseException | None]) -> None:
    for each, error in zip(parts, answers, strict=False):
        if each.sent.done():
            continue
        if error is None:
            each.sent.set_result(None)
        else:
            each.sent.set_exception(error)
