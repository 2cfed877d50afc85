"""The plain job on Faust as its tutorial has it: an agent, an event at a time, and a table with a changelog."""

import os
import tempfile
from pathlib import Path

import faust
from job import PARTITIONS, Stopwatch, Told, changed, told


def application(what: Told, folder: str) -> faust.App:
    """The application; it ends its process when every event is durable."""
    app = faust.App(
        f"plain-stock-{what.topic}",
        broker=f"kafka://{what.bootstrap}",
        store="memory://",
        datadir=Path(folder),
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        topic_disable_leader=True,
        web_enabled=False,
    )
    watch = Stopwatch("stock_faust", what.events, durable="changelog")
    events = app.topic(what.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    states = app.Table("states", key_type=bytes, value_type=dict, partitions=PARTITIONS)

    @app.agent(events)
    async def change(stream: faust.StreamT[bytes]) -> None:
        async for key, value in stream.items():
            watch.start()
            states[key] = changed(states.get(key), value)
            if watch.handle(1):
                await app.producer.flush()
                watch.tell()
                # All is durable; Faust's own farewell takes longer than a short run.
                os._exit(0)

    return app


def main() -> None:
    """Work until every event is durable."""
    with tempfile.TemporaryDirectory() as folder:
        worker = faust.Worker(application(told("stock_faust"), folder), loglevel="INFO", redirect_stdouts=False)
        worker.spinner = None
        worker.execute_from_commandline()


if __name__ == "__main__":
    main()
