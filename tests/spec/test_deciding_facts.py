"""What a verdict rests on: first the act that counts, then what else decided it."""

import pytest

from storyteller import clock_text, play

SEP1, HOUR_1, CHILDREN = "sep1-like/1", "ssc-hour1/2018", "cha/2012"
SEPSIS = """
    10:00  infection suspected
    10:00  temperature 39.0
    10:00  heart rate 110
    10:00  creatinine 2.4
"""
LOW = """
    10:05  weight 70 kg
    10:20  systolic bp 84
    10:40  systolic bp 82
"""
CHILD = """
    10:00  protocol
    10:01  weight 10 kg
    10:20  ringer 100 mL (first) started 10:05 completed 10:20
    10:40  ringer 100 mL (second) started 10:25 completed 10:40
"""
HYPOTENSION = ["systolic_bp 10:20", "systolic_bp 10:40"]
TRIAGE = """
    10:00  triaged
    10:05  sepsis documented
    10:06  weight 70 kg
    10:10  systolic bp 80
"""


def own_facts(measure, story, element):
    """An element's evidence in its order, without what time zero rests on."""
    told = play(measure, story)
    of_time_zero = {each.event_id for each in told.element("bundle").evidence}
    own = (each for each in told.element(element).evidence if each.event_id not in of_time_zero)
    return [f"{each.what or each.type} {clock_text(each.happened_at)}" for each in own]


@pytest.mark.parametrize(
    ("acts", "facts"),
    [
        ("10:15  lactate 1.4", ["lactate 10:15"]),
        ("10:15  lactate 2.4", ["lactate 10:15"]),
        ("10:15  lactate 2.4\n 12:00  lactate 2.0", ["lactate 12:00", "lactate 10:15"]),
    ],
)
def test_a_second_lactate_rests_on_itself_and_on_the_first_that_asked_for_it(acts, facts):
    assert own_facts(SEP1, f"{SEPSIS} {acts}", "repeat lactate") == facts


@pytest.mark.parametrize("report", ["", "resulted 10:40"])
def test_a_lactate_that_is_clocked_by_its_report_is_shown_before_it_too(report):
    story = f"10:00  protocol\n 10:45  lactate 1.4 drawn 10:20 {report}"

    assert own_facts("nys-adult-3h/trend-2015", story, "lactate") == ["lactate 10:40" if report else "lactate 10:20"]


@pytest.mark.parametrize(
    ("infusions", "facts"),
    [
        ([], ["weight 10:05"]),
        (["400 mL started 11:00 completed 11:30"], ["weight 10:05", "ringer 11:00"]),
        (
            ["1000 mL started 11:00 completed 11:30", "1100 mL started 11:40 completed 12:30"],
            ["ringer 11:40", "weight 10:05", "ringer 11:00"],
        ),
        (
            ["1000 mL started 11:00 completed 11:30", "1100 mL started 13:50 completed 14:30"],
            ["ringer 13:50", "weight 10:05", "ringer 11:00"],
        ),
    ],
)
def test_fluids_rest_on_the_infusion_that_brings_the_volume_in_the_weight_and_the_others(infusions, facts):
    given = "\n".join(f"15:0{place}  ringer {each}" for place, each in enumerate(infusions))

    assert own_facts(SEP1, f"{SEPSIS} {LOW} {given}", "fluids") == [*facts, *HYPOTENSION]


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        ("", ["ringer 10:05", "ringer 10:25", "weight 10:01"]),
        (
            "10:55  ringer 100 mL (third) started 10:45 completed 10:55",
            ["ringer 10:45", "weight 10:01", "ringer 10:05", "ringer 10:25"],
        ),
    ],
)
def test_a_third_bolus_rests_on_the_weight_that_tells_a_bolus_and_on_those_before_it(more, facts):
    assert own_facts(CHILDREN, f"{CHILD} {more}", "third bolus") == facts


@pytest.mark.parametrize(("given", "facts"), [("10:15  ringer 250 mL", ["ringer 10:15"]), ("10:15  quiet", [])])
def test_a_bolus_of_any_volume_rests_on_no_weight(given, facts):
    assert own_facts(HOUR_1, f"{TRIAGE} {given}", "fluids") == facts


@pytest.mark.parametrize(
    ("last", "facts"),
    [
        (
            "10:07  spo2 95",
            ["spo2 10:07", "temperature 10:02", "heart_rate 10:03", "respiratory_rate 10:06", "bp 10:05"],
        ),
        ("10:07  quiet", ["temperature 10:02", "heart_rate 10:03", "respiratory_rate 10:06", "bp 10:05"]),
    ],
)
def test_an_assessment_rests_on_every_vital_sign_the_last_charted_in_front(last, facts):
    story = f"""
        10:00  protocol
        10:02  temperature 39.2
        10:03  heart rate 150
        10:05  systolic bp 84
        10:06  respiratory rate 40
        {last}
    """

    assert own_facts(CHILDREN, story, "assessment") == [fact.replace("bp", "systolic_bp") for fact in facts]
