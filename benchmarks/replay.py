"""Time and weigh a replay: `python benchmarks/replay.py`.

A seeded department and one four times as large, by one process and by one a core. Of interest is how rate and memory go
with the feed and the processes; rates alone are this machine's. Nothing here is a test.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import orjson
from result import circumstances, keep

from scoring.rules import shipped_measures

PATIENTS = 20
TIMES = (1, 4)
WATCH = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Prints the most memory, in KiB, that any one process of a command held."""


def simulate(folder: Path, times: int) -> Path:
    """A seeded department's feed."""
    command = [sys.executable, "-m", "timezero", "simulate", "--seed", "11", "--out", str(folder)]
    command += ["--children", str(PATIENTS * times), "--adults", str(PATIENTS * times)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / "feed.ndjson"


def measured(feed: Path, processes: int, out: Path) -> dict[str, float]:
    """One replay of all measures: messages, seconds, messages a second, and the most that any process held."""
    replay = [sys.executable, "-m", "timezero", "replay", str(feed), "--format", "events", "--out", str(out)]
    replay += ["--measures", ",".join(shipped_measures()), "--processes", str(processes)]
    begun = perf_counter()
    held = subprocess.run([sys.executable, "-c", WATCH, *replay], check=True, capture_output=True, text=True).stdout
    seconds = perf_counter() - begun
    messages = orjson.loads((out / "summary.json").read_bytes())["totals"]["read"]
    return {
        "messages": messages,
        "processes": processes,
        "seconds": round(seconds, 1),
        "messages_per_second": round(messages / seconds),
        "most_mebibytes_of_a_process": round(int(held) / 1024, 1),
    }


def main() -> None:
    """Measure, print and keep."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for times in TIMES:
            feed = simulate(Path(folder) / str(times), times)
            for processes in sorted({1, os.cpu_count() or 1}):
                rows.append(measured(feed, processes, Path(folder) / "out"))
                print(rows[-1])
    keep("replay", {**circumstances(), "replay": rows})


if __name__ == "__main__":
    main()
