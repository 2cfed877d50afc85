"""Our engine in Bytewax: raw topics to the log, the log by patient to the engine, its verdicts to Kafka and Redis."""

from datetime import timedelta
from pathlib import Path

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import run_main
from hosted import SNAPSHOT_EVERY_S, LivePatient, ReadModel, Told, facts_of, told

from schemas.topics import RAW_TOPICS, Topic
from streams.engine import ScoringEngine
from streams.records import Record


class Patient(StatefulBatchLogic):
    """One patient: lives through a batch, and is packed only when an epoch ends."""

    def __init__(self, engine, resumed):
        """Begin where the recovery store says."""
        self._live = LivePatient(engine, resumed)

    def on_batch(self, values):
        """Every event in its order; what to send, and how many events it was."""
        return [(len(values), self._live.live(values))], StatefulBatchLogic.RETAIN

    def snapshot(self):
        """The packed state."""
        return self._live.snapshot()


class ReadModelPart(StatelessSinkPartition):
    """Writes to Redis what a batch of patients gave."""

    def __init__(self, redis_url):
        """Write to Redis."""
        self._read_model = ReadModel(redis_url)

    def write_batch(self, items):
        """Project, then count."""
        self._read_model.put(each for _, (_, sent) in items for each in sent)
        self._read_model.lived(sum(count for _, (count, _) in items))


class ReadModelSink(DynamicSink):
    """The read model, once a worker."""

    def __init__(self, redis_url):
        """Write to Redis."""
        self._redis_url = redis_url

    def build(self, _step_id, _worker_index, _worker_count):
        """This worker's part."""
        return ReadModelPart(self._redis_url)


def records(messages):
    """Bytewax's messages as our records."""
    return [Record(each.topic, each.partition, each.offset, each.key, each.value) for each in messages]


def to_kafka(sent):
    """Our records as Bytewax's messages."""
    return [KafkaSinkMessage(each.key, each.value, topic=str(each.topic)) for each in sent]


def dataflow(what: Told) -> Dataflow:
    """The whole way, in one dataflow; facts pass through the log, as a fact may belong to another patient."""
    engine, flow, brokers = ScoringEngine(what.measures), Dataflow("real"), [what.bootstrap]
    raw = op.input("raw", flow, KafkaSource(brokers, list(map(str, RAW_TOPICS))))
    facts = op.flat_map_batch("translate", raw, lambda batch: to_kafka(facts_of(records(batch))))
    op.output("log", facts, KafkaSink(brokers, None))
    log = op.input("events", flow, KafkaSource(brokers, [str(Topic.ENCOUNTER_EVENTS)]))
    keyed = op.flat_map_batch("key", log, lambda batch: [(each.key.decode(), each) for each in records(batch)])
    lived = op.stateful_batch("live", keyed, lambda resumed: Patient(engine, resumed))
    op.output("verdicts", op.flat_map("sent", lived, lambda each: to_kafka(each[1][1])), KafkaSink(brokers, None))
    op.output("redis", lived, ReadModelSink(what.redis_url))
    return flow


def main():
    """Run until told to stop."""
    what = told()
    init_db_dir(Path(what.folder), 1)
    epoch = timedelta(seconds=SNAPSHOT_EVERY_S)
    run_main(dataflow(what), epoch_interval=epoch, recovery_config=RecoveryConfig(what.folder))


if __name__ == "__main__":
    main()
