"""Tasks end when they are told to, also those that did not hear it the first time."""

import asyncio
import contextlib

from streams.batched.app import BatchedApp
from streams.batched.task_end import end


async def one_turn():
    """Let every task that can go on go on once."""
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()


async def waits_for_ever():
    await asyncio.Event().wait()


async def forgetful(done):
    """As Redis' client before Python 3.12: told to end just as what it waited for was done, it goes on."""
    await asyncio.wait_for(done, timeout=60)
    await waits_for_ever()


async def told_as_its_work_was_done():
    done = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(forgetful(done))
    await one_turn()
    done.set_result(None)
    task.cancel()
    return task


async def test_a_task_that_forgot_that_it_was_told_to_end_is_told_again():
    tasks = [await told_as_its_work_was_done(), asyncio.create_task(waits_for_ever())]

    await end(tasks)

    assert [task.cancelled() for task in tasks] == [True, True]


async def hears_the_second_time():
    with contextlib.suppress(asyncio.CancelledError):
        await waits_for_ever()
    await waits_for_ever()


async def test_a_task_that_has_ended_keeps_what_it_ended_with():
    async def seven():
        return 7

    task = asyncio.create_task(seven())
    await task

    await end([task])

    assert task.result() == 7


async def test_an_application_waits_for_no_task_that_forgot_to_end(tmp_path):
    app = BatchedApp("ending", "127.0.0.1:1", datadir=tmp_path)
    app.add_future(hears_the_second_time())
    await one_turn()

    stopping = asyncio.create_task(app._stop_futures())  # noqa: SLF001 - Faust's own step of a stop
    stopped, _ = await asyncio.wait([stopping], timeout=30)

    assert stopped == {stopping}
