"""Readers: files into messages, in the order in which they became known."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from schemas.rejection import Accepted, Rejected
from schemas.translate import translate
from schemas.translate.mimic3_row import columns_of
from streams.sources import FORMATS, SourceError, assumptions, open_source

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <string key="concept:name" value="a log"/>
  <trace>
    <string key="concept:name" value="A"/>
    <event><string key="concept:name" value="ER Triage"/>
      <date key="time:timestamp" value="2014-10-22T10:05:00.000+02:00"/></event>
    <event><string key="concept:name" value="Admission NC"/>
      <date key="time:timestamp" value="2014-10-22T12:00:00.000+02:00"/></event>
    <event><string key="concept:name" value="Admission IC"/>
      <date key="time:timestamp" value="2014-10-22T13:00:00.000+02:00"/></event>
  </trace>
  <trace>
    <string key="concept:name" value="B"/>
    <event><string key="concept:name" value="LacticAcid"/><string value="no key"/>
      <date key="time:timestamp" value="2014-10-22T10:04:00.000+02:00"/></event>
  </trace>
  <trace>
    <event><date key="time:timestamp" value="soon"/></event>
  </trace>
</log>
"""

BOMB = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>
"""


def day(text):
    return f"2130-01-05 {text}:00"


def clock(text):
    return datetime.fromisoformat(f"2130-01-05 {text}").replace(tzinfo=UTC)


def write_table(folder, table, *rows, packed=False):
    columns = columns_of(table)
    lines = [",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows)]
    text = "\n".join(lines) + "\n"
    if packed:
        (folder / f"{table}.csv.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (folder / f"{table}.csv").write_text(text)


def read(path, source_format):
    return list(open_source([path], source_format))


def phases(messages):
    return [(one.value["table"], one.value["phase"], one.counted_as) for one in messages]


def test_saline_of_one_order_with_a_drug_is_marked_as_its_carrier(tmp_path):
    """Midazolam in saline, potassium in saline, and saline alone."""
    charted = {"subject_id": "7", "hadm_id": "70", "charttime": day("09:00"), "amount": "5", "amountuom": "ml"}
    rows = [("1", "30018", "51"), ("2", "30124", "51"), ("3", "30018", "52"), ("4", "30026", "52"), ("5", "30018", "")]
    named = [{"row_id": row_id, "itemid": item, "linkorderid": order} for row_id, item, order in rows]
    write_table(tmp_path, "inputevents_cv", *(charted | row for row in named))

    messages = read(tmp_path, "mimic3")

    assert [one.value["row"]["row_id"] for one in messages if one.value.get("carrier")] == ["1"]


@pytest.mark.parametrize("packed", [False, True])
def test_tables_are_read_packed_or_not_in_the_order_of_knowing(tmp_path, packed):
    person = {"subject_id": "7", "hadm_id": "70"}
    write_table(tmp_path, "patients", {"subject_id": "7", "dob": "2070-01-01 00:00:00"}, packed=packed)
    stay = {"edregtime": day("08:00"), "admittime": day("10:00"), "dischtime": day("23:00")}
    write_table(tmp_path, "admissions", person | stay, packed=packed)
    wrong = {"row_id": "1", "itemid": "220045", "charttime": day("09:00"), "storetime": day("09:30"), "error": "1"}
    write_table(tmp_path, "chartevents", person | wrong, packed=packed)

    messages = read(tmp_path, "mimic3")

    assert phases(messages) == [
        ("patients", "row", "patients"),
        ("admissions", "row", "admissions"),
        ("chartevents", "row", "chartevents"),
        ("admissions", "admitted", ""),
        ("chartevents", "retracted", ""),
        ("admissions", "completed", ""),
    ]
    known = [one.received_at for one in messages]
    assert known == [clock(at) for at in ("08:00", "08:00", "09:30", "10:00", "10:00", "23:00")]
    assert {one.key for one in messages} == {"mimic3|7"}
    assert [one.topic for one in messages][:3] == ["raw.adt", "raw.adt", "raw.vitals"]


def test_what_replaces_a_row_comes_before_the_row_is_taken_back(tmp_path):
    """At the same instant: else the dose would be gone for a moment, and an alert would go out."""
    told = {
        "subject_id": "7",
        "itemid": "225851",
        "linkorderid": "9",
        "starttime": day("10:00"),
        "cancelreason": "0",
        "storetime": day("10:30"),
    }
    write_table(
        tmp_path,
        "inputevents_mv",
        told | {"row_id": "1", "statusdescription": "Rewritten"},
        told | {"row_id": "2", "statusdescription": "FinishedRunning"},
    )

    messages = read(tmp_path, "mimic3")

    assert [(one.value["row"]["row_id"], one.value["phase"]) for one in messages] == [
        ("1", "row"),
        ("2", "row"),
        ("1", "retracted"),
    ]


def test_a_row_that_cannot_be_read_is_rejected_and_the_rest_goes_on(tmp_path):
    (tmp_path / "labevents.csv").write_text(
        "row_id,subject_id,hadm_id,itemid,charttime,value,valueuom\n"
        "1,7,70,50813,noon,2.2,mmol/L\n"
        "2,7,70,50813\n"
        "3,7,70,50813,2130-01-05 10:00:00,2.2,mmol/L,one,more\n"
        "4,7,70,50813,2130-01-05 10:00:00,2.2,mmol/L\n"
    )

    results = [translate(one.topic, one.value, one.received_at) for one in read(tmp_path, "mimic3")]

    assert [getattr(result, "reason", "accepted") for result in results] == [
        "bad_time",
        "bad_row",
        "bad_row",
        "accepted",
    ]


def test_a_patient_whom_no_other_table_mentions_is_counted(tmp_path):
    write_table(tmp_path, "patients", {"subject_id": "7", "dob": "2070-01-01 00:00:00"}, {"dob": ""})

    messages = read(tmp_path, "mimic3")

    assert [one.received_at for one in messages] == [None, None]
    assert all(isinstance(translate(one.topic, one.value, None), Rejected) for one in messages)


def test_a_table_without_a_column_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "labevents.csv").write_text("row_id,subject_id\n1,7\n")

    with pytest.raises(SourceError, match=r"^labevents.csv lacks the columns hadm_id, itemid, charttime, .*\.$"):
        read(tmp_path, "mimic3")


def test_an_empty_table_lacks_its_columns(tmp_path):
    (tmp_path / "patients.csv").write_text("")

    with pytest.raises(SourceError, match=r"^patients.csv lacks the columns subject_id, dob\.$"):
        read(tmp_path, "mimic3")


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("subject_id,dob,DOB", "7,2100-01-01,", r"^patients.csv has the column dob more than once\.$"),
        ("subject_id,dob", f"7,{'x' * 200_000}", r"^patients.csv is no table that can be read: .*\.$"),
    ],
)
def test_a_table_that_is_no_table_is_refused_in_one_sentence(tmp_path, header, row, message):
    (tmp_path / "patients.csv").write_text(f"{header}\n{row}\n")

    with pytest.raises(SourceError, match=message):
        read(tmp_path, "mimic3")


def test_a_mark_of_the_encoding_is_no_part_of_the_text(tmp_path):
    (tmp_path / "patients.csv").write_text("subject_id,dob\n7,2100-01-01\n", encoding="utf-8-sig")
    (tmp_path / "feed.ndjson").write_text('{"topic": "raw.act", "value": {}}\r\n', encoding="utf-8-sig")

    assert [one.counted_as for one in read(tmp_path, "mimic3")] == ["patients"]
    assert [one.counted_as for one in read(tmp_path / "feed.ndjson", "events")] == ["raw.act"]


def test_a_time_without_room_for_a_window_is_as_good_as_none(tmp_path):
    times = ("9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00")
    lines = [json.dumps({"topic": "raw.act", "value": {}, "received_at": at}) for at in times]
    (tmp_path / "feed.ndjson").write_text("\n".join(lines))

    assert [one.received_at for one in read(tmp_path / "feed.ndjson", "events")] == [None, None]


def test_a_single_table_may_be_named(tmp_path):
    write_table(tmp_path, "d_items", {"itemid": "1"})

    assert [one.received_at for one in read(tmp_path / "d_items.csv", "mimic3")] == [None]


def test_a_folder_without_tables_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")

    with pytest.raises(SourceError, match=r"^No MIMIC-III table was found"):
        read(tmp_path, "mimic3")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"^labevents.csv cannot be read: No such file or directory\.$"):
        read(tmp_path / "labevents.csv", "mimic3")


@pytest.mark.parametrize(
    "content",
    [b"no gzip at all", gzip.compress(b"row_id" * 9999)[:-20], gzip.compress(b"a")[:12]],
    ids=["no gzip", "without its end", "its beginning alone"],
)
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "labevents.csv.gz").write_bytes(content)

    with pytest.raises(SourceError, match=r"^labevents.csv.gz "):
        read(tmp_path, "mimic3")


def test_events_of_a_log_come_in_the_order_of_their_times(tmp_path):
    path = tmp_path / "log.xes"
    path.write_text(LOG)

    messages = read(path, "xes")

    assert [(one.value["case_id"], one.counted_as) for one in messages] == [
        (None, "event"),
        ("B", "LacticAcid"),
        ("A", "ER Triage"),
        ("A", "Admission NC"),
        ("A", "Admission IC"),
    ]
    assert [one.value["repeated"] for one in messages] == [False, False, False, False, True]
    assert [one.key for one in messages] == [None, "xes|B", "xes|A", "xes|A", "xes|A"]
    results = [translate(one.topic, one.value, one.received_at) for one in messages]
    assert [type(result) for result in results] == [Rejected, *[Accepted] * 4]


def test_a_packed_log_is_the_same(tmp_path):
    (tmp_path / "log.xes").write_text(LOG)
    (tmp_path / "log.xes.gz").write_bytes(gzip.compress(LOG.encode()))

    assert read(tmp_path / "log.xes", "xes") == read(tmp_path / "log.xes.gz", "xes")


@pytest.mark.parametrize("text", [BOMB, LOG[:-40], "not XML", ""])
def test_a_log_that_is_broken_or_uses_entities_is_refused(tmp_path, text):
    path = tmp_path / "log.xes"
    path.write_text(text)

    with pytest.raises(SourceError, match=r"^log.xes is not an XES file that can be read"):
        read(path, "xes")


def test_raw_messages_are_read_line_by_line_and_a_broken_one_is_rejected(tmp_path):
    value = {"schema": "raw.act/1"}
    lines = [
        json.dumps({"topic": "raw.act", "key": "k", "value": value, "received_at": "2026-01-05T10:00:00Z"}),
        "",
        json.dumps({"topic": "raw.act", "value": json.dumps(value), "received_at": "2026-01-05T10:00:00"}),
        json.dumps({"value": value, "key": 3, "received_at": "noon"}),
        '{"topic": "raw.act", "val',
        "[" * 100_000,
        json.dumps({"topic": "raw.act", "value": 3}),
        "[]",
    ]
    path = tmp_path / "feed.ndjson"
    path.write_text("\n".join(lines))

    messages = read(path, "events")

    assert [one.counted_as for one in messages] == ["raw.act"] * 2 + ["unreadable"] * 5
    assert [one.key for one in messages] == ["k"] + [None] * 6
    assert messages[0].received_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert [one.received_at for one in messages[1:]] == [None] * 6
    assert all(isinstance(translate(one.topic, one.value, None), Rejected) for one in messages)


def test_bytes_that_are_no_text_are_one_broken_line(tmp_path):
    path = tmp_path / "feed.ndjson"
    path.write_bytes(b'\xff\xfe\n{"topic": "raw.act", "value": {}}\n')

    assert [one.counted_as for one in read(path, "events")] == ["unreadable", "raw.act"]


def test_an_exported_log_is_read_with_its_ticks(tmp_path):
    tick = {"kind": "tick", "facility_id": "f", "patient_id": "p", "at": "2026-01-05T10:00:00Z"}
    act = {"kind": "act", "received_at": "2026-01-05T10:05:00Z"}
    lines = [{"key": "f|p", "value": value} for value in (tick, act, "text", {})]
    path = tmp_path / "log.ndjson"
    path.write_text("\n".join(json.dumps(line) for line in lines))

    messages = read(path, "log")

    assert [one.counted_as for one in messages] == ["tick", "act", "unreadable", "unreadable"]
    assert [one.received_at and one.received_at.minute for one in messages] == [0, 5, None, None]
    assert {one.topic for one in messages} == {"encounter.events"}


def test_a_format_that_is_not_known_is_refused_naming_those_that_are():
    with pytest.raises(SourceError, match=r"choose one of events, log, mimic3, xes\.$"):
        open_source([], "fhir")


def test_assumptions_are_stated_where_a_profile_makes_them():
    assert [bool(assumptions(source_format)) for source_format in FORMATS] == [False, False, True, True]
