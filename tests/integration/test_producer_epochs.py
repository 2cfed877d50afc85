"""Who owns a partition writes for it, and nobody who owned it before: what was sent and comes late is refused."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from running_batched import made_topics
from running_worker import records_of, without_topics
from streams.batched.batch_producer import BatchProducer
from streams.batched.outgoing import Outgoing
from streams.batched.produce_requests import ProduceRequests
from streams.batched.producer_epochs import UNSIGNED, EpochOverError, ProducerEpochs

LARGEST = 1 << 20
OWNED = ("log", 0)


async def nobody_minds():
    pass


class Worker:
    """One that may own partitions, in the group `g`; by a client of its own, as all of one test are."""

    def __init__(self, client, group="g"):
        async def ready():
            return client

        self.epochs = ProducerEpochs(group, ready)
        self.producer = BatchProducer(ready, nobody_minds, LARGEST, self.epochs)

    async def says(self, *values, owned=OWNED, partition=0):
        outgoing = [Outgoing("said", b"k", value.encode(), partition) for value in values]
        return await self.producer.send(outgoing, owned=owned)


@pytest.fixture
def bootstrap(kafka):
    without_topics(kafka)
    made_topics(kafka, "said", max_message_bytes=2000)
    return kafka


def said(bootstrap):
    return [record.value.decode() for record in records_of(bootstrap, "said")]


def signed(client, epoch, value):
    """A batch as it lies in a socket."""
    batch = client.create_batch()
    batch.append(timestamp=None, key=b"k", value=value)
    epoch.sign(batch, ("said", 0))
    batch.close()
    return batch


def tell(bootstrap, story):
    async def told():
        async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=LARGEST // 2) as producer:
            await story(ProduceRequests(producer, lapses_after=30))

    asyncio.run(told())


def test_once_a_later_owner_has_written_what_an_earlier_one_sends_is_refused(bootstrap):
    async def story(client):
        earlier, later = Worker(client), Worker(client)
        await earlier.says("earlier")
        await later.says("later")
        with pytest.raises(ProducerFenced):
            await earlier.says("late")

    tell(bootstrap, story)

    assert said(bootstrap) == ["earlier", "later"]


def test_what_was_on_its_way_when_the_partition_was_taken_over_is_refused_when_it_arrives(bootstrap):
    """Signed and packed, then held up until the next owner has written: the broker alone can know."""

    async def story(client):
        earlier, later = Worker(client), Worker(client)
        epoch = await earlier.epochs.of(OWNED)
        batch = signed(client, epoch, b"late")
        await later.says("later")
        with pytest.raises(ProducerFenced):
            await (await client.send_batch(batch, "said", partition=0))

    tell(bootstrap, story)

    assert said(bootstrap) == ["later"]


def test_who_has_been_refused_and_owns_the_partition_again_writes_on(bootstrap):
    async def story(client):
        one, other = Worker(client), Worker(client)
        await one.says("1")
        await other.says("2")
        with pytest.raises(ProducerFenced):
            await one.says("3")
        await one.says("4", "5")
        await one.says("6")

    tell(bootstrap, story)

    assert said(bootstrap) == ["1", "2", "4", "5", "6"]


def test_owners_of_different_partitions_write_to_one_topic_side_by_side(bootstrap):
    async def story(client):
        one, other = Worker(client), Worker(client)
        for number in range(3):
            await one.says(f"one {number}", owned=("log", 1))
            await other.says(f"other {number}", owned=("log", 2))

    tell(bootstrap, story)

    assert sorted(said(bootstrap)) == [f"{who} {number}" for who in ("one", "other") for number in range(3)]


def test_groups_do_not_fence_each_other(bootstrap):
    async def story(client):
        a, b = Worker(client, group="a"), Worker(client, group="b")
        for turn in range(2):
            await a.says(f"a{turn}")
            await b.says(f"b{turn}")

    tell(bootstrap, story)

    assert said(bootstrap) == ["a0", "b0", "a1", "b1"]


def test_a_batch_that_is_sent_again_by_the_client_stands_there_once(bootstrap):
    """As a client does that has not heard whether the first one arrived."""

    async def story(client):
        epoch = await Worker(client).epochs.of(OWNED)
        for _ in range(2):
            await (await client.send_batch(signed(client, epoch, b"once"), "said", partition=0))

    tell(bootstrap, story)

    assert said(bootstrap) == ["once"]


def test_those_who_write_for_one_partition_at_once_have_their_turn_each(bootstrap):
    """Six stages count in one table."""

    async def story(client):
        worker = Worker(client)
        await asyncio.gather(*(worker.says(str(number)) for number in range(20)))

    tell(bootstrap, story)

    assert sorted(said(bootstrap), key=int) == [str(number) for number in range(20)]


def test_what_the_topic_finds_too_large_is_given_back_and_the_rest_is_written_on(bootstrap):
    large = "x" * 3000

    async def story(client):
        worker = Worker(client)
        (given_back,) = await worker.says("1", large, "2")
        assert given_back.value == large.encode()
        await worker.says("3")

    tell(bootstrap, story)

    assert said(bootstrap) == ["1", "2", "3"]


def test_after_one_of_which_nobody_knows_whether_it_arrived_all_is_written_by_another_epoch(bootstrap):
    async def story(client):
        worker = Worker(client)
        epoch = await worker.epochs.of(OWNED)
        with pytest.raises(asyncio.CancelledError):
            async with epoch.turn(("said", 0)):
                raise asyncio.CancelledError
        with pytest.raises(EpochOverError):
            async with epoch.turn(("said", 0)):
                pass
        await worker.says("by another")

        assert await worker.epochs.of(OWNED) is not epoch

    tell(bootstrap, story)

    assert said(bootstrap) == ["by another"]


def test_partitions_that_are_handed_out_anew_are_written_for_by_another_epoch(bootstrap):
    async def story(client):
        worker = Worker(client)
        before = await worker.epochs.of(OWNED)
        worker.epochs.forget_all()

        assert await worker.epochs.of(OWNED) is not before

    tell(bootstrap, story)


def test_what_anybody_may_write_is_not_counted(bootstrap):
    async def story(client):
        for worker in (Worker(client), Worker(client)) * 2:
            await worker.says("all", owned=None)

    tell(bootstrap, story)

    assert said(bootstrap) == ["all"] * 4


def test_on_a_broker_that_counts_nobody_all_write_unsigned(embedded_broker):
    without_topics(embedded_broker)
    made_topics(embedded_broker, "said")

    async def story(client):
        one, other = Worker(client), Worker(client)
        await one.says("1")
        await other.says("2")
        await one.says("3")

        assert await one.epochs.of(OWNED) is UNSIGNED

    tell(embedded_broker, story)

    assert said(embedded_broker) == ["1", "2", "3"]
