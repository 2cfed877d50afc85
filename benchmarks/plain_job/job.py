"""The plain job, the same for every host: parse a small event, look up its key's state, change it."""

import argparse
import json
from dataclasses import dataclass
from time import perf_counter

import orjson

PARTITIONS = 4
KEYS = 5_000


@dataclass(frozen=True)
class Told:
    """What every host is told on its command line."""

    bootstrap: str
    topic: str
    events: int


def told(host: str) -> Told:
    """Read the command line that all hosts share."""
    parser = argparse.ArgumentParser(prog=host)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--events", type=int, required=True, help="how many to handle before the clock is stopped")
    return Told(**vars(parser.parse_args()))


def changed(state: dict[str, object] | None, value: bytes) -> dict[str, object]:
    """The state after one event; it differs after every event."""
    event = orjson.loads(value)
    state = state if state is not None else {"count": 0}
    state["count"] += 1
    state["last"] = event["t"]
    state["hr"] = event["hr"]
    return state


class Stopwatch:
    """From the first event handled to the last one durable."""

    def __init__(self, host: str, events: int, *, durable: str | None) -> None:
        """Wait for the first event; `durable` says how state survives, None: it does not."""
        self.host, self.events, self.durable = host, events, durable
        self.handled = 0
        self._begun = 0.0

    def start(self) -> None:
        """The first events are here; later calls change nothing."""
        self._begun = self._begun or perf_counter()

    def handle(self, count: int) -> bool:
        """So many events more are done; says whether they were the last."""
        self.handled += count
        return self.handled >= self.events

    def tell(self) -> None:
        """Print the one line of the result."""
        seconds = perf_counter() - self._begun
        line = {
            "host": self.host,
            "events": self.handled,
            "seconds": round(seconds, 3),
            "events_per_second": round(self.handled / seconds),
            "durable": self.durable,
        }
        print(json.dumps(line), flush=True)
