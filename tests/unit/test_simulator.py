"""The simulated hospitals: the same seed, the same bytes; a feed that can be read, in the order of receipt."""

from datetime import datetime, timedelta
from itertools import islice, pairwise

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.raw import RAW_MODELS
from schemas.rejection import Rejected
from schemas.topics import Topic
from schemas.translate import translate
from streams.simulator.department import DEFAULT_START, Plan, simulate, write_simulation
from streams.simulator.dice import Dice
from streams.simulator.hospital import build_hospitals, share_between
from streams.simulator.lag_table import LagTable
from streams.simulator.practice import Profile, shipped_practice
from streams.simulator.together import shares_without_bundle


def read_lines(file):
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


@pytest.mark.parametrize("profile", Profile)
def test_the_same_plan_gives_the_same_bytes(tmp_path, profile):
    plan = Plan(seed=7, children=12, adults=12, hospitals=3, profile=profile)
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


def test_the_table_and_the_lines_of_truth_say_the_same(tmp_path):
    write_simulation(Plan(seed=7, children=3, adults=3), tmp_path)
    lines = read_lines(tmp_path / "truth.ndjson")
    table = (tmp_path / "truth.csv").read_text().splitlines()

    assert table[0] == ",".join(lines[0])
    assert table[1:] == [",".join(line.values()) for line in lines]


def test_the_feed_stands_in_the_order_of_receipt_and_holds_every_message(tmp_path):
    plan = Plan(seed=5, children=20, adults=20, days=2)
    count, patients = write_simulation(plan, tmp_path)
    feed = [datetime.fromisoformat(line["received_at"]) for line in read_lines(tmp_path / "feed.ndjson")]

    assert feed == sorted(feed)
    assert (len(feed), patients) == (count, 40)
    assert count == sum(len(stay.messages) for stay in simulate(plan))


@pytest.mark.parametrize("profile", Profile)
def test_nothing_of_the_feed_is_rejected(profile):
    for stay in simulate(Plan(3, 60, 60, profile=profile)):
        for message in stay.messages:
            assert message.topic in RAW_MODELS
            assert not isinstance(translate(message.topic, message.value, message.received_at), Rejected)


@pytest.mark.parametrize("profile", Profile)
def test_nothing_is_received_before_it_happened_or_was_charted_or_before_the_patient_came(profile):
    for stay in simulate(Plan(5, 30, 30, profile=profile)):
        for message in stay.messages:
            told = [field for name, field in message.value.items() if name.endswith("_at") and "T" in field]
            assert all(message.received_at >= datetime.fromisoformat(field) for field in told)
            assert message.received_at >= stay.arrived_at


def test_stays_come_in_the_order_of_their_arrival():
    arrivals = [stay.arrived_at for stay in simulate(Plan(11, 10, 10))]

    assert all(first <= second for first, second in pairwise(arrivals))


def test_patients_arrive_over_the_days_asked_for():
    arrivals = [stay.arrived_at for stay in simulate(Plan(11, 300, 300, days=30))]

    assert timedelta(days=25) < arrivals[-1] - DEFAULT_START < timedelta(days=35)


def test_stays_are_made_one_after_the_other():
    """A plan of a billion patients costs nothing before it is played."""
    stays = list(islice(simulate(Plan(1, 10**9, 0)), 2))

    assert len(stays) == 2


def test_every_hospital_has_patients():
    stays = list(simulate(Plan(2, 60, 60, hospitals=5)))

    assert {stay.courses[0].facility_id for stay in stays} == {
        "SIM-NORTH",
        "SIM-SOUTH",
        "SIM-H003",
        "SIM-H004",
        "SIM-H005",
    }


def test_hospitals_differ_as_those_of_new_york_and_are_as_good_on_average():
    hospitals = build_hospitals(3, 4000, shipped_practice())
    children = [hospital.children_bundle for hospital in hospitals]
    adults = [hospital.adults_bundle for hospital in hospitals]

    assert 0.073 <= min(children) < 0.08
    assert 0.45 < max(children) <= 0.461
    assert sum(children) / len(children) == pytest.approx(0.249, abs=0.01)
    assert sum(adults) / len(adults) == pytest.approx(shipped_practice().adults.bundle, abs=0.02)


@given(low=st.floats(0, 0.3), mean=st.floats(0.35, 0.6), high=st.floats(0.65, 1))
def test_a_share_lies_between_its_bounds(low, mean, high):
    assert low - 1e-4 <= share_between(Dice("share"), low, mean, high) <= high + 1e-4


def test_a_topic_that_stands_still_delivers_everything_at_once():
    (hospital,) = build_hospitals(3, 1, shipped_practice())
    minutes = [DEFAULT_START + timedelta(minutes=minute) for minute in range(0, 60 * 24 * 60, 10)]
    held = {}
    for at in minutes:
        delivered_at = hospital.delivers_at(Topic.RAW_LAB, at)
        assert delivered_at >= at
        if delivered_at > at:
            held.setdefault(delivered_at, []).append(at)

    assert held
    assert all(hospital.delivers_at(Topic.RAW_LAB, end) == end for end in held)
    assert all(end - times[0] <= timedelta(minutes=480) for end, times in held.items())


@given(shares=st.tuples(*[st.floats(0.3, 0.7)] * 3), bundle=st.floats(0.1, 0.25))
def test_draws_without_the_bundle_leave_the_wanted_shares(shares, bundle):
    """Whoever draws with these chances, and again whenever all three succeed, gets the shares asked for."""
    assume(sum((share - bundle) / (1 - bundle) for share in shares) < 1.9)
    first, second, third = shares_without_bundle(shares, bundle)
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


def test_the_profile_of_boundaries_changes_what_it_names_and_nothing_else():
    usual, boundaries = shipped_practice(), shipped_practice(Profile.BOUNDARIES)

    assert boundaries.boundaries.anywhere > usual.boundaries.anywhere == 0
    assert boundaries.lag == usual.lag
    assert boundaries.children.window == usual.children.window
