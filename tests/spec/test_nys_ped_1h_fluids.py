"""New York State, pediatric 1-hour bundle: fluids by weight."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_fluids_count_when_the_weight_based_volume_is_completed():
    """Two boluses: the second one, completed at 10:50, brings it to 20 mL/kg."""
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:31  ringer 200 mL started 10:10 completed 10:30
        10:51  ringer 200 mL started 10:31 completed 10:50
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"
    assert f"{told.element('fluids').done_at:%H:%M}" == "10:50"


def test_less_than_the_volume_is_missed():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:31  ringer 399 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "missed"


def test_an_infusion_that_has_not_ended_is_not_completed():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:10  ringer 400 mL started 10:10
        11:05  quiet
    """)

    assert told.stands("fluids") == "overdue"


def test_the_end_of_the_infusion_counts_not_its_start():
    told = tell("""
        10:00  protocol
        10:01  weight 20 kg
        10:10  ringer 400 mL started 10:10
        11:15  correct ringer 400 mL started 10:10 completed 11:10
    """)

    assert told.said_of("fluids")[-2:] == ["11:01 missed: fluids", "11:15 amended: fluids, done late"]
    assert told.stands("fluids") == "met_late"


def test_without_a_weight_fluids_cannot_be_assessed():
    told = tell("""
        10:00  protocol
        10:31  ringer 400 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "cannot_assess, no_weight"


def test_a_weight_measured_later_lets_fluids_be_judged():
    told = tell("""
        10:00  protocol
        10:31  ringer 400 mL started 10:10 completed 10:30
        12:00  weight 20 kg
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"


def test_the_last_weight_by_time_zero_counts():
    told = tell("""
        09:00  weight 10 kg
        09:50  weight 20 kg
        10:00  protocol
        10:10  weight 30 kg
        10:31  ringer 400 mL started 10:10 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "met"


@pytest.mark.parametrize(("started", "status"), [("04:00", "met"), ("03:59", "missed")])
def test_fluids_count_from_6_hours_before(started, status):
    told = tell(f"""
        03:00  arrived
        03:30  weight 10 kg
        05:00  ringer 200 mL started {started} completed 05:00
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("fluids") == status


def test_the_part_that_ended_last_reached_the_volume_whichever_was_charted_first():
    told = tell("""
        10:00  protocol
        10:01  weight 10 kg
        11:03  ringer 100 mL (second) started 10:40 completed 11:02
        11:20  ringer 100 mL (first) started 10:05 completed 10:30
        14:00  quiet
    """)

    assert told.stands("fluids") == "met_late"
    assert f"{told.element('fluids').done_at:%H:%M}" == "11:02"
