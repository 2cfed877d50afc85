"""Whatever a feed sends, the answer is a reason and never a crash, and it repeats no value."""

import json
from datetime import datetime

import pytest

from schemas.clinical import ClockTick, Visit
from schemas.rejection import Rejected
from schemas.translate import MAX_MESSAGE_BYTES, read_logged, translate

LAB = {
    "schema": "raw.lab/1",
    "message_id": "m1",
    "source": "feed",
    "facility_id": "north",
    "patient_id": "p1",
    "code": "2524-7",
    "collected_at": "2026-01-05T10:00:00Z",
}


def refused(value):
    result = translate("raw.lab", value, None)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


@pytest.mark.parametrize("value", [b"", "", b'{"schema": "raw.l', "{'schema'}", "[" * 100_000, "nothing", "1" * 5000])
def test_what_is_no_json_is_bad_json(value):
    assert refused(value)[0] == "bad_json"


def test_bytes_that_are_no_text_are_bad_encoding():
    assert refused(b'{"schema": "\xff\xfe"}') == ("bad_encoding", "")


@pytest.mark.parametrize("value", ["[]", "null", "3", '"text"', b"true"])
def test_json_that_is_no_object_is_bad_schema(value):
    assert refused(value) == ("bad_schema", "not an object")


@pytest.mark.parametrize(
    "named", [{}, {"schema": "raw.lab/99"}, {"schema": None}, {"schema": ["raw.lab/1"]}, {"format": 3}]
)
def test_a_message_that_names_no_schema_we_know_is_unknown(named):
    assert refused(named) == ("unknown_schema", "schema")


@pytest.mark.parametrize("value", ["x" * (MAX_MESSAGE_BYTES + 1), b"x" * (MAX_MESSAGE_BYTES + 1), "é" * 600_000])
def test_a_message_over_the_limit_is_too_large(value):
    assert refused(value) == ("too_large", "")


def test_a_message_at_the_limit_is_read():
    padded = json.dumps(LAB).ljust(MAX_MESSAGE_BYTES)

    assert translate("raw.lab", padded, None) == translate("raw.lab", LAB, None)


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"code": 7}, "code: string_type"),
        ({"message_id": ""}, "message_id: string_too_short"),
        ({"value": {"deep": [1]}}, "value.*: float_type; value.*: string_type"),
        ({"patient_id": "x" * 201}, "patient_id: string_too_long"),
        ({"status": "perhaps"}, "status: enum"),
        ({"Jane Doe": "secret"}, "*: extra_forbidden"),
    ],
)
def test_a_message_unlike_its_schema_names_fields_and_error_types_only(fields, detail):
    assert refused(LAB | fields) == ("bad_schema", detail)


def test_a_rejection_repeats_no_value_of_the_message():
    marked = dict.fromkeys(LAB, "MARKED-7731") | {"schema": "raw.lab/1", "MARKED-7731": 1}

    result = translate("raw.lab", json.dumps(marked), None)

    assert isinstance(result, Rejected)
    assert "MARKED-7731" not in repr(result)


def test_a_row_unlike_its_schema_is_bad_schema():
    assert refused({"format": "mimic3/1", "table": "labevents", "row": 3}) == ("bad_schema", "row: dict_type")


def test_a_logged_fact_and_a_logged_tick_are_read_back():
    tick = ClockTick(facility_id="north", patient_id="p1", at=datetime.fromisoformat("2026-01-05T10:00:00Z"))
    visit = Visit(
        event_id="a", fact_id="a", source="feed", facility_id="north", patient_id="p1", step="arrived",
        happened_at=tick.at, received_at=tick.at,
    )  # fmt: skip

    assert read_logged(tick.model_dump_json()) == tick
    assert read_logged(json.loads(visit.model_dump_json())) == visit


@pytest.mark.parametrize(
    ("value", "reason"), [("{", "bad_json"), ({"kind": "tick"}, "bad_schema"), ({"at": 1j}, "bad_schema")]
)
def test_a_broken_line_of_a_log_is_rejected(value, reason):
    result = read_logged(value)

    assert isinstance(result, Rejected)
    assert result.reason == reason
