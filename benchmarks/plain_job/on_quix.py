"""The plain job on Quix Streams: a stateful `update` over RocksDB with a changelog topic, committed every second."""

import tempfile

import orjson
from final_states import DURABLE_EVERY_S, check, settings
from job import KEYS, Stopwatch, changed, told
from quixstreams import Application

GROUP = "plain-quix"
BEST = {"producer_linger_ms": "50"}


class Change:
    """Changes the state of an event's key; after the last event the application ends, which commits."""

    def __init__(self, app, watch):
        """Stop `app` when `watch` has seen all events."""
        self._app, self._watch = app, watch

    def __call__(self, value, state):
        """Live through one event."""
        self._watch.start()
        state.set("state", changed(state.get("state"), value))
        if self._watch.handle(1):
            self._app.stop()


def application(bootstrap, group, **more):
    """One process of a consumer group."""
    return Application(
        broker_address=bootstrap, consumer_group=group, auto_offset_reset="earliest", loglevel="WARNING", **more
    )


def changelog(bootstrap, topic):
    """The states that the changelog holds: the last value of each key."""
    states = {}
    with application(bootstrap, f"{GROUP}-check").get_consumer(auto_commit_enable=False) as consumer:
        consumer.subscribe([f"changelog__{GROUP}--{topic}--default"])
        while (message := consumer.poll(5)) is not None:
            key = b"" if message.error() else message.key()
            if key.endswith(b'|"state"'):
                states[key.partition(b"|")[0].decode()] = orjson.loads(message.value())
    return states


def main():
    """Run until every event has been lived through and committed; read the states back from the changelog."""
    what, chosen = told("quix"), settings(BEST)
    watch = Stopwatch("quix", what.events, durable="RocksDB and changelog")
    with tempfile.TemporaryDirectory() as folder:
        app = application(
            what.bootstrap,
            GROUP,
            state_dir=folder,
            use_changelog_topics=True,
            commit_interval=DURABLE_EVERY_S,
            producer_extra_config={"linger.ms": int(chosen["producer_linger_ms"])},
        )
        events = app.dataframe(app.topic(what.topic, value_deserializer="bytes", key_deserializer="bytes"))
        events.update(Change(app, watch), stateful=True)
        app.run()
        watch.tell()
    check("quix", changelog(what.bootstrap, what.topic), what.events, KEYS)


if __name__ == "__main__":
    main()
