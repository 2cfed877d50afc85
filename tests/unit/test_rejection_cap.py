"""A topic of which too much is rejected is held before anything more is sent, and let go when a person says so."""

from collections import Counter

import pytest
from redis.asyncio import Redis

from streams.rejection_cap import RELEASED_KEY, RejectionCap, TooManyRejectedError
from streams.worker_metrics import WorkerMetrics
from streams.worker_settings import WorkerSettings

LAB = "raw.lab"


def batch(accepted, rejected, topic=LAB):
    return Counter({(topic, False): accepted, (topic, True): rejected})


@pytest.fixture
async def redis(valkey_url):
    async with Redis.from_url(valkey_url) as client:
        await client.flushdb()
        yield client


def cap_over(redis, **settings):
    told = {"rejected_share_max": 0.2, "rejected_least": 100, "rejected_window": 300}
    return RejectionCap(WorkerSettings(**told | settings), redis, WorkerMetrics())


async def passes(cap, outcomes):
    try:
        async with cap.letting_through(outcomes):
            return True
    except TooManyRejectedError:
        return False


@pytest.mark.parametrize(("rejected", "let_through"), [(20, True), (21, False)])
async def test_a_share_at_the_cap_passes_and_one_above_does_not(redis, rejected, let_through):
    cap = cap_over(redis)

    assert await passes(cap, batch(100 - rejected, rejected)) is let_through
    assert [each.topic for each in cap.held()] == ([] if let_through else [LAB])


async def test_few_messages_say_nothing_until_they_add_up(redis):
    cap = cap_over(redis)

    assert [await passes(cap, batch(0, 33)) for _ in range(4)] == [True, True, True, False]
    assert (cap.held()[0].read, cap.held()[0].rejected) == (132, 132)


async def test_what_lies_before_the_window_does_not_count(redis):
    cap = cap_over(redis, rejected_window=1e-9)

    assert [await passes(cap, batch(0, 99)) for _ in range(3)] == [True, True, True]


async def test_one_topic_is_held_and_no_other(redis):
    cap = cap_over(redis)

    assert not await passes(cap, batch(0, 200))
    assert await passes(cap, batch(200, 0, "raw.vitals"))
    assert not await passes(cap, batch(1, 0))


async def test_a_batch_that_could_not_be_sent_does_not_count(redis):
    cap = cap_over(redis)
    for _ in range(3):
        with pytest.raises(ConnectionResetError):
            async with cap.letting_through(batch(0, 60)):
                raise ConnectionResetError

    assert await passes(cap, batch(0, 60))


async def test_a_person_lets_a_held_topic_through_until_that_ends(redis):
    cap = cap_over(redis)
    assert not await passes(cap, batch(0, 200))

    await redis.set(RELEASED_KEY + LAB, "released")
    assert [await passes(cap, batch(0, 200)) for _ in range(3)] == [True, True, True]
    assert cap.held() == []

    await redis.delete(RELEASED_KEY + LAB)
    assert not await passes(cap, batch(0, 200))


async def test_after_a_new_assignment_a_topic_is_judged_anew(redis):
    cap = cap_over(redis)
    assert not await passes(cap, batch(0, 200))

    cap.forget()

    assert cap.held() == []
    assert await passes(cap, batch(10, 0))


async def test_a_share_of_one_holds_nothing(redis):
    assert await passes(cap_over(redis, rejected_share_max=1), batch(0, 500))


async def test_without_redis_a_topic_stays_held():
    async with Redis.from_url("redis://127.0.0.1:1/0") as nowhere:
        assert not await passes(cap_over(nowhere), batch(0, 200))
