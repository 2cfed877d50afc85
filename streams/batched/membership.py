"""The fence: nothing is sent by a worker that the group may have counted out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TRUSTED_FOR = 0.5
"""Part of a session for which an answer counts; the rest is left for what is sent to arrive."""


class NotAMemberError(RuntimeError):
    """The group has handed our partitions to others, or is about to: what is under way must not be written."""


class Membership:
    """Whether we are still a member of the group, as of half a session ago at most.

    A worker that was stopped and goes on does not know that its session is over. Before it sends
    anything it looks at a clock that went on meanwhile, and asks the group's coordinator.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[bool]], session_timeout: float, now: Callable[[], float] | None = None
    ) -> None:
        """Ask by `ask`; `now` gives seconds that never go back (default: the event loop's)."""
        self._ask = ask
        self._trusted_for = session_timeout * TRUSTED_FOR
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._trusted_until = float("-inf")
        self._doubts = 0

    async def confirm(self) -> None:
        """Return at once where a good answer is recent; else ask.

        Raises:
            NotAMemberError: the coordinator does not count us in, or does not answer well.
        """
        asked_at = self._now()
        if asked_at < self._trusted_until:
            return
        doubts = self._doubts
        if not await self._ask():
            message = "the group does not count this worker in any more: it must join again before it writes."
            raise NotAMemberError(message)
        # Of an assignment that is no more, an answer says nothing of the next.
        if doubts == self._doubts:
            self._trusted_until = asked_at + self._trusted_for

    def doubt(self) -> None:
        """Partitions are being handed out anew: ask again before the next record is sent."""
        self._doubts += 1
        self._trusted_until = float("-inf")
