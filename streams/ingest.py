"""Ingest: raw messages become clinical facts of the one log, or rejected messages; each is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, assert_never

import orjson

from schemas.rejection import Accepted, Ignored, Rejected
from schemas.source_profile import shipped_profiles
from schemas.topics import Topic
from schemas.translate import translate
from streams.batched.outgoing import Outgoing
from streams.records import as_outgoing, rejection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.clinical import AnyFact
    from schemas.source_profile import SourceProfile, SourceProfiles
    from streams.records import Record

EMPTY = "empty"
UNKNOWN_SOURCE = "unknown"
_LONGEST_SOURCE = 60
_HAPPENED = ("happened_at", "collected_at", "started_at", "ordered_at", "recorded_at")


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of one raw message."""

    record: Record
    source: str
    outcome: str
    """`accepted`, `ignored` or `rejected`."""
    reason: str
    received_at: datetime
    happened_at: datetime | None
    taken_at: datetime
    """By our own clock."""
    ahead: timedelta = timedelta(0)
    """How far the latest time it tells lies after our own clock; nothing for a recorded feed, which has its own."""


@dataclass(slots=True)
class Taken:
    """What a batch of raw messages gives: facts, each with when it was received, refused messages, and the count."""

    facts: list[tuple[datetime, Outgoing]] = field(default_factory=list)
    refused: list[Outgoing] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)

    @property
    def outgoing(self) -> list[Outgoing]:
        """All that is to be sent, facts first."""
        return [*(fact for _, fact in self.facts), *self.refused]


def take_in(
    records: Sequence[Record], received_at: datetime, limit_bytes: int, profiles: SourceProfiles | None = None
) -> Taken:
    """Translate a batch that reached us at `received_at`; nothing is lost, nothing raises.

    `profiles` say how each source is to be read; None: those that ship.

    A message above `limit_bytes`, or none at all (a tombstone), is rejected without being read.
    """
    taken, known = Taken(), profiles or shipped_profiles()
    for record in records:
        _take(record, received_at, limit_bytes, known, taken)
    return taken


def _take(record: Record, received_at: datetime, limit_bytes: int, profiles: SourceProfiles, taken: Taken) -> None:
    outcome = _translated(record, received_at, limit_bytes, profiles)
    match outcome:
        case Accepted(facts=facts):
            taken.facts += [(_received(record, fact.received_at, received_at), _fact_record(fact)) for fact in facts]
            happened_at = max((each for each in map(happening, facts) if each), default=None)
            received = max((fact.received_at for fact in facts), default=received_at)
            source = facts[0].source if facts else source_of(record)
            ahead = _ahead(profiles.of(source), (at - received_at for fact in facts for at in _clock_times(fact)))
            taken.counted.append(Counted(record, source, "accepted", "", received, happened_at, received_at, ahead))
        case Ignored(reason=reason):
            taken.counted.append(Counted(record, source_of(record), "ignored", reason, received_at, None, received_at))
        case Rejected(reason=reason):
            source = source_of(record)
            ahead = _ahead(profiles.of(source), [outcome.ahead] if outcome.ahead else ())
            taken.refused.append(as_outgoing(rejection(record, outcome, received_at, limit_bytes)))
            taken.counted.append(Counted(record, source, "rejected", reason, received_at, None, received_at, ahead))
        case _:
            assert_never(outcome)


def _received(record: Record, said: datetime, taken_at: datetime) -> datetime:
    """When a message reached us, as it says itself; else when it was written to the broker."""
    if said != taken_at or not 0 < record.written_ms <= taken_at.timestamp() * 1000:
        return said
    return datetime.fromtimestamp(record.written_ms / 1000, UTC)


def _translated(
    record: Record, received_at: datetime, limit_bytes: int, profiles: SourceProfiles
) -> Accepted | Ignored | Rejected:
    if not record.value:
        return Rejected(EMPTY)
    if len(record.value) > limit_bytes:
        return Rejected("too_large")
    try:
        return translate(record.topic, record.value, received_at, profiles)
    except Exception as error:  # noqa: BLE001 - one message must never stop the stream; its type is on record
        return Rejected("translation_error", type(error).__name__)


def _fact_record(fact: AnyFact) -> Outgoing:
    return Outgoing(Topic.ENCOUNTER_EVENTS, fact.key.encode(), fact.model_dump_json().encode())


def _clock_times(fact: AnyFact) -> Iterator[datetime]:
    times = (getattr(fact, name, None) for name in (*_HAPPENED, "received_at"))
    return (each for each in times if each)


def _ahead(source: SourceProfile, leads: Iterable[timedelta]) -> timedelta:
    if source.received_ahead is None:
        return timedelta(0)
    return max((timedelta(0), *leads))


def happening(fact: AnyFact) -> datetime | None:
    """When what a fact tells happened: the first it carries of done, drawn, begun, ordered, charted."""
    times = (getattr(fact, name, None) for name in _HAPPENED)
    return next((each for each in times if each), None)


def source_of(record: Record) -> str:
    """The source a message names, or its format's name; `unknown` where it names none."""
    try:
        read: Any = orjson.loads(record.value or b"null")
    except orjson.JSONDecodeError:
        return UNKNOWN_SOURCE
    if not isinstance(read, dict):
        return UNKNOWN_SOURCE
    named, read_as = read.get("source"), read.get("format")
    if not named and isinstance(read_as, str):
        named = read_as.partition("/")[0]
    return named[:_LONGEST_SOURCE] if isinstance(named, str) and named else UNKNOWN_SOURCE
