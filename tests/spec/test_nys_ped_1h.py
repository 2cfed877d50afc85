"""New York State, pediatric 1-hour bundle: the stories that say what the measure means live."""

from functools import partial

import pytest

from storyteller import play

tell = partial(play, "nys-ped-1h/spec-2015")


def test_everything_in_time():
    told = tell("""
        09:30  arrived
        09:40  weight 20 kg
        10:00  protocol
        10:08  blood culture drawn 10:05
        10:20  ceftriaxone iv started 10:15
        10:36  ringer 400 mL started 10:10 completed 10:35
        14:00  quiet
    """)

    assert told.said == ["10:00 bundle started: bundle"]
    assert told.stands("blood culture") == "met"
    assert told.stands("antibiotics") == "met"
    assert told.stands("fluids") == "met"
    assert told.stands("bundle") == "met"


def test_nothing_charted_is_announced_at_each_step():
    """Warned 20 and 5 minutes before it is due, missed at the first instant that fails, settled an hour later."""
    told = tell("""
        10:00  protocol
        11:01  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
    ]
    assert told.stands("antibiotics") == "overdue"
    assert told.stands("bundle") == "overdue"


def test_what_stays_uncharted_settles_as_missed():
    told = tell("""
        10:00  protocol
        12:01  quiet
    """)

    assert told.stands("antibiotics") == "missed"
    assert told.stands("blood culture") == "missed"
    assert told.stands("bundle") == "missed, antibiotics"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("10:39", "open"),
        ("10:40", "due_soon"),
        ("11:00", "due_soon"),
        ("11:00:59", "due_soon"),
        ("11:01", "overdue"),
        ("12:00:59", "overdue"),
        ("12:01", "missed"),
    ],
)
def test_an_uncharted_antibiotic_as_the_clock_runs(now, status):
    told = tell(f"""
        10:00  protocol
        {now}  quiet
    """)

    assert told.stands("antibiotics") == status


def test_due_closes_and_settles():
    """60 minutes pass, 61 fail, and charting has an hour's grace."""
    told = tell("""
        10:00:40  protocol
        10:01  quiet
    """)
    verdict = told.element("antibiotics")

    assert [f"{at:%H:%M:%S}" for at in (verdict.due_at, verdict.closes_at, verdict.settles_at)] == [
        "11:00:00",
        "11:01:00",
        "12:01:00",
    ]


@pytest.mark.parametrize(
    ("protocol", "given", "status"),
    [
        ("10:00", "11:00", "met"),
        ("10:00", "11:00:30", "met"),
        ("10:00", "11:00:59", "met"),
        ("10:00", "11:01", "met_late"),
        ("10:00:59", "11:01", "met_late"),
        ("10:00:59", "11:00:59", "met"),
        ("10:01", "11:01:30", "met"),
    ],
)
def test_both_times_are_cut_to_the_minute(protocol, given, status):
    """60 min 30 s after a time zero on the minute still pass."""
    told = tell(f"""
        {protocol}  protocol
        {given}  ceftriaxone iv
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


def test_late_charting_takes_the_alert_back():
    """Given in time at 10:50, but charted only at 11:20."""
    told = tell("""
        10:00  protocol
        10:20  blood culture
        11:20  ceftriaxone iv started 10:50
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:55 due soon: antibiotics",
        "11:01 missed: antibiotics",
        "11:20 withdrawn: antibiotics, met in time",
    ]
    assert told.stands("antibiotics") == "met"
    assert f"{told.element('antibiotics').known_at:%H:%M}" == "11:20"


def test_late_charting_after_the_grace_still_takes_the_alert_back():
    told = tell("""
        10:00  protocol
        15:00  ceftriaxone iv started 10:50
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "15:00 withdrawn: antibiotics, met in time",
    ]
    assert told.stands("antibiotics") == "met"


def test_done_after_all_but_late():
    told = tell("""
        10:00  protocol
        11:30  ceftriaxone iv started 11:20
    """)

    assert told.said_of("antibiotics")[-2:] == [
        "11:01 missed: antibiotics",
        "11:30 amended: antibiotics, done late",
    ]
    assert told.stands("antibiotics") == "met_late"
    assert told.stands("bundle") == "missed, antibiotics"


def test_done_in_time_stops_the_warnings():
    told = tell("""
        10:00  protocol
        10:45  ceftriaxone iv
        14:00  quiet
    """)

    assert told.said_of("antibiotics") == [
        "10:40 due soon: antibiotics",
        "10:45 withdrawn: antibiotics, met in time",
    ]


def test_warnings_that_are_past_are_not_sent():
    """Told of the protocol at 10:50, we warn once, of what is still to come."""
    told = tell("""
        10:50  protocol at 10:00
        11:00  quiet
    """)

    assert told.said_of("antibiotics") == ["10:50 due soon: antibiotics", "10:55 due soon: antibiotics"]


def test_care_before_time_zero_counts():
    """There is no lower bound in the specification; a stream looks back 24 h."""
    told = tell("""
        13:10  admitted
        13:30  weight 10 kg
        14:06  blood culture drawn 14:05
        14:21  ceftriaxone iv started 14:20
        14:46  ringer 200 mL started 14:10 completed 14:45
        15:00  protocol
        20:00  quiet
    """)

    assert told.said == []
    assert told.stands("bundle") == "met"


@pytest.mark.parametrize(("given", "status"), [("10:00-1", "met"), ("09:59-1", "missed")])
def test_antibiotics_count_from_24_hours_before(given, status):
    told = tell(f"""
        09:00-1  arrived at 09:00-1
        {given}  ceftriaxone iv
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("antibiotics") == status


@pytest.mark.parametrize(("drawn", "status"), [("10:00-2", "met"), ("09:59-2", "missed")])
def test_cultures_count_from_48_hours_before(drawn, status):
    told = tell(f"""
        09:00-2  arrived
        {drawn}  blood culture
        10:00  protocol
        14:00  quiet
    """)

    assert told.stands("blood culture") == status
