"""The durable form of a patient's state: facts, and what we said; what follows from the facts is derived again.

Format 2, written: its number, how many blocks of facts there are, of each how many facts it has, how long its text is
and how many bytes it has, the blocks (`scoring.written_facts`), then, compressed, a line of JSON of all that is no
fact, and a line for each fact after the blocks. Format 1, read: one JSON document, as it is or compressed.
"""

import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Annotated, NamedTuple

from pydantic import Field, TypeAdapter

from schemas.clinical import AnyFact, Merge
from schemas.strict_model import StrictModel, built
from scoring.fact_store import FactStore, slim
from scoring.patient_state import PatientState, Published
from scoring.written_facts import Block, WrittenFacts, lines_of

STATE_FORMAT = 2

_HEAD = struct.Struct(">BH")
"""The format, and how many blocks there are."""
_BLOCK = struct.Struct(">HII")
"""Facts of a block, the length of its text, and of its data."""
_FACTS: TypeAdapter[list[AnyFact]] = TypeAdapter(list[Annotated[AnyFact, Field(discriminator="kind")]])
_STARTS_OF_FORMAT_1 = (b"{", b"x")
"""JSON, or what zlib made of it."""


class StateFormatError(ValueError):
    """The bytes are no state this version can read; the message says which format they claim."""


class _Said(StrictModel):
    """All of a state but its facts."""

    now: datetime | None = None
    revision: int = 0
    wake_at: datetime | None = None
    published: tuple[Published, ...] = ()


class _Format1(_Said):
    format: int
    facts: tuple[Annotated[AnyFact, Field(discriminator="kind")], ...] = ()


class _Read(NamedTuple):
    number: int
    said: _Said = _Said()
    facts: Sequence[AnyFact] = ()
    written: WrittenFacts = WrittenFacts()


def encode_state(state: PatientState) -> bytes:
    """Write the durable form of a state; of its facts, those that are not written yet."""
    written = state.facts.written
    written.write(list(state.facts.versions.values()))
    lines = [_written_said(state), *filter(None, written.lines)]
    return b"".join(
        [
            _HEAD.pack(STATE_FORMAT, len(written.blocks)),
            *(_BLOCK.pack(block.facts, block.text_bytes, len(block.data)) for block in written.blocks),
            *(block.data for block in written.blocks),
            zlib.compress(b"\n".join(lines), zlib.Z_BEST_SPEED),
        ]
    )


def _written_said(state: PatientState) -> bytes:
    said = built(
        _Said,
        now=state.now,
        revision=state.revision,
        wake_at=state.wake_at,
        published=tuple(state.published.values()),
    )
    return said.model_dump_json(exclude_none=True).encode()


def decode_state(data: bytes) -> PatientState:
    """Read a state back, of this format or of an earlier one.

    Raises:
        StateFormatError: The bytes are damaged or of another format.
    """
    try:
        number, said, told, written = _read(data)
        facts = _filed(told, written)
    except (ValueError, struct.error, zlib.error):
        message = "the stored state of a patient cannot be read; rebuild it from encounter.events"
        raise StateFormatError(message) from None
    if not 1 <= number <= STATE_FORMAT:
        message = (
            f"the stored state has format {number}, this version reads 1 to {STATE_FORMAT}; "
            "rebuild it from encounter.events"
        )
        raise StateFormatError(message)
    return PatientState(
        facts=facts,
        now=said.now,
        read_at=said.now,
        revision=said.revision,
        published={(each.case_id, each.measure): each for each in said.published},
        wake_at=said.wake_at,
        is_merged=any(isinstance(fact, Merge) for fact in facts.winners()),
    )


def _read(data: bytes) -> _Read:
    if data[:1] in _STARTS_OF_FORMAT_1:
        stored = _Format1.model_validate_json(data if data[:1] == b"{" else zlib.decompress(data))
        return _Read(stored.format, stored, stored.facts, WrittenFacts())
    number, blocks = _HEAD.unpack_from(data)
    return _read_blocks(data, blocks) if number == STATE_FORMAT else _Read(number)


def _read_blocks(data: bytes, count: int) -> _Read:
    heads = [_BLOCK.unpack_from(data, _HEAD.size + number * _BLOCK.size) for number in range(count)]
    at, blocks = _HEAD.size + count * _BLOCK.size, list[Block]()
    for facts, text_bytes, size in heads:
        blocks.append(Block(facts, text_bytes, data[at : at + size]))
        at += size
    said, *lines = zlib.decompress(data[at:]).split(b"\n")
    in_blocks = [lines_of(block) for block in blocks]
    if [len(each) for each in in_blocks] != [block.facts for block in blocks]:
        raise ValueError
    text = b",".join([*chain.from_iterable(in_blocks), *lines])
    facts = _FACTS.validate_json(b"[" + text + b"]")
    return _Read(STATE_FORMAT, _Said.model_validate_json(said), facts, WrittenFacts(blocks, [*lines]))


def _filed(told: Iterable[AnyFact], written: WrittenFacts) -> FactStore:
    """The facts as they were; what is written of them holds, where something is."""
    facts = FactStore(written=written)
    for fact in told:
        facts.versions[fact.fact_id] = (*facts.versions.get(fact.fact_id, ()), slim(fact))
    if written and len(written) != len(facts.versions):
        raise ValueError
    return facts
