"""The ceiling: aiokafka's `getmany` and the job, with no framework and no durable state."""

import asyncio

from aiokafka import AIOKafkaConsumer
from job import Stopwatch, Told, changed, told

MOST_RECORDS = 10_000


async def work(what: Told, watch: Stopwatch) -> None:
    """Read until every event was handled."""
    states: dict[bytes, dict[str, object]] = {}
    consumer = AIOKafkaConsumer(
        what.topic, bootstrap_servers=what.bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    done = False
    while not done:
        for records in (await consumer.getmany(timeout_ms=1000, max_records=MOST_RECORDS)).values():
            watch.start()
            for record in records:
                states[record.key] = changed(states.get(record.key), record.value)
            done = watch.handle(len(records))
    watch.tell()
    await consumer.stop()


if __name__ == "__main__":
    asked = told("bare_aiokafka")
    asyncio.run(work(asked, Stopwatch("bare_aiokafka", asked.events, durable=None)))
