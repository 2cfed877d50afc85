"""Made-up rows of the MIMIC-III tables as messages, and what becomes of them."""

from datetime import UTC, datetime

from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate
from schemas.translate.mimic3_row import columns_of

PERSON = {"subject_id": "7", "hadm_id": "70"}


def clock(text):
    return datetime.fromisoformat(f"2130-01-05 {text}").replace(tzinfo=UTC)


def day(text):
    return f"2130-01-05 {text}:00"


def row_of(table, **fields):
    """A row of a table: every column blank but those told."""
    blank = dict.fromkeys(columns_of(table), "")
    return blank | {name: told for name, told in PERSON.items() if name in blank} | fields


def raw(table, phase="row", received_at=None, **fields):
    return {
        "format": "mimic3/1",
        "table": table,
        "phase": phase,
        "received_at": received_at,
        "row": row_of(table, **fields),
    }


def told(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Accepted), result
    return result.facts


def fact(value):
    (only,) = told(value)
    return only


def ignored(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Ignored), result
    return result.reason


def refused(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


def chart(itemid="220045", valuenum="90", unit="bpm", phase="row", **fields):
    told_of = {"row_id": "6", "charttime": day("10:00"), "storetime": day("10:25"), "value": valuenum}
    return raw("chartevents", phase, itemid=itemid, valuenum=valuenum, valueuom=unit, **told_of | fields)


def given(itemid="225851", phase="row", **fields):
    told_of = {
        "row_id": "3",
        "starttime": day("10:00"),
        "endtime": day("11:00"),
        "storetime": day("10:30"),
        "ordercategoryname": "08-Antibiotics (IV)",
        "ordercomponenttypedescription": "Main order parameter",
        "amount": "1",
        "amountuom": "dose",
    }
    return raw("inputevents_mv", phase, itemid=itemid, **told_of | fields)
