"""An epoch is asked for until there is one or there is none; nobody waits long, nor for somebody else's question."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.client import ConnectionGroup
from aiokafka.errors import InvalidProducerEpoch, NodeNotReadyError, TransactionalIdAuthorizationFailed, UnknownError
from aiokafka.protocol.coordination import FindCoordinatorRequest

from streams.batched.producer_epochs import UNSIGNED, ProducerEpochs

LOADING, NOT_KNOWN, CONCURRENT, NOT_ALLOWED, UNKNOWN, SILENCE = 14, 15, 51, 53, -1, None
"""What a coordinator answers, by Kafka's codes; or that it says nothing."""


class Coordinator:
    """Answers what it is told; then with one epoch after the other."""

    def __init__(self, *answers, unreachable=0):
        self.answers, self.unreachable = list(answers), unreachable
        self.asked, self.closed, self.silent, self.is_known = [], 0, asyncio.Event(), True

    def get_random_node(self):
        return 0

    async def _get_conn(self, _node, *, group):
        assert group == ConnectionGroup.COORDINATION
        self.unreachable -= 1
        return None if self.unreachable >= 0 else self

    async def send(self, request):
        if isinstance(request, FindCoordinatorRequest):
            self.asked.append(request._coordinator_key)  # noqa: SLF001
            return SimpleNamespace(error_code=0 if self.is_known else NOT_KNOWN, coordinator_id=1)
        code = self.answers.pop(0) if self.answers else 0
        if code is SILENCE:
            self.silent.set()
            await asyncio.Event().wait()
        return SimpleNamespace(error_code=code, producer_id=7, producer_epoch=len(self.asked))

    def close(self):
        self.closed += 1


def epochs(coordinator, **more):
    async def client():
        return SimpleNamespace(client=coordinator)

    return ProducerEpochs("group", client, **more)


async def test_who_owns_a_partition_is_known_by_group_topic_and_partition():
    coordinator = Coordinator()
    given = epochs(coordinator)
    await given.of(("log", 3))
    await given.of(("log", 3))

    assert coordinator.asked == ["group-log-3"]


@pytest.mark.parametrize("why_not_yet", [LOADING, CONCURRENT])
async def test_a_coordinator_that_is_not_ready_is_asked_again(why_not_yet):
    coordinator = Coordinator(why_not_yet, why_not_yet)
    await epochs(coordinator).of(("log", 0))

    assert len(coordinator.asked) == 3


async def test_a_coordinator_that_cannot_be_reached_is_looked_for_again():
    coordinator = Coordinator(unreachable=2)
    await epochs(coordinator).of(("log", 0))

    assert len(coordinator.asked) == 1


async def test_one_that_nobody_knows_is_an_error_after_a_while():
    coordinator = Coordinator()
    coordinator.is_known = False

    with pytest.raises(TimeoutError):
        await epochs(coordinator, asks_for=0.12).of(("log", 0))
    assert len(coordinator.asked) > 1


async def test_one_that_cannot_be_reached_at_all_is_an_error_after_a_while():
    with pytest.raises((TimeoutError, NodeNotReadyError)):
        await epochs(Coordinator(unreachable=1000), asks_for=0.01).of(("log", 0))


async def test_one_that_does_not_allow_it_is_an_error_at_once():
    coordinator = Coordinator(NOT_ALLOWED)

    with pytest.raises(TransactionalIdAuthorizationFailed):
        await epochs(coordinator).of(("log", 0))
    assert len(coordinator.asked) == 1


async def test_one_that_says_nothing_is_an_error_after_a_while_and_is_asked_by_another_connection():
    coordinator = Coordinator(SILENCE)
    given = epochs(coordinator, asks_for=0.01)

    with pytest.raises(TimeoutError):
        await given.of(("log", 0))
    assert coordinator.closed == 1
    assert await given.of(("log", 0)) is not UNSIGNED


async def test_a_question_that_is_not_answered_holds_up_no_other_partition():
    coordinator = Coordinator(SILENCE)
    given = epochs(coordinator, asks_for=60)
    waiting = asyncio.create_task(given.of(("log", 0)))
    await coordinator.silent.wait()

    assert await given.of(("log", 1)) is not UNSIGNED
    assert not waiting.done()
    waiting.cancel()


async def test_an_epoch_is_renewed_twice_a_day_so_that_kafka_does_not_forget_whose_it_is():
    coordinator, at = Coordinator(), [0.0]
    given = epochs(coordinator, now=lambda: at[0])
    first = await given.of(("log", 0))
    at[0] = 12 * 3600
    assert await given.of(("log", 0)) is first
    at[0] += 1

    assert await given.of(("log", 0)) is not first


async def test_a_broker_that_counts_no_producers_is_written_to_unsigned(caplog):
    assert await epochs(Coordinator(UNKNOWN)).of(("log", 0)) is UNSIGNED
    assert caplog.messages == ["broker_counts_no_producers"]


async def test_one_that_has_counted_and_does_not_know_what_happened_is_not_written_to_unsigned():
    given = epochs(Coordinator(0, UNKNOWN))
    await given.of(("log", 0))

    with pytest.raises(UnknownError):
        await given.of(("log", 1))


async def test_what_a_coordinator_refuses_is_not_remembered():
    given = epochs(Coordinator(47))

    with pytest.raises(InvalidProducerEpoch):
        await given.of(("log", 0))
    assert await given.of(("log", 0)) is not UNSIGNED
