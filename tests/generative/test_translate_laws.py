"""Laws of translation: it never raises, and it never leaves anything unaccounted for."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.raw import RAW_MODELS
from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import read_logged, translate
from schemas.translate.mimic3_row import COLUMNS, columns_of
from schemas.translate.reason import IgnoreReason, RejectReason

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
times = st.sampled_from(
    [
        "2026-01-05T10:00:00Z",
        "2026-01-05T10:00:00",
        "2130-01-05 10:00:00",
        "2014-10-22T10:00:00.000+02:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-05",
        "noon",
        "",
    ]
)
received = st.none() | st.datetimes(timezones=st.just(UTC))
texts = st.text(max_size=12)


def fields_of(model):
    return [field.alias or name for name, field in model.model_fields.items()]


@st.composite
def canonical(draw):
    """A message that is nearly right: known fields, with values that may fit."""
    name, model = draw(st.sampled_from(sorted(RAW_MODELS.items())))
    words = st.sampled_from(
        ["lactate", "600-7", "2524-7", "loinc", "name", "ceftriaxone", "mmol/L", "/min", "iv", "simulated"]
    )
    values = times | words | json_values
    told = draw(st.dictionaries(st.sampled_from(fields_of(model)), values))
    whole = {"schema": f"{name}/1", "message_id": "m", "source": "feed", "facility_id": "f", "patient_id": "p"}
    return whole | told if draw(st.booleans()) else told | whole


@st.composite
def rows(draw):
    """A row of a known table whose fields may hold anything."""
    table = draw(st.sampled_from(sorted(COLUMNS)))
    fields = (
        times | st.sampled_from(["225851", "50813", "220045", "70012", "7", "1.5", "ml", "MAIN"]) | texts | st.none()
    )
    row = {column: draw(fields) for column in columns_of(table)}
    phase = draw(st.sampled_from(["row", "admitted", "died", "completed", "retracted"]))
    return {"format": "mimic3/1", "table": table, "phase": phase, "row": row, "received_at": draw(st.none() | times)}


@st.composite
def xes_events(draw):
    activity = st.sampled_from(["ER Registration", "LacticAcid", "CRP", "IV Liquid", "Return ER"]) | texts
    row = {"concept:name": draw(activity), "time:timestamp": draw(times), "LacticAcid": draw(texts)}
    position = draw(st.none() | st.integers())
    return {"format": "xes/1", "table": "event", "case_id": draw(st.none() | texts), "position": position, "row": row}


def is_accounted_for(result):
    match result:
        case Accepted(facts=facts):
            return len(facts) > 0
        case Ignored(reason=reason):
            return reason in set(IgnoreReason)
        case Rejected(reason=reason):
            return reason in set(RejectReason)


@given(value=st.binary() | st.text(), received_at=received)
def test_any_bytes_and_any_text_get_an_answer(value, received_at):
    assert is_accounted_for(translate("raw.lab", value, received_at))


@given(value=json_values, received_at=received)
def test_any_json_gets_an_answer(value, received_at):
    assert is_accounted_for(translate("raw.adt", json.dumps(value), received_at))


@given(value=canonical() | rows() | xes_events(), received_at=received)
def test_any_message_that_is_nearly_right_gets_an_answer(value, received_at):
    assert is_accounted_for(translate("raw.adt", value, received_at))


@given(value=canonical() | rows() | xes_events(), received_at=received)
def test_the_same_message_always_gets_the_same_answer(value, received_at):
    """Ids are deterministic: a repeat is a repeat."""
    assert translate("a", value, received_at) == translate("b", value, received_at)


@given(value=canonical() | rows() | xes_events(), received_at=received)
def test_a_fact_has_come_by_when_it_was_received(value, received_at):
    """One future-dated message must not poison the time of all others."""
    result = translate("raw.adt", value, received_at)
    facts = result.facts if isinstance(result, Accepted) else ()

    for fact in facts:
        if not fact.retracted:
            assert all(at <= fact.received_at or at - fact.received_at <= SKEW for at in happened(fact))


SKEW = datetime(2026, 1, 1, 0, 5, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
HAPPENED = ("happened_at", "collected_at", "started_at", "resulted_at", "ordered_at")


def happened(fact):
    return [at for name in HAPPENED if (at := getattr(fact, name, None)) is not None]


@given(value=json_values | st.binary() | st.text())
def test_any_line_of_a_log_gets_an_answer(value):
    line = value if isinstance(value, bytes | str) else json.dumps(value)

    result = read_logged(line)

    assert not isinstance(result, Rejected) or result.reason in set(RejectReason)
