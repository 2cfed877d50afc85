"""The plain job on Bytewax: a dataflow of one worker, with a recovery store and an epoch of one second."""

import pickle
import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import TestingSink, run_main
from final_states import DURABLE_EVERY_S, check, settings
from job import KEYS, Stopwatch, changed, told

STEP = "change"
# `stateful_flat_map` is a layer over `stateful_batch`; both were measured.
BEST = {"operator": "stateful_flat_map", "batch_size": "1000"}


class Change(StatefulBatchLogic):
    """The state of one key."""

    def __init__(self, resumed):
        """Begin where the recovery store says."""
        self.state = resumed

    def on_batch(self, values):
        """Live through what came of this key."""
        for value in values:
            self.state = changed(self.state, value)
        return (), StatefulBatchLogic.RETAIN

    def snapshot(self):
        """What the recovery store keeps; pickled later, so a copy."""
        return dict(self.state)


def change_one(state, value):
    """The state after an event; nothing comes out."""
    return changed(state, value), ()


def dataflow(what, watch, chosen):
    """Read and change."""

    def fetched(messages):
        watch.start()
        watch.handle(len(messages))
        return [(message.key.decode(), message.value) for message in messages]

    flow = Dataflow("plain")
    source = KafkaSource([what.bootstrap], [what.topic], tail=False, batch_size=int(chosen["batch_size"]))
    events = op.flat_map_batch("key", op.input("read", flow, source), fetched)
    if chosen["operator"] == "stateful_batch":
        out = op.stateful_batch(STEP, events, Change)
    else:
        out = op.stateful_flat_map(STEP, events, change_one)
    op.output("none", out, TestingSink([]))
    return flow


def recovered(folder):
    """The states that the recovery store holds: the latest snapshot of each key."""
    states = {}
    query = "SELECT state_key, ser_change FROM snaps WHERE step_id LIKE ? ORDER BY snap_epoch"
    for part in folder.glob("*.sqlite3"):
        with sqlite3.connect(part) as store:
            found = store.execute(query, [f"%{STEP}%"]).fetchall()
        states |= {key: pickle.loads(change) for key, change in found if change}  # noqa: S301 - this very run's
    return states


def main():
    """Run to the end of the topic, and read the states back from the recovery store."""
    what, chosen = told("bytewax"), settings(BEST)
    watch = Stopwatch("bytewax", what.events, durable=f"SQLite recovery store, {chosen['operator']}")
    with tempfile.TemporaryDirectory() as folder:
        init_db_dir(Path(folder), 1)
        epoch = timedelta(seconds=DURABLE_EVERY_S)
        run_main(dataflow(what, watch, chosen), epoch_interval=epoch, recovery_config=RecoveryConfig(folder))
        watch.tell()
        check("bytewax", recovered(Path(folder)), what.events, KEYS)


if __name__ == "__main__":
    main()
