"""The hospitals: stays that begin one after the other, the feed they make, and the truth about them."""

import csv
import heapq
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import IO

import orjson

from streams.feed_message import FeedMessage
from streams.simulator.dice import Dice
from streams.simulator.hospital import Hospital, build_hospitals
from streams.simulator.practice import Practice, Profile, shipped_practice
from streams.simulator.stay import Stay, arrival, play_stay
from streams.simulator.truth import COLUMNS

FEED = "feed.ndjson"
TRUTH_LINES = "truth.ndjson"
TRUTH_TABLE = "truth.csv"
DEFAULT_START = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""When the first patient may come, unless told otherwise."""
DEFAULT_HOSPITALS = 2

_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate: the same plan gives the same bytes.

    Attributes:
        start: When the first patient may come.
        hospitals: How many hospitals.
        days: Over how many days patients arrive; None: as many an hour as the practice says.
        profile: Which hospitals these are.
    """

    seed: int
    children: int
    adults: int
    start: datetime = DEFAULT_START
    hospitals: int = DEFAULT_HOSPITALS
    days: float | None = None
    profile: Profile = Profile.USUAL


def simulate(plan: Plan, practice: Practice | None = None) -> Iterator[Stay]:
    """Yield stay after stay, children and adults mixed, in the order of their arrival.

    Every stay is thrown from the plan's seed and its own number alone.
    """
    chosen = practice or shipped_practice(plan.profile)
    hospitals = build_hospitals(plan.seed, plan.hospitals, chosen)
    door = Dice(f"{plan.seed}:ward")
    arrived_at = plan.start
    for number, is_child in enumerate(_mixed(plan, door), start=1):
        arrived_at = (arrived_at + timedelta(hours=door.exponential(_hours_between(plan, chosen)))).replace(
            microsecond=0
        )
        yield _play(plan, number, hospitals, arrived_at, chosen, is_child=is_child)


def days_of_arrivals(plan: Plan) -> float:
    """Over how many days the patients of a plan come, chance aside."""
    patients = plan.children + plan.adults
    return patients * _hours_between(plan, shipped_practice(plan.profile)) / _HOURS_A_DAY


def _hours_between(plan: Plan, practice: Practice) -> float:
    if plan.days is None:
        return 1 / practice.site.arrivals_per_hour
    return plan.days * _HOURS_A_DAY / (plan.children + plan.adults)


def _mixed(plan: Plan, door: Dice) -> Iterator[bool]:
    """Whether each patient is a child, in an order drawn from the seed."""
    children, adults = plan.children, plan.adults
    while children or adults:
        is_child = door.chance(children / (children + adults))
        children, adults = (children - 1, adults) if is_child else (children, adults - 1)
        yield is_child


def _play(
    plan: Plan,
    number: int,
    hospitals: tuple[Hospital, ...],
    arrived_at: datetime,
    practice: Practice,
    *,
    is_child: bool,
) -> Stay:
    dice = Dice(f"{plan.seed}:{number}")
    name = f"{plan.seed}-{number:06d}"
    return play_stay(name, dice.pick(hospitals), arrived_at, dice, practice, is_child=is_child)


def in_order(stays: Iterator[Stay], each: "Notebook") -> Iterator[FeedMessage]:
    """Every message in the order of its arrival, holding no more of them than there are open stays.

    Args:
        stays: In the order of their arrival; none has a message from before it.
        each: Told of every stay as it comes by.
    """
    waiting: list[tuple[tuple[datetime, str, str], int, FeedMessage]] = []
    number = count()
    for stay in stays:
        each.note(stay)
        while waiting and waiting[0][0][0] < stay.arrived_at:
            yield heapq.heappop(waiting)[-1]
        for message in stay.messages:
            heapq.heappush(waiting, (arrival(message), next(number), message))
    while waiting:
        yield heapq.heappop(waiting)[-1]


class Notebook:
    """Writes the truth of stays as they come by, and counts them."""

    def __init__(self, lines: IO[bytes], table: IO[bytes]) -> None:
        """Begin both files."""
        self._lines, self._table = lines, table
        self.stays = 0
        self._write_rows([dict(zip(COLUMNS, COLUMNS, strict=True))])

    def note(self, stay: Stay) -> None:
        """Write the truth of one stay."""
        rows = [truth.as_row() for truth in stay.truths]
        self._lines.writelines(orjson.dumps(row) + b"\n" for row in rows)
        self._write_rows(rows)
        self.stays += 1

    def _write_rows(self, rows: list[dict[str, str]]) -> None:
        text = io.StringIO()
        csv.DictWriter(text, COLUMNS, lineterminator="\n").writerows(rows)
        self._table.write(text.getvalue().encode())


def write_simulation(plan: Plan, out: Path) -> tuple[int, int]:
    """Write the feed and the truth into `out`; return the numbers of messages and of patients.

    The files are written aside and put in place together; earlier ones are replaced. Stays are made
    one after the other: how many there are costs time and room on the disk, but no memory.
    """
    out.mkdir(parents=True, exist_ok=True)
    names = (FEED, TRUTH_LINES, TRUTH_TABLE)
    messages = 0
    with (
        (out / f"{FEED}.partial").open("wb") as feed,
        (out / f"{TRUTH_LINES}.partial").open("wb") as lines,
        (out / f"{TRUTH_TABLE}.partial").open("wb") as table,
    ):
        notebook = Notebook(lines, table)
        for message in in_order(simulate(plan), notebook):
            feed.write(orjson.dumps(message.as_json()) + b"\n")
            messages += 1
    for name in names:
        (out / f"{name}.partial").replace(out / name)
    return messages, notebook.stays
