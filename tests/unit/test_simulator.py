"""The simulated department: the same seed, the same bytes; shares near those of the sources."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.raw import RAW_MODELS
from schemas.rejection import Accepted
from schemas.translate import translate
from streams.simulator.child_stay import shares_without_bundle
from streams.simulator.department import Plan, simulate, write_simulation
from streams.simulator.dice import Dice
from streams.simulator.practice import LagTable, shipped_practice
from streams.simulator.truth import Outcome, bundle_of, culture_outcome, outcome_of

ZERO = datetime(2026, 1, 5, 10, 0, 30, tzinfo=UTC)


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    plan = Plan(seed=7, children=5, adults=5)
    write_simulation(plan, tmp_path / "one")
    write_simulation(plan, tmp_path / "two")

    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_another_seed_gives_another_feed(tmp_path):
    write_simulation(Plan(seed=7, children=3, adults=0), tmp_path / "one")
    write_simulation(Plan(seed=8, children=3, adults=0), tmp_path / "two")

    assert (tmp_path / "one" / "feed.ndjson").read_bytes() != (tmp_path / "two" / "feed.ndjson").read_bytes()


def test_a_run_leaves_no_half_written_file(tmp_path):
    write_simulation(Plan(seed=7, children=1, adults=1), tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["feed.ndjson", "truth.csv", "truth.ndjson"]


def test_every_message_is_understood():
    messages = [message for stay in simulate(Plan(3, 40, 40)) for message in stay.messages]

    assert messages
    for message in messages:
        assert message.topic in RAW_MODELS
        assert isinstance(translate(message.topic, message.value, message.received_at), Accepted)


def test_nothing_is_received_before_it_happened_or_was_charted():
    for stay in simulate(Plan(5, 30, 30)):
        for message in stay.messages:
            known = [
                datetime.fromisoformat(message.value[name])
                for name in ("recorded_at", "happened_at", "started_at")
                if message.value.get(name)
            ]
            assert all(message.received_at >= at for at in known)


def test_stays_come_in_the_order_of_their_arrival():
    arrivals = [stay.messages[0].received_at for stay in simulate(Plan(11, 10, 10))]

    assert all(first <= second for first, second in pairwise(arrivals))


@pytest.mark.parametrize(
    ("element", "share"), [("antibiotics", 0.677), ("blood_culture", 0.628), ("fluids", 0.465), ("bundle", 0.249)]
)
def test_children_are_treated_in_time_about_as_often_as_in_new_york(element, share):
    """JAMA 2018;320:358; with 3,000 children a share strays by less than 0.03 in all but a few of a thousand runs."""
    outcomes = Counter(
        truth.outcome
        for stay in simulate(Plan(1, 3000, 0))
        for truth in stay.truths
        if truth.element == element and truth.outcome not in {Outcome.EXCLUDED, Outcome.CANNOT_ASSESS}
    )

    assert outcomes[Outcome.MET] / outcomes.total() == pytest.approx(share, abs=0.03)


def test_a_good_part_of_care_in_time_is_charted_late():
    late = [truth.charted_late for stay in simulate(Plan(1, 200, 0)) for truth in stay.truths if truth.outcome == "met"]

    assert 0.2 < sum(late) / len(late) < 0.7


@given(shares=st.tuples(*[st.floats(0.3, 0.7)] * 3), bundle=st.floats(0.1, 0.25))
def test_draws_without_the_bundle_leave_the_wanted_shares(shares, bundle):
    """Whoever draws with these chances, and again whenever all three succeed, gets the shares asked for."""
    assume(sum((share - bundle) / (1 - bundle) for share in shares) < 1.9)
    first, second, third = shares_without_bundle(*shares, bundle)
    together = first * second * third

    for chance, share in zip((first, second, third), shares, strict=True):
        assert (chance - together) / (1 - together) == pytest.approx((share - bundle) / (1 - bundle), abs=1e-3)


def test_the_quantiles_of_lags_are_those_of_the_table():
    table = shipped_practice().lag.vitals
    dice = Dice("quantiles")
    drawn = sorted(dice.lag(table) for _ in range(4000))

    assert drawn[2000] == pytest.approx(timedelta(minutes=19), abs=timedelta(minutes=3))
    assert drawn[3600] == pytest.approx(timedelta(minutes=93), abs=timedelta(minutes=12))


def test_a_table_of_lags_must_rise():
    with pytest.raises(ValueError, match="share must rise"):
        LagTable(share=(0.5, 0.1), minutes=(1, 2), source="none")


def test_beyond_the_last_point_of_a_table_the_last_point_holds():
    table = LagTable(share=(0.0, 0.9), minutes=(0, 9), source="none")

    assert table.minutes_at(1.0) == 9


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(0, Outcome.MET), (60, Outcome.MET), (61, Outcome.MET_LATE), (-30, Outcome.MET)]
)
def test_the_whole_last_minute_counts(minutes, outcome):
    act = ZERO.replace(second=59) + timedelta(minutes=minutes)

    assert outcome_of(act, ZERO, 60) is outcome


def test_a_culture_after_the_first_antibiotic_is_too_late():
    antibiotic = ZERO + timedelta(minutes=10)

    assert culture_outcome(antibiotic + timedelta(minutes=1), antibiotic, ZERO, 60) is Outcome.MET_LATE
    assert culture_outcome(antibiotic.replace(second=59), antibiotic, ZERO, 60) is Outcome.MET
    assert culture_outcome(None, antibiotic, ZERO, 60) is Outcome.MISSED


def test_a_bundle_is_all_or_nothing_over_what_applies():
    assert bundle_of([Outcome.MET, Outcome.NOT_APPLICABLE]) is Outcome.MET
    assert bundle_of([Outcome.MET, Outcome.MET_LATE]) is Outcome.MISSED
    assert bundle_of([Outcome.MET, Outcome.CANNOT_ASSESS]) is Outcome.CANNOT_ASSESS
    assert bundle_of([Outcome.MISSED, Outcome.CANNOT_ASSESS]) is Outcome.MISSED
    assert bundle_of([Outcome.EXCLUDED, Outcome.EXCLUDED]) is Outcome.EXCLUDED
