"""Many records go as few batches: in order, split where they must be, and what is too large is given back."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from streams.batched.batch_producer import BatchProducer
from streams.batched.membership import NotAMemberError
from streams.batched.outgoing import Outgoing, partition_of
from streams.batched.producer_epochs import Epoch, EpochOverError

PARTITIONS = 4
BATCH_BYTES = 300


def read(batch):
    """The records of a batch as a broker reads them."""
    records = MemoryRecords(bytes(batch._build()))  # noqa: SLF001 - as the client's sender does
    return list(records.next_batch())


def signature(batch):
    """By which epoch a batch is signed, and how many records it comes after."""
    first = MemoryRecords(bytes(batch._build())).next_batch()  # noqa: SLF001 - as the client's sender does
    return first.producer_id, first.producer_epoch, first.base_sequence


class Broker:
    """Takes aiokafka's own batches; refuses those with a record larger than the topic takes."""

    def __init__(self, largest=10_000, fails=(), compression=0):
        self.largest, self.fails, self.compression = largest, list(fails), compression
        self.logs, self.batches, self.signed = {}, [], []

    async def partitions_for(self, _topic):
        return set(range(PARTITIONS))

    def create_batch(self):
        return BatchBuilder(BATCH_BYTES, self.compression)

    async def send_batch(self, batch, topic, *, partition):
        answer = asyncio.get_running_loop().create_future()
        records = read(batch)
        self.signed.append(signature(batch))
        self.batches.append((topic, partition, len(records)))
        if self.fails and (error := self.fails.pop(0)):
            answer.set_exception(error)
        elif any(len(record.value or b"") > self.largest for record in records):
            answer.set_exception(MessageSizeTooLargeError())
        else:
            log = self.logs.setdefault((topic, partition), [])
            answer.set_result(SimpleNamespace(offset=len(log)))
            log.extend(records)
        return answer

    def values(self, topic, partition):
        return [record.value for record in self.logs.get((topic, partition), [])]


async def nobody_minds():
    pass


class Epochs:
    """One epoch after the other, as each ends."""

    def __init__(self):
        self.given = []

    async def of(self, _owned):
        if not self.given or self.given[-1].is_over:
            self.given.append(Epoch(7, len(self.given)))
        return self.given[-1]


def producer(broker, confirm=nobody_minds, largest=1000, epochs=None):
    async def client():
        return broker

    return BatchProducer(client, confirm, largest, epochs)


def numbered(count, partition=0, size=20):
    return [Outgoing("log", b"k", b"%0*d" % (size, number), partition) for number in range(count)]


async def test_records_of_a_partition_go_as_one_batch_in_their_order():
    broker = Broker()
    await producer(broker).send(numbered(5))

    assert broker.batches == [("log", 0, 5)]
    assert broker.values("log", 0) == [each.value for each in numbered(5)]


async def test_what_does_not_fit_into_a_batch_goes_with_the_next():
    broker = Broker()
    await producer(broker).send(numbered(50))

    assert len(broker.batches) > 1
    assert broker.values("log", 0) == [each.value for each in numbered(50)]


async def test_a_record_larger_than_a_batch_has_a_batch_of_its_own():
    broker = Broker()
    assert await producer(broker).send([Outgoing("log", b"k", b"x" * 800)]) == []

    assert [count for *_, count in broker.batches] == [1]


async def test_a_record_larger_than_may_be_sent_is_given_back_and_the_rest_is_sent():
    broker, large = Broker(), Outgoing("log", b"k", b"x" * 2000, 0)
    small = numbered(2)

    assert await producer(broker).send([small[0], large, small[1]]) == [large]
    assert broker.values("log", 0) == [each.value for each in small]


async def test_of_a_batch_that_the_topic_does_not_take_all_but_the_large_record_arrive_in_order():
    broker = Broker(largest=50)
    large = Outgoing("log", b"k", b"x" * 60, 0)
    before, after = numbered(2), numbered(30, size=21)

    assert await producer(broker).send([*before, large, *after]) == [large]
    assert broker.values("log", 0) == [each.value for each in [*before, *after]]


async def test_after_a_batch_that_failed_nothing_more_of_its_partition_is_sent():
    broker = Broker(fails=[None, KafkaTimeoutError()])

    with pytest.raises(KafkaTimeoutError):
        await producer(broker).send(numbered(50))
    assert len(broker.batches) == 2


async def test_a_failure_in_one_partition_waits_for_what_is_under_way_in_the_others():
    broker = Broker(fails=[KafkaTimeoutError()])

    with pytest.raises(KafkaTimeoutError):
        await producer(broker).send([*numbered(1, partition=0), *numbered(1, partition=1)])
    assert broker.values("log", 1) == [each.value for each in numbered(1)]


async def test_nothing_is_sent_for_a_worker_that_is_no_member():
    broker = Broker()

    async def refuse():
        message = "gone"
        raise NotAMemberError(message)

    with pytest.raises(NotAMemberError):
        await producer(broker, refuse).send(numbered(1))
    assert broker.batches == []


@given(key=st.binary(min_size=1, max_size=40), partitions=st.integers(1, 50))
def test_a_key_stands_where_kafkas_own_clients_place_it(key, partitions):
    all_partitions = list(range(partitions))

    assert partition_of(key, partitions) == DefaultPartitioner()(key, all_partitions, all_partitions)


async def test_records_without_a_key_go_together_and_each_time_elsewhere():
    broker = Broker()
    sends = producer(broker)
    for _ in range(PARTITIONS):
        await sends.send([Outgoing("log", None, b"1"), Outgoing("log", None, b"2")])

    assert sorted(broker.batches) == [("log", partition, 2) for partition in range(PARTITIONS)]


@pytest.mark.parametrize("compression", [0, 1], ids=["plain", "gzip"])
async def test_headers_time_tombstones_and_compression_arrive_as_they_were_given(compression):
    broker = Broker(compression=compression)
    await producer(broker).send([Outgoing("log", b"k", None, 0, (("from", b"us"),), 1_700_000_000_123)])
    (record,) = broker.logs["log", 0]

    assert (record.key, record.value, record.headers) == (b"k", None, [("from", b"us")])
    assert record.timestamp == 1_700_000_000_123


async def test_nothing_to_send_asks_nobody():
    assert await producer(None).send([]) == []


async def test_where_each_batch_stands_in_the_log_is_told():
    broker, spans = Broker(largest=20), []
    sent = [Outgoing("log", b"k", value, 1) for value in (b"a", b"x" * 30, b"b")]
    await producer(broker).send(sent, lambda first, last: spans.append((first, last)))
    await producer(broker).send([Outgoing("log", b"k", b"c", 1)] * 3, lambda first, last: spans.append((first, last)))

    assert spans == [(0, 0), (1, 1), (2, 4)]


async def test_what_is_sent_for_a_partition_is_counted_in_each_place_it_goes_to():
    broker = Broker(largest=50)
    sends = producer(broker, epochs=Epochs())
    await sends.send([*numbered(2), *numbered(3, partition=1)], owned=("log", 0))
    await sends.send([*numbered(1), Outgoing("log", b"k", b"x" * 60, 1)], owned=("log", 0))
    await sends.send(numbered(1, partition=1), owned=("log", 0))

    assert broker.signed == [(7, 0, 0), (7, 0, 0), (7, 0, 2), (7, 0, 3), (7, 0, 3)]


async def test_what_is_sent_for_nobody_is_not_signed():
    broker = Broker()
    await producer(broker, epochs=Epochs()).send(numbered(2))

    assert broker.signed == [(-1, -1, 0)]


async def test_after_a_failure_all_is_sent_by_another_epoch():
    broker = Broker(fails=[None, KafkaTimeoutError()])
    sends = producer(broker, epochs=Epochs())
    await sends.send(numbered(2), owned=("log", 0))
    with pytest.raises(KafkaTimeoutError):
        await sends.send(numbered(2), owned=("log", 0))
    await sends.send(numbered(2), owned=("log", 0))

    assert broker.signed == [(7, 0, 0), (7, 0, 2), (7, 1, 0)]


async def test_who_waited_while_another_failed_does_not_send_by_the_same_epoch():
    broker = Broker(fails=[KafkaTimeoutError()])
    sends = producer(broker, epochs=Epochs())
    answers = await asyncio.gather(
        *(sends.send(numbered(1), owned=("log", 0)) for _ in range(2)), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [KafkaTimeoutError, EpochOverError]
    assert broker.signed == [(7, 0, 0)]


async def test_who_is_broken_off_while_it_is_under_way_sends_the_next_by_another_epoch():
    class Silent(Broker):
        async def send_batch(self, batch, topic, *, partition):
            await super().send_batch(batch, topic, partition=partition)
            return asyncio.get_running_loop().create_future()

    broker, epochs = Silent(), Epochs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await producer(broker, epochs=epochs).send(numbered(1), owned=("log", 0))
    await producer(Broker(), epochs=epochs).send(numbered(1), owned=("log", 0))

    assert broker.signed == [(7, 0, 0)]
    assert [epoch.is_over for epoch in epochs.given] == [True, False]


async def test_no_epoch_is_asked_for_by_a_worker_that_is_no_member():
    """It would end that of whoever has the partition now."""
    epochs = Epochs()

    async def refuse():
        message = "gone"
        raise NotAMemberError(message)

    with pytest.raises(NotAMemberError):
        await producer(Broker(), refuse, epochs=epochs).send(numbered(1), owned=("log", 0))
    assert epochs.given == []


def test_after_two_billion_records_the_count_begins_anew_as_in_kafkas_own_clients():
    class Batch:
        def _set_producer_state(self, *state):
            self.state = state

    epoch, batch = Epoch(7, 0), Batch()
    epoch.wrote(("log", 0), (1 << 31) - 2)
    epoch.wrote(("log", 0), 5)
    epoch.sign(batch, ("log", 0))

    assert batch.state == (7, 0, 3)
