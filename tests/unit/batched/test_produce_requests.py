"""What is handed in at once goes as one request to each broker, again until it lapses; nobody waits for ever."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    LeaderNotAvailableError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    ProducerFenced,
    UnknownError,
)

from streams.batched.produce_requests import ProduceRequests

NOT_LEADER, TOO_LARGE, FENCED = 6, 10, 47
NEVER = 60


class Batch:
    def __init__(self, records=b"r"):
        self.records = records

    def _build(self):
        return self.records


class Brokers:
    """Two of them lead the even and the odd partitions; they answer what they are told, then with offsets."""

    def __init__(self, *answers, leaders=(1, 2)):
        self.answers, self.leaders = list(answers), leaders
        self.cluster, self.connects_after = self, 0
        self.requests, self.asked_anew, self.topics = [], 0, []

    def leader_for_partition(self, tp):
        return self.leaders[tp.partition % 2]

    def force_metadata_update(self):
        self.asked_anew += 1
        self.leaders = (1, 2)

    def add_topic(self, topic):
        self.topics.append(topic)

    async def ready(self, _leader):
        if self.connects_after:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=self.connects_after)
        return True

    async def send(self, leader, request):
        told = [(topic, partition, bytes(records)) for topic, parts in request._topics for partition, records in parts]  # noqa: SLF001
        self.requests.append((leader, told))
        answer = self.answers.pop(0) if self.answers else 0
        if isinstance(answer, BaseException):
            raise answer
        parts = [(topic, [(partition, answer, 100 + partition, -1, 0)]) for topic, partition, _ in told]
        return SimpleNamespace(topics=parts)


def requests(brokers, **more):
    return ProduceRequests(SimpleNamespace(client=brokers, _closed=False), **{"lapses_after": NEVER} | more)


async def sent(to, *batches):
    """Hand all in at once; what came of each."""
    answers = [await to.send_batch(Batch(records), topic, partition=at) for topic, at, records in batches]
    return await asyncio.gather(*answers, return_exceptions=True)


async def test_what_is_handed_in_at_once_goes_as_one_request_to_each_broker():
    brokers = Brokers()
    written = await sent(requests(brokers), ("a", 0, b"1"), ("b", 1, b"2"), ("b", 2, b"3"))

    assert brokers.requests == [(1, [("a", 0, b"1"), ("b", 2, b"3")]), (2, [("b", 1, b"2")])]
    assert [each.offset for each in written] == [100, 101, 102]


async def test_of_one_partition_a_request_takes_one_batch_and_the_next_the_next():
    brokers = Brokers()
    await sent(requests(brokers), ("a", 0, b"1"), ("a", 0, b"2"), ("a", 2, b"3"))

    assert brokers.requests == [(1, [("a", 0, b"1"), ("a", 2, b"3")]), (1, [("a", 0, b"2")])]


async def test_more_than_a_broker_takes_at_once_goes_as_several_requests():
    brokers = Brokers()
    large = bytes(5 * 1024 * 1024)
    await sent(requests(brokers), ("a", 0, large), ("a", 2, large))

    assert [len(told) for _, told in brokers.requests] == [1, 1]


@pytest.mark.parametrize("not_now", [NOT_LEADER, NodeNotReadyError(), KafkaConnectionError()])
async def test_what_did_not_arrive_is_sent_again(not_now):
    brokers = Brokers(not_now)
    (written,) = await sent(requests(brokers), ("a", 0, b"1"))

    assert written.offset == 100
    assert brokers.requests == [(1, [("a", 0, b"1")])] * 2


async def test_who_leads_a_partition_is_asked_anew_where_nobody_does():
    brokers = Brokers(leaders=(-1, None))
    written = await sent(requests(brokers), ("a", 0, b"1"), ("a", 1, b"2"))

    assert [each.offset for each in written] == [100, 101]
    assert brokers.asked_anew == 1


async def test_what_could_not_be_sent_in_its_time_is_an_error():
    brokers = Brokers(*[NodeNotReadyError()] * 10)
    (error,) = await sent(requests(brokers, lapses_after=0.15), ("a", 0, b"1"))

    assert isinstance(error, NodeNotReadyError)
    assert len(brokers.requests) == 2


async def test_where_nobody_leads_in_its_time_it_is_an_error():
    class Leaderless(Brokers):
        def force_metadata_update(self):
            self.asked_anew += 1

    (error,) = await sent(requests(Leaderless(leaders=(None, None)), lapses_after=0.15), ("a", 0, b"1"))

    assert isinstance(error, LeaderNotAvailableError)


@pytest.mark.parametrize(("code", "kind"), [(TOO_LARGE, MessageSizeTooLargeError), (FENCED, ProducerFenced)])
async def test_what_is_refused_is_an_error_at_once(code, kind):
    brokers = Brokers(code)
    (error,) = await sent(requests(brokers), ("a", 0, b"1"))

    assert isinstance(error, kind)
    assert len(brokers.requests) == 1


async def test_after_an_error_who_leads_is_asked_anew_though_it_is_too_late_to_send_again():
    brokers = Brokers(KafkaConnectionError())
    (error,) = await sent(requests(brokers, lapses_after=0.05), ("a", 0, b"1"))

    assert isinstance(error, KafkaConnectionError)
    assert (brokers.asked_anew, brokers.topics) == (1, ["a"])


async def test_what_lapsed_while_a_connection_was_made_is_not_sent():
    brokers = Brokers()
    brokers.connects_after = 0.1
    (error,) = await sent(requests(brokers, lapses_after=0.05), ("a", 0, b"1"))

    assert isinstance(error, NodeNotReadyError)
    assert brokers.requests == []


async def test_a_partition_that_an_answer_does_not_name_is_an_error_and_one_that_nobody_asked_for_is_nothing():
    class Forgetful(Brokers):
        async def send(self, leader, request):
            answer = await super().send(leader, request)
            return SimpleNamespace(topics=[*answer.topics[:1], ("other", [(7, 0, 1)])])

    written, error = await sent(requests(Forgetful()), ("a", 0, b"1"), ("b", 0, b"2"))

    assert written.offset == 100
    assert isinstance(error, UnknownError)


async def test_once_the_producer_is_closed_nothing_is_tried_again():
    brokers = Brokers(KafkaConnectionError())
    to = requests(brokers)
    to.producer._closed = True  # noqa: SLF001 - as the client itself says it
    (error,) = await sent(to, ("a", 0, b"1"))

    assert isinstance(error, KafkaConnectionError)


async def test_what_goes_wrong_in_a_way_nobody_thought_of_is_told_to_all_who_wait():
    errors = await sent(requests(Brokers(ValueError("odd"))), ("a", 0, b"1"), ("a", 2, b"2"))

    assert [type(error) for error in errors] == [ValueError, ValueError]


async def test_what_nobody_waits_for_any_more_is_not_sent():
    brokers = Brokers()
    to = requests(brokers)
    given_up = await to.send_batch(Batch(), "a", partition=0)
    given_up.cancel()
    await sent(to, ("a", 2, b"2"))

    assert brokers.requests == [(1, [("a", 2, b"2")])]


async def test_what_nobody_waits_for_any_more_is_not_sent_again():
    brokers = Brokers(NodeNotReadyError())
    to = requests(brokers)
    given_up = await to.send_batch(Batch(), "a", partition=0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await given_up
    await sent(to, ("a", 2, b"2"))
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.2)

    assert brokers.requests == [(1, [("a", 0, b"r")]), (1, [("a", 2, b"2")])]
