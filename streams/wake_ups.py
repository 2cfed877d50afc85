"""Who must be woken when: one wake-up a patient, one unanswered tick a patient."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class WakeUps:
    """The wake-ups of the patients this worker owns."""

    def __init__(self) -> None:
        """Know nobody."""
        self._at: dict[bytes, datetime] = {}
        self._heap: list[tuple[datetime, bytes]] = []
        self._ticked: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._at)

    def start_anew(self, wake_ups: Iterable[tuple[bytes, datetime]]) -> None:
        """Forget everybody, and every tick on its way; begin with these."""
        self._at = dict(wake_ups)
        self._heap = [(at, key) for key, at in self._at.items()]
        heapq.heapify(self._heap)
        self._ticked.clear()

    def set(self, key: bytes, at: datetime | None) -> None:
        """Wake `key` at `at`, instead of when it was to be woken before; None: not at all."""
        if at is None:
            self._at.pop(key, None)
        elif self._at.get(key) != at:
            self._at[key] = at
            heapq.heappush(self._heap, (at, key))

    def take_due(self, now: datetime) -> list[bytes]:
        """Those to tick at `now`, earliest first; each is not due again before its tick was answered."""
        due = []
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._at.get(key) == at and key not in self._ticked:
                self._ticked.add(key)
                due.append(key)
        return due

    def answered(self, key: bytes) -> None:
        """The tick of `key` was lived through; what is due again by then is ticked again."""
        if key in self._ticked:
            self._ticked.discard(key)
            at = self._at.get(key)
            if at is not None:
                heapq.heappush(self._heap, (at, key))

    def next_at(self) -> datetime | None:
        """The earliest wake-up in sight; it may since have been replaced by a later one."""
        return self._heap[0][0] if self._heap else None
