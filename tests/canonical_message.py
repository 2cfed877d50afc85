"""Canonical messages, and what becomes of them."""

import json
from datetime import datetime

from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate

TEN = "2026-01-05T10:00:00+00:00"

TEN_THIRTY = "2026-01-05T10:30:00+00:00"

ELEVEN = "2026-01-05T11:00:00+00:00"


def at(text):
    return datetime.fromisoformat(text)


def message(schema, **fields):
    told = {
        "schema": f"raw.{schema}/1",
        "message_id": "m1",
        "source": "feed",
        "facility_id": "north",
        "patient_id": "p1",
        "encounter_id": "e1",
    }
    return told | fields


def adt(event, **fields):
    return message("adt", event=event, **{"happened_at": TEN} | fields)


def lactate(**fields):
    return message("lab", **{"code": "2524-7", "value": 3.1, "unit": "mmol/L", "collected_at": TEN} | fields)


def dose(code="ceftriaxone", **fields):
    return message("medication", code=code, **{"route": "IV", "started_at": TEN} | fields)


def told(value, received_at=None):
    result = translate("raw", json.dumps(value), received_at)
    assert isinstance(result, Accepted), result
    return result.facts


def fact(value, received_at=None):
    (only,) = told(value, received_at)
    return only


def refused(value, received_at=None):
    result = translate("raw", json.dumps(value), received_at)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


def ignored(value):
    result = translate("raw", json.dumps(value), None)
    assert isinstance(result, Ignored), result
    return result.reason
