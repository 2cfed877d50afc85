"""The client that reads for a worker waits shortly: a fetch without records holds up every question behind it."""

from streams.batched.app import BatchedApp

A_TENTH_OF_A_SECOND_MS = 100
"""What an empty fetch may hold up: a recovery waits for several, one after the other."""


async def test_no_fetch_of_a_worker_waits_a_tenth_of_a_second_for_records(tmp_path):
    app = BatchedApp("prompt", "127.0.0.1:1", datadir=tmp_path)
    client = app.consumer._thread._create_worker_consumer(app.transport)  # noqa: SLF001 - a start needs a broker
    await client.stop()

    assert client._fetch_max_wait_ms < A_TENTH_OF_A_SECOND_MS  # noqa: SLF001 - the client does not tell
