"""What each stage does with a batch: translate and count, judge and store, add up, show."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from schemas.case_record import CaseRecord
from schemas.topics import Topic
from streams.clock import stopwatch
from streams.feed_counts import PartitionCounts
from streams.ingest import take_in
from streams.owner import changes_by_partition
from streams.redis_rebuild import restore
from streams.rolling_rates import Contribution, RollingRates, contribution_of
from streams.stored_state import wake_up_of
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from schemas.read_model import Rate
    from schemas.source_profile import SourceProfiles
    from streams.batched.outgoing import Outgoing
    from streams.batched.side_by_side import SideBySide
    from streams.clock import Clock
    from streams.ingest import Counted
    from streams.outbox import Outbox
    from streams.owner import Lived, Owner
    from streams.records import Record
    from streams.redis_projection import RedisProjection
    from streams.rejection_cap import RejectionCap
    from streams.wake_ups import WakeUps
    from streams.worker_metrics import WorkerMetrics

_WITHOUT_PAUSE = 0.005
"""Seconds of judging before the ticker and the other stages have their turn; batches are concluded patient by
patient."""
_ENOUGH = 10.0
"""Seconds of judging after which a batch is concluded, for what it says to be heard."""
_LONGEST_STRETCH = 250
"""Records that are lived through patient by patient at most, since what was touched last is near at hand."""
_STRETCH_SECONDS = 0.3
"""Seconds that they should take: a batch that is to hurry goes on to their end. So the first ones are few."""
_FIRST_STRETCH = 50
_MOST_PATIENTS = 500
"""Patients after whom a batch is concluded: each takes a while to conclude, and stays decoded until then."""
_log = WorkerLog("stages")


class Table(Protocol):
    """A changelogged store of bytes."""

    @property
    def stored(self) -> Mapping[bytes, bytes]:
        """What is stored."""

    async def write(self, changes: Mapping[int, Mapping[bytes, bytes | None]]) -> None:
        """Store changes, by partition, once the changelog has them."""


class IngestStage:
    """Raw messages to facts in the log; refused ones to `rejected.messages`; all counted."""

    def __init__(
        self,
        clock: Clock,
        outbox: Outbox,
        facts: SideBySide,
        counts: Table,
        metrics: WorkerMetrics,
        cap: RejectionCap,
        limit_bytes: int,
        profiles: SourceProfiles,
    ) -> None:
        """Send facts by `facts`; count in the table `counts`; refuse messages above `limit_bytes`.

        Each message is read by its source's profile.
        """
        self._clock = clock
        self._outbox = outbox
        self._facts = facts
        self._table = counts
        self._metrics = metrics
        self._cap = cap
        self._limit_bytes = limit_bytes
        self._profiles = profiles

    async def handle(self, records: Sequence[Record]) -> None:
        """Translate, send, and only then count: a crash between the two sends again and counts once.

        Raises:
            TooManyRejectedError: a topic is held; nothing was sent, and nothing may be taken as done.
        """
        taken = take_in(records, self._clock.now(), self._limit_bytes, self._profiles)
        outcomes = Counter((each.record.topic, each.outcome == "rejected") for each in taken.counted)
        async with self._cap.letting_through(outcomes):
            await self._outbox.send(taken.refused)
            await self._facts.send(taken.facts, {record.topic for record in records})
        await self._count(taken.counted)
        for each in taken.counted:
            self._metrics.took(each.record.topic, each.outcome)
            if each.outcome == "rejected":
                self._metrics.rejected(each.reason)

    def counts(self, partitions: Sequence[int]) -> dict[tuple[str, int], PartitionCounts]:
        """The counts of these partitions, by topic and partition."""
        read = {_place(key): value for key, value in self._table.stored.items()}
        return {
            place: PartitionCounts.model_validate_json(value) for place, value in read.items() if place[1] in partitions
        }

    async def _count(self, counted: Iterable[Counted]) -> None:
        changes: dict[int, dict[bytes, bytes | None]] = {}
        for (topic, partition), taken in _by_partition(counted).items():
            key = f"{topic}|{partition}".encode()
            stored = self._table.stored.get(key)
            before = PartitionCounts.model_validate_json(stored) if stored else PartitionCounts(topic=topic)
            changes.setdefault(partition, {})[key] = before.count(taken).model_dump_json().encode()
        await self._table.write(changes)


def _place(key: bytes) -> tuple[str, int]:
    topic, _, partition = key.decode().rpartition("|")
    return topic, int(partition)


def _by_partition(counted: Iterable[Counted]) -> dict[tuple[str, int], list[Counted]]:
    parts: dict[tuple[str, int], list[Counted]] = {}
    for each in counted:
        parts.setdefault((each.record.topic, each.record.partition), []).append(each)
    return parts


class OwnerStage:
    """Facts and ticks to alerts, verdicts and case records; then the state."""

    def __init__(
        self,
        owner: Owner,
        states: Table,
        outbox: Outbox,
        wake_ups: WakeUps,
        metrics: WorkerMetrics,
        cap: RejectionCap,
        hurries: Callable[[], bool],
    ) -> None:
        """Store in the table `states`; conclude a batch at once when it `hurries`."""
        self._owner = owner
        self._table = states
        self._outbox = outbox
        self._wake_ups = wake_ups
        self._metrics = metrics
        self._cap = cap
        self._hurries = hurries

    async def handle(self, records: Sequence[Record]) -> int:
        """Live through a batch, or as much of it as there is time for, and return how many it was.

        Sends before it stores, on purpose: a crash between the two repeats an alert, with the same `alert_id`; the
        other order would lose one.

        Raises:
            TooManyRejectedError: the log is held, since the engine refuses too much of it; nothing was sent.
        """
        handled: dict[bytes, Lived] = {}
        partition_of = {record.key or b"": record.partition for record in records}
        try:
            count = await self._live(records, handled)
            for key, lived in handled.items():
                handled[key] = self._owner.conclude(lived)
                await asyncio.sleep(0)
            async with self._cap.letting_through(_lived_and_refused(handled.values())):
                await self._send(handled.values())
            await self._table.write(changes_by_partition(handled.values(), partition_of))
        except BaseException:
            self._owner.forget(handled.values())
            raise
        self._owner.keep(handled.values())
        for lived in handled.values():
            self._note(lived)
        return count

    async def _send(self, handled: Collection[Lived]) -> None:
        """Send all, and last what another number is handed on: it says of those cases what is taken back here."""
        await self._outbox.send_for(_by_owned(handled, is_handed_on=False))
        await self._outbox.send_for(_by_owned(handled, is_handed_on=True))

    async def _live(self, records: Sequence[Record], handled: dict[bytes, Lived]) -> int:
        began_at = stopwatch()
        count, length = 0, _FIRST_STRETCH
        while count < len(records):
            stretch = _stretch(records[count : count + (1 if self._hurries() else length)], handled)
            took = await self._live_by_patient(stretch, handled)
            count += len(stretch)
            if self._hurries() or len(handled) >= _MOST_PATIENTS or stopwatch() - began_at > _ENOUGH:
                break
            length = max(1, min(_LONGEST_STRETCH, int(len(stretch) * _STRETCH_SECONDS / max(took, _WITHOUT_PAUSE))))
        return count

    async def _live_by_patient(self, stretch: Sequence[Record], handled: dict[bytes, Lived]) -> float:
        """Live through each patient's records together, in their order; returns the seconds it took."""
        began_at = paused_at = stopwatch()
        for record in _by_patient(stretch):
            self._owner.live((record,), handled)
            if stopwatch() - paused_at > _WITHOUT_PAUSE:
                await asyncio.sleep(0)
                paused_at = stopwatch()
        return stopwatch() - began_at

    def take_over(self, owns: Callable[[bytes], bool]) -> int:
        """Begin anew from the table, for the patients that `owns` says are ours; returns how many wait to be woken."""
        self._owner.forget_all()
        stored = ((key, wake_up_of(value)) for key, value in self._table.stored.items() if owns(key))
        self._wake_ups.start_anew((key, at) for key, at in stored if at is not None)
        return len(self._wake_ups)

    def states(self) -> int:
        """How many patients are stored here."""
        return len(self._table.stored)

    def put_down(self) -> None:
        """Partitions are being handed out anew: own nobody until `take_over`."""
        self._owner.forget_all()
        self._wake_ups.start_anew(())

    def _note(self, lived: Lived) -> None:
        if lived.events:
            self._wake_ups.set(lived.key, lived.wake_at)
        if lived.ticked:
            self._wake_ups.answered(lived.key)
        self._metrics.lived_through(lived.events)
        for reason in lived.rejected:
            self._metrics.rejected(reason)


def _by_owned(handled: Iterable[Lived], *, is_handed_on: bool) -> dict[tuple[str, int], list[Outgoing]]:
    """What is to be sent, by the partition of the log it comes of: facts for it, or all else."""
    parts: dict[tuple[str, int], list[Outgoing]] = {}
    for lived in handled:
        first = lived.records[0]
        outgoing = [each for each in lived.outgoing if (each.topic == Topic.ENCOUNTER_EVENTS) == is_handed_on]
        if outgoing:
            parts.setdefault((first.topic, first.partition), []).extend(outgoing)
    return parts


def _stretch(records: Sequence[Record], handled: Collection[bytes]) -> Sequence[Record]:
    """The first of these, up to that with which a batch has as many patients as it may."""
    patients = set(handled)
    for count, record in enumerate(records, 1):
        patients.add(record.key or b"")
        if len(patients) >= _MOST_PATIENTS:
            return records[:count]
    return records


def _by_patient(records: Iterable[Record]) -> list[Record]:
    """Each patient's records together, in their order; patients in that of their first."""
    parts: dict[bytes, list[Record]] = {}
    for record in records:
        parts.setdefault(record.key or b"", []).append(record)
    return list(chain.from_iterable(parts.values()))


def _lived_and_refused(handled: Collection[Lived]) -> Counter[tuple[str, bool]]:
    refused = sum(len(lived.rejected) for lived in handled)
    topic = str(Topic.ENCOUNTER_EVENTS)
    return Counter({(topic, False): sum(lived.events for lived in handled), (topic, True): refused})


class AggregatesStage:
    """Case records to rolling rates."""

    def __init__(self, clock: Clock, contributions: Table) -> None:
        """Keep what each case adds in the table `contributions`."""
        self._clock = clock
        self._table = contributions
        self._rates: dict[int, RollingRates] = {}

    async def handle(self, records: Sequence[Record]) -> None:
        """Let each record replace what its case added before; the table first, then the counts."""
        now = self._clock.now()
        changes: dict[int, dict[bytes, Contribution | None]] = {}
        for record in records:
            self._note(record, changes.setdefault(record.partition, {}))
        await self._table.write(
            {
                partition: {key: _written(each) for key, each in changed.items()}
                for partition, changed in changes.items()
            }
        )
        for partition, changed in changes.items():
            rates = self._rates.setdefault(partition, RollingRates())
            for key, each in changed.items():
                rates.put(key, each, now)

    def _note(self, record: Record, changed: dict[bytes, Contribution | None]) -> None:
        key = record.key or b""
        if record.value is None:
            changed[key] = None
            return
        try:
            contribution = contribution_of(CaseRecord.model_validate_json(record.value))
        except ValidationError:
            _log.error("unreadable", topic=record.topic, partition=record.partition, offset=record.offset)
            return
        before = changed[key] if key in changed else self._stored(key)
        if before is None or contribution.revision > before.revision:
            changed[key] = contribution

    def _stored(self, key: bytes) -> Contribution | None:
        value = self._table.stored.get(key)
        return None if value is None else Contribution.model_validate_json(value)

    def take_over(self, partition_of: Callable[[bytes], int], partitions: Sequence[int]) -> None:
        """Begin anew from the table, for these partitions."""
        now = self._clock.now()
        self._rates = {partition: RollingRates() for partition in partitions}
        for key, value in self._table.stored.items():
            rates = self._rates.get(partition_of(key))
            if rates is not None:
                rates.put(key, Contribution.model_validate_json(value), now)

    def rates(self) -> dict[int, list[Rate]]:
        """The rates of every partition, as of now."""
        now = self._clock.now()
        for rates in self._rates.values():
            rates.roll(now)
        return {partition: rates.rates() for partition, rates in self._rates.items()}


def _written(contribution: Contribution | None) -> bytes | None:
    return None if contribution is None else contribution.model_dump_json().encode()


class ProjectionStage:
    """Case records, alerts or beliefs to Redis; waits for Redis as long as it must."""

    def __init__(
        self,
        projection: RedisProjection,
        bootstrap: str,
        committed: Callable[[str, int], int],
        on_progress: Callable[[], None],
    ) -> None:
        """Read what is missing in Redis from `bootstrap`, and say by `on_progress` that such long work moves on.

        `committed` gives the offset below which everything of a topic's partition was shown once.
        """
        self._projection = projection
        self._bootstrap = bootstrap
        self._committed = committed
        self._on_progress = on_progress
        self._one_at_a_time = asyncio.Lock()

    async def handle(self, records: Sequence[Record]) -> None:
        """Write a batch; and of its partitions what this Redis lacks, be it new, wiped, or older than it was."""
        async with self._one_at_a_time:
            while lacking := await self._projection.put(records):
                for topic, partition in lacking:
                    await self._restore(topic, [partition])

    async def restore_missing(self, topic: str, partitions: Sequence[int]) -> None:
        """Give Redis what it lacks of these partitions and had, or should have had."""
        async with self._one_at_a_time:
            marks = await self._projection.marks(topic, partitions)
            behind = [each for each, mark in marks.items() if mark is None or mark + 1 < self._committed(topic, each)]
            if behind:
                await self._restore(topic, behind)

    async def _restore(self, topic: str, partitions: Sequence[int]) -> None:
        await restore(self._projection, self._bootstrap, topic, partitions, self._on_progress)
