"""Real stays, traces of an event log and simulated patients, moved so that a few days hold them all."""

import random
from datetime import UTC, datetime, timedelta

from streams.feed_message import FeedMessage
from streams.sources import open_source
from timezero.demo_feed import Stage, demo_feed

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
"""What is received before is history that a worker meets first."""
DAYS = timedelta(days=3)
TRACES = 15
REAL = {"mimic3|41914", "mimic3|41976", "mimic3|42346", "mimic3|44154"}
"""A dose charted minutes late, one charted hours late, one given where nothing is charted, a second lactate in time."""
SIMULATED = {
    "SIM-P-2018-000001": "is there before the begin, and its time zero moves",
    "SIM-P-2018-000007": "is there before the begin; an antibiotic before the culture",
    "SIM-P-2019-000010": "sepsis is ruled out: a case of nothing, its alerts taken back",
    "SIM-P-2019-000014": "a short stay of an adult",
    "SIM-P-2019-000037": "charted late, corrected, and after an antibiotic",
    "SIM-P-2019-000041": "time zero moves under several measures, and an element cannot be assessed",
}
"""Whom the feed takes of the demo's simulated patients, and why; a stay has some eighty messages."""
_A_WALL_SECOND = 3600
"""Engine seconds that part the stays of the demo: its seconds become hours."""


def one_timeline(event_log, seed=23):
    """Some stays of the packaged sample, simulated children and adults, and traces, in the order of their arrival."""
    demo = filter(_is_taken, demo_feed(Stage(STARTS_AT, _A_WALL_SECOND)))
    feed = [*demo, *_traces(event_log, random.Random(seed))]
    within = (message for message in feed if message.received_at < STARTS_AT + DAYS)
    return sorted(within, key=lambda message: message.received_at)


def _is_taken(message):
    return message.key in REAL or message.field("patient_id") in SIMULATED


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
