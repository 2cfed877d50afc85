"""A feed of every format we read, and what the engine alone makes of one."""

from collections import Counter
from itertools import islice

import orjson

from schemas.rejection import Accepted, Ignored
from schemas.topics import Topic
from schemas.translate import translate
from scoring.rules import load_rules
from streams.feed_message import FeedMessage
from streams.replay import Owners
from streams.replay_intake import Intake
from streams.simulator.department import Plan, simulate
from streams.sources import SourceMessage, open_source
from timezero.demo_stays import demo_stays, demo_tables

BAD_LAB = {"schema": "raw.lab/1", "message_id": "b1", "source": "simulated", "facility_id": "SIM-NORTH"}
BAD = (
    '{"schema": "raw.lab/1", "message_id": "cut o',
    "",
    BAD_LAB | {"code": "2524-7", "collected_at": "2026-01-05T09:00:00+00:00"},
    BAD_LAB | {"patient_id": "p", "code": "2524-7", "value": 2, "unit": "x", "collected_at": "2026-01-05T09:00:00Z"},
    {"schema": "raw.lab/7"},
    {"format": "mimic3/1", "table": "labevents", "row": {}},
)
"""Cut off, empty, without a patient, in an unknown unit, of an unknown schema, a row without its columns."""

STAYS = {f"mimic3|{stay.subject_id}" for stay in demo_stays().stays[:5]}
EVENTS_OF_THE_LOG = 1000


def department(children, adults, seed=17):
    """Simulated stays in canonical JSON."""
    return [message for stay in simulate(Plan(seed, children, adults)) for message in stay.messages]


def mixed_feed(event_log):
    """Simulated stays, real stays of MIMIC-III, a part of an event log and bad messages, in the order of arrival."""
    log = open_source([event_log], "xes")
    stays = (row for row in open_source([demo_tables()], "mimic3") if row.key in STAYS)
    rows = [*stays, *islice(log, EVENTS_OF_THE_LOG)]
    feed = [*department(15, 15), *map(_as_feed_message, rows)]
    last = max(message.received_at for message in feed)
    feed += [FeedMessage(last, Topic.RAW_LAB, None, value) for value in BAD]
    return sorted(feed, key=lambda message: message.received_at)


def _as_feed_message(message):
    value = {"received_at": message.received_at.isoformat()} | dict(message.value)
    return FeedMessage(message.received_at, message.topic, message.key, value)


def write_feed(feed, path):
    """Write a feed for `timezero replay --format events`."""
    path.write_bytes(b"".join(orjson.dumps(message.as_json()) + b"\n" for message in feed))


def judged_alone(feed, measures):
    """The final case records by key: the engine alone, on the facts in the order of their arrival, past every clock."""
    intake = Intake(None, lambda _rejected: None)
    for each in feed:
        intake.take(SourceMessage(each.topic, each.key, each.value, each.received_at, each.topic))
    owners = Owners(load_rules(measures), forward=True)
    for fact in intake.as_received():
        owners.feed(fact)
    as_of = max(at for at in (intake.last_received_at, owners.last_change()) if at)
    owners.tick_all(as_of)
    return {case.key: case for case in owners.judge(as_of).cases}


def outcomes(feed):
    """Messages by topic and outcome, and the number of facts they tell."""
    counts, facts = Counter(), 0
    for each in feed:
        told = translate(each.topic, each.as_outgoing().value, each.received_at)
        facts += len(told.facts) if isinstance(told, Accepted) else 0
        outcome = "ignored" if isinstance(told, Ignored) else "accepted" if isinstance(told, Accepted) else "rejected"
        counts[str(each.topic), outcome] += 1
    return counts, facts
