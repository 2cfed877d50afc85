"""What the hosts that are not ours are given: our engine, our translator and our read model, and no plumbing."""

import argparse
import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from schemas.rejection import Rejected
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing
from streams.engine import ScoringEngine
from streams.ingest import take_in
from streams.owner import Owner, Saying, outgoing_of, read_event, said_of, said_of_cases
from streams.records import Record, as_outgoing, rejection
from streams.redis_projection import RedisProjection
from streams.stored_state import StoredState, unpack
from streams.worker_settings import MEBIBYTE, WorkerSettings

LIVED = "real_job:lived"
"""Redis: how many records of the log a host without a consumer group has lived through and projected."""
RECEIVED_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""For messages that do not carry it; before the feed, so that no clock is due before its patient's next event."""
PROJECTED = frozenset({Topic.CASES, Topic.ENCOUNTER_ALERTS, Topic.ENCOUNTER_BELIEFS})
LIMIT_BYTES = WorkerSettings().max_record_bytes
SNAPSHOT_EVERY_S = 1.0
AT_ONCE = WorkerSettings().batch_records
"""Records projected at once, as in our own worker: a host may give a backlog's results all together."""


@dataclass(frozen=True)
class Told:
    """What a host is told on its command line."""

    bootstrap: str
    redis_url: str
    folder: str
    measures: tuple[str, ...]


def told() -> Told:
    """Read the command line that the hosts share."""
    parser = argparse.ArgumentParser()
    for name in ("--bootstrap", "--redis-url", "--folder", "--measures"):
        parser.add_argument(name, required=True)
    said = parser.parse_args()
    return Told(said.bootstrap, said.redis_url, said.folder, tuple(said.measures.split(",")))


def facts_of(records: Sequence[Record]) -> list[Outgoing]:
    """What a batch of raw messages gives to send: facts for the log, and refused messages."""
    return take_in(records, RECEIVED_AT, MEBIBYTE).outgoing


class LivePatient:
    """One patient whose state the host keeps in memory, and asks for when it makes a snapshot."""

    def __init__(self, engine: ScoringEngine, snapshot: bytes | None) -> None:
        """Begin where `snapshot` left off."""
        self._engine = engine
        stored = None if snapshot is None else unpack(snapshot)
        self._state = None if stored is None else engine.decode(stored.state)
        self._wake_at = None if stored is None else stored.wake_at

    def live(self, records: Sequence[Record]) -> list[Outgoing]:
        """Live through records of the log, and put the records of cases together once for all; what to send."""
        said: list[Saying] = []
        refused: list[Outgoing] = []
        for record in records:
            event = read_event(record)
            if isinstance(event, Rejected):
                refused.append(as_outgoing(rejection(record, event, None, LIMIT_BYTES // 2)))
                continue
            step = self._engine.step(self._state, event)
            self._state, self._wake_at = step.state, step.wake_at
            said += said_of(step)
        if self._state is not None:
            said += said_of_cases(self._engine.records(self._state))
        return refused + outgoing_of(said)

    def snapshot(self) -> bytes:
        """The state, as our own worker stores it."""
        return StoredState(self._wake_at, self._engine.encode(self._state)).pack()


class StoredPatients:
    """Patients of a host whose store takes bytes after every event: our own owner, one record at a time."""

    def __init__(self, engine: ScoringEngine) -> None:
        """Judge by `engine`; live states stay in memory, as they do in our own worker."""
        self._stored: Callable[[], bytes | None] = lambda: None
        self._owner = Owner(engine, lambda _key: self._stored(), LIMIT_BYTES)

    def live(
        self, record: Record, stored: Callable[[], bytes | None], store: Callable[[bytes], None]
    ) -> list[Outgoing]:
        """Live through one record of the log, store the state and return what to send."""
        self._stored = stored
        handled = self._owner.handle([record])
        for lived in handled:
            if lived.value is not None:
                store(lived.value)
        self._owner.keep(handled)
        return [each for lived in handled for each in lived.outgoing]


class ReadModel:
    """Our projection for a host that calls and does not await."""

    def __init__(self, redis_url: str) -> None:
        """Write to Redis."""
        self._loop = asyncio.new_event_loop()
        self._projection = RedisProjection(AsyncRedis.from_url(redis_url))
        self._redis = Redis.from_url(redis_url)

    def put(self, sent: Iterable[Outgoing]) -> None:
        """Project what belongs into the read model."""
        records = [Record(each.topic, 0, 0, each.key, each.value) for each in sent if each.topic in PROJECTED]
        for start in range(0, len(records), AT_ONCE):
            self._loop.run_until_complete(self._projection.put(records[start : start + AT_ONCE]))

    def lived(self, count: int) -> None:
        """Say that so many records more of the log are done."""
        self._redis.incrby(LIVED, count)
