"""Low pressures and shock, beyond the stories: what a hospital's own measure may ask for."""

import pytest

from measures_by_rule import remade
from scoring.rules import load_rules, rules_of
from storyteller import clock_text, play

CASE = """
    10:00  infection suspected
    10:00  temperature 39.0
    10:00  heart rate 110
    10:00  creatinine 2.4
    10:05  weight 70 kg
"""


def sep1(**changes):
    """The severe sepsis of a hospital that changes some of it."""
    return rules_of([remade(load_rules(["sep1-like/1"]).measures[0], "site", **changes)])


@pytest.mark.parametrize(
    ("lows", "due"),
    [
        (("10:20", "10:40"), None),
        (("10:20", "10:40", "13:20"), "16:20"),
        (("10:20", "10:40", "13:21"), None),
        (("10:20", "10:40", "13:21", "13:30"), "16:30"),
    ],
)
def test_where_three_low_readings_are_asked_for_the_last_lies_close_to_the_first_and_starts_the_clock(lows, due):
    pressures = "\n".join(f"{at}  systolic bp 84" for at in lows)
    told = play(sep1(hypotension__readings__value=3), f"{CASE}\n{pressures}")

    due_at = told.element("fluids").due_at
    assert (due_at and clock_text(due_at)) == due


def test_where_three_consecutive_low_readings_are_asked_for_shock_begins_with_the_third():
    told = play(
        sep1(shock__consecutive__value=3),
        f"""
        {CASE}
        10:20  systolic bp 84
        10:40  systolic bp 82
        11:51  ringer 2100 mL started 10:50 completed 11:50
        12:00  systolic bp 80
        12:15  systolic bp 81
        12:30  systolic bp 82
    """,
    )

    assert clock_text(told.element("vasopressor").due_at) == "18:30"


@pytest.mark.parametrize(("said", "fluids"), [("04:00", "open"), ("03:59", "not_applicable, no_septic_shock")])
def test_documented_shock_counts_from_the_look_back_on(said, fluids):
    told = play(
        "nys-adult-6h/public-2015",
        f"{said}  septic shock documented\n 10:00  triaged\n 10:05  weight 70 kg\n 10:10  protocol",
    )

    assert told.stands("fluids") == fluids


@pytest.mark.parametrize(("volume_ml", "due"), [(1890, "18:15"), (1889, None)])
def test_low_pressure_persists_after_nine_tenths_of_the_target_volume(volume_ml, due):
    told = play("sep1-like/1", f"""
        {CASE}
        10:20  systolic bp 84
        10:40  systolic bp 82
        11:51  ringer {volume_ml} mL started 10:50 completed 11:50
        12:00  systolic bp 80
        12:15  systolic bp 81
    """)  # fmt: skip

    due_at = told.element("vasopressor").due_at
    assert (due_at and clock_text(due_at)) == due


@pytest.mark.parametrize(("first", "due"), [("04:00", "18:15"), ("03:59", None)])
def test_the_target_volume_is_counted_from_six_hours_before_severe_sepsis(first, due):
    told = play("sep1-like/1", f"""
        04:10  ringer 1000 mL (early) started {first} completed 04:05
        {CASE}
        10:20  systolic bp 84
        10:40  systolic bp 82
        11:51  ringer 1100 mL started 10:50 completed 11:50
        12:00  systolic bp 80
        12:15  systolic bp 81
    """)  # fmt: skip

    due_at = told.element("vasopressor").due_at
    assert (due_at and clock_text(due_at)) == due


def test_what_leaves_out_of_septic_shock_leaves_out_no_element_of_severe_sepsis():
    """A hospital's shock leaves out whoever has comfort care within ten hours; severe sepsis asks about six."""
    shock = load_rules(["sep1-like/1"]).measures[0].shock.model_dump(mode="json")
    (comfort,) = (each for each in shock["exclusions"] if each["reason"] == "comfort_care_6h")
    comfort["limit"]["value"] = 600
    told = play(sep1(shock__exclusions=[comfort]), f"{CASE}\n 18:00  comfort care")

    assert told.element("lactate").status == "missed"


@pytest.mark.parametrize(("charted", "reason"), [("10:32", None), ("12:30", "past_when_known")])
def test_low_pressure_on_running_fluids_is_known_with_the_pressure(charted, reason):
    told = play("ssc-hour1/2018", f"""
        10:00  triaged
        10:05  sepsis documented
        10:06  weight 70 kg
        10:12  ringer 500 mL started 10:10
        {charted}  systolic bp 80 measured 10:30
        14:00  quiet
    """)  # fmt: skip

    assert (told.element("vasopressor").status, told.element("vasopressor").reason) == ("missed", reason)


def test_a_pressure_that_was_corrected_to_a_low_one_is_known_as_low_with_the_correction():
    told = play("ssc-hour1/2018", """
        10:00  triaged
        10:05  sepsis documented
        10:06  weight 70 kg
        10:12  ringer 500 mL started 10:10
        10:32  systolic bp 120 measured 10:30
        12:30  correct systolic bp 80 measured 10:30
        14:00  quiet
    """)  # fmt: skip

    assert (told.element("vasopressor").status, told.element("vasopressor").reason) == ("missed", "past_when_known")


@pytest.mark.parametrize(
    ("weight", "told"), [("10:05 weight 70 kg", "not_applicable, not_indicated"), ("", "cannot_assess, no_weight")]
)
def test_without_a_weight_nobody_can_tell_whether_low_pressure_persists(weight, told):
    bare = CASE.replace("10:05  weight 70 kg", weight)
    element = play("sep1-like/1", f"{bare}\n 10:20 systolic bp 84\n 10:40 systolic bp 82").element("vasopressor")

    assert f"{element.status}, {element.reason}" == told
