"""What is known by its day only starts no clock of pressure and shock; a lactate of a whole day in time counts."""

import pytest

from storyteller import play

SEP1 = "sep1-like/1"
SEVERE_SEPSIS = """
    10:00  infection suspected
    10:00  temperature 39.0
    10:00  heart rate 110
    10:00  creatinine 2.4
    10:00  weight 50 kg
"""


def at_midnight(story):
    """Severe sepsis at 00:10, so that the first instant of the day lies close to it."""
    return play(SEP1, SEVERE_SEPSIS.replace("10:00", "00:10") + story)


@pytest.mark.parametrize(("by_day", "fluids"), [("", "missed"), (" by day", "not_applicable")])
def test_pressures_known_by_their_day_make_no_hypotension(by_day, fluids):
    told = at_midnight(f"""
        01:00  systolic bp 80 measured 00:00{by_day}
        01:00  systolic bp 80 measured 00:30
        07:00  quiet
    """)

    assert told.element("fluids").status == fluids


@pytest.mark.parametrize(("by_day", "vasopressor"), [("", "missed"), (" by day", "not_applicable")])
def test_a_pressure_known_by_its_day_does_not_make_hypotension_persist(by_day, vasopressor):
    """The fluids are in at midnight; in the hour after it one low reading has its minute."""
    told = play(
        SEP1,
        f"""
        22:00  infection suspected
        22:00  temperature 39.0
        22:00  heart rate 110
        22:00  creatinine 2.4
        22:00  weight 50 kg
        22:10  systolic bp 80
        22:20  systolic bp 80
        00:00+1  ringer 1500 mL started 22:30 completed 00:00+1
        01:00+1  systolic bp 80 measured 00:00+1{by_day}
        01:00+1  systolic bp 80 measured 00:30+1
        09:00+1  quiet
    """,
    )

    assert told.element("vasopressor").status == vasopressor


@pytest.mark.parametrize(("by_day", "fluids"), [("", "missed"), (" by day", "not_applicable")])
def test_septic_shock_documented_on_a_day_starts_no_clock(by_day, fluids):
    told = at_midnight(f"""
        01:00  septic shock documented at 00:30{by_day}
        06:00  quiet
    """)

    assert told.element("fluids").status == fluids


@pytest.mark.parametrize(
    ("day", "late", "stands"),
    [
        ("12:00-1", "", "met, 2026-03-01"),
        ("12:00-1", "14:30  lactate 2.0", "met, 2026-03-01"),
        ("12:00", "14:30  lactate 2.0", "cannot_assess, 2026-03-02"),
        ("12:00-1", "10:20  lactate 2.0", "met, 2026-03-01"),
    ],
)
def test_a_lactate_whose_whole_day_was_in_time_is_one_whatever_was_drawn_later(day, late, stands):
    """Three hours from the form at 10:00; what was done before it counts, however long before."""
    told = play(
        "ed-sepsis-triage/mannhardt",
        f"""
        10:00  sepsis triage form
        10:10  lactate 2.0 drawn {day} by day
        {late}
        15:00  quiet
    """,
    )
    lactate = told.element("lactate")

    assert f"{lactate.status}, {lactate.done_at:%Y-%m-%d}" == stands
