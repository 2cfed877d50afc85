"""Messages that no feed should send, each with what must become of it and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import orjson

from sepsis_feed import STARTS_AT
from streams.worker_settings import MEBIBYTE

AT = (STARTS_AT + timedelta(hours=3)).isoformat()
LATER = (STARTS_AT + timedelta(days=2)).isoformat()
LARGEST = MEBIBYTE - 512
"""What fits a topic of a mebibyte with Kafka's framing."""


@dataclass(frozen=True)
class Bad:
    """One message, and what must become of it."""

    name: str
    topic: str
    value: bytes | None
    outcome: str
    reason: str


def lab(patient="P0001", **fields):
    """A lactate of 2.5 mmol/L, but for what is wrong with it."""
    return _message("raw.lab", patient) | {
        "code": "32693-4", "value": 2.5, "unit": "mmol/L", "collected_at": AT, "resulted_at": AT,
    } | fields  # fmt: skip


def act(patient="P0001", **fields):
    """The start of the protocol, but for what is wrong with it."""
    return _message("raw.act", patient) | {"act": "protocol_started", "happened_at": AT} | fields


def _message(topic, patient):
    return {
        "schema": f"{topic}/1",
        "message_id": f"bad-{topic}",
        "source": "default",
        "facility_id": "F1",
        "patient_id": patient,
        "encounter_id": f"{patient}-1",
        "recorded_at": AT,
        "received_at": AT,
    }


def text(value):
    return orjson.dumps(value)


def padded(value, size):
    """The same JSON, so many bytes long."""
    return text(value).ljust(size)


def _rejected(name, reason, value, topic="raw.lab"):
    return Bad(name, topic, value, "rejected", reason)


def _ignored(name, reason, value, topic="raw.lab"):
    return Bad(name, topic, value, "ignored", reason)


BAD = [
    _rejected("cut off", "bad_json", text(lab())[:-20]),
    _rejected("cut off after its first byte", "bad_json", b"{"),
    _rejected("two in one", "bad_json", text(lab()) + text(lab())),
    _rejected("not UTF-8", "bad_encoding", text(lab()).replace(b"P0001", b"P\xff\xfe01")),
    _rejected("UTF-16", "bad_encoding", text(lab()).decode().encode("utf-16")),
    _rejected("no bytes", "empty", b""),
    _rejected("no value", "empty", None),
    _rejected("blank", "bad_json", b"  \n "),
    _rejected("null", "bad_schema", b"null"),
    _rejected("a list", "bad_schema", b"[]"),
    _rejected("an empty object", "unknown_schema", b"{}"),
    _rejected("a schema to come", "unknown_schema", text(lab(schema="raw.lab/99"))),
    _rejected("lists without end", "bad_json", b"[" * 200_000),
    _rejected("objects without end", "bad_json", b'{"a":' * 100_000),
    _rejected("a value nested deep", "bad_json", text(lab()).replace(b"2.5", b"[" * 500 + b"]" * 500)),
    _rejected("a number too long", "bad_json", text(lab()).replace(b"2.5", b"9" * 5000)),
    _rejected("a number too large", "bad_value", text(lab()).replace(b"2.5", b"1e400")),
    _rejected("no number", "bad_value", text(lab()).replace(b"2.5", b"NaN")),
    _rejected("a lactate beyond life", "implausible_value", text(lab(value=1e300))),
    _rejected("a lactate below nothing", "implausible_value", text(lab(value=-3))),
    _rejected("a unit of length", "unknown_unit", text(lab(unit="furlong"))),
    _rejected("words for a number", "bad_value", text(lab(value="see comment"))),
    _rejected("a time to come", "future_time", text(lab(collected_at=LATER))),
    _rejected("a time without a zone", "naive_time", text(lab(collected_at="2026-03-01T03:00:00"))),
    _rejected("a day that is none", "bad_time", text(lab(collected_at="2026-02-30T03:00:00Z"))),
    _rejected("a time in words", "bad_time", text(lab(collected_at="yesterday noon"))),
    _rejected("the year one", "implausible_time", text(lab(collected_at="0001-01-01T00:00:00Z", recorded_at=None))),
    _rejected("nobody", "no_patient", text(lab(patient_id=None))),
    _rejected("a patient without a name", "bad_schema", text(lab(patient_id=""))),
    _rejected("half a character", "bad_json", text(lab()).replace(b"P0001-1", b"\\ud800")),
    _rejected("a patient who is a list", "bad_schema", text(lab(patient_id=["P0001"]))),
    _rejected("a field nobody knows", "bad_schema", text(lab(nickname="x"))),
    _rejected("a field left out", "bad_schema", text({k: v for k, v in lab().items() if k != "code"})),
    _rejected("an act nobody knows", "bad_schema", text(act(act="prayed")), "raw.act"),
    _rejected("a full topic of control characters", "bad_json", b"\x01" * LARGEST),
    _rejected("a full topic of no text", "bad_encoding", b"\xff" * LARGEST),
    _ignored("a code nobody knows", "unmapped_code", text(lab(code="0000-0"))),
]
