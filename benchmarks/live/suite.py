"""The live benchmarks, in a whole installation as users run it: `make bench-live`; smaller with `LIVE=--small`.

Each step is a process of its own with a time limit; one that fails or is too slow is said, what it had is kept, and
the rest goes on. Figures are of one machine that broker, cache, workers, board and measurement share. Nothing here is
a test.
"""

import argparse
import asyncio
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from result import circumstances, keep

SMALL, FULL = "small", "full"
STEPS: dict[str, dict[str, dict[str, object]]] = {
    "event_to_board": {
        FULL: {"limit_s": 180, "rates": (100, 300, 1000), "seconds": 30},
        SMALL: {"limit_s": 120, "rates": (50, 200), "seconds": 10},
    },
    "open_encounters": {
        FULL: {"limit_s": 600, "open": (1_000, 10_000, 100_000), "deadlines": 600, "seconds": 30, "same_minute": 60},
        SMALL: {"limit_s": 240, "open": (500, 2_000), "deadlines": 50, "seconds": 20, "same_minute": 10},
    },
    "growth": {
        FULL: {"limit_s": 130, "partitions": (1, 4, 16), "workers": (1, 2), "messages": 12_000},
        SMALL: {"limit_s": 120, "partitions": (1, 4), "workers": (1, 2), "messages": 3_000},
    },
}
"""Each step, a file of this folder with `measure`, and its sizes."""


def step(name: str, size: str, out: Path) -> None:
    """Do one step here, and write each row of figures to `out` as soon as it is known."""

    def keep(row: dict[str, object]) -> None:
        line = json.dumps(row)
        print(line, flush=True)
        with out.open("a", encoding="utf-8") as rows:
            rows.write(line + "\n")

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        asyncio.run(importlib.import_module(name).measure(Path(folder), STEPS[name][size], keep))


def apart(name: str, size: str, out: Path) -> str | None:
    """Do one step in a process of its own; None, or what went wrong."""
    argv = [sys.executable, "-P", str(Path(__file__).resolve()), "--step", name, "--size", size, "--out", str(out)]
    process = subprocess.Popen(argv, start_new_session=True, stderr=subprocess.PIPE, text=True)
    limit_s = STEPS[name][size]["limit_s"]
    try:
        _, said = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        # Its servers end with it: they are told to when they are started.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"not done within {limit_s} s"
    lines = said.strip().splitlines()
    return None if process.returncode == 0 else (lines[-1] if lines else f"status {process.returncode}")


def suite(size: str, names: list[str]) -> dict[str, object]:
    """Every step that was asked for, with what failed beside it."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            print(f"{name}:", flush=True)
            out, begun = Path(folder) / name, monotonic()
            failed = apart(name, size, out)
            rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []
            figures[name] = {"failed": failed, "took_s": round(monotonic() - begun), "rows": rows}
            print(f"{name}: {failed or 'done'}, {figures[name]['took_s']} s", flush=True)
    return figures


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", action="store_const", const=SMALL, default=FULL, dest="size")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--size", dest="size", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Run what was asked for, print it and keep it."""
    told = asked()
    if told.step:
        step(told.step, told.size, told.out)
        return
    where = {**circumstances(), "size": told.size}
    figures = {**where, "live": suite(told.size, told.steps)}
    keep("live", figures)


if __name__ == "__main__":
    main()
