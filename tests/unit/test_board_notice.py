"""Calm and silence must differ: what the board says when its picture may be old."""

import pytest

from board_story import NOW, at
from dashboards.board.engine_time import read_engine_time
from dashboards.board.notice import NoticeKind, find_notices
from dashboards.board.settings import BoardSettings
from dashboards.board.words import seconds_in_words
from schemas.read_model import EngineClock

WELL = {
    "cache_lost_for_s": None,
    "engine_age_s": 1.0,
    "feeds_age_s": 60.0,
    "clock_known": True,
    "has_heartbeat": True,
    "unreadable": 0,
    "settings": BoardSettings(silent_after_s=15, feeds_quiet_after_s=1800),
}


def notices(**circumstances):
    return find_notices(**{**WELL, **circumstances})


def test_while_all_is_well_nothing_is_said():
    assert notices() == []


@pytest.mark.parametrize(
    ("circumstances", "kind", "old"),
    [
        ({"cache_lost_for_s": 0.0}, NoticeKind.CACHE_LOST, True),
        ({"engine_age_s": None}, NoticeKind.NO_ENGINE, True),
        ({"clock_known": False}, NoticeKind.NO_ENGINE, True),
        ({"engine_age_s": 15.1}, NoticeKind.ENGINE_SILENT, True),
        ({"engine_age_s": 121.0, "has_heartbeat": False}, NoticeKind.ENGINE_SILENT, True),
        ({"feeds_age_s": 1801.0}, NoticeKind.FEEDS_QUIET, False),
        ({"feeds_age_s": None}, NoticeKind.FEEDS_QUIET, False),
        ({"unreadable": 1}, NoticeKind.UNREADABLE, False),
        ({"held": [("raw.lab", "14:05")]}, NoticeKind.TOPIC_HELD, False),
        ({"stuck_since": "14:05"}, NoticeKind.WORKER_STUCK, False),
    ],
)
def test_each_trouble_is_named(circumstances, kind, old):
    (notice,) = notices(**circumstances)

    assert (notice.kind, notice.old) == (kind, old)


@pytest.mark.parametrize(
    "circumstances",
    [{"engine_age_s": 15.0}, {"engine_age_s": 120.0, "has_heartbeat": False}, {"feeds_age_s": 1800.0}],
)
def test_at_the_limit_nothing_is_said_yet(circumstances):
    assert notices(**circumstances) == []


def test_only_the_first_cause_is_named_and_not_what_follows_from_it():
    (notice,) = notices(cache_lost_for_s=4.0, engine_age_s=300.0, feeds_age_s=9999.0)

    assert notice.text == "The board cannot reach its data (4 s). What you see is old."


def test_silence_is_told_in_wall_time():
    (notice,) = notices(engine_age_s=200.0)

    assert notice.text == ("The engine has said nothing for 3 min. No alerts are being raised; statuses are old.")


def test_what_is_cut_off_is_told_with_since_when():
    (silent,) = notices(engine_age_s=200.0, engine_seen="14:05")
    (held,) = notices(held=[("raw.lab", "14:05")])

    assert silent.text.startswith("The engine has said nothing for 3 min, since 14:05.")
    assert held.text == (
        "What raw.lab has brought since 14:05 is held back: too much of it cannot be read. It is not on this board."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (3660, "1 h 1 min"),
        (172_799, "47 h 59 min"), (172_800, "2 d"),
    ],
)  # fmt: skip
def test_ages_are_told_roughly(seconds, words):
    assert seconds_in_words(seconds) == words


def test_the_engines_time_runs_from_the_caches_clock_at_its_own_speed():
    clock = EngineClock(started_at=at("09:00"), wall_started_at=NOW, speed=60)
    time = read_engine_time(clock, cache_time=NOW.replace(second=10), monotonic_s=1000.0)

    assert time.at(1000.0) == at("09:10")
    assert time.at(1001.5) == at("09:11:30")
    assert time.wall_seconds_since(at("09:09"), 1000.0) == 1.0
    assert time.wall_seconds_since(at("09:30"), 1000.0) == 0.0
    assert time.known


def test_without_an_engine_the_caches_time_is_shown_and_called_unknown():
    time = read_engine_time(None, cache_time=NOW, monotonic_s=5.0)

    assert (time.at(6.0), time.known) == (NOW.replace(second=1), False)
