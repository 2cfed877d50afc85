"""Server-sent events: one message to every open browser, and a fresh snapshot for one that fell behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

QUEUE_LENGTH = 64


def format_event(name: str, data: Any) -> bytes:
    """Write one server-sent event with a JSON body."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


@dataclass(slots=True, eq=False)
class Listener:
    """One open browser."""

    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    behind: bool = False
    """It did not read fast enough; what it missed is replaced by a snapshot."""

    def put(self, message: bytes | None) -> None:
        """Queue a message; of one that reads too slowly, drop all it has not read."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            self.behind = message is not None
        self.queue.put_nowait(message)


@dataclass(slots=True)
class EventStream:
    """Every open browser, and how to bring a new one up to date."""

    snapshot: Callable[[], dict[str, Any]]
    listeners: set[Listener] = field(default_factory=set)
    closed: bool = False

    def send(self, name: str, data: Any) -> None:
        """Send one event to all."""
        if self.listeners:
            message = format_event(name, data)
            for listener in self.listeners:
                listener.put(message)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self.closed = True
        for listener in self.listeners:
            listener.put(None)

    async def listen(self) -> AsyncIterator[bytes]:
        """Yield a snapshot, then whatever is sent, until the browser leaves or the server stops."""
        listener = Listener()
        self.listeners.add(listener)
        try:
            yield b"retry: 2000\n\n" + format_event("snapshot", self.snapshot())
            while not self.closed and (message := await listener.queue.get()) is not None:
                if listener.behind:
                    listener.behind = False
                    yield format_event("snapshot", self.snapshot())
                yield message
        finally:
            self.listeners.discard(listener)
