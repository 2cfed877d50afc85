"""The owner: lives through the events of its patients, one by one, and says what to send and what to store."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from schemas.clinical import CLINICAL_EVENT, ClockTick
from schemas.rejection import Rejected
from schemas.strict_model import StrictModel, place_and_type
from schemas.topics import COMPACTED_TOPICS, Topic
from streams.batched.outgoing import Outgoing, last_of_each_key
from streams.lives import DECODED_BYTES, Life, Lives
from streams.records import as_outgoing, rejection
from streams.stored_state import StoredState, unpack
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from schemas.case_record import CaseRecord
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


class Saying(NamedTuple):
    """What is said to a topic under a key; None: what was said there is no more."""

    topic: Topic
    key: str
    what: StrictModel | None


class ForgottenError(RuntimeError):
    """A patient was forgotten between the parts of a batch: storing him would lose what was lived through before."""


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
    records: list[Record] = field(default_factory=list)
    """Of the log, in their order."""
    said: list[Saying] = field(default_factory=list)
    """What is to be sent of them, but for what is known only once all are lived through."""


class Owner:
    """Keeps the states of the patients used last decoded, over a store of bytes that it never writes itself.

    A batch is lived through part by part (`live`), then concluded patient by patient (`conclude`); `handle` is
    both at once. Nothing of it has happened yet: send it, store it, and call `keep`; where that fails call `forget`,
    and the same records give the same again.
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
        handled: dict[bytes, Lived] = {}
        self.live(records, handled)
        return [self.conclude(lived) for lived in handled.values()]

    def live(self, records: Iterable[Record], handled: dict[bytes, Lived]) -> None:
        """Live through a part of a batch; `handled`: what came of the parts before, by patient, and is added to."""
        for record in records:
            key = record.key or b""
            lived = handled.setdefault(key, Lived(key))
            lived.records.append(record)
            self._live_one(record, lived, said_of)

    def conclude(self, lived: Lived) -> Lived:
        """What is to be sent and stored of a patient, all of whose events of a batch were lived through.

        Records of cases are put together once for all of them. Where the engine fails on that, the events are lived
        through once more, each with its records, and only those are refused on which it fails.

        Raises:
            ForgottenError: the patient was forgotten in between: the batch must be lived through again.
        """
        life = self._lives.get(lived.key)
        if lived.events and (life is None or len(life.lived) < lived.events):
            message = "a patient was forgotten while a batch was under way; live through the batch again"
            raise ForgottenError(message)
        if life is None or life.state is None:
            return lived
        try:
            lived.outgoing += outgoing_of(lived.said + said_of_cases(self._engine.records(life.state)))
        except Exception:  # noqa: BLE001 - one patient must never stop the stream
            lived = self._live_apart(lived)
            lived.outgoing += outgoing_of(lived.said)
        self._write(self._life(lived.key), lived)
        return lived

    def keep(self, handled: Iterable[Lived]) -> None:
        """All of it was sent and stored."""
        self._lives.stored(lived.key for lived in handled)

    def forget(self, handled: Iterable[Lived]) -> None:
        """It was not sent or not stored: start again from what is stored."""
        for lived in handled:
            self._lives.drop(lived.key)

    def forget_all(self) -> None:
        """Partitions are being handed out anew."""
        self._lives.clear()

    def _live_apart(self, failed: Lived) -> Lived:
        """Live through it again from what is stored, as if each event were a batch."""
        self._lives.drop(failed.key)
        lived = Lived(failed.key, records=failed.records)
        for record in failed.records:
            self._live_one(record, lived, self._said_with_records)
        # After a refused event he has been lived through again without being asked.
        life = self._lives.get(failed.key)
        if life is not None and life.state is not None:
            with suppress(Exception):
                lived.said += said_of_cases(self._engine.records(life.state))
        return lived

    def _said_with_records(self, step: EngineStep) -> list[Saying]:
        said = said_of(step) + said_of_cases(self._engine.records(step.state))
        outgoing_of(said)  # What cannot be written down shows here.
        return said

    def _live_one(self, record: Record, lived: Lived, tell: Callable[[EngineStep], list[Saying]]) -> None:
        event = read_event(record)
        why = event if isinstance(event, Rejected) else self._why_not_lived(event, lived, tell)
        if why is not None:
            self._refuse(record, why, lived)

    def _why_not_lived(
        self, event: AnyFact | ClockTick, lived: Lived, tell: Callable[[EngineStep], list[Saying]]
    ) -> Rejected | None:
        """Live through one event, and note what `tell` says of it; None, or why its record is refused."""
        key = lived.key
        try:
            life = self._life(key)
        except Exception as error:  # noqa: BLE001 - a state no engine can read concerns one patient, not the stream
            return Rejected(STATE_UNREADABLE, type(error).__name__)
        try:
            step = self._engine.step(life.state, event)
            said = tell(step)
        except Exception as error:  # noqa: BLE001 - one event must never stop the stream; its type is on record
            self._lives.put(key, self._lived_again(key, life.lived))
            return Rejected(ENGINE_ERROR, type(error).__name__)
        _take_over(life, step, event)
        lived.said += said
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
            state = self._engine.decode(stored.state)
            life = Life(state, stored.wake_at, self._engine.size(state) or len(stored.state))
        for event in events:
            _take_over(life, self._engine.step(life.state, event), event)
        return life

    def _write(self, life: Life, lived: Lived) -> None:
        lived.wake_at = life.wake_at
        if not life.changed:
            return
        value = StoredState(life.wake_at, self._engine.encode(life.state)).pack()
        if len(value) <= self._limit_bytes:
            self._lives.written(life, self._engine.size(life.state))
            lived.value = value
            return
        _log.error("state_too_large", size_bytes=len(value), limit_bytes=self._limit_bytes)
        self._lives.drop(lived.key)
        lived.outgoing.clear()
        lived.wake_at = self._life(lived.key).wake_at
        for record in lived.records:
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


def said_of(step: EngineStep) -> list[Saying]:
    """What a step says, alerts first: should the rest fail, they are the part that cannot wait."""
    said = [Saying(Topic.ENCOUNTER_ALERTS, each.key, each) for each in step.alerts]
    said += [Saying(Topic.ENCOUNTER_VERDICTS, each.key, each) for each in step.verdicts]
    said += [Saying(Topic.ENCOUNTER_BELIEFS, each.key, each) for each in step.beliefs]
    said += [Saying(Topic.ENCOUNTER_EVENTS, each.key, each) for each in step.forward]
    said += [Saying(Topic.ENCOUNTER_VERDICTS, key, None) for key in step.removed_verdicts]
    said += [Saying(Topic.CASES, key, None) for key in step.removed_cases]
    return said


def said_of_cases(records: Iterable[CaseRecord]) -> list[Saying]:
    """What records of cases say."""
    return [Saying(Topic.CASES, each.key, each) for each in records]


def outgoing_of(said: Sequence[Saying]) -> list[Outgoing]:
    """What is to be sent, in its order; of a compacted topic the last of each key alone is written down."""
    return [
        Outgoing(topic, key.encode(), None if what is None else what.model_dump_json().encode())
        for topic, key, what in last_of_each_key(said, COMPACTED_TOPICS)
    ]


def changes_by_partition(
    handled: Iterable[Lived], partition_of: Mapping[bytes, int]
) -> dict[int, dict[bytes, bytes | None]]:
    """What to store, by the partition the patients' events stand in."""
    changes: dict[int, dict[bytes, bytes | None]] = {}
    for lived in handled:
        if lived.value is not None:
            changes.setdefault(partition_of[lived.key], {})[lived.key] = lived.value
    return changes
