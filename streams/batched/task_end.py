"""The end of tasks: a task that was told to end once may not have heard it.

Before Python 3.12 `asyncio.wait_for` forgets a cancellation that comes as what it waits for is done, and
Redis' client waits so for every command. A task that looks, pauses and looks again would then go on for
ever, and whoever waits for its end with it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_TELL_AGAIN_AFTER = 1.0


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel `tasks`, again and again until each has ended; what they ended with stays in them."""
    while waiting := [each for each in tasks if not each.done()]:
        for each in waiting:
            each.cancel()
        await asyncio.wait(waiting, timeout=_TELL_AGAIN_AFTER)
