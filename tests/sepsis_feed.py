"""A feed of children with a protocol and an antibacterial: in time, late, charted late, or never."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from streams.sources import SourceMessage

STARTS_AT = datetime(2026, 3, 1, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(days=3)
"""After the last message and the last grace."""


def sepsis_feed(patients, seed=1):
    """Messages in the order in which they were received; the same for the same seed."""
    rng = random.Random(seed)
    messages = [message for number in range(patients) for message in _patient(number, rng)]
    return sorted(messages, key=lambda message: (message.received_at, message.value["message_id"]))


def shuffled_within_an_hour(messages, seed=2):
    """The same messages, none further than an hour from its place."""
    rng = random.Random(seed)
    return sorted(messages, key=lambda message: message.received_at + timedelta(minutes=rng.uniform(0, 60)))


def one_in_ten_twice(messages, seed=3):
    """The same messages, some of them sent again right away or later."""
    rng = random.Random(seed)
    again = [message for message in messages if rng.random() < 0.1]
    return [
        *(each for message in messages for each in ((message, message) if message in again[::2] else (message,))),
        *again,
    ]


def _patient(number, rng):
    protocol_at = STARTS_AT + timedelta(minutes=rng.randint(0, 40 * 60))
    given_at = protocol_at + timedelta(minutes=rng.choice([10, 30, 59, 61, 120]))
    charted_at = given_at + timedelta(minutes=rng.choice([1, 5, 45, 150]))
    yield _message(
        "raw.act", number, "p", protocol_at, {"act": "protocol_started", "happened_at": protocol_at.isoformat()}
    )
    for beat in range(rng.randint(0, 5)):
        measured_at = protocol_at + timedelta(minutes=7 * beat + 1)
        yield _message(
            "raw.vitals", number, f"v{beat}", measured_at,
            {"code": "heart_rate", "value": 120 + beat, "unit": "/min", "measured_at": measured_at.isoformat()},
        )  # fmt: skip
    if rng.random() < 0.8:
        yield _message(
            "raw.medication", number, "a", charted_at,
            {"code": "ceftriaxone", "route": "iv", "started_at": given_at.isoformat()},
        )  # fmt: skip


def _message(topic, number, name, received_at, value):
    patient = f"P{number:04}"
    common = {
        "schema": f"{topic}/1",
        "message_id": f"{patient}-{name}",
        "source": "simulated",
        "facility_id": "F1",
        "patient_id": patient,
        "encounter_id": f"{patient}-1",
        "recorded_at": received_at.isoformat(),
    }
    return SourceMessage(topic, f"F1|{patient}", common | value, received_at, topic)
