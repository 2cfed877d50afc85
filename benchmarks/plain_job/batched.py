"""The plain job on `streams.batched`: every change of a state is in the changelog before its offset is committed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Sequence

import orjson
from job import PARTITIONS, Stopwatch, Told, changed, told

from streams.batched.app import BatchedApp
from streams.batched.fetched import Fetched
from streams.batched.keyed_bytes import KeyedBytes
from streams.batched.process import work

BATCH = 10_000


class PlainJob:
    """The states of the keys, decoded, over a table of bytes."""

    def __init__(self, table: KeyedBytes, watch: Stopwatch) -> None:
        """Begin with what the table has."""
        self._table, self._watch = table, watch
        self._states: dict[bytes, dict[str, object]] = {}

    async def handle(self, records: Sequence[Fetched]) -> None:
        """Handle a batch; write each state that changed once."""
        self._watch.start()
        states = self._states
        partitions: dict[int, set[bytes]] = {}
        for record in records:
            key = record.key
            state = states.get(key)
            states[key] = changed(state if state is not None else self._stored(key), record.value)
            partitions.setdefault(record.partition, set()).add(key)
        await self._table.write(
            {partition: {key: orjson.dumps(states[key]) for key in keys} for partition, keys in partitions.items()}
        )
        if self._watch.handle(len(records)):
            self._watch.tell()
            os.kill(os.getpid(), signal.SIGTERM)

    def forget(self) -> None:
        """Partitions are handed out anew: only what is stored counts."""
        self._states.clear()

    def _stored(self, key: bytes) -> dict[str, object] | None:
        stored = self._table.stored.get(key)
        return None if stored is None else orjson.loads(stored)


def plain_job(what: Told, folder: str) -> BatchedApp:
    """The application; it ends its process when every event is durable."""
    app = BatchedApp(
        f"plain-{what.topic}",
        what.bootstrap,
        most_waiting_records=2 * BATCH,
        datadir=folder,
        topic_partitions=PARTITIONS,
        broker_max_poll_records=BATCH,
    )
    job = PlainJob(app.keyed_bytes("states"), Stopwatch("batched", what.events, durable="changelog"))
    app.stage("job", (what.topic,), job.handle, batch_records=BATCH)
    app.on_put_down = job.forget
    return app


def main() -> int:
    """Work until every event is durable."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        return work(plain_job(told("batched"), folder), loop)


if __name__ == "__main__":
    sys.exit(main())
