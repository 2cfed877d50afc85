"""The owner: lives through the events of its patients, one by one, and says what to send and what to store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.clinical import CLINICAL_EVENT, ClockTick
from schemas.rejection import Rejected
from schemas.strict_model import place_and_type
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing
from streams.lives import DECODED_BYTES, Life, Lives
from streams.records import as_outgoing, rejection
from streams.stored_state import StoredState, unpack
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from schemas.clinical import AnyFact
    from streams.engine import Engine, EngineStep
    from streams.records import Record

ENGINE_ERROR = "engine_error"
STATE_TOO_LARGE = "state_too_large"
STATE_UNREADABLE = "state_unreadable"
UNREADABLE = "unreadable"
WRONG_KEY = "wrong_key"
_SOON = timedelta(minutes=1)
_log = WorkerLog("owner")


@dataclass(slots=True)
class Lived:
    """What came of one patient's events."""

    key: bytes
    outgoing: list[Outgoing] = field(default_factory=list)
    value: bytes | None = None
    """What to store; None: nothing changed."""
    wake_at: datetime | None = None
    ticked: bool = False
    """A tick was among the events."""
    rejected: list[str] = field(default_factory=list)
    """Reasons, one a refused record."""
    events: int = 0


class Owner:
    """Keeps the states of the patients used last decoded, over a store of bytes that it never writes itself.

    Nothing that `handle` returns has happened yet: send it, store it, and call `keep`; where that
    fails call `forget`, and the same records give the same again.
    """

    def __init__(
        self,
        engine: Engine,
        stored: Callable[[bytes], bytes | None],
        limit_bytes: int,
        decoded_bytes: int = DECODED_BYTES,
    ) -> None:
        """Judge by `engine`, over what `stored` returns for a key.

        A state may have `limit_bytes`, and those that stay decoded `decoded_bytes` together, as written.
        """
        self._engine = engine
        self._stored = stored
        self._limit_bytes = limit_bytes
        self._lives = Lives(decoded_bytes)

    def handle(self, records: Sequence[Record]) -> list[Lived]:
        """Live through a batch; events of one patient in their order, patients in that of their first."""
        groups: dict[bytes, list[Record]] = {}
        for record in records:
            groups.setdefault(record.key or b"", []).append(record)
        return [self._live_through(key, group) for key, group in groups.items()]

    def keep(self, handled: Sequence[Lived]) -> None:
        """All of it was sent and stored."""
        self._lives.stored(lived.key for lived in handled)

    def forget(self, handled: Sequence[Lived]) -> None:
        """It was not sent or not stored: start again from what is stored."""
        for lived in handled:
            self._lives.drop(lived.key)

    def forget_all(self) -> None:
        """Partitions are being handed out anew."""
        self._lives.clear()

    def _live_through(self, key: bytes, records: Sequence[Record]) -> Lived:
        lived = Lived(key)
        for record in records:
            event = read_event(record)
            why = event if isinstance(event, Rejected) else self._live_one(key, event, lived)
            if why is not None:
                self._refuse(record, why, lived)
        life = self._lives.get(key)
        if life is not None:
            self._write(life, lived, records)
        return lived

    def _live_one(self, key: bytes, event: AnyFact | ClockTick, lived: Lived) -> Rejected | None:
        """One event; None, or why its record is refused."""
        try:
            life = self._life(key)
        except Exception as error:  # noqa: BLE001 - a state no engine can read concerns one patient, not the stream
            return Rejected(STATE_UNREADABLE, type(error).__name__)
        try:
            step = self._engine.step(life.state, event)
            outgoing = outgoing_of(step)
        except Exception as error:  # noqa: BLE001 - one event must never stop the stream; its type is on record
            self._lives.put(key, self._lived_again(key, life.lived))
            return Rejected(ENGINE_ERROR, type(error).__name__)
        _take_over(life, step, event)
        lived.outgoing += outgoing
        lived.events += 1
        lived.ticked = lived.ticked or isinstance(event, ClockTick)
        return None

    def _life(self, key: bytes) -> Life:
        life = self._lives.get(key)
        if life is None:
            life = self._lived_again(key, ())
            self._lives.put(key, life)
        return life

    def _lived_again(self, key: bytes, events: Sequence[AnyFact | ClockTick]) -> Life:
        """The stored state, and these events lived through once more: a failed step may have left half a change."""
        value = self._stored(key)
        if value is None:
            life = Life(None, None)
        else:
            stored = unpack(value)
            life = Life(self._engine.decode(stored.state), stored.wake_at, len(stored.state))
        for event in events:
            _take_over(life, self._engine.step(life.state, event), event)
        return life

    def _write(self, life: Life, lived: Lived, records: Sequence[Record]) -> None:
        lived.wake_at = life.wake_at
        if not life.changed:
            return
        written = self._engine.encode(life.state)
        value = StoredState(life.wake_at, written).pack()
        if len(value) <= self._limit_bytes:
            self._lives.written(life, len(written))
            lived.value = value
            return
        _log.error("state_too_large", size_bytes=len(value), limit_bytes=self._limit_bytes)
        self._lives.drop(lived.key)
        lived.outgoing.clear()
        lived.wake_at = self._life(lived.key).wake_at
        for record in records:
            self._refuse(record, Rejected(STATE_TOO_LARGE), lived)

    def _refuse(self, record: Record, why: Rejected, lived: Lived) -> None:
        lived.outgoing.append(as_outgoing(rejection(record, why, None, self._limit_bytes // 2)))
        lived.rejected.append(why.reason)


def read_event(record: Record) -> AnyFact | ClockTick | Rejected:
    """The event that a record of the log tells, or why it is refused: unreadable, or under another patient's key."""
    try:
        event = CLINICAL_EVENT.validate_json(record.value or b"")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return Rejected(UNREADABLE, place_and_type(first["loc"], first["type"]))
    return event if event.key.encode() == record.key else Rejected(WRONG_KEY)


def _take_over(life: Life, step: EngineStep, event: AnyFact | ClockTick) -> None:
    life.state = step.state
    moved = step.wake_at != life.wake_at
    life.wake_at = step.wake_at
    if isinstance(event, ClockTick) and step.wake_at is not None and step.wake_at <= event.at:
        _log.error("wake_up_already_past")
        life.wake_at = event.at + _SOON
    life.changed = life.changed or step.changed or moved
    life.lived.append(event)


def outgoing_of(step: EngineStep) -> list[Outgoing]:
    """What a step gives to send, alerts first: should the rest fail, they are the part that cannot wait."""
    keyed: list[tuple[Topic, str, Any]] = [(Topic.ENCOUNTER_ALERTS, each.key, each) for each in step.alerts]
    keyed += [(Topic.ENCOUNTER_VERDICTS, each.key, each) for each in step.verdicts]
    keyed += [(Topic.CASES, each.key, each) for each in step.cases]
    keyed += [(Topic.ENCOUNTER_BELIEFS, each.key, each) for each in step.beliefs]
    keyed += [(Topic.ENCOUNTER_EVENTS, each.key, each) for each in step.forward]
    removed = [(Topic.ENCOUNTER_VERDICTS, key) for key in step.removed_verdicts]
    removed += [(Topic.CASES, key) for key in step.removed_cases]
    sent = [Outgoing(topic, key.encode(), each.model_dump_json().encode()) for topic, key, each in keyed]
    return sent + [Outgoing(topic, key.encode(), None) for topic, key in removed]


def changes_by_partition(
    handled: Sequence[Lived], partition_of: Mapping[bytes, int]
) -> dict[int, dict[bytes, bytes | None]]:
    """What to store, by the partition the patients' events stand in."""
    changes: dict[int, dict[bytes, bytes | None]] = {}
    for lived in handled:
        if lived.value is not None:
            changes.setdefault(partition_of[lived.key], {})[lived.key] = lived.value
    return changes
