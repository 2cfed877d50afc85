"""Real stays, traces of an event log and simulated patients, moved so that a few days hold them all."""

import random
from datetime import UTC, datetime, timedelta

from streams.feed_message import FeedMessage
from streams.sources import open_source
from timezero.demo_feed import Stage, demo_feed

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
"""What is received before is history that a worker meets first."""
DAYS = timedelta(days=3)
TRACES = 150
ONE_IN = 4
"""A simulated stay has some eighty messages, and a case under most measures."""
_A_WALL_SECOND = 3600
"""Engine seconds that part the stays of the demo: its seconds become hours."""


def one_timeline(event_log, seed=23):
    """Stays of the packaged sample, simulated children and adults, and traces, in the order of their arrival."""
    demo = _with_some_simulated(demo_feed(Stage(STARTS_AT, _A_WALL_SECOND)))
    feed = [*demo, *_traces(event_log, random.Random(seed))]
    within = (message for message in feed if message.received_at < STARTS_AT + DAYS)
    return sorted(within, key=lambda message: message.received_at)


def _with_some_simulated(feed):
    """Every real stay, and one in four of the simulated ones, under all the numbers they have."""
    simulated = dict.fromkeys(_patient(message) for message in feed if message.field("source") == "simulated")
    kept = set(list(simulated)[::ONE_IN])
    return [message for message in feed if message.field("source") != "simulated" or _patient(message) in kept]


def _patient(message):
    return message.field("patient_id").removesuffix("-T")


def _traces(event_log, rng):
    shifts = {}
    for message in open_source([event_log], "xes"):
        if message.key not in shifts and len(shifts) < TRACES:
            begins_at = STARTS_AT + timedelta(seconds=rng.randrange(int(DAYS.total_seconds())))
            shifts[message.key] = begins_at - message.received_at.replace(microsecond=0)
        if message.key in shifts:
            yield _moved(message, shifts[message.key])


def _moved(message, shift):
    received_at = message.received_at + shift
    happened_at = datetime.fromisoformat(message.value["row"]["time:timestamp"]) + shift
    row = message.value["row"] | {"time:timestamp": happened_at.isoformat()}
    value = dict(message.value) | {"row": row, "received_at": received_at.isoformat()}
    return FeedMessage(received_at, message.topic, message.key, value)
