"""The board over HTTP and server-sent events, against a real cache."""

from dataclasses import replace
from datetime import datetime, timedelta

import httpx

from board_morning import figures, flows, morning, said, tell_morning
from board_server import events, running_board
from board_story import PED, alert, at, child, rate
from board_stream import filled, next_named, row_of, snapshot_of
from dashboards.board.settings import PatientLabel
from real_parts.eventually import eventually


def test_a_new_browser_gets_everything_at_once(models, board):
    tell_morning(models)
    eventually(lambda: len(snapshot_of(board)["alerts"]) == len(said()), what="the last alert on the board")
    with board.stream("GET", "/events") as response:
        snapshot = next_named(events(response), "snapshot")

    assert len(snapshot["rows"]) == len(morning())
    assert len(snapshot["alerts"]) == len(said())
    assert [feed["topic"] for feed in snapshot["feeds"]] == sorted(feed.topic for feed in flows())
    assert snapshot["notices"] == []
    assert snapshot["speed"] == 1.0
    row = row_of(snapshot, "enc-20417")
    assert (row["unit"], row["group"], row["next"]["due_at"]) == ("ED Peds", "running", "2026-03-14T10:48:00Z")


def test_no_patient_or_encounter_number_stands_in_any_name_a_browser_may_put_into_an_address(models, open_stream):
    models.cases(child("20421"))
    row = row_of(next_named(open_stream, "changes", lambda data: data.get("rows")), "enc-20421")

    assert "20421" not in row["id"] + row["case"]
    assert len(row["case"]) == 20


def test_a_change_reaches_the_browser_with_all_that_changed_together(models, open_stream):
    next_named(open_stream, "snapshot")
    with models.together():
        models.cases(child())
        models.alerts(alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted; window closed 11:01."))
    change = next_named(open_stream, "changes")

    assert [row["label"] for row in change["rows"]] == ["enc-c1"]
    assert [line["kind"] for line in change["alerts"]] == ["missed"]
    assert change["now"].startswith("2026-03-14T10:40")


def at_instant(text):
    return datetime.fromisoformat(text)


def test_a_case_that_went_to_another_number_is_shown_though_its_revision_is_lower(models, open_stream):
    """The cache had taken the old number's record out in between, which nobody saw."""
    next_named(open_stream, "snapshot")
    models.cases(child(revision=5))
    next_named(open_stream, "changes")
    models.cases(child(revision=4, culture=("missed", {"due": "11:00"})))
    (row,) = next_named(open_stream, "changes")["rows"]

    assert {cell["element"]: cell["status"] for cell in row["elements"]}["blood_culture"] == "missed"


def test_the_engines_clock_runs_on_scaled(models, open_stream):
    models.clock(at("12:00"), speed=3600)
    first = next_named(open_stream, "changes", lambda data: data["speed"] == 3600)
    second = next_named(open_stream, "beat")

    assert at_instant(second["now"]) - at_instant(first["now"]) < timedelta(hours=5)
    assert at_instant(second["now"]) > at_instant(first["now"]) > at("12:00")


def test_the_board_beats_while_nothing_changes(open_stream):
    next_named(open_stream, "snapshot")

    assert next_named(open_stream, "beat")["now"] < next_named(open_stream, "beat")["now"]


def test_compliance_adds_up_partitions_and_narrows_to_a_unit(models, board):
    models.rates(**figures())
    whole = eventually(lambda: board.get("/api/compliance").json()["measures"], what="the rates")
    narrowed = board.get("/api/compliance", params={"facility": "harbor", "unit": "PICU"}).json()

    assert [measure["measure"] for measure in whole] == [PED, "sep1-like/1"]
    bundle = whole[0]["elements"][0]
    assert bundle["element"] == "bundle"
    day = bundle["figures"][0]
    assert (day["met"], day["denominator"], day["percent"], day["small"], day["pending"]) == (5, 9, 55.6, True, 2)
    assert [measure["measure"] for measure in narrowed["measures"]] == [PED]
    assert narrowed["measures"][0]["elements"][0]["figures"][0]["denominator"] == 3
    assert narrowed["units"] == ["ED Adult", "ED Peds", "MICU", "PICU"]


def test_new_rates_are_announced(models, open_stream):
    next_named(open_stream, "snapshot")
    models.rates(p=[rate("bundle", "24h", 1, 1)])

    assert next_named(open_stream, "changes")["rates"] is True


def test_last_digits_keep_the_encounter_number_on_the_server(models, settings):
    models.cases(child("20421"))
    hidden = replace(settings, patient_label=PatientLabel.LAST_DIGITS)
    with running_board(hidden) as url, httpx.Client(base_url=url) as client:
        snapshot = eventually(lambda: filled(client), what="the case on the board")
        drawer = client.get(f"/api/cases/{snapshot['rows'][0]['case']}").text

    assert snapshot["rows"][0]["label"] == "…0421"
    assert "enc-20421" not in str(snapshot) + drawer


def test_clock_times_are_shown_in_the_zone_that_is_set(models, settings):
    models.cases(child())
    with running_board(replace(settings, zone="America/New_York")) as url, httpx.Client(base_url=url) as client:
        snapshot = eventually(lambda: filled(client), what="the case on the board")

    assert snapshot["rows"][0]["time_zero"] == "2026-03-14T06:00:00-04:00"
    assert snapshot["now"].endswith("-04:00")
