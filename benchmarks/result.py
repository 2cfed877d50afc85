"""Figures that are kept: one JSON file a run, with machine, commit and date, in `benchmarks/results/`."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def circumstances() -> dict[str, str | int | float | None]:
    """Where, when and of which commit, and how busy the machine was before."""
    command = ["/usr/bin/env", "git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, check=False, capture_output=True, text=True)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load_at_start": os.getloadavg()[0],
    }


def keep(name: str, figures: Mapping[str, object]) -> None:
    """Keep figures, `circumstances` among them, under a name with their time and commit; print where."""
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{name}-{figures['at']}-{figures['commit']}.json".replace(":", "")
    kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {kept.name}")
