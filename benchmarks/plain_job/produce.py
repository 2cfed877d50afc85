"""Fill a topic with the plain job's events: `produce.py --bootstrap HOST:PORT --topic NAME --events N`."""

import asyncio

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from job import KEYS, PARTITIONS, Told, told

from streams.batched.batch_producer import BatchProducer
from streams.batched.outgoing import Outgoing

AT_ONCE = 50_000
LARGEST = 1 << 20


def event(number: int) -> tuple[bytes, bytes]:
    """Key and value of one event."""
    key = f"E{number % KEYS}"
    value = {"enc": key, "t": number, "type": "vitals", "hr": 100 + number % 30, "sbp": 100, "temp": 38.5, "rr": 22}
    return key.encode(), orjson.dumps(value)


async def produce(what: Told) -> None:
    """Make the topic and send the events, in order within a key."""
    admin = AIOKafkaAdminClient(bootstrap_servers=what.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(what.topic, PARTITIONS, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=what.bootstrap, max_batch_size=LARGEST // 2) as client:

        async def ready() -> AIOKafkaProducer:
            return client

        async def always() -> None:
            """Nobody else produces."""

        producer = BatchProducer(ready, always, LARGEST)
        for start in range(0, what.events, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, what.events))
            await producer.send([Outgoing(what.topic, *event(number)) for number in numbers])


if __name__ == "__main__":
    asyncio.run(produce(told("produce")))
