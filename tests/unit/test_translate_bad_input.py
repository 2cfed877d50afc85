"""Whatever a feed sends, the answer is a reason and never a crash, and it repeats no value."""

import json
import time
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


@pytest.mark.parametrize("half", ['"\ud800"', '"\\ud800"'], ids=["as it is", "escaped"])
def test_half_a_character_is_bad_json(half):
    assert refused(f'{{"schema": {half}}}') == ("bad_json", "")


def deeper(calls, call):
    """What a call gives that much deeper in the stack."""
    return call() if calls == 0 else deeper(calls - 1, call)


@pytest.mark.parametrize("levels", [150, 250, 700, 960])
def test_how_deep_a_message_may_nest_does_not_depend_on_who_reads_it(levels):
    """A replay must not read what a worker, deep in its loop, refuses."""
    nested = "[" * levels + "]" * levels
    row = f'{{"format": "mimic3/1", "table": "services", "row": {{"note": {nested}}}}}'

    here = translate("raw.adt", row, None)

    assert deeper(300, lambda: translate("raw.adt", row, None)) == here


@pytest.mark.parametrize("value", ["1" * 20_000 + "x", "<" + " " * 20_000 + "x", "1e" + "1" * 20_000 + "x"])
def test_a_long_value_that_is_no_number_is_refused_at_once(value):
    """Twenty thousand digits and a letter took five seconds, a whole message of them would have taken hours."""
    begun = time.process_time()

    result = translate("raw.lab", LAB | {"code": "32693-4", "value": value, "unit": "mmol/L"}, None)

    assert result == Rejected("bad_value", "value")
    assert time.process_time() - begun < 1


def test_a_message_of_a_thousand_fields_is_refused_without_a_word_on_each():
    assert refused(LAB | {f"field {number}": 1 for number in range(1000)}) == ("bad_schema", "too many fields")


@pytest.mark.parametrize("offset", ["+00:00:30", "-05:00:01", "+23:59:59.999999"])
def test_an_offset_with_seconds_is_no_time(offset):
    """It would be written down in hours and minutes and read again as another instant."""
    assert refused(LAB | {"collected_at": f"2026-01-05T10:00:00{offset}"}) == ("bad_time", "collected_at")


COMMON = {"message_id": "m1", "source": "feed", "facility_id": "north", "patient_id": "p1"}
AT = "2026-01-05T10:00:00Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"schema": "raw.lab/1", "code": "32693-4", "value": True, "unit": "mmol/L", "collected_at": AT},
        {"schema": "raw.vitals/1", "code": "heart_rate", "value": True, "measured_at": AT},
        {"schema": "raw.medication/1", "code": "saline", "volume": True, "volume_unit": "mL", "started_at": AT},
        {"schema": "raw.act/1", "act": "pews", "value": False, "happened_at": AT},
    ],
    ids=lambda fields: fields["schema"],
)
def test_true_is_no_number(fields):
    """A lactate of `true` was read as 1 mmol/L."""
    reason, detail = refused(COMMON | fields)

    assert reason == "bad_schema"
    assert "value_error" in detail


@pytest.mark.parametrize(
    "sent", [True, [2.1], {"LacticAcid": 2.1}, 10**400, "two"], ids=lambda sent: type(sent).__name__
)
def test_a_value_of_a_log_that_is_no_number_is_a_bad_value(sent):
    row = {"concept:name": "LacticAcid", "time:timestamp": "2014-10-22T10:00:00+02:00", "LacticAcid": sent}

    assert refused({"format": "xes/1", "table": "event", "case_id": "A", "position": 1, "row": row})[0] == "bad_value"


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
