"""A background as one hospital sends it: stretches of recorded stays, under new patient numbers, moved to now.

The rows of the MIMIC-III demo below `$TIMEZERO_SHARED`, in their order within a stay. A stretch is so many messages
of one patient; all stretches of a background run side by side over the whole of it, so that what took hours takes as
long as the measurement. Each message's times are moved by as much as brings its receipt to the moment of its sending.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import orjson

from schemas.rejection import Accepted
from schemas.translate import translate
from streams.batched.outgoing import Outgoing
from streams.sources import SourceMessage, open_source

STRETCH = 60
"""Messages of one patient."""
READ = 40_000
"""Rows read of the demo, which is sorted by its shifted calendar: about as many patients as their stays are long."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_NUMBERS = ("subject_id", "hadm_id", "icustay_id")
_COPY = 1_000_000
"""Above every number of the demo."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages of one recorded patient in a row, and the admission they belong to where it was read."""

    admission: SourceMessage | None
    messages: Sequence[SourceMessage]


@dataclass(slots=True)
class Background:
    """Messages to send before, and those to send one by one, with what the translator makes of these."""

    admissions: list[Outgoing] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)

    def mix(self) -> dict[str, object]:
        """Shares by what became of a message, and by table."""
        count = len(self.messages)
        shares = {name: round(each / count, 3) for name, each in sorted(self.outcomes.items())}
        tables = {name: round(each / count, 3) for name, each in self.tables.most_common()}
        return {"patients": len(self.admissions), "outcomes": shares, "tables": tables}


@cache
def stretches() -> tuple[Stretch, ...]:
    """Every stretch of what is read of the demo."""
    folder = Path(os.environ.get("TIMEZERO_SHARED", "../shared")) / "data" / "mimic3_demo"
    patients: dict[str, list[SourceMessage]] = defaultdict(list)
    for message in islice(open_source([folder], "mimic3"), READ):
        if message.received_at is not None and message.key is not None:
            patients[str(message.key)].append(message)
    return tuple(stretch for messages in patients.values() for stretch in _cut(messages))


def _cut(messages: Sequence[SourceMessage]) -> Iterator[Stretch]:
    admission = None
    for start in range(0, len(messages) - STRETCH + 1, STRETCH):
        part = messages[start : start + STRETCH]
        yield Stretch(admission, part)
        found = [each for each in part if each.value["table"] == "admissions" and each.value["phase"] == "row"]
        admission = found[-1] if found else admission


def background(count: int, begins: datetime, rate: float, first_copy: int = 0) -> Background:
    """`count` messages, the first at `begins`, at `rate` a second; `first_copy` keeps several backgrounds apart."""
    known = [each for each in stretches() if each.admission is not None]
    chosen = [(first_copy + number, known[number % len(known)]) for number in range(-(-count // STRETCH))]
    made = Background()
    for copy, stretch in chosen:
        if stretch.admission is not None:
            made.admissions.append(_moved(stretch.admission, copy, begins, stretch.messages[0].received_at))
    in_turn = ((copy, stretch.messages[place]) for place in range(STRETCH) for copy, stretch in chosen)
    for number, (copy, message) in enumerate(islice(in_turn, count)):
        _add(made, message, copy, begins + timedelta(seconds=number / rate))
    return made


def _add(made: Background, message: SourceMessage, copy: int, at: datetime) -> None:
    moved = _moved(message, copy, at, message.received_at)
    told = translate(moved.topic, moved.value or b"", None)
    made.outcomes["accepted" if isinstance(told, Accepted) else type(told).__name__.lower()] += 1
    made.tables[message.value["table"]] += 1
    made.messages.append(moved)


def _moved(message: SourceMessage, copy: int, at: datetime, was: datetime | None) -> Outgoing:
    """The message under its copy's numbers, received `at`; times go by as much as brings `was` there."""
    by = at - was if was else timedelta(0)
    row = {name: _moved_field(name, value, copy, by) for name, value in message.value["row"].items()}
    value = {**message.value, "row": row, "received_at": at.isoformat()}
    key = f"mimic3|{row['subject_id']}".encode()
    return Outgoing(message.topic, key, orjson.dumps(value))


def _moved_field(name: str, value: str, copy: int, by: timedelta) -> str:
    if name in _NUMBERS and value:
        return str(copy * _COPY + int(value))
    if _TIME.fullmatch(value):
        return (datetime.fromisoformat(value) + by).strftime("%Y-%m-%d %H:%M:%S")
    return value
