"""When it was known that an element was done: with the last of what it took, whichever was charted last."""

import pytest

from storyteller import clock_text, play

CHARTED = "temperature 39.2", "heart rate 150", "respiratory rate 40", "systolic bp 84"
VITALS = "\n".join(f"10:40 {each} measured 10:02 recorded 10:06" for each in CHARTED)
INFUSIONS = """
    10:55  ringer 100 mL (second) started 10:40 completed 10:50
    11:20  ringer 100 mL (first) started 10:05 completed 10:30
"""
OUTLASTED = """
    11:20  ringer 100 mL (first) started 10:05 completed 10:50
    11:25  ringer 100 mL (second) started 10:10 completed 10:30
"""
ENDED_LATER = """
    10:10  ringer 200 mL
    11:15  correct ringer 200 mL started 10:10 completed 10:50
"""
BOLUS = """
    10:20  ringer 40 mL started 10:05 completed 10:10 as one
    10:40  ringer 40 mL started 10:12 completed 10:20 as one
"""
ANTIBIOTICS = """
    10:25  gentamicin iv started 10:20
    12:00  vancomycin iv started 10:10
"""


@pytest.mark.parametrize(
    ("measure", "element", "story", "expected"),
    [
        ("nys-ped-1h/spec-2015", "fluids", INFUSIONS, ("10:50", "11:20")),
        ("nys-ped-1h/spec-2015", "fluids", OUTLASTED, ("10:50", "11:25")),
        ("nys-ped-1h/spec-2015", "fluids", ENDED_LATER, ("10:50", "11:15")),
        ("cha/2012", "first_bolus", BOLUS, ("10:05", "10:40")),
        ("nys-adult-3h/trend-2015", "broad_spectrum", ANTIBIOTICS, ("10:20", "12:00")),
        ("cha/2012", "assessment", f"10:08 spo2 95 recorded 10:07\n {VITALS}", ("10:07", "10:40")),
        ("cha/2012", "assessment", f"{VITALS}\n 10:50 spo2 95 measured 10:12 recorded 10:14", ("10:14", "10:50")),
        ("nys-adult-3h/trend-2015", "lactate", "11:10 lactate 1.4 drawn 10:15 resulted 10:50", ("10:50", "11:10")),
    ],
)
def test_an_element_is_known_to_be_done_with_the_last_of_what_it_took(measure, element, story, expected):
    told = play(measure, f"10:00 protocol\n 10:01 weight 10 kg\n {story}\n 14:00 quiet").element(element)

    assert (clock_text(told.done_at), clock_text(told.known_at)) == expected


@pytest.mark.parametrize(("culture", "dose", "expected"), [("10:35", "11:10", "11:10"), ("12:00", "10:55", "12:00")])
def test_a_culture_that_a_dose_must_follow_is_known_with_the_later_of_both(culture, dose, expected):
    lines = {culture: "blood culture drawn 10:30", dose: "ceftriaxone iv started 10:50"}
    told = "\n".join(f"{at} {line}" for at, line in sorted(lines.items()))
    story = f"10:00 arrived\n 10:10 sepsis documented\n {told}\n 14:00 quiet"
    verdict = play("nys-ped-1h/spec-2015-literal", story).element("blood_culture")

    assert (verdict.status, clock_text(verdict.known_at)) == ("met", expected)
