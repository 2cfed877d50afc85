"""Who is ticked when, and that nobody is ticked twice for one reason."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.wake_ups import WakeUps

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
minutes = st.integers(0, 120).map(lambda number: NOON + timedelta(minutes=number))
patients = st.sampled_from([b"a", b"b", b"c"])


def test_the_due_are_ticked_earliest_first():
    wake_ups = WakeUps()
    wake_ups.set(b"later", NOON)
    wake_ups.set(b"earlier", NOON - timedelta(minutes=1))
    wake_ups.set(b"not yet", NOON + timedelta(minutes=1))

    assert wake_ups.take_due(NOON) == [b"earlier", b"later"]


def test_a_patient_is_ticked_once_until_the_tick_was_lived_through():
    wake_ups = WakeUps()
    wake_ups.set(b"a", NOON)
    wake_ups.take_due(NOON)
    wake_ups.set(b"a", NOON + timedelta(minutes=1))

    assert wake_ups.take_due(NOON + timedelta(hours=1)) == []
    wake_ups.answered(b"a")
    assert wake_ups.take_due(NOON + timedelta(hours=1)) == [b"a"]


def test_a_wake_up_that_was_moved_or_dropped_does_not_ring():
    wake_ups = WakeUps()
    wake_ups.set(b"moved", NOON)
    wake_ups.set(b"moved", NOON + timedelta(hours=2))
    wake_ups.set(b"dropped", NOON)
    wake_ups.set(b"dropped", None)

    assert wake_ups.take_due(NOON + timedelta(hours=1)) == []


def test_starting_anew_forgets_ticks_on_their_way():
    wake_ups = WakeUps()
    wake_ups.set(b"a", NOON)
    wake_ups.take_due(NOON)
    wake_ups.start_anew([(b"a", NOON)])

    assert len(wake_ups) == 1
    assert wake_ups.take_due(NOON) == [b"a"]


@given(settings=st.lists(st.tuples(patients, st.none() | minutes)), now=minutes)
def test_exactly_those_are_due_whose_last_setting_has_come(settings, now):
    wake_ups, last = WakeUps(), {}
    for key, at in settings:
        wake_ups.set(key, at)
        last[key] = at

    assert sorted(wake_ups.take_due(now)) == sorted(key for key, at in last.items() if at is not None and at <= now)
    assert wake_ups.take_due(now) == []
