"""What a replay reads: translated, counted and handed on."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

import orjson

from schemas.clinical import AnyFact, ClockTick, Merge
from schemas.rejection import Accepted, Ignored, Rejected, RejectedMessage
from schemas.source_profile import SourceProfiles
from schemas.topics import patient_key
from schemas.translate import read_logged, translate
from streams.batched.outgoing import Outgoing
from streams.records import rejection
from streams.sources import NOT_TEXT, SourceMessage

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

    def add(self, other: "Tally") -> None:
        """Add what was counted elsewhere."""
        for name in ("read", "accepted", "ignored", "rejected", "later", "ignored_reasons", "rejected_reasons"):
            getattr(self, name).update(getattr(other, name))
        self.later_updates += other.later_updates
        self.rejected_updates += other.rejected_updates

    def set_aside(self, counted: Mapping[str, int], reason: str) -> None:
        """Count messages that were accepted as ignored instead, for a reason; `counted`: how many by name."""
        for name, count in counted.items():
            self.accepted[name] -= count
            self.ignored[name] += count
            self.ignored_reasons[reason] += count

    @property
    def nothing_understood(self) -> bool:
        """Whether there were messages, and none of them is what it should be."""
        return self.read.total() == self.rejected.total() > 0

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
    """Translates and counts what a replay reads, and hands on every fact.

    Attributes:
        tally: What became of the messages.
        last_received_at: The latest reception of all facts handed on.
        merges: Pairs of keys of patients of whom one was merged into the other.
    """

    def __init__(
        self,
        as_of: datetime | None,
        reject: Callable[[RejectedMessage], None],
        keep: Callable[[AnyFact | ClockTick, str], None],
        profiles: SourceProfiles | None = None,
    ) -> None:
        """Leave out what was received after `as_of`; hand every rejected message to `reject`, every fact to `keep`.

        A fact comes with the name under which its message was counted if that can change yet (`Tally.set_aside`), for
        the message may turn out to belong to no stay; else with an empty one. Each is read by its source's profile.
        """
        self._profiles = profiles
        self.tally = Tally()
        self.last_received_at: datetime | None = None
        self.merges: set[tuple[str, str]] = set()
        self._as_of = as_of
        self._reject = reject
        self._keep = keep

    def take(self, message: SourceMessage) -> None:
        """Translate one raw message; `counted_as` empty: a further phase of a row already counted."""
        result = translate(message.topic, message.value, message.received_at, self._profiles)
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
            self._hand_on(event, "")

    def _accept(self, name: str, facts: tuple[AnyFact, ...]) -> None:
        if name:
            self.tally.accepted[name] += 1
        on_time = [fact for fact in facts if not self._is_later(fact)]
        if len(on_time) < len(facts):
            self._count_later(name)
        for fact in on_time:
            self._hand_on(fact, name if fact.encounter_id is None else "")

    def _hand_on(self, event: AnyFact | ClockTick, counted_as: str) -> None:
        if self.last_received_at is None or event.received_at > self.last_received_at:
            self.last_received_at = event.received_at
        if isinstance(event, Merge):
            self.merges.add((event.key, patient_key(event.facility_id, event.into_patient_id)))
        self._keep(event, counted_as)

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
        return _encoded(value)
    try:
        return orjson.dumps(dict(value), default=str)
    except TypeError:
        # What orjson refuses: integers beyond 64 bits.
        return json.dumps(dict(value), default=str).encode()


def _encoded(text: str) -> bytes:
    """The bytes that a text was read from, where they were none; else a text with marks for what cannot be written."""
    try:
        return text.encode(errors=NOT_TEXT)
    except UnicodeEncodeError:
        return text.encode(errors="replace")
