"""A worker is well while what waits moves on; a file says so to whoever asks."""

from datetime import UTC, datetime, timedelta

from streams.worker_health import HEALTH_FILE, Progress, health

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = ("raw.lab", 0)
OTHER = ("raw.vitals", 0)


def written(folder, *notes):
    """Note offsets minute by minute and write the last health, as a worker does."""
    progress = Progress("w1", stalled_after=90)
    for minute, note in enumerate(notes):
        last = progress.note({PLACE: note}, NOON + timedelta(minutes=minute))
    (folder / HEALTH_FILE).write_text(last.model_dump_json())
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


def test_a_worker_that_has_fallen_silent_is_not_well(tmp_path):
    now = written(tmp_path, (10, 10))

    assert health(tmp_path, now + timedelta(minutes=1)) == (False, "worker w1 has been silent for 60 s.")


def test_no_worker_at_all_is_not_well(tmp_path):
    assert health(tmp_path)[0] is False
    (tmp_path / HEALTH_FILE).write_text("{")
    assert health(tmp_path)[0] is False
