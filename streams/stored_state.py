"""A patient's state as it lies in the table: when to wake it, then the engine's own bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEAD = struct.Struct(">?q")
"""Whether there is a wake-up, and its microseconds since 1970."""


@dataclass(frozen=True, slots=True, repr=False)
class StoredState:
    """What is kept of a patient between two events."""

    wake_at: datetime | None
    state: bytes

    def pack(self) -> bytes:
        """The table's value."""
        since = 0 if self.wake_at is None else (self.wake_at - _EPOCH) // _MICROSECOND
        return _HEAD.pack(self.wake_at is not None, since) + self.state


def unpack(value: bytes) -> StoredState:
    """Read the table's value.

    Raises:
        struct.error: there is no beginning.
    """
    wakes, since = _HEAD.unpack_from(value)
    return StoredState(_EPOCH + since * _MICROSECOND if wakes else None, value[_HEAD.size :])


def wake_up_of(value: bytes) -> datetime | None:
    """When a stored state wants to be woken, without unpacking it."""
    wakes, since = _HEAD.unpack_from(value)
    return _EPOCH + since * _MICROSECOND if wakes else None
