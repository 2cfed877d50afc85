"""The patients whose state is decoded: those used last, as many as a limit of bytes lets stay."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from schemas.clinical import AnyFact, ClockTick


DECODED_BYTES = 16 * 1024 * 1024
"""Enough for some 15,000 patients who wait, or for thirty long stays in intensive care."""


@dataclass(slots=True)
class Life:
    """One patient, decoded.

    Attributes:
        written_bytes: How large the state was when it was written or read last: what it takes decoded grows with it.
        lived: Events lived through that are not stored yet.
        changed: What is stored is not the state.
    """

    state: Any
    wake_at: datetime | None
    written_bytes: int = 0
    lived: list[AnyFact | ClockTick] = field(default_factory=list)
    changed: bool = False


class Lives:
    """Decoded states by patient, the one used longest ago first.

    Whoever is let go is read again from what is stored, with his next event or wake-up: a decoded state takes many
    times the memory of a stored one, and most patients wait for hours.
    """

    def __init__(self, most_bytes: int) -> None:
        """Let stay those whose states, as written, take `most_bytes` together."""
        self._most_bytes = most_bytes
        self._lives: OrderedDict[bytes, Life] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._lives)

    def get(self, key: bytes) -> Life | None:
        """The patient, who is now the one used last; None where the state is not decoded."""
        life = self._lives.get(key)
        if life is not None:
            self._lives.move_to_end(key)
        return life

    def put(self, key: bytes, life: Life) -> None:
        """Take a patient in, in place of what is held of him."""
        self.drop(key)
        self._lives[key] = life
        self._bytes += life.written_bytes

    def written(self, life: Life, size_bytes: int) -> None:
        """Note how large the state of a patient who is held has become."""
        self._bytes += size_bytes - life.written_bytes
        life.written_bytes = size_bytes

    def drop(self, key: bytes) -> None:
        """Forget a patient."""
        life = self._lives.pop(key, None)
        if life is not None:
            self._bytes -= life.written_bytes

    def clear(self) -> None:
        """Forget everybody."""
        self._lives.clear()
        self._bytes = 0

    def stored(self, keys: Iterable[bytes]) -> None:
        """What is stored of these patients is their state."""
        for key in keys:
            life = self._lives.get(key)
            if life is not None:
                life.lived.clear()
                life.changed = False
        self._let_go()

    def _let_go(self) -> None:
        """Forget those used longest ago until the rest is within the limit; none of whom something is not stored."""
        for key in [key for key, life in self._lives.items() if not life.lived] if self._is_over else ():
            if not self._is_over:
                return
            self.drop(key)

    @property
    def _is_over(self) -> bool:
        return self._bytes > self._most_bytes
