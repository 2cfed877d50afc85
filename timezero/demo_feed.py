"""The demo's feed: real stays and simulated children, each moved to the present by a number of seconds of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from streams.feed_message import FeedMessage
from streams.simulator.department import Plan, simulate
from streams.simulator.stay import Stay
from streams.simulator.truth import Standing
from streams.sources import SourceMessage, open_source
from timezero.demo_stays import demo_stays, demo_tables

SEED = 2018
STAGED_CHILDREN = 10
"""Simulated children whose clocks already run, or start within the first minute."""
STAGED_MEASURE = "nys-ped-1h/trend-2015"
"""Of which they have a case: its time zero is the protocol."""
ARRIVING = 60
"""Simulated patients who keep coming after that."""

_FIRST_STAGED_S = -50.0
_STAGED_EVERY_S = 9.0
_TABLE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DAY_COLUMNS = frozenset({"chartdate"})


@dataclass(frozen=True, slots=True)
class Stage:
    """When the feed starts on the engine's clock, and how many engine seconds a wall second has."""

    started_at: datetime
    speed: float

    def engine_time(self, wall_seconds: float) -> datetime:
        """The engine's time so many wall seconds after the start."""
        return self.started_at + timedelta(seconds=wall_seconds * self.speed)


def demo_feed(stage: Stage) -> list[FeedMessage]:
    """Every message of the demo in the order in which it is received; those before the start are history."""
    messages = [*_real_stays(stage), *_staged_children(stage), *_arriving_patients(stage)]
    messages.sort(key=lambda message: message.received_at)
    return messages


def _real_stays(stage: Stage) -> Iterator[FeedMessage]:
    shifts = {
        stay.subject_id: _whole(stage.engine_time(stay.seen_after_s) - stay.moment) for stay in demo_stays().stays
    }
    for message in open_source([demo_tables()], "mimic3"):
        if isinstance(message.value, Mapping) and message.received_at is not None:
            shift = shifts[message.value["row"]["subject_id"]]
            yield _moved_row(message, message.value, message.received_at, shift)


def _moved_row(
    message: SourceMessage, value: Mapping[str, Any], received_at: datetime, shift: timedelta
) -> FeedMessage:
    row = {name: _moved_field(name, field, shift) for name, field in value["row"].items()}
    moved_at = received_at + shift
    moved = {**value, "row": row, "received_at": moved_at.isoformat()}
    if value.get("known_at"):
        moved["known_at"] = (datetime.fromisoformat(value["known_at"]) + shift).isoformat()
    return FeedMessage(moved_at, message.topic, message.key, moved)


def _moved_field(name: str, field: Any, shift: timedelta) -> Any:
    if not isinstance(field, str) or not _TABLE_TIME.fullmatch(field):
        return field
    moved = datetime.fromisoformat(field) + shift
    if name in _DAY_COLUMNS:
        moved = moved.replace(hour=0, minute=0, second=0)
    return moved.isoformat(sep=" ")


def _staged_children(stage: Stage) -> Iterator[FeedMessage]:
    for number, (stay, time_zero) in enumerate(islice(_children_with_a_clock(), STAGED_CHILDREN)):
        seen = stage.engine_time(_FIRST_STAGED_S + number * _STAGED_EVERY_S)
        yield from _moved_stay(stay, _whole(seen - time_zero))


def _children_with_a_clock() -> Iterator[tuple[Stay, datetime]]:
    """Simulated children whose protocol starts the clock of their one case."""
    for stay in simulate(Plan(SEED, STAGED_CHILDREN * 4, 0)):
        lines = [line for line in stay.truths if (line.measure, line.element) == (STAGED_MEASURE, "bundle")]
        for line in lines[:1]:
            if len(lines) == 1 and line.status is Standing.DENOMINATOR and line.time_zero is not None:
                yield stay, line.time_zero


def _arriving_patients(stage: Stage) -> Iterator[FeedMessage]:
    plan = Plan(SEED + 1, children=ARRIVING * 2 // 3, adults=ARRIVING // 3, start=stage.started_at)
    for stay in simulate(plan):
        yield from stay.messages


def _moved_stay(stay: Stay, shift: timedelta) -> Iterable[FeedMessage]:
    for message in stay.messages:
        if isinstance(message.value, dict):
            value = {name: _moved_time(name, field, shift) for name, field in message.value.items()}
            yield replace(message, received_at=message.received_at + shift, value=value)


def _moved_time(name: str, field: Any, shift: timedelta) -> Any:
    if not name.endswith("_at"):
        return field
    moved = datetime.fromisoformat(field) + shift
    return moved.isoformat() if "T" in field else moved.date().isoformat()


def _whole(shift: timedelta) -> timedelta:
    """To the second: tables have no fraction."""
    return timedelta(seconds=round(shift.total_seconds()))
