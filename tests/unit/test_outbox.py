"""Sending returns when the broker has everything, and what cannot be sent is on record."""

import asyncio

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from streams.outbox import Outbox
from streams.records import Outgoing

ALERT = Outgoing(Topic.ENCOUNTER_ALERTS, b"k", b"alert")
CASE = Outgoing(Topic.CASES, b"k", b"case")


class Broker:
    """Takes records, or answers as told by topic: `refused` at once, `failed` later."""

    def __init__(self, **answers):
        self.taken, self.waiting, self.answers = [], [], answers
        self.both = asyncio.Event()

    async def send(self, topic, value, key):
        answer = asyncio.get_running_loop().create_future()
        if topic == Topic.CASES and "refused" in self.answers:
            raise self.answers["refused"]
        if topic == Topic.CASES and "failed" in self.answers:
            answer.set_exception(self.answers["failed"])
        elif self.answers.get("slow"):
            self.waiting.append(answer)
        else:
            answer.set_result(None)
        self.taken.append((topic, key, value))
        if len(self.waiting) == 2:
            self.both.set()
        return answer


async def test_sending_waits_for_every_acknowledgement():
    broker = Broker(slow=True)
    sending = asyncio.ensure_future(Outbox(broker, print).send([ALERT, CASE]))
    await broker.both.wait()
    broker.waiting[0].set_result(None)

    assert not (await asyncio.wait([sending], timeout=0.05))[0]
    broker.waiting[1].set_result(None)
    await sending


@pytest.mark.parametrize("how", ["refused", "failed"])
async def test_what_is_too_large_is_put_on_record_and_the_rest_is_sent(how):
    reasons, broker = [], Broker(**{how: MessageSizeTooLargeError()})
    await Outbox(broker, reasons.append).send([CASE, ALERT])
    topics = [topic for topic, _, _ in broker.taken if topic != Topic.CASES]
    record = RejectedMessage.model_validate_json(broker.taken[-1][2])

    assert topics == [Topic.ENCOUNTER_ALERTS, Topic.REJECTED_MESSAGES]
    assert (record.topic, record.size_bytes, record.value, record.partition) == ("cases", 4, None, None)
    assert reasons == ["too_large"]


async def test_a_broker_that_does_not_take_a_record_is_an_error_to_be_tried_again():
    with pytest.raises(KafkaTimeoutError):
        await Outbox(Broker(failed=KafkaTimeoutError()), print).send([CASE, ALERT])
