"""Time `timezero score` over a seeded file of 100,000 cases: `python benchmarks/score.py`.

The goal is under ten seconds on a laptop. Nothing here is a test.
"""

import csv
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from result import circumstances, keep

from scoring.abstraction.column import Column
from scoring.abstraction.shipped_forms import shipped_forms

CASES = 100_000
FACILITIES = 54
MEASURES = ("nys-ped-1h/spec-2015", "nys-adult-6h/public-2015", "cha-mortality/2012")
BEGIN = datetime(2015, 1, 1, tzinfo=UTC)


def row(number: int, chance: random.Random) -> dict[str, str]:
    """One case, most of its columns filled in."""
    arrived = BEGIN + timedelta(minutes=chance.randrange(360 * 24 * 60))

    def later(most: int) -> str:
        return (arrived + timedelta(minutes=chance.randrange(most))).strftime("%Y-%m-%dT%H:%M")

    case = {column.value: later(400) for column in Column if column.is_instant and chance.random() < 0.9}
    case |= {column.value: chance.choice("01") for column in Column if column.value not in case}
    visit = {"facility_id": f"F{number % FACILITIES}", "case_id": f"C{number}", "pcn": f"P{number}"}
    visit |= {"mrn": f"M{number // 2}", "upi": f"U{number // 2}", "date_of_birth": f"{1940 + number // 2 % 75}-06-15"}
    visit |= {"admission_datetime": later(300), "discharge_datetime": later(20_000), "severity": "septic_shock"}
    return case | visit | {"lactate_level": f"{chance.uniform(0.5, 9):.1f}", "discharge_status": "01"}


def write(path: Path) -> None:
    """Write the seeded file."""
    chance = random.Random(11)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [column.value for column in Column])
        writer.writeheader()
        writer.writerows(row(number, chance) for number in range(CASES))


def main() -> None:
    """Write the file, score it by some measures, say how long each took, and keep it."""
    unknown = set(MEASURES) - set(shipped_forms())
    if unknown:
        sys.exit(f"no such measures: {unknown}")
    with tempfile.TemporaryDirectory() as folder:
        cases = Path(folder) / "cases.csv"
        write(cases)
        figures = {**circumstances(), "cases": CASES, "megabytes": round(cases.stat().st_size / 1e6), "seconds": {}}
        for measure in MEASURES:
            command = [sys.executable, "-m", "timezero", "score", str(cases), "--measure", measure]
            begun = perf_counter()
            subprocess.run([*command, "--out", str(Path(folder) / "out.csv")], check=True, stdout=subprocess.DEVNULL)
            figures["seconds"][measure] = round(perf_counter() - begun, 1)
            print(f"{measure:28} {figures['seconds'][measure]:6.1f} s", flush=True)
    keep("score", figures)


if __name__ == "__main__":
    main()
