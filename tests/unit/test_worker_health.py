"""A worker is well while what waits moves on; a file says so to whoever asks."""

from datetime import UTC, datetime, timedelta

from schemas.worker_health import BrokerAnswers, HeldTopic, StageAtWork
from streams.worker_health import HEALTH_FILE, Progress, health, write_health

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = ("raw.lab", 0)
OTHER = ("raw.vitals", 0)


def written(folder, *notes):
    """Note offsets minute by minute and write the last health, as a worker does."""
    progress = Progress("w1", stalled_after=90)
    for minute, note in enumerate(notes):
        last = progress.note({PLACE: note}, NOON + timedelta(minutes=minute))
    write_health(last, folder)
    return NOON + timedelta(minutes=len(notes) - 1)


def test_a_worker_that_moves_on_is_well(tmp_path):
    now = written(tmp_path, (0, 10), (5, 10), (9, 20), (11, 20))

    assert health(tmp_path, now) == (True, "worker w1 is well: 1 partitions, 9 records waiting.")


def test_a_worker_with_nothing_to_do_is_well(tmp_path):
    now = written(tmp_path, (10, 10), (10, 10), (10, 10), (10, 10))

    assert health(tmp_path, now)[0]


def test_a_partition_with_records_waiting_and_no_progress_is_named(tmp_path):
    now = written(tmp_path, (5, 10), (5, 10), (5, 11))

    assert health(tmp_path, now) == (False, "worker w1 has records waiting and makes no progress in raw.lab 0.")


def test_a_stalled_partition_is_stuck_only_when_no_other_is_at_work():
    progress = Progress("w1", stalled_after=90)
    for minute, finished in enumerate((0, 10, 20, 30, 40, 40)):
        health = progress.note({PLACE: (5, 10), OTHER: (finished, 40)}, NOON + timedelta(minutes=minute))
        stuck = [(each.topic, each.partition) for each in health.stuck()]

        assert bool(health.stalled()) == (minute > 1)
        assert stuck == ([PLACE] if finished == 40 else [])


def test_a_partition_that_waits_while_another_moves_waits_for_its_turn(tmp_path):
    progress = Progress("w1", stalled_after=90)
    for minute in range(6):
        now = NOON + timedelta(minutes=minute)
        noted = progress.note({PLACE: (5, 10), OTHER: (10 * minute, 100)}, now)
    write_health(noted, tmp_path)

    assert [each.topic for each in noted.stalled()] == ["raw.lab"]
    assert health(tmp_path, now) == (True, "worker w1 is well: 2 partitions, 55 records waiting.")


def at_work(since, tried_at, error=None):
    """Health at noon of a worker with one record waiting for a stage that has been at its batch since then."""
    stage = StageAtWork(
        stage="owner",
        topics=("raw.lab",),
        since=NOON - timedelta(seconds=since),
        tried_at=NOON - timedelta(seconds=tried_at),
        error=error,
    )
    progress = Progress("w1", stalled_after=90)
    progress.note({PLACE: (5, 10)}, NOON - timedelta(minutes=10))
    return progress.note({PLACE: (5, 10)}, NOON, [stage])


def test_a_stage_that_fails_again_and_again_is_named_with_its_error_even_while_others_move():
    assert at_work(since=80, tried_at=1, error="TimeoutError").sentence()[0]
    assert at_work(since=100, tried_at=1, error="TimeoutError").sentence() == (
        False,
        "worker w1 has been at the same records for too long in owner (TimeoutError).",
    )


def test_only_what_a_new_start_can_help_counts_as_standing_still():
    bound = timedelta(minutes=3)
    progress = Progress("w1", stalled_after=90)
    progress.note({PLACE: (5, 10)}, NOON - timedelta(minutes=4))
    idle = progress.note({PLACE: (5, 10)}, NOON)
    moving = progress.note({PLACE: (5, 10), OTHER: (1, 2)}, NOON)

    assert idle.stands_still(bound)
    assert not moving.stands_still(bound)
    assert at_work(since=200, tried_at=200).stands_still(bound)
    assert not at_work(since=200, tried_at=100, error="TimeoutError").stands_still(bound)


def without_progress(*, answers, since):
    """Health at noon of a worker that has stood still for ten minutes, with a broker that is so for these seconds."""
    progress = Progress("w1", stalled_after=90)
    progress.note({PLACE: (5, 10)}, NOON - timedelta(minutes=10))
    broker = BrokerAnswers(answers=answers, since=NOON - timedelta(seconds=since))
    return progress.note({PLACE: (5, 10)}, NOON, broker=broker)


def test_while_no_broker_answers_and_shortly_after_it_no_new_start_can_help():
    bound = timedelta(minutes=3)

    assert not without_progress(answers=False, since=500).stands_still(bound)
    assert not without_progress(answers=True, since=180).stands_still(bound)
    assert without_progress(answers=True, since=181).stands_still(bound)


def test_a_broker_that_is_away_is_said_before_what_waits_for_it():
    away = without_progress(answers=False, since=91)
    briefly = without_progress(answers=False, since=90)

    assert away.sentence() == (False, "worker w1 has no answer from any broker for 91 s: it waits for one.")
    assert briefly.sentence() == (False, "worker w1 has records waiting and makes no progress in raw.lab 0.")
    assert without_progress(answers=True, since=91).sentence() == briefly.sentence()


def test_a_worker_with_nothing_waiting_says_too_that_no_broker_answers():
    broker = BrokerAnswers(answers=False, since=NOON - timedelta(seconds=100))
    idle = Progress("w1", stalled_after=90).note({PLACE: (10, 10)}, NOON, broker=broker)

    assert not idle.sentence()[0]
    assert idle.stuck_since() == broker.since


def test_a_worker_that_has_fallen_silent_is_not_well(tmp_path):
    now = written(tmp_path, (10, 10))

    assert health(tmp_path, now + timedelta(minutes=1)) == (False, "worker w1 has been silent for 60 s.")


def test_no_worker_at_all_is_not_well(tmp_path):
    assert health(tmp_path)[0] is False
    (tmp_path / HEALTH_FILE).write_text("{")
    assert health(tmp_path)[0] is False


def test_a_held_topic_is_said_first_and_with_what_to_do():
    held = HeldTopic(topic="raw.lab", since=NOON, read=500, rejected=480)
    noted = Progress("w1", stalled_after=90).note({PLACE: (5, 10)}, NOON, held=[held])

    assert noted.sentence() == (
        False,
        "worker w1 holds raw.lab (480 of 500 rejected): mend what rejects them, or timezero release TOPIC.",
    )


def test_since_when_something_is_stuck_is_told_but_for_what_is_held():
    stuck = at_work(since=100, tried_at=1, error="TimeoutError")
    held = HeldTopic(topic="raw.lab", since=NOON, read=500, rejected=480)

    assert stuck.stuck_since() == NOON - timedelta(seconds=100)
    assert stuck.model_copy(update={"stages": ()}).stuck_since() == NOON - timedelta(minutes=10)
    assert stuck.model_copy(update={"held": (held,)}).stuck_since() is None
