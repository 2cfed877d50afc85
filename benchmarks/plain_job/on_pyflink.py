"""The plain job on PyFlink: a `KeyedProcessFunction` over keyed state, checkpointed every second.

The connector's jar lies in `jars` of its environment, whose `python` must be the first on the PATH. Tuned
by what Flink's documentation names: bundles, execution mode, the Python state cache, object reuse, state
backend, parallelism; `BEST` is what came out fastest of the settings that `peers.py` tries with `--tune`.
"""

import json
import sys
import tempfile
from pathlib import Path
from time import time

import orjson
from final_states import DURABLE_EVERY_S, check, settings
from job import KEYS, told
from pyflink.common import Configuration, SimpleStringSchema, Types, WatermarkStrategy
from pyflink.datastream import KeyedProcessFunction, StreamExecutionEnvironment
from pyflink.datastream.connectors.kafka import KafkaOffsetsInitializer, KafkaSource
from pyflink.datastream.state import ValueStateDescriptor

BEST = {
    "mode": "thread",
    "parallelism": "2",
    "bundle_size": "1000",
    "bundle_time_ms": "1000",
    "state_cache": "1000",
    "object_reuse": "true",
    "state": "hashmap",
    "value": "pickled",
}
BEGAN = ""
END_OF_FEED_MS = 2**53
STATE = Types.TUPLE([Types.LONG(), Types.LONG(), Types.LONG()])
STATE_OF_KEY = Types.TUPLE([Types.STRING(), Types.LONG(), Types.LONG()])


class Change(KeyedProcessFunction):
    """Changes a key's state; says when it began, and at the end of the feed what every key's state is."""

    def __init__(self, value):
        """Keep the state as `value` says."""
        self._kind, self._began = value, False

    def open(self, runtime_context):
        """Ask for the state."""
        kind = STATE if self._kind == "typed" else Types.PICKLED_BYTE_ARRAY()
        self._state = runtime_context.get_state(ValueStateDescriptor("state", kind))

    def process_element(self, value, ctx):
        """Live through one event."""
        if not self._began:
            self._began = True
            yield BEGAN, int(time() * 1000), 0
        before = self._state.value()
        if before is None:
            ctx.timer_service().register_event_time_timer(END_OF_FEED_MS)
        self._state.update(((before[0] if before else 0) + 1, value[1], value[2]))

    def on_timer(self, _timestamp, ctx):
        """The feed is at its end: say what the state is."""
        count, last, _ = self._state.value()
        yield ctx.get_current_key(), count, last


def parsed(line):
    """Key and content of an event."""
    event = orjson.loads(line)
    return event["enc"], event["t"], event["hr"]


def environment(chosen, folder):
    """A local cluster of one task manager, checkpointing to `folder`."""
    config = Configuration()
    said = {
        "python.execution-mode": chosen["mode"],
        "python.fn-execution.bundle.size": chosen["bundle_size"],
        "python.fn-execution.bundle.time": chosen["bundle_time_ms"],
        "python.state.cache-size": chosen["state_cache"],
        "pipeline.object-reuse": chosen["object_reuse"],
        "state.backend.type": chosen["state"],
        "execution.checkpointing.interval": f"{DURABLE_EVERY_S:g} s",
        "execution.checkpointing.dir": folder.as_uri(),
        "taskmanager.memory.managed.size": "1g",
    }
    for name, value in said.items():
        config.set_string(name, value)
    env = StreamExecutionEnvironment.get_execution_environment(config)
    env.set_parallelism(int(chosen["parallelism"]))
    env.add_jars(*(jar.resolve().as_uri() for jar in (Path(sys.prefix) / "jars").glob("*.jar")))
    return env


def read(env, bootstrap, topic):
    """The lines of the topic, to its present end."""
    source = KafkaSource.builder().set_bootstrap_servers(bootstrap).set_topics(topic).set_group_id("plain-pyflink")
    source = source.set_starting_offsets(KafkaOffsetsInitializer.earliest())
    source = source.set_bounded(KafkaOffsetsInitializer.latest())
    source = source.set_value_only_deserializer(SimpleStringSchema()).build()
    return env.from_source(source, WatermarkStrategy.no_watermarks(), "read")


def lived(lines, chosen):
    """Run to the end of the topic; the states, and seconds from the first event to the last checkpoint."""
    keyed = lines.map(parsed, output_type=STATE_OF_KEY).key_by(lambda event: event[0], key_type=Types.STRING())
    out = keyed.process(Change(chosen["value"]), output_type=STATE_OF_KEY)
    began, states = [], {}
    with out.execute_and_collect("plain") as results:
        for key, count, last in results:
            if key == BEGAN:
                began.append(count / 1000)
            else:
                states[key] = {"count": count, "last": last}
    return states, time() - min(began)


def main():
    """Run to the end of the topic."""
    what, chosen = told("pyflink"), settings(BEST)
    with tempfile.TemporaryDirectory() as folder:
        lines = read(environment(chosen, Path(folder)), what.bootstrap, what.topic)
        states, seconds = lived(lines, chosen)
    check("pyflink", states, what.events, KEYS)
    figures = {"host": "pyflink", "events": what.events, "seconds": round(seconds, 3)}
    figures |= {"events_per_second": round(what.events / seconds), "durable": f"{chosen['state']} checkpoints"}
    print(json.dumps({**figures, "settings": chosen}), flush=True)


if __name__ == "__main__":
    main()
