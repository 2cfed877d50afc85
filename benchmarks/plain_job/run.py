"""Run the plain job on every host, on an Apache Kafka of its own, and say how they compare.

A host is a file of this folder with the command line of `job.told` that prints one JSON line; to add
one, name it in HOSTS. Rates are of one machine in one run, its broker on the same cores; the ratios
are what counts. CPU seconds (of the whole process, its start included) stand beside them, since a
machine may be shared.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from timezero.local_kafka import local_kafka

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
HOSTS = {"bare_aiokafka": 1, "batched": 1, "stock_faust": 20}
"""Each host, and by how much its events are fewer: a slow one is told its rate by fewer."""
CEILING = "bare_aiokafka"


def run_file(name: str, bootstrap: str, topic: str, events: int) -> str:
    """Run a file of this folder with the common command line, and give what it printed."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--bootstrap", bootstrap, "--topic", topic]
    command += ["--events", str(events)]
    # The folder is named, since a safe path leaves it out.
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(HERE)}
    )
    if done.returncode != 0:
        sys.exit(f"{name} failed:\n{done.stderr}")
    return done.stdout


def measured(host: str, bootstrap: str, events: int) -> dict[str, object]:
    """One run of a host, over a topic of its own."""
    topic = f"events-{host.replace('_', '-')}"
    run_file("produce", bootstrap, topic, events)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    (line,) = run_file(host, bootstrap, topic, events).splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(line) | {"cpu_seconds": round(spent, 1)}


def circumstances() -> dict[str, object]:
    """Where, when, of which commit, and how busy the machine was beside us."""
    command = ["/usr/bin/env", "git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, check=False, capture_output=True, text=True)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--hosts", nargs="+", default=list(HOSTS), help="files of this folder, without .py")
    asked = parser.parse_args()
    where = circumstances()
    with tempfile.TemporaryDirectory() as folder, local_kafka(Path(folder)) as bootstrap:
        lines = [measured(host, bootstrap, asked.events // HOSTS.get(host, 1)) for host in asked.hosts]
    ceiling = next((line["events_per_second"] for line in lines if line["host"] == CEILING), None)
    for line in lines:
        share = f"{line['events_per_second'] / ceiling:.3f} of the ceiling" if ceiling else ""
        print(f"{line['host']:<16}{line['events_per_second']:>10} events/s  durable: {line['durable']}  {share}")
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{where['at']}-{where['commit']}-plain-job.json".replace(":", "")
    kept.write_text(json.dumps(where | {"hosts": lines}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
