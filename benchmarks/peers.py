"""Our worker and our batched path beside other stream processors, in one run: `make bench-peers`.

Two jobs on one real Kafka: the plain job (every event changes its key's state, which is durable), and the real one (our
engine, hosted). Absolute rates depend on the machine; the ratios within a run are what counts. Nothing here is a test.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import orjson
from final_states import SETTINGS_VARIABLE, check
from hosted_run import Place, real_job
from job import KEYS
from result import circumstances, keep

from streams.topic_reader import partitions_of, read_partition, topic_reader
from timezero.embedded import embedded_cache
from timezero.local_kafka import local_kafka

HERE = Path(__file__).parent.resolve()
PLAIN = HERE / "plain_job"

GIVES_UP_AFTER_S = 3600
NOT_HOSTS = frozenset({"job", "produce", "run", "final_states"})
ENVIRONMENTS = {"on_bytewax": ".venv-peers", "on_quix": ".venv-peers", "on_pyflink": ".venv-pyflink"}
"""Hosts with an environment of their own; the others run in ours."""
CHANGELOGS = {"batched": "plain-{}-states-changelog", "stock_faust": "plain-stock-{}-states-changelog"}
"""Hosts whose final states are read back here; the others do so themselves."""
TUNED = {
    "on_bytewax": [{"operator": "stateful_batch"}, {"operator": "stateful_flat_map"}, {"batch_size": "4000"}],
    "on_quix": [{"producer_linger_ms": "0"}, {"producer_linger_ms": "50"}],
    "on_pyflink": [
        {"mode": "process", "bundle_size": "1000", "object_reuse": "false"},
        {"mode": "process", "bundle_size": "20000"},
        {"mode": "process", "bundle_size": "20000", "state_cache": "10000"},
        {"mode": "thread", "object_reuse": "false"},
        {"mode": "thread", "object_reuse": "true"},
        {"mode": "thread", "value": "typed"},
        {"mode": "thread", "parallelism": "1"},
        {"mode": "thread", "state": "rocksdb"},
    ],
}
"""Settings tried against each other with `--tune`; the best of them are what the hosts have as theirs."""


def hosts() -> list[str]:
    """The hosts of the plain job: one file each."""
    return sorted(path.stem for path in PLAIN.glob("*.py") if path.stem not in NOT_HOSTS)


def python_of(name: str) -> str:
    """The interpreter of the environment that a host runs in."""
    own = ENVIRONMENTS.get(name)
    return str(HERE.parent / own / "bin" / "python") if own else sys.executable


def ran(
    name: str, bootstrap: str, topic: str, events: int, settings: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Run one script of the plain job; its figures, none for one that is no host.

    Raises:
        SystemExit: it ended with an error, or its final states are wrong.
    """
    argv = [python_of(name), "-P", str(PLAIN / f"{name}.py"), "--bootstrap", bootstrap, "--topic", topic]
    environment = {**os.environ, "PYTHONPATH": str(PLAIN), SETTINGS_VARIABLE: json.dumps(settings or {})}
    # Flink starts whatever `python` it finds; a host that hangs must not keep the others waiting for ever.
    environment["PATH"] = os.pathsep.join([str(Path(argv[0]).parent), os.environ.get("PATH", "")])
    before = os.times()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*argv, "--events", str(events)],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=GIVES_UP_AFTER_S,
        )
    if done.returncode != 0:
        sys.exit(f"{name} ended with status {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    # Of the whole process, its start and its check included; what a host starts and does not wait for is not in it.
    return {**json.loads(lines[-1]), "cpu_seconds": round(cpu, 1)} if lines else {}


async def stored(bootstrap: str, topic: str) -> dict[str, dict[str, int]]:
    """What a Faust changelog holds: the last state of each key."""
    states: dict[str, dict[str, int]] = {}
    async with topic_reader(bootstrap) as reader:
        for partition in await partitions_of(bootstrap, topic):
            async for records in read_partition(reader, topic, partition):
                states |= {(each.key or b"").decode(): orjson.loads(each.value or b"null") for each in records}
    return states


def told_apart(figures: Sequence[Mapping[str, object]], rate: str) -> dict[str, object]:
    """One host's rounds: the median of each number, and every one of its `rate`."""
    medians = {
        name: median(each[name] for each in figures)
        for name, value in figures[0].items()
        if isinstance(value, int | float)
    }
    return {**figures[0], **medians, "rounds": [each[rate] for each in figures]}


def plain_job(bootstrap: str, events: int, rounds: int) -> dict[str, object]:
    """Every host in turn, as often as told; each round has a topic of its own, with the same events."""
    figures = defaultdict(list)
    for number in range(rounds):
        topic = f"plain.events.{number}"
        ran("produce", bootstrap, topic, events)
        for name in hosts():
            figures[name].append(ran(name, bootstrap, topic, events))
            if name in CHANGELOGS:
                check(name, asyncio.run(stored(bootstrap, CHANGELOGS[name].format(topic))), events, KEYS)
            print(json.dumps(figures[name][-1]), flush=True)
    return {
        "events": events,
        "keys": KEYS,
        "hosts": [told_apart(each, "events_per_second") for each in figures.values()],
    }


def real_rounds(messages: int, rounds: int) -> dict[str, object]:
    """The real job as often as told, each time on a broker and a cache of its own."""
    ran_so_far, figures = [], defaultdict(list)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with local_kafka(folder / "kafka") as bootstrap, embedded_cache(folder / "cache") as redis_url:
                place = Place(bootstrap, redis_url, folder, Path(python_of("on_bytewax")))
                ran_so_far.append(real_job(place, messages))
        for each in ran_so_far[-1]["hosts"]:
            figures[each["host"]].append(each)
    hosts = [told_apart(each, "messages_per_second") for each in figures.values()]
    return {**ran_so_far[0], "same_verdicts": all(each["same_verdicts"] for each in ran_so_far), "hosts": hosts}


def tuned(bootstrap: str, events: int) -> list[dict[str, object]]:
    """Each host's settings against each other."""
    figures = []
    for number, (name, settings) in enumerate((name, each) for name, tried in TUNED.items() for each in tried):
        topic = f"plain.events.tuned.{number}"
        ran("produce", bootstrap, topic, events)
        told = ran(name, bootstrap, topic, events, settings)
        figures.append({**told, "settings": settings})
        print(json.dumps(figures[-1]), flush=True)
    return figures


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="of the plain job; 0: leave it out")
    parser.add_argument("--messages", type=int, default=20_000, help="raw messages of the real job; 0: leave it out")
    parser.add_argument("--rounds", type=int, default=3, help="of each job; the median counts")
    parser.add_argument("--tune", type=int, default=0, metavar="EVENTS", help="try the hosts' settings with so many")
    return parser.parse_args()


def main() -> None:
    """Run what was asked for, print it, and keep each job as soon as it is done."""
    told = asked()
    where: dict[str, object] = circumstances()
    with tempfile.TemporaryDirectory() as name, local_kafka(Path(name) / "kafka") as bootstrap:
        if told.events:
            keep("peers-plain", {**where, "plain": plain_job(bootstrap, told.events, told.rounds)})
        if told.tune:
            keep("peers-tuned", {**where, "tunings": tuned(bootstrap, told.tune)})
    if told.messages:
        keep("peers-real", {**where, "real": real_rounds(told.messages, told.rounds)})


if __name__ == "__main__":
    main()
