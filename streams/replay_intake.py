"""What a replay has read: facts kept small until they are lived through, and a count of everything."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

import orjson

from schemas.clinical import CLINICAL_EVENT, AnyFact, ClockTick
from schemas.rejection import Accepted, Ignored, Rejected, RejectedMessage
from schemas.translate import read_logged, translate
from streams.batched.outgoing import Outgoing
from streams.records import rejection
from streams.sources import SourceMessage

_KEPT_BYTES = 16 * 1024 * 1024
"""A rejected message up to this size is kept whole."""


@dataclass(slots=True)
class Tally:
    """Messages read and what became of them, by table or type; read = accepted + ignored + rejected."""

    read: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    """Of those accepted: received after `as_of` and left out of the judgement."""
    later_updates: int = 0
    """Further phases of rows (an infusion's end, a correction) left out for the same reason."""
    rejected_updates: int = 0
    """Further phases of rows that cannot be read; the row itself is on record."""
    ignored_reasons: Counter[str] = field(default_factory=Counter)
    rejected_reasons: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """Every count, sorted by name; each of the four has every table or type that was read."""
        names = sorted(self.read)
        return {
            "read": {name: self.read[name] for name in names},
            "accepted": {name: self.accepted[name] for name in names},
            "ignored": {name: self.ignored[name] for name in names},
            "rejected": {name: self.rejected[name] for name in names},
            "later": _sorted(self.later),
            "later_updates": self.later_updates,
            "rejected_updates": self.rejected_updates,
            "totals": {
                "read": self.read.total(),
                "accepted": self.accepted.total(),
                "ignored": self.ignored.total(),
                "rejected": self.rejected.total(),
                "later": self.later.total(),
            },
            "ignored_reasons": _sorted(self.ignored_reasons),
            "rejected_reasons": _sorted(self.rejected_reasons),
        }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(name): counts[name] for name in sorted(counts)}


class Intake:
    """Translates, counts and keeps what a replay reads.

    A fact is kept as its JSON, a few hundred bytes; the rows it came from are let go.
    """

    def __init__(self, as_of: datetime | None, reject: Callable[[RejectedMessage], None]) -> None:
        """Leave out what was received after `as_of`; hand every rejected message to `reject`."""
        self.tally = Tally()
        self.last_received_at: datetime | None = None
        self._as_of = as_of
        self._reject = reject
        self._kept: list[tuple[datetime, str, bytes]] = []
        self._unnumbered: dict[str, Counter[str]] = {}

    def take(self, message: SourceMessage) -> None:
        """Translate one raw message; `counted_as` empty: a further phase of a row already counted."""
        result = translate(message.topic, message.value, message.received_at)
        name = message.counted_as
        if name:
            self.tally.read[name] += 1
        match result:
            case Accepted(facts=facts):
                self._accept(name, facts)
            case Ignored(reason=reason):
                self._ignore(name, reason)
            case Rejected():
                self._refuse(name, result, message)
            case _:
                assert_never(result)

    def take_logged(self, message: SourceMessage) -> None:
        """Take one event of an export of `encounter.events` as it stands."""
        name = message.counted_as
        self.tally.read[name] += 1
        event = read_logged(message.value)
        if isinstance(event, Rejected):
            self._refuse(name, event, message)
            return
        self.tally.accepted[name] += 1
        if self._is_later(event):
            self._count_later(name)
        else:
            self._hold(event)

    def set_aside(self, unplaced: Mapping[str, str]) -> None:
        """Count messages whose fact belongs to no stay as ignored, with the reason, instead of as accepted.

        Args:
            unplaced: Why, by `event_id` of the fact.
        """
        for event_id in sorted(unplaced.keys() & self._unnumbered.keys()):
            for name, count in self._unnumbered[event_id].items():
                self.tally.accepted[name] -= count
                self.tally.ignored[name] += count
                self.tally.ignored_reasons[unplaced[event_id]] += count

    def as_received(self) -> Iterator[AnyFact | ClockTick]:
        """Every fact kept, in the order in which they were received; the same for any order of the input."""
        self._kept.sort()
        return self._decoded()

    def as_logged(self) -> Iterator[AnyFact | ClockTick]:
        """Every event kept, in the order of the log."""
        return self._decoded()

    def _decoded(self) -> Iterator[AnyFact | ClockTick]:
        for _, _, body in self._kept:
            yield CLINICAL_EVENT.validate_json(body)

    def _accept(self, name: str, facts: tuple[AnyFact, ...]) -> None:
        if name:
            self.tally.accepted[name] += 1
        on_time = [fact for fact in facts if not self._is_later(fact)]
        if len(on_time) < len(facts):
            self._count_later(name)
        for fact in on_time:
            self._hold(fact)
            if name and fact.encounter_id is None:
                self._unnumbered.setdefault(fact.event_id, Counter())[name] += 1

    def _hold(self, event: AnyFact | ClockTick) -> None:
        if self.last_received_at is None or event.received_at > self.last_received_at:
            self.last_received_at = event.received_at
        self._kept.append((event.received_at, event.key, event.model_dump_json().encode()))

    def _is_later(self, event: AnyFact | ClockTick) -> bool:
        return self._as_of is not None and event.received_at > self._as_of

    def _count_later(self, name: str) -> None:
        if name:
            self.tally.later[name] += 1
        else:
            self.tally.later_updates += 1

    def _ignore(self, name: str, reason: str) -> None:
        if name:
            self.tally.ignored[name] += 1
            self.tally.ignored_reasons[reason] += 1

    def _refuse(self, name: str, rejected: Rejected, message: SourceMessage) -> None:
        if not name:
            self.tally.rejected_updates += 1
            return
        self.tally.rejected[name] += 1
        self.tally.rejected_reasons[rejected.reason] += 1
        key = None if message.key is None else message.key.encode()
        record = Outgoing(message.topic, key, _as_bytes(message.value))
        self._reject(rejection(record, rejected, message.received_at, _KEPT_BYTES))


def _as_bytes(value: Mapping[str, Any] | str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace")
    try:
        return orjson.dumps(dict(value), default=str)
    except TypeError:
        # What orjson refuses: integers beyond 64 bits.
        return json.dumps(dict(value), default=str).encode()
