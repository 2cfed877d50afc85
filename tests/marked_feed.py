"""A feed whose every identifier, name, reason, value and time of a patient carries a mark."""

from __future__ import annotations

import re
from datetime import timedelta

import orjson

from bad_messages import BAD
from leaking_engine import LEAKS
from sepsis_feed import STARTS_AT

MARK = "QX7731ZK"
DIGITS = "7731773"
"""Stands in marked values."""
MARKED = re.compile(rf"{MARK}|{DIGITS}|2026-03-01.03:17", flags=re.IGNORECASE)
_AT = STARTS_AT + timedelta(hours=3, minutes=17, seconds=42, microseconds=773177)


def good():
    """Messages that are understood: a case of nearly everything that can be said of a patient."""
    return [
        _message(
            "raw.adt", "arrive", 0, event="arrive", happened_at=_time(0), unit="ED", mrn=f"mrn{MARK}",
            pcn=f"pcn{MARK}", upi=f"upi{MARK}", birth_date="2019-02-03",
        ),
        _message("raw.act", "protocol", 0, act="protocol_started", happened_at=_time(0), actor=f"Dr {MARK}"),
        _message("raw.vitals", "beat", 1, code="heart_rate", value=float(f"141.{DIGITS}"), unit="/min",
                 measured_at=_time(1)),
        _message("raw.lab", "lactate", 2, code="32693-4", value=float(f"4.{DIGITS}"), unit="mmol/L",
                 collected_at=_time(2), resulted_at=_time(2)),
        _message("raw.lab", "culture", 3, code="600-7", specimen=f"blood of {MARK}", collected_at=_time(3)),
        _message("raw.act", "reason", 4, act="protocol_started", happened_at=_time(4), reason=f"parents of {MARK}"),
        _message("raw.medication", "dose", 90, code="ceftriaxone", route="iv", started_at=_time(90)),
        _message("raw.act", "leak", 91, act="protocol_started", happened_at=_time(91), reason=f"{LEAKS} {MARK}"),
    ]  # fmt: skip


def bad():
    """Topics and bytes that are not understood, and some that no service of ours would have written."""
    feed = [(each.topic, (each.value or b"").replace(b"P0001", MARK.encode())) for each in BAD]
    lab = orjson.dumps(good()[3])
    feed += [
        ("raw.lab", lab.replace(b'"code"', f'"{MARK} {DIGITS}"'.encode())),
        ("raw.lab", lab.replace(b"mmol/L", MARK.encode())),
        ("raw.lab", lab.replace(b"32693-4", MARK.encode())),
        ("raw.lab", lab.replace(b"2026-", f"{MARK}-".encode())),
        ("raw.lab", lab.replace(b"raw.lab/1", MARK.encode())),
        ("raw.lab", f"{MARK} {DIGITS}".encode()),
    ]
    garbage = orjson.dumps({MARK: DIGITS, "kind": MARK, "at": MARK})
    tick = {"kind": "tick", "facility_id": "F1", "patient_id": MARK, "at": _time(0), MARK: DIGITS}
    return [
        *feed,
        ("encounter.events", orjson.dumps(tick)),
        *((topic, garbage) for topic in ("encounter.events", "cases", "encounter.alerts", "encounter.beliefs")),
    ]


def _time(minutes):
    return (_AT + timedelta(minutes=minutes)).isoformat()


def _message(topic, name, minutes, **fields):
    return {
        "schema": f"{topic}/1",
        "message_id": f"{MARK}-{name}",
        "source": "default",
        "facility_id": "F1",
        "patient_id": f"patient-{MARK}",
        "encounter_id": f"encounter-{MARK}",
        "recorded_at": _time(minutes),
        "received_at": _time(minutes),
    } | fields
