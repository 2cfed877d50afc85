"""Fill a topic with the plain job's events: `produce.py --bootstrap HOST:PORT --topic NAME --events N`."""

import asyncio

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from job import KEYS, PARTITIONS, Told, told

AT_ONCE = 5000


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
    async with AIOKafkaProducer(bootstrap_servers=what.bootstrap, linger_ms=5) as producer:
        for start in range(0, what.events, AT_ONCE):
            made = [event(number) for number in range(start, min(start + AT_ONCE, what.events))]
            await asyncio.gather(*[await producer.send(what.topic, value, key) for key, value in made])


if __name__ == "__main__":
    asyncio.run(produce(told("produce")))
