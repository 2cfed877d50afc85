"""The department: stays that begin one after the other, the feed they make, and the truth about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from streams.feed_message import FeedMessage
from streams.simulator.adult_stay import play_adult
from streams.simulator.chart import Chart
from streams.simulator.child_stay import play_child
from streams.simulator.dice import Dice
from streams.simulator.practice import Practice, shipped_practice
from streams.simulator.truth import Truth, truth_csv

FEED = "feed.ndjson"
TRUTH_LINES = "truth.ndjson"
TRUTH_TABLE = "truth.csv"
DEFAULT_START = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""When the first patient may come, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate: the same plan gives the same bytes."""

    seed: int
    children: int
    adults: int
    start: datetime = DEFAULT_START


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: its messages in the order of their arrival, and its truth."""

    messages: tuple[FeedMessage, ...]
    truths: tuple[Truth, ...]


def simulate(plan: Plan, practice: Practice | None = None) -> Iterator[Stay]:
    """Yield stay after stay, children and adults mixed, in the order of their arrival."""
    chosen = practice or shipped_practice()
    ward = Dice(f"{plan.seed}:ward")
    kinds = _mixed(plan, ward)
    arrived_at = plan.start
    for number, is_child in enumerate(kinds, start=1):
        hours = ward.exponential(1 / chosen.site.arrivals_per_hour)
        arrived_at = (arrived_at + timedelta(hours=hours)).replace(microsecond=0)
        yield _play(plan, number, arrived_at, chosen, is_child=is_child)


def _mixed(plan: Plan, ward: Dice) -> list[bool]:
    """Whether each patient is a child, in an order drawn from the seed."""
    kinds: list[bool] = []
    children, adults = plan.children, plan.adults
    while children or adults:
        is_child = ward.chance(children / (children + adults))
        children, adults = (children - 1, adults) if is_child else (children, adults - 1)
        kinds.append(is_child)
    return kinds


def _play(plan: Plan, number: int, arrived_at: datetime, practice: Practice, *, is_child: bool) -> Stay:
    dice = Dice(f"{plan.seed}:{number}")
    name = f"{plan.seed}-{number:06d}"
    chart = Chart(dice.pick(practice.site.facilities), f"SIM-P-{name}", f"SIM-E-{name}", practice, dice)
    truths = play_child(chart, arrived_at) if is_child else play_adult(chart, arrived_at)
    return Stay(tuple(sorted(chart.messages, key=_arrival)), tuple(truths))


def _arrival(message: FeedMessage) -> tuple[datetime, str]:
    return message.received_at, str(message.field("message_id"))


def write_simulation(plan: Plan, out: Path) -> tuple[int, int]:
    """Write the feed and the truth into `out`; return the numbers of messages and of cases.

    The files are written aside and put in place together; earlier ones are replaced.
    """
    stays = list(simulate(plan))
    feed = sorted((message for stay in stays for message in stay.messages), key=_arrival)
    truths = sorted(
        (truth for stay in stays for truth in stay.truths), key=lambda truth: (truth.case_id, truth.element)
    )
    out.mkdir(parents=True, exist_ok=True)
    texts = {
        FEED: _ndjson(message.as_json() for message in feed),
        TRUTH_LINES: _ndjson(truth.as_row() for truth in truths),
        TRUTH_TABLE: truth_csv(truths).encode(),
    }
    for name, body in texts.items():
        (out / f"{name}.partial").write_bytes(body)
    for name in texts:
        (out / f"{name}.partial").replace(out / name)
    return len(feed), len(stays)


def _ndjson(lines: Iterator[object]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)
