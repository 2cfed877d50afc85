"""After an outage the topics of a feed are read side by side: a small one does not run ahead of a large one."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from statistics import median

from canonical_message import dose, message
from real_parts.eventually import eventually
from running_batched import sent
from running_worker import fresh, records_of, running_worker
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing
from streams.clock import wall_clock
from streams.topic_layout import create_topics

VITALS, DOSES = 12_000, 60
OUTAGE = timedelta(hours=10)
BATCH = 500


def told(topic, value, at):
    """A message that reached the broker when what it tells happened."""
    return Outgoing(topic, b"north|p1", json.dumps(value).encode(), timestamp=int(at.timestamp() * 1000))


def backlog():
    """Ten hours of many vital signs and few doses, sent topic by topic; their keys are all of one partition."""
    began = wall_clock() - OUTAGE - timedelta(hours=1)
    doses = [began + OUTAGE * n / DOSES for n in range(DOSES)]
    vitals = [began + OUTAGE * n / VITALS for n in range(VITALS)]
    yield from (
        told(Topic.RAW_MEDICATION, dose(message_id=f"d{n}", started_at=at.isoformat()), at)
        for n, at in enumerate(doses)
    )
    for n, at in enumerate(vitals):
        signs = message(
            "vitals", message_id=f"v{n}", code="heart_rate", value=90, unit="/min", measured_at=at.isoformat()
        )
        yield told(Topic.RAW_VITALS, signs, at)


def happened(record):
    fact = json.loads(record.value)
    return datetime.fromisoformat(fact.get("started_at") or fact["collected_at"]).astimezone(UTC)


def test_a_backlog_is_taken_in_as_it_happened(kafka, redis_url, tmp_path):
    """A dose lies where it belongs among the vital signs; on a busy machine some may be no more than a turn away."""
    settings = fresh(kafka, redis_url, tmp_path, partitions=1, batch_records=BATCH)
    sent_after_topics(settings, list(backlog()))

    with running_worker(settings):
        eventually(lambda: len(log(kafka)) == VITALS + DOSES, within=120, what="all of it in the log")
    moments = [(happened(each), "substance" in json.loads(each.value)) for each in log(kafka)]

    places = [place for place, (_, is_dose) in enumerate(moments) if is_dose]
    in_order = sorted(moment for moment, _ in moments)
    away = [abs(place - in_order.index(moments[place][0])) for place in places]
    assert len(away) == DOSES
    assert median(away) <= 1
    assert max(away) <= BATCH


def log(bootstrap):
    return [each for each in records_of(bootstrap, Topic.ENCOUNTER_EVENTS) if b'"clock_tick"' not in each.value]


def sent_after_topics(settings, outgoing):
    """Make the topics as a worker does, so that the backlog is there before the worker."""
    asyncio.run(create_topics(settings))
    sent(settings.bootstrap, outgoing)
