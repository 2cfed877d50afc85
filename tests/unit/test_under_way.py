"""What a stage is at is noted from the first try of a batch until one succeeds or it is put down."""

import asyncio

import pytest

from streams.under_way import BatchesUnderWay

LAB = ("raw.lab",)


class Work:
    """A handler that waits for us at each try, and ends it as we say."""

    def __init__(self):
        self.begun, self.ended, self.error = asyncio.Event(), asyncio.Event(), None

    async def __call__(self, _records):
        self.begun.set()
        await self.ended.wait()
        if self.error is not None:
            raise self.error


async def begun(under_way, error=None):
    """A stage that is in the middle of a try, its work, and the try."""
    work = Work()
    work.error = error
    task = asyncio.create_task(under_way.noted("ingest", LAB, work)([]))
    await work.begun.wait()
    return work, task


async def test_a_batch_is_under_way_until_it_is_done():
    under_way = BatchesUnderWay()
    work, task = await begun(under_way)
    (stage,) = under_way.stages()
    work.ended.set()
    await task

    assert (stage.stage, stage.topics, stage.error, stage.since) == ("ingest", LAB, None, stage.tried_at)
    assert under_way.stages() == []


async def test_a_batch_that_failed_is_under_way_since_its_first_try_with_the_error_of_its_last():
    under_way = BatchesUnderWay()
    work, task = await begun(under_way, TimeoutError())
    first = under_way.stages()[0]
    work.ended.set()
    with pytest.raises(TimeoutError):
        await task
    _, again = await begun(under_way)
    (stage,) = under_way.stages()
    again.cancel()

    assert (stage.since, stage.error) == (first.since, "TimeoutError")
    assert stage.tried_at > first.tried_at


async def test_what_is_put_down_is_not_under_way():
    under_way = BatchesUnderWay()
    _, task = await begun(under_way)
    task.cancel()
    await asyncio.wait([task])
    assert under_way.stages() == []

    work, task = await begun(under_way, TimeoutError())
    work.ended.set()
    await asyncio.wait([task])
    under_way.forget()

    assert task.exception() is not None
    assert under_way.stages() == []


async def test_long_work_that_moves_on_begins_anew_for_those_who_read_its_topics():
    under_way = BatchesUnderWay()
    _, task = await begun(under_way)
    before = under_way.stages()[0]
    under_way.move_on(["cases"])
    untouched = under_way.stages()[0]
    under_way.move_on(["cases", "raw.lab"])
    moved = under_way.stages()[0]
    task.cancel()

    assert untouched == before
    assert moved.since == moved.tried_at > before.since
