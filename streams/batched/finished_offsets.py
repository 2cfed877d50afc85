"""How far every stage has come; what all have finished may be committed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faust.types import TP


class FinishedOffsets:
    """The offsets up to which each stage has finished each partition."""

    def __init__(self) -> None:
        """Know no stage."""
        self._stages: dict[str, set[str]] = defaultdict(set)
        self._finished: dict[TP, dict[str, int]] = defaultdict(dict)
        self.moved = asyncio.Event()
        """Set whenever something was finished or forgotten; whoever waits for it clears it."""

    def register(self, stage: str, topics: tuple[str, ...]) -> None:
        """Expect `stage` to finish every record of `topics`."""
        for topic in topics:
            self._stages[topic].add(stage)

    def finish(self, stage: str, tp: TP, offset: int) -> None:
        """Say that `stage` is done with everything up to and including `offset`."""
        finished = self._finished[tp]
        finished[stage] = max(finished.get(stage, 0), offset + 1)
        self.moved.set()

    def committable(self, tp: TP) -> int | None:
        """The next offset to read; None until every stage has finished something."""
        finished = self._finished.get(tp, {})
        if not finished or finished.keys() != self._stages[tp.topic]:
            return None
        return min(finished.values())

    def partitions(self) -> list[TP]:
        """Every partition with something finished."""
        return list(self._finished)

    def forget(self) -> None:
        """Partitions are being handed out anew: start again from what was committed."""
        self._finished.clear()
        self.moved.set()
