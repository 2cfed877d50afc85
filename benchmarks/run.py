"""Run the benchmarks and keep their figures: `make bench`.

Figures are ratios within one run, because machines are shared and noisy; absolute rates stand
beside them with the machine, the commit and the date. Nothing here is a test.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import orjson

from schemas.clinical import CLINICAL_EVENT, AnyFact
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.patient_state import PatientState, encode_state
from scoring.rules import load_rules, shipped_measures
from scoring.step import step

ROUNDS = 3
PATIENTS = 60
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One stage: events a second, and how many times as long as only parsing the same bytes it took."""

    stage: str
    events: int
    events_per_second: float
    times_parsing: float


def simulated_feed(folder: Path) -> list[dict[str, object]]:
    """A seeded department, by the command that users have."""
    command = [sys.executable, "-m", "timezero", "simulate", "--seed", "11", "--out", str(folder)]
    command += ["--children", str(PATIENTS), "--adults", str(PATIENTS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [orjson.loads(line) for line in (folder / "feed.ndjson").read_bytes().splitlines()]


def seconds(work: Callable[[], object]) -> float:
    """Median of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        rounds.append(perf_counter() - begun)
    return median(rounds)


def translated(messages: Iterable[tuple[str, bytes]]) -> list[AnyFact]:
    """Facts of the messages that are understood and of use."""
    facts: list[AnyFact] = []
    for topic, value in messages:
        result = translate(topic, value, None)
        if isinstance(result, Accepted):
            facts += result.facts
    return facts


def judged(lines: list[bytes]) -> dict[str, PatientState]:
    """Every event of the log decoded and judged under all shipped measures."""
    rules = load_rules(shipped_measures())
    states: dict[str, PatientState] = {}
    for line in lines:
        event = CLINICAL_EVENT.validate_json(line)
        states[event.key] = step(states.get(event.key), event, rules).state
    return states


def measure() -> tuple[list[Figure], dict[str, float]]:
    """Time each stage over the same feed; and the size of the durable state."""
    with tempfile.TemporaryDirectory() as folder:
        feed = simulated_feed(Path(folder))
    messages = [(str(message["topic"]), orjson.dumps(message["value"])) for message in feed]
    facts = sorted(translated(messages), key=lambda fact: fact.received_at)
    lines = [fact.model_dump_json().encode() for fact in facts]
    parsing = seconds(lambda: [orjson.loads(value) for _, value in messages]) / len(messages)
    stages = {
        "translate": (len(messages), seconds(lambda: translated(messages))),
        "decode": (len(lines), seconds(lambda: [CLINICAL_EVENT.validate_json(line) for line in lines])),
        "decode, fold and judge": (len(lines), seconds(lambda: judged(lines))),
    }
    figures = [
        Figure(name, events, round(events / took), round(took / events / parsing, 1))
        for name, (events, took) in stages.items()
    ]
    sizes = sorted(len(encode_state(state)) for state in judged(lines).values())
    return figures, {"patients": len(sizes), "median_bytes": median(sizes), "largest_bytes": sizes[-1]}


def circumstances() -> dict[str, str | int | None]:
    """Where, when and of which commit."""
    command = ["/usr/bin/env", "git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, check=False, capture_output=True, text=True)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def keep(name: str, figures: Mapping[str, object]) -> None:
    """Keep figures, `circumstances` among them, under a name with their time and commit; print where."""
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{name}-{figures['at']}-{figures['commit']}.json".replace(":", "")
    kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {kept.name}")


def main() -> None:
    """Measure, print and keep."""
    figures, state = measure()
    for figure in figures:
        print(f"{figure.stage:24} {figure.events_per_second:>9,.0f} events/s   {figure.times_parsing:>7,.1f} x parsing")
    print(f"state of a patient: median {state['median_bytes']:,.0f} bytes, largest {state['largest_bytes']:,.0f}")
    keep("stages", {**circumstances(), "stages": [asdict(each) for each in figures], "state": state})


if __name__ == "__main__":
    main()
