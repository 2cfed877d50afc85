"""The real job's feed: rows of MIMIC-III and simulated stays, interleaved as one hospital would send them."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from schemas.rejection import Accepted
from schemas.translate import translate
from streams.batched.outgoing import Outgoing
from streams.feed_message import FeedMessage
from streams.produce import as_message
from streams.simulator.department import Plan, simulate
from streams.sources import SourceMessage, open_source

SEED = 11
SIMULATED_SHARE = 0.25
"""Of the messages; the rest are rows of MIMIC-III, for as many as its demo has."""
_MESSAGES_A_STAY = 60
"""Fewer than the simulator's mean: so many stays are planned that there are always enough."""


@dataclass(slots=True)
class Feed:
    """Raw messages in the order in which they are sent, and what the translator makes of them."""

    messages: list[Outgoing] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    facts: int = 0

    def add(self, message: Outgoing) -> None:
        """Add a message, and count what it tells."""
        told = translate(message.topic, message.value or b"", None)
        self.outcomes[type(told).__name__.lower()] += 1
        self.facts += len(told.facts) if isinstance(told, Accepted) else 0
        self.messages.append(message)


def mimic3_folder() -> Path:
    """Where the published demo's tables are: below `$TIMEZERO_SHARED`."""
    return Path(os.environ.get("TIMEZERO_SHARED", "../shared")) / "data" / "mimic3_demo"


def feed(count: int) -> Feed:
    """The feed of `count` messages; the same for the same count."""
    simulated = list(islice(_simulated(round(count * SIMULATED_SHARE)), round(count * SIMULATED_SHARE)))
    rows = list(islice(open_source([mimic3_folder()], "mimic3"), count - len(simulated)))
    made = Feed()
    for message in _interleaved(rows, simulated):
        made.add(as_message(message))
    return made


def _simulated(at_least: int) -> Iterator[SourceMessage]:
    stays = at_least // _MESSAGES_A_STAY + 1
    plan = Plan(SEED, children=stays // 2 + 1, adults=stays // 2 + 1)
    messages = [message for stay in simulate(plan) for message in stay.messages]
    messages.sort(key=lambda message: message.received_at)
    yield from map(_as_source_message, messages)


def _as_source_message(message: FeedMessage) -> SourceMessage:
    return SourceMessage(message.topic, message.key, message.value, message.received_at, message.topic)


def _interleaved(*feeds: list[SourceMessage]) -> list[SourceMessage]:
    """Each feed in its own order, spread evenly over the whole: their calendars are a century apart."""
    placed = [(at / len(each), number, message) for number, each in enumerate(feeds) for at, message in enumerate(each)]
    return [message for _, _, message in sorted(placed, key=lambda place: place[:2])]
