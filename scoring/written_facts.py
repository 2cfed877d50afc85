"""The facts of a patient as they are written down: what was written stays so until it is otherwise.

Each event has its patient's state written anew, and a long stay has thousands of facts. So the text of a fact is made
once, sixteen facts in a row are compressed once, and sixteen such blocks once more as one, for text that repeats
itself takes less room in large pieces. The bytes hang on the facts and their order alone, not on when they were
written.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.clinical import AnyFact

Versions = tuple[AnyFact, ...]
"""All versions of one fact."""

SMALL = 16
"""Facts of a block when it is new."""
LARGE = 256
"""Facts of a block that grows no more; its text is larger than what the compression looks back on."""


class Block(NamedTuple):
    """Facts in a row, compressed."""

    facts: int
    text_bytes: int
    data: bytes


@dataclass(slots=True)
class WrittenFacts:
    """What was written of facts, in their order; nothing of those that came since.

    Attributes:
        blocks: The first of them; data is empty where it holds no more.
        lines: The others, each with its versions; None where it holds no more.
    """

    blocks: list[Block] = field(default_factory=list)
    lines: list[bytes | None] = field(default_factory=list)

    def __len__(self) -> int:
        """How many facts there are."""
        return sum(block.facts for block in self.blocks) + len(self.lines)

    @property
    def text_bytes(self) -> int:
        """How long all of it is as text."""
        return sum(block.text_bytes for block in self.blocks) + sum(len(line) for line in self.lines if line)

    def forget(self, place: int) -> None:
        """The fact in this place, counted from 0, says something else now."""
        for number, block in enumerate(self.blocks):
            if place < block.facts:
                self.blocks[number] = block._replace(data=b"")
                return
            place -= block.facts
        if place < len(self.lines):
            self.lines[place] = None

    def forget_all(self) -> None:
        """Facts have gone: others stand in their places."""
        self.blocks.clear()
        self.lines.clear()

    def write(self, facts: Sequence[Versions]) -> None:
        """Write down what is not written yet of all facts."""
        start = 0
        for number, block in enumerate(self.blocks):
            end = start + block.facts
            if not block.data:
                self.blocks[number] = _block(list(map(_line, facts[start:end])))
            start = end
        self.lines += [None] * (len(facts) - start - len(self.lines))
        for place, line in enumerate(self.lines):
            if line is None:
                self.lines[place] = _line(facts[start + place])
        self._put_together()

    def _put_together(self) -> None:
        lines = [line for line in self.lines if line is not None]
        while len(lines) >= SMALL:
            self.blocks.append(_block(lines[:SMALL]))
            lines = lines[SMALL:]
            self._merge()
        self.lines = [*lines]

    def _merge(self) -> None:
        """Make one block of the last small ones, once they are enough."""
        small = LARGE // SMALL
        last = self.blocks[-small:]
        if len(last) == small and all(block.facts < LARGE for block in last):
            self.blocks[-small:] = [_block([line for block in last for line in lines_of(block)])]


def lines_of(block: Block) -> list[bytes]:
    """The text of a block, a fact a line.

    Raises:
        zlib.error: The data are damaged.
    """
    return zlib.decompress(block.data).split(b"\n")


def _line(versions: Versions) -> bytes:
    return ",".join([version.model_dump_json(exclude_none=True) for version in versions]).encode()


def _block(lines: Sequence[bytes]) -> Block:
    text = b"\n".join(lines)
    # What is large is written once and read often: a fifth less room for two and a half times the time.
    level = zlib.Z_DEFAULT_COMPRESSION if len(lines) >= LARGE else zlib.Z_BEST_SPEED
    return Block(len(lines), len(text), zlib.compress(text, level))
