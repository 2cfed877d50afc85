"""Facts put on disk by patient, so that a replay judges one share of the patients at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from schemas.clinical import CLINICAL_EVENT, AnyFact, ClockTick

_BUFFERED_BYTES = 32 * 1024 * 1024
"""What one process holds back before it writes, all shares together."""


@dataclass(frozen=True)
class Spilled:
    """One event as it was put aside.

    Attributes:
        counted_as: Name under which its message was counted, where that can still change; else empty.
        body: The event as JSON.
    """

    counted_as: str
    body: bytes

    @cached_property
    def event(self) -> AnyFact | ClockTick:
        """The event itself."""
        return CLINICAL_EVENT.validate_json(self.body)

    @property
    def key(self) -> str:
        """Key of the patient."""
        return self.event.key


class SpillWriter:
    """Puts events on disk, a file for each share of the patients, in the order in which they come."""

    def __init__(self, folder: Path, part: int, shares: int) -> None:
        """Write for one part of the input, and `shares` shares; files of other parts stand beside these."""
        self._folder = folder
        self._part = part
        self._most = _BUFFERED_BYTES // shares
        self._held = [bytearray() for _ in range(shares)]

    def __enter__(self) -> Self:
        """Take events from now on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was held back."""
        for share in range(len(self._held)):
            self._write(share)

    def put(self, event: AnyFact | ClockTick, counted_as: str = "") -> None:
        """Put one event aside, in the share of its patient."""
        self.put_as(event.key, Spilled(counted_as, event.model_dump_json().encode()))

    def put_as(self, key: str, spilled: Spilled) -> None:
        """Put one event aside as if it were the patient's whose key it is."""
        share = crc32(key.encode()) % len(self._held)
        held = self._held[share]
        name = spilled.counted_as.encode(errors="surrogatepass")
        held += b"%d %b%b\n" % (len(name), name, spilled.body)
        if len(held) > self._most:
            self._write(share)

    def _write(self, share: int) -> None:
        if self._held[share]:
            with _file(self._folder, share, self._part).open("ab") as file:
                file.write(self._held[share])
            self._held[share].clear()


def read_share(folder: Path, share: int) -> Iterator[Spilled]:
    """The events of one share: part by part, each in the order in which they were put there."""
    for path in sorted(folder.glob(_file(folder, share, "*").name)):
        with path.open("rb") as file:
            yield from _lines(file.read())
        path.unlink()


def _file(folder: Path, share: int, part: int | str) -> Path:
    return folder / f"facts-{share:06}-{part if isinstance(part, str) else format(part, '06')}"


def _lines(data: bytes) -> Iterator[Spilled]:
    """By their lengths, not by line breaks alone: a name may have any character."""
    at = 0
    while at < len(data):
        begin = data.index(b" ", at) + 1
        name_end = begin + int(data[at : begin - 1])
        end = data.index(b"\n", name_end)
        yield Spilled(data[begin:name_end].decode(errors="surrogatepass"), data[name_end:end])
        at = end + 1
