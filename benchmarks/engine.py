"""Time the pure engine stage by stage: `python benchmarks/engine.py`.

From raw bytes to outputs, all shipped measures loaded: parse, translate, re-key, decode, judge, encode. Over the
MIMIC-III demo where `TIMEZERO_SHARED` says it lies, and over a simulated department. Figures are ratios within one
run, to parsing the same bytes; absolute rates stand beside them. Nothing here is a test.
"""

import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import TypeVar

import orjson
from result import circumstances, keep

from schemas.clinical import CLINICAL_EVENT, AnyFact, Observation, Quantity, Visit, VisitStep
from schemas.rejection import Accepted, Translation
from schemas.topics import Topic
from schemas.translate import translate
from scoring.case_records import take_records
from scoring.patient_state import PatientState
from scoring.rules import Rules, load_rules, shipped_measures
from scoring.step import step
from scoring.written_state import encode_state
from streams.engine import ScoringEngine
from streams.owner import Owner
from streams.records import Record
from streams.sources import open_source
from streams.stored_state import wake_up_of
from streams.wake_ups import WakeUps
from streams.worker_settings import MEBIBYTE, WorkerSettings

Message = tuple[str, bytes, datetime | None]
Result = TypeVar("Result")
BATCH = WorkerSettings().batch_records
PATIENTS = 60
IDLE = 2_000
"""Encounters kept open to see what one takes."""


def recorded() -> list[Message]:
    """The MIMIC-III demo as messages; none where it is not there."""
    folder = Path(os.environ.get("TIMEZERO_SHARED", "../shared")) / "data" / "mimic3_demo"
    messages = open_source([folder], "mimic3") if folder.is_dir() else ()
    return [(each.topic, orjson.dumps(each.value), each.received_at) for each in messages]


def simulated() -> list[Message]:
    """A seeded department as messages, by the command that users have."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "timezero", "simulate", "--seed", "11", "--out", folder]
        command += ["--children", str(PATIENTS), "--adults", str(PATIENTS)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        feed = map(orjson.loads, (Path(folder) / "feed.ndjson").read_bytes().splitlines())
        return [(str(each["topic"]), orjson.dumps(each["value"]), None) for each in feed]


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What came of some work, and the seconds of the processor that it took."""
    gc.collect()
    begun = process_time()
    result = work()
    return result, process_time() - begun


def judge(events: Sequence[AnyFact], rules: Rules, seen: Counter[str]) -> dict[str, PatientState]:
    """Live through events in batches, each patient's records put together once a batch, as a worker under load does.

    `seen` counts those that said something new, or had something judged, and the records.
    """
    states: dict[str, PatientState] = {}
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        live(batch, rules, states, seen)
        for key in {event.key for event in batch}:
            seen["published a record"] += len(take_records(states[key], rules))
    return states


def live(events: Sequence[AnyFact], rules: Rules, states: dict[str, PatientState], seen: Counter[str]) -> None:
    """Live through a batch, event by event."""
    for event in events:
        before = states.get(event.key)
        judged = {} if before is None else dict(before.cases)
        taken = step(before, event, rules)
        states[event.key] = taken.state
        seen["said something"] += bool(taken.verdicts or taken.alerts)
        after = taken.state.cases
        seen["judged nothing"] += len(after) == len(judged) and all(after[key] is judged[key] for key in judged)


def outcomes(results: Sequence[Translation]) -> Counter[str]:
    """How many messages were accepted, ignored and rejected."""
    return Counter(type(result).__name__.lower() for result in results)


def measure(name: str, messages: list[Message], rules: Rules) -> dict[str, object]:
    """Time every stage over the same messages: seconds of the processor, and what the feed is like."""
    _, parsing = timed(lambda: [orjson.loads(value) for _, value, _ in messages])
    results, translating = timed(lambda: [translate(*message) for message in messages])
    facts = [fact for result in results if isinstance(result, Accepted) for fact in result.facts]
    facts.sort(key=lambda fact: fact.received_at)
    lines, keying = timed(lambda: [fact.model_dump_json().encode() for fact in facts])
    events, decoding = timed(lambda: [CLINICAL_EVENT.validate_json(line) for line in lines])
    seen: Counter[str] = Counter()
    states, judging = timed(lambda: judge(events, rules, seen))
    written, encoding = timed(lambda: [encode_state(state) for state in states.values()])
    stages = {"parse only": parsing, "translate": translating, "re-key": keying, "decode": decoding, "judge": judging}
    figures = {
        "feed": name,
        "messages": len(messages),
        "outcomes": outcomes(results),
        "facts": len(facts),
        "patients": len(states),
        "seen": seen,
        "seconds": {**stages, "all but parsing": sum(stages.values()) - parsing, "encode the states": encoding},
        "bytes_of_a_state": round(sum(map(len, written)) / len(written)),
    }
    print(figures, flush=True)
    return figures


def idle_encounter(number: int) -> list[AnyFact]:
    """A patient who was admitted, had two vital signs taken, and waits."""
    at = datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(minutes=number)
    common = {"source": "default", "facility_id": "F", "patient_id": f"P{number}", "encounter_id": f"E{number}"}
    known = [{**common, "event_id": f"{number}:{part}", "fact_id": f"{number}:{part}"} for part in range(3)]
    return [
        Visit(**known[0], received_at=at, happened_at=at, step=VisitStep.ADMITTED),
        Observation(**known[1], received_at=at, collected_at=at, quantity=Quantity.HEART_RATE, value=80),
        Observation(**known[2], received_at=at, collected_at=at, quantity=Quantity.SYSTOLIC_BP, value=120),
    ]


def idle_bytes(rules: Rules) -> tuple[float, float]:
    """Bytes that an idle open encounter takes in memory, and written down."""
    events = [[fact.model_dump_json() for fact in idle_encounter(number)] for number in range(IDLE)]
    judge([CLINICAL_EVENT.validate_json(line) for line in events[0]], rules, Counter())
    tracemalloc.start()
    states = [judge([CLINICAL_EVENT.validate_json(line) for line in lines], rules, Counter()) for lines in events]
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    written = sum(len(encode_state(state)) for each in states for state in each.values())
    return held / IDLE, written / IDLE


@dataclass(slots=True)
class Worker:
    """What a worker keeps of its patients, without a broker: the stored states with their partitions, and wake-ups."""

    decoded_bytes: int
    table: dict[bytes, bytes] = field(default_factory=dict)
    partitions: dict[bytes, int] = field(default_factory=dict)
    wake_ups: WakeUps = field(default_factory=WakeUps)
    owner: Owner = field(init=False)

    def __post_init__(self) -> None:
        """Judge by every measure that ships."""
        self.owner = Owner(ScoringEngine(), self.table.get, MEBIBYTE, self.decoded_bytes)

    def live(self, facts: Sequence[AnyFact]) -> None:
        """What the owner's stage does with a batch."""
        handled = self.owner.handle([logged(fact) for fact in facts])
        for lived in handled:
            if lived.value is not None:
                self.table[lived.key], self.partitions[lived.key] = lived.value, 0
            self.wake_ups.set(lived.key, lived.wake_at)
        self.owner.keep(handled)

    def take_over(self, times: int) -> None:
        """What a worker that starts anew does with so many times the table before it tends anybody."""
        stored = ((key, wake_up_of(value)) for _ in range(times) for key, value in self.table.items())
        self.wake_ups.start_anew((key, at) for key, at in stored if at is not None)


def logged(fact: AnyFact) -> Record:
    """A fact as it stands in the log."""
    return Record(Topic.ENCOUNTER_EVENTS, 0, 0, fact.key.encode(), fact.model_dump_json().encode())


def waiting() -> dict[str, float]:
    """What a worker keeps of encounters whose states it let go, and what it takes to go on with them.

    Their next event finds the state stored: it is unpacked and decoded, the chart is drawn, and all of it is judged.
    """
    worker = Worker(decoded_bytes=0)
    worker.live(idle_encounter(0))
    tracemalloc.start()
    for number in range(1, IDLE):
        worker.live(idle_encounter(number)[:2])
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    last = [idle_encounter(number)[2:] for number in range(1, IDLE)]
    _, seconds = timed(lambda: [worker.live(facts) for facts in last])
    _, taking_over = timed(lambda: worker.take_over(100_000 // IDLE))
    return {
        "bytes_let_go": round(held / (IDLE - 1)),
        "ms_to_next_event_stored": round(seconds / (IDLE - 1) * 1000, 2),
        "seconds_to_look_through_100000": round(taking_over, 3),
    }


def main() -> None:
    """Measure, print and keep."""
    rules = load_rules(shipped_measures())
    figures: dict[str, object] = {**circumstances(), "measures": len(rules.measures)}
    messages = recorded()
    feeds = [measure("MIMIC-III demo", messages, rules)] if messages else []
    if not messages:
        print(
            "the MIMIC-III demo is not there: set TIMEZERO_SHARED to the folder above data/mimic3_demo", file=sys.stderr
        )
    feeds.append(measure("simulated department", simulated(), rules))
    memory, written = idle_bytes(rules)
    idle = {"bytes_decoded": round(memory), "bytes_written": round(written), **waiting()}
    print(idle)
    keep("engine", {**figures, "feeds": feeds, "idle_encounter": idle})


if __name__ == "__main__":
    main()
