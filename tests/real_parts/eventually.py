"""Waiting for what another process is about to do: by asking it, never by guessing how long it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Answer = TypeVar("Answer")
ASKS_EVERY_SECONDS = 0.05
PATIENCE = 3
"""What is said to hold within a time does so on a machine that has nothing else to do; others are given longer."""


def eventually(ask: Callable[[], Answer], within: float = 30, what: str = "the condition") -> Answer:
    """Ask until the answer is true and give it; fail, naming `what`, `PATIENCE` times `within` seconds after."""
    give_up_at = time.monotonic() + PATIENCE * within
    while not (answer := ask()):
        assert time.monotonic() < give_up_at, f"{what} did not hold within {PATIENCE * within:g} s"
        time.sleep(ASKS_EVERY_SECONDS)
    return answer


async def eventually_async(
    ask: Callable[[], Awaitable[Answer]], within: float = 30, what: str = "the condition"
) -> Answer:
    """Do what `eventually` does where the question itself must be awaited."""
    give_up_at = time.monotonic() + PATIENCE * within
    while not (answer := await ask()):
        assert time.monotonic() < give_up_at, f"{what} did not hold within {PATIENCE * within:g} s"
        await asyncio.sleep(ASKS_EVERY_SECONDS)
    return answer
