"""Sending returns when the broker has everything, and what cannot be sent is on record."""

import asyncio

import pytest
from aiokafka.errors import KafkaTimeoutError

from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing
from streams.outbox import Outbox

ALERT = Outgoing(Topic.ENCOUNTER_ALERTS, b"k", b"alert")
CASE = Outgoing(Topic.CASES, b"k", b"case")


class Producer:
    """Takes records; those of a topic may be too large, or fail."""

    def __init__(self, too_large=(), fails=None):
        self.taken, self.too_large, self.fails, self.owned = [], too_large, fails, []

    async def send(self, outgoing, *, owned):
        self.owned.append(owned)
        if self.fails:
            raise self.fails
        self.taken += [each for each in outgoing if each.topic not in self.too_large]
        return [each for each in outgoing if each.topic in self.too_large]


async def test_what_is_too_large_is_put_on_record_and_the_rest_is_sent():
    reasons, producer = [], Producer(too_large={Topic.CASES})
    await Outbox(producer, reasons.append).send([CASE, ALERT])
    record = RejectedMessage.model_validate_json(producer.taken[-1].value)

    assert [each.topic for each in producer.taken] == [Topic.ENCOUNTER_ALERTS, Topic.REJECTED_MESSAGES]
    assert (record.topic, record.size_bytes, record.value, record.partition) == ("cases", 4, None, None)
    assert reasons == ["too_large"]


async def test_a_broker_that_does_not_take_a_record_is_an_error_to_be_tried_again():
    with pytest.raises(KafkaTimeoutError):
        await Outbox(Producer(fails=KafkaTimeoutError()), print).send([CASE, ALERT])


async def test_of_a_compacted_topic_the_last_of_a_key_is_sent_and_of_the_others_each():
    producer = Producer()
    later, removed = Outgoing(Topic.CASES, b"k", b"later"), Outgoing(Topic.CASES, b"gone", None)
    await Outbox(producer, print).send([CASE, ALERT, Outgoing(Topic.CASES, b"gone", b"case"), ALERT, later, removed])

    assert producer.taken == [ALERT, ALERT, later, removed]


async def test_what_comes_of_partitions_that_we_own_is_sent_for_each_of_them():
    producer = Producer(too_large={Topic.CASES})
    await Outbox(producer, print).send_for({("log", 0): [ALERT], ("log", 3): [CASE]})

    assert producer.owned == [("log", 0), ("log", 3), None]


async def test_where_the_broker_does_not_take_one_part_the_others_are_waited_for_and_it_is_an_error():
    class Halting(Producer):
        failed = asyncio.Event()

        async def send(self, outgoing, *, owned):
            if owned == ("log", 0):
                self.failed.set()
                raise KafkaTimeoutError
            await self.failed.wait()
            return await super().send(outgoing, owned=owned)

    producer = Halting()

    with pytest.raises(KafkaTimeoutError):
        await Outbox(producer, print).send_for({("log", 0): [CASE], ("log", 1): [ALERT]})
    assert producer.taken == [ALERT]
