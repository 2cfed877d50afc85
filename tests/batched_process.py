"""A job on `streams.batched` as a process of its own: counts the records of each key, in a table and in a topic."""

import asyncio
import json
import logging
import sys
from pathlib import Path

import orjson

from streams.batched.app import BatchedApp
from streams.batched.outgoing import Outgoing
from streams.batched.process import work

LOOK_AGAIN_AFTER = 0.05


class CountingJob:
    """State of a key: the last offset counted, and how many; a record read twice is counted once."""

    def __init__(self, app, told):
        self.app, self.told = app, told
        self.table = app.keyed_bytes("counts")
        self.most_under_way = self.failed = self.handled = 0
        self.folder = Path(told["datadir"])

    async def handle(self, records):
        changes, sent = {}, []
        for record in records:
            partition = changes.setdefault(record.partition, {})
            state = partition.get(record.key) or self.stored(record.key)
            if record.offset > state["offset"]:
                state = {"offset": record.offset, "count": state["count"] + 1, "by": self.told["name"]}
                sent.append(Outgoing("counted", record.key, record.value))
            partition[record.key] = state
        await self.gate()
        await self.app.producer_of_batches.send(sent)
        await self.table.write(
            {
                partition: {key: self.packed(key, state) for key, state in states.items()}
                for partition, states in changes.items()
            }
        )
        self.handled += len(records)

    def stored(self, key):
        return orjson.loads((self.table.stored.get(key) or b'{"offset":-1,"count":0}').rstrip())

    def packed(self, key, state):
        """A state; that of the key `huge` is larger than any broker takes."""
        return orjson.dumps(state) + b" " * (2_000_000 if key == b"huge" else 0)

    async def gate(self):
        """Wait here until there is a file named so."""
        while not self.open():
            await self.moment()

    def open(self):
        return self.told["gate"] is None or Path(self.told["gate"]).exists()

    async def moment(self):
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=LOOK_AGAIN_AFTER)

    def note_failure(self, _stage, _error):
        self.failed += 1

    async def tell(self):
        """Say how it stands, again and again."""
        while True:
            self.most_under_way = max(self.most_under_way, self.app.backlog.records())
            owned = sorted(tp.partition for tp in self.app.consumer.assignment() if tp.topic == self.told["topic"])
            status = {
                "owned": owned,
                "under_way": self.app.backlog.records(),
                "most_under_way": self.most_under_way,
                "failed": self.failed,
                "handled": self.handled,
                "stored": len(self.table.stored),
            }
            draft = self.folder / "status.draft"
            draft.write_text(json.dumps(status))
            draft.replace(self.folder / "status.json")
            await self.moment()


def counting_app(told):
    app = BatchedApp(
        told["app_id"],
        told["bootstrap"],
        most_waiting_records=told["most_waiting_records"],
        datadir=told["datadir"],
        topic_partitions=told["partitions"],
        topic_replication_factor=1,
        table_standby_replicas=told["standby_replicas"],
        broker_session_timeout=told["session_timeout"],
        broker_heartbeat_interval=told["session_timeout"] / 4,
        broker_rebalance_timeout=12,
        broker_commit_interval=0.2,
        broker_max_poll_records=told["batch_records"],
        producer_max_request_size=4_000_000,
    )
    job = CountingJob(app, told)
    app.stage("count", (told["topic"],), job.handle, batch_records=told["batch_records"], on_failed=job.note_failure)
    app.task()(job.tell)
    return app


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    sys.exit(work(counting_app(json.loads(Path(sys.argv[1]).read_text())), loop))
