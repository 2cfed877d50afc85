"""Our engine in Quix Streams: raw topics to the log, the log to the engine, its verdicts to Kafka and Redis."""

from hosted import SNAPSHOT_EVERY_S, ReadModel, StoredPatients, Told, facts_of, told
from quixstreams import Application
from quixstreams.models import Serializer
from quixstreams.sinks import BatchingSink

from schemas.topics import RAW_TOPICS, Topic
from streams.engine import ScoringEngine
from streams.records import Record

GROUP = "real-quix"


class Value(Serializer):
    """The value of one of our records."""

    def __call__(self, value, ctx):  # noqa: ARG002 - Quix names it
        """Its bytes as they are; None is a tombstone."""
        return value.value


class ReadModelSink(BatchingSink):
    """Writes to Redis what one checkpoint gave; Quix calls it before it commits."""

    def __init__(self, redis_url):
        """Write to Redis."""
        super().__init__()
        self._read_model = ReadModel(redis_url)

    def write(self, batch):
        """Project a partition's results."""
        self._read_model.put(item.value for item in batch)


class Live:
    """Hands a record and its state to our patients."""

    def __init__(self, engine):
        """Judge by `engine`."""
        self._patients = StoredPatients(engine)

    def __call__(self, value, key, _timestamp, _headers, state):
        """Live through one record of the log."""
        record = Record(Topic.ENCOUNTER_EVENTS, 0, 0, key, value)
        return self._patients.live(
            record, lambda: state.get_bytes("patient"), lambda packed: state.set_bytes("patient", packed)
        )


def application(what: Told) -> Application:
    """The whole way, in one application; facts pass through the log, which is Quix's own way to a new key."""
    app = Application(
        broker_address=what.bootstrap,
        consumer_group=GROUP,
        auto_offset_reset="earliest",
        state_dir=what.folder,
        commit_interval=SNAPSHOT_EVERY_S,
        loglevel="WARNING",
        producer_extra_config={"linger.ms": 20, "message.max.bytes": 16 * 1024 * 1024},
    )
    read = {"value_deserializer": "bytes", "key_deserializer": "bytes"}
    sent = {"value_serializer": Value(), "key_serializer": "bytes"}
    topics = {str(topic): app.topic(str(topic), **read, **sent) for topic in Topic}

    def send(results):
        results.to_topic(lambda value, _key, _timestamp, _headers: topics[str(value.topic)], key=lambda each: each.key)
        return results

    for name in map(str, RAW_TOPICS):
        raw = app.dataframe(topics[name])
        send(raw.apply(_translate(name), expand=True, metadata=True))
    log = app.dataframe(topics[str(Topic.ENCOUNTER_EVENTS)])
    lived = log.apply(Live(ScoringEngine(what.measures)), stateful=True, expand=True, metadata=True)
    send(lived).sink(ReadModelSink(what.redis_url))
    return app


def _translate(topic):
    return lambda value, key, _timestamp, _headers: facts_of([Record(topic, 0, 0, key, value)])


if __name__ == "__main__":
    application(told()).run()
