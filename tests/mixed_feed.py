"""A feed of every format we read, and what the engine alone makes of one."""

from collections import Counter
from itertools import islice

import orjson

from schemas.rejection import Accepted, Ignored
from schemas.topics import Topic
from schemas.translate import translate
from scoring.rules import load_rules
from streams.feed_message import FeedMessage
from streams.replay.intake import Intake
from streams.replay.owners import Owners
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

STAY = f"mimic3|{demo_stays().stays[0].subject_id}"
"""Its alerts are amended, and taken back."""
SIMULATED = {
    "SIM-P-17-000003": "comes again, and is corrected; an antibiotic before the culture",
    "SIM-P-17-000004": "dies, and of one measure no time zero can be told",
    "SIM-P-17-000007": "charted late",
    "SIM-P-17-000008": "not confirmed, and of no population",
    "SIM-P-17-000010": "an alert is taken back as time zero moves",
}
"""Who is taken of the department, and why; a stay takes a second under all measures."""
EVENTS_OF_THE_LOG = 60


def department(children, adults, seed=17):
    """Simulated stays in canonical JSON."""
    return [message for stay in simulate(Plan(seed, children, adults)) for message in stay.messages]


def mixed_feed(event_log):
    """Simulated stays, a real stay of MIMIC-III, a part of an event log and bad messages, in the order of arrival."""
    log = open_source([event_log], "xes")
    stay = (row for row in open_source([demo_tables()], "mimic3") if row.key == STAY)
    rows = [*stay, *islice(log, EVENTS_OF_THE_LOG)]
    simulated = (message for message in department(5, 5) if message.field("patient_id") in SIMULATED)
    feed = [*simulated, *map(_as_feed_message, rows)]
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
    facts = []
    intake = Intake(None, lambda _rejected: None, lambda fact, _counted_as: facts.append(fact))
    for each in feed:
        intake.take(SourceMessage(each.topic, each.key, each.value, each.received_at, each.topic))
    owners = Owners(load_rules(measures), forward=True)
    for fact in sorted(facts, key=lambda fact: (fact.received_at, fact.key, fact.model_dump_json())):
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
