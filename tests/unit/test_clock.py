"""One clock for feed, worker, ticker and board, as fast as it was told to run."""

from datetime import UTC, datetime, timedelta

from schemas.read_model import EngineClock
from streams.clock import Clock, stopwatch, wall_clock

START = datetime(2150, 1, 1, tzinfo=UTC)


def engine_clock(speed, wall_seconds_ago=0):
    return EngineClock(
        started_at=START, wall_started_at=wall_clock() - timedelta(seconds=wall_seconds_ago), speed=speed
    )


def test_a_scaled_clock_began_when_it_was_told_and_runs_as_fast():
    clock = Clock(engine_clock(60, wall_seconds_ago=60))

    assert START + timedelta(hours=1) <= clock.now() < START + timedelta(hours=2)


def test_without_a_scale_it_is_the_walls():
    before = wall_clock()

    assert before <= Clock().now() <= wall_clock()


def test_waiting_is_measured_on_the_wall():
    clock = Clock(engine_clock(3600))

    assert 0 < clock.wall_seconds_until(START + timedelta(hours=10)) <= 10
    assert clock.wall_seconds_until(START - timedelta(hours=1)) == 0


def test_a_stopwatch_never_goes_back():
    assert stopwatch() <= stopwatch()
