"""What is not judged again: each answer, and that judging again would have said the same."""

import pytest

from lived import live
from measures_by_rule import BUNDLE, by_rule, remade, rules_by_rule
from scoring.bearing import Bearing
from scoring.rules import load_rules, rules_of
from shock_story import CHILD, SHOCK
from storyteller import read_story

SEP1 = "sep1-like/1"
BOLUS = "cha/2012"

ALL_IN = """
    10:30    ringer 1200 mL started 10:00 completed 10:30
    12:00    ringer 1500 mL started 11:00 completed 12:00
    12:30    norepinephrine iv
    12:40    systolic bp 75
    12:50    systolic bp 74
"""

UNTREATED = ALL_IN.replace("12:30    norepinephrine iv", "12:30    quiet")

HALF_IN = """
    10:30    ringer 1200 mL started 10:00 completed 10:30
"""

LATE_IN = """
    09:00+1  ringer 500 mL started 08:00+1 completed 09:00+1
    12:00+1  ringer 2500 mL started 10:00+1 completed 12:00+1
"""


LATER_IN = """
    12:00+2  ringer 2500 mL started 10:00+2 completed 12:00+2
"""


def bears_nothing(story, line, measure=SEP1, *, in_order=True):
    """Whether one more line of a story has no bearing on its only case."""
    *before, last = read_story(f"{story}\n{line}")
    rules = load_rules([measure]) if isinstance(measure, str) else measure
    state = live([*before, last], rules).state
    before = live(before, rules).state
    (case,) = next(iter(before.cases.values()))
    case.chart.put(last)
    bearing = Bearing(case, state.facts, before.records[case.key].rivals)
    return bearing.is_none((last,), last.received_at, in_order=in_order)


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (SHOCK, "10:00+3  systolic bp 60"),
        (SHOCK, "10:00+3  heart rate 150"),
        (SHOCK, "10:00+3  ceftriaxone iv"),
        (SHOCK, "10:00+9  ceftriaxone iv"),
        (SHOCK + ALL_IN, "10:00+3  systolic bp 60"),
        (SHOCK, "10:00+3  norepinephrine iv"),
        (SHOCK + ALL_IN, "10:00+3  norepinephrine iv"),
        (SHOCK + ALL_IN, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK + ALL_IN + LATE_IN, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK + ALL_IN + LATE_IN, "10:00+3  ringer 500 mL started 09:00+3"),
        (SHOCK.replace("09:40    blood culture", "10:00    ruled out"), "23:00  heart rate 150"),
        (SHOCK.replace("weight 70", "spo2 70") + LATE_IN, "10:00+3  ringer 500 mL started 09:00+3"),
    ],
)
def test_what_comes_after_all_that_a_case_looks_at_bears_nothing(story, line):
    assert bears_nothing(story, line)


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (SHOCK, "10:30  systolic bp 60"),
        (SHOCK, "10:00+3  lactate 5"),
        (SHOCK + LATE_IN, "12:30+1  systolic bp 60"),
        (SHOCK + ALL_IN, "13:00  norepinephrine iv"),
        (SHOCK + ALL_IN, "10:00+3  norepinephrine iv by day started 00:00+3"),
        (SHOCK + ALL_IN, "10:00+3  norepinephrine ordered 10:00+3"),
        (SHOCK + UNTREATED, "10:00+3  norepinephrine iv"),
        (SHOCK, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK + HALF_IN, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK, "10:30  ceftriaxone iv"),
        (SHOCK, "10:00+3  ceftriaxone iv by day started 00:00+3"),
        (SHOCK, "10:00+3  ceftriaxone ordered 10:00+3"),
        (SHOCK.replace("09:50    ceftriaxone iv", "09:50    quiet"), "09:00+1  ceftriaxone iv"),
        (SHOCK, "10:00+9  blood culture"),
        (SHOCK + "    10:00 ruled out", "09:30  heart rate 150"),
        (SHOCK, "15:50:59  systolic bp 60"),
        (SHOCK + LATE_IN, "13:00:59+1  systolic bp 60"),
        (SHOCK + ALL_IN, "09:40+1  norepinephrine iv"),
        (SHOCK + ALL_IN, "09:50+1  ringer 100 mL started 09:40+1 completed 09:50+1"),
        (SHOCK + LATER_IN, "13:00+2  ringer 500 mL started 10:00+2 completed 12:30+2"),
        (SHOCK + LATER_IN, "13:00+2  ringer 500 mL started 11:00+2 completed 11:30+2"),
        (SHOCK + LATER_IN, "13:00+2  ringer 500 mL started 11:00+2 completed 13:00+2"),
        (SHOCK + ALL_IN, "10:00+3  ringer 500 mL by day started 00:00+3"),
        (SHOCK + ALL_IN, "10:00+3  ringer 500 mL ordered 09:00+3"),
        (SHOCK.replace("lactate 5.1", "lactate"), "10:00+3  lactate 5 drawn 09:00"),
    ],
)
def test_what_a_case_may_look_at_is_judged(story, line):
    assert not bears_nothing(story, line)


def site(measure=SEP1, **changes):
    """The rules of a hospital that changes some of a measure."""
    return rules_of([remade(load_rules([measure]).measures[0], "site", **changes)])


UNWEIGHED = SHOCK.replace("weight 70 kg", "spo2 70")
BY_THE_LOOK_BACK = "    12:00    ringer 2500 mL started 09:51 completed 12:00\n"
"""The latest date is 09:50, so that shock may come until 15:51, and its fluids from 09:51 on."""
FLUID = "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"


@pytest.mark.parametrize(
    ("story", "line", "is_nothing"),
    [
        (SHOCK + BY_THE_LOOK_BACK, FLUID, True),
        (SHOCK + BY_THE_LOOK_BACK.replace("09:51", "09:50"), FLUID, False),
        (SHOCK + LATE_IN, "12:01+1  ringer 100 mL started 12:01+1 completed 12:01+1", True),
        (SHOCK + LATE_IN, "12:01+1  ringer 100 mL started 12:00+1 completed 12:00+1", False),
        (UNWEIGHED + LATER_IN, "13:00+2  ringer 100 mL started 10:01+2", True),
        (UNWEIGHED + LATER_IN, "13:00+2  ringer 100 mL started 10:00+2", False),
        (SHOCK.replace("weight 70 kg", "weight") + "    10:00    ringer 100 mL", FLUID, True),
        (UNWEIGHED + HALF_IN + "    10:00    lesser volume ordered 1200", FLUID, True),
        (UNWEIGHED + HALF_IN + "    10:00    lesser volume ordered 1201", FLUID, False),
    ],
)
def test_a_fluid_counts_until_the_volume_is_in_by_those_that_every_date_counts(story, line, is_nothing):
    assert bears_nothing(story, line) is is_nothing


@pytest.mark.parametrize(("volume", "is_nothing"), [(35, True), (36, False)])
def test_the_volume_that_septic_shock_asks_for_may_be_the_larger(volume, is_nothing):
    """2450 mL are 35 mL/kg for 70 kg."""
    story = SHOCK + BY_THE_LOOK_BACK.replace("2500", "2450")

    assert bears_nothing(story, FLUID, site(shock__target__volume__value=volume)) is is_nothing


ADULT = "nys-adult-6h/trend-2015"
PROTOCOL = """
    07:00    born 1950-01-01
    09:00    weight 70 kg
    09:10    lactate 5.1
    10:00    protocol
    12:00    ringer 2500 mL started {start} completed 12:00
"""


@pytest.mark.parametrize(
    ("look_back", "start", "is_nothing"),
    [(6, "04:01", True), (6, "04:00", False), (1, "09:01", True), (1, "09:00", False)],
)
def test_the_latest_look_back_is_what_every_fluid_is_counted_from(look_back, start, is_nothing):
    """From the minute after the only date on: the element looks back 6 hours, and shock as far or less."""
    rules = site(ADULT, shock__target__look_back__value=look_back)

    assert bears_nothing(PROTOCOL.format(start=start), FLUID, rules) is is_nothing


def test_without_any_look_back_a_fluid_is_judged_for_nobody_can_tell_which_is_the_first():
    rules = site("nys-ped-1h/spec-2015", elements__fluids__look_back=None)

    assert bears_nothing(CHILD + BY_THE_LOOK_BACK, FLUID, "nys-ped-1h/spec-2015")
    assert not bears_nothing(CHILD + BY_THE_LOOK_BACK, FLUID, rules)


UNTREATED_IN_TIME = SHOCK + UNTREATED + "    10:00+2  norepinephrine iv\n"


@pytest.mark.parametrize(
    ("story", "line", "is_nothing"),
    [
        (UNTREATED_IN_TIME, "11:00+2  vasopressin iv started 10:00:01+2", True),
        (UNTREATED_IN_TIME, "11:00+2  vasopressin iv started 10:00+2", False),
        (UNTREATED_IN_TIME, "11:00+2  vasopressin iv started 09:59+2", False),
        (UNWEIGHED, "10:00+3  norepinephrine iv", True),
        (SHOCK + UNTREATED + "    14:00 norepinephrine by day started 14:00", "10:00+3  norepinephrine iv", False),
    ],
)
def test_a_drug_counts_until_one_is_given_or_where_none_is_looked_for(story, line, is_nothing):
    assert bears_nothing(story, line) is is_nothing


NO_DATE = "    09:00    protocol by day\n"


@pytest.mark.parametrize(("line", "is_nothing"), [("10:00  systolic bp 60", True), ("10:00  norepinephrine iv", False)])
def test_of_a_case_without_any_date_no_pressure_is_asked(line, is_nothing):
    assert bears_nothing(NO_DATE, line, ADULT) is is_nothing


def low_pressures_alone():
    """A site's bundle that asks for low pressures and knows no septic shock."""
    kept = {name: rule for name, rule in BUNDLE["elements"].items() if name not in {"fluids", "vasopressor"}}
    fluids = BUNDLE["elements"]["fluids"] | {"applies_when": ["initial_hypotension"]}
    return rules_of([by_rule("triage", without=["shock"], elements={**kept, "fluids": fluids})])


@pytest.mark.parametrize(("line", "is_nothing"), [("11:01", False), ("11:02:01", True)])
def test_without_septic_shock_a_pressure_is_asked_until_no_date_can_be_followed_by_a_low_one(line, is_nothing):
    """An hour from the protocol, which is the last of all dates, and as far as minutes may lie that were cut."""
    story = "08:00  arrived\n 09:00  triaged\n 10:00  protocol\n"

    assert bears_nothing(story, f"{line}  systolic bp 60", low_pressures_alone()) is is_nothing


@pytest.mark.parametrize(("line", "is_nothing"), [("creatinine 2.5", True), ("septic shock documented", False)])
def test_of_septic_shock_what_leaves_its_time_as_it_was_bears_nothing(line, is_nothing):
    assert bears_nothing(SHOCK, f"10:00  {line}", rules_by_rule("septic_shock")) is is_nothing


NEXT_DAY = SHOCK + "    08:00+1  protocol\n"
"""By the protocol the case would be dated 08:00 of the next day, so that shock may come until 14:01."""


@pytest.mark.parametrize(
    ("story", "line", "is_nothing"),
    [
        (NEXT_DAY, "14:02+1  ceftriaxone iv", True),
        (NEXT_DAY, "14:00+1  ceftriaxone iv", False),
        (SHOCK.replace("1950", "2015").replace("09:50    ceftriaxone iv", ""), "10:00+3  ceftriaxone iv", False),
    ],
)
def test_a_dose_counts_until_no_date_can_be_followed_by_shock_any_more(story, line, is_nothing):
    assert bears_nothing(story, line) is is_nothing


@pytest.mark.parametrize(
    ("dose", "is_nothing"),
    [
        ("11:01    gentamicin iv", True),
        ("11:00    gentamicin iv", False),
        ("08:00+1  gentamicin iv by day started 08:00+1", False),
        ("10:00+3  gentamicin iv", False),
    ],
)
def test_a_dose_counts_until_one_stands_first_for_the_culture_by_every_date(dose, is_nothing):
    """By the protocol the case would be dated 12:00: from 11:01 on a dose comes within the hour of look-back."""
    story = f"{SHOCK}    12:00    protocol\n    {dose}\n"
    rules = site(elements__blood_culture__antibiotic_look_back__value=1)

    assert bears_nothing(story, "10:00+3  ceftriaxone iv", rules) is is_nothing


UNLIMITED = {"elements__vasopressor__limit": None, "elements__vasopressor__due_soon": None}


@pytest.mark.parametrize(
    ("changes", "story", "line", "is_nothing"),
    [
        ({"elements__blood_culture__antibiotic_look_back": None}, SHOCK, "10:00+3  ceftriaxone iv", True),
        ({"elements__antibiotics__routes": ["io"]}, SHOCK, "10:00+3  ceftriaxone io", False),
        ({}, SHOCK.replace("ceftriaxone", "gentamicin"), "10:00+3  ceftriaxone iv", False),
        (UNLIMITED, SHOCK + UNTREATED, "10:00+3  norepinephrine iv", False),
        ({}, SHOCK + "    13:00+1  ringer 2500 mL by day started 10:00+1 completed 12:00+1", FLUID, False),
        ({}, SHOCK + "    10:00    ruled out", "10:00+3  norepinephrine iv", True),
        ({}, SHOCK + "    10:00    ruled out", "10:00+9  ceftriaxone iv", False),
    ],
)
def test_whoever_still_waits_for_a_drug_has_it_judged(changes, story, line, is_nothing):
    assert bears_nothing(story, line, site(**changes)) is is_nothing


LITERAL = "nys-ped-1h/spec-2015-literal"
NO_PROTOCOL = CHILD.replace("protocol started", "sepsis documented")


@pytest.mark.parametrize(
    ("story", "is_nothing"),
    [
        (CHILD, True),
        (NO_PROTOCOL, False),
        (NO_PROTOCOL + "    09:41+1  gentamicin iv\n", True),
        (NO_PROTOCOL + "    09:40:59+1  gentamicin iv\n", False),
    ],
)
def test_without_a_protocol_a_dose_counts_until_one_surely_follows_the_culture(story, is_nothing):
    """The culture is drawn at 09:40; known by its day it could have been drawn up to a day later."""
    assert bears_nothing(story, "10:00+3  ceftriaxone iv", LITERAL) is is_nothing


def test_a_fluid_may_always_be_a_bolus():
    story = """
        07:00    born 2020-01-01
        08:00    admitted
        08:10    sepsis documented
        09:00    weight 20 kg
        09:10    ringer 900 mL started 08:30 completed 09:10
    """

    assert not bears_nothing(story, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3", BOLUS)


def test_what_may_have_had_a_say_in_since_when_a_time_zero_is_believed_is_judged_where_it_comes_late():
    line = "12:00  heart rate 150"

    assert bears_nothing(SHOCK, line)
    assert not bears_nothing(SHOCK, line, in_order=False)
    assert bears_nothing(SHOCK, "10:00+3  heart rate 150", in_order=False)


def test_after_a_lapse_a_result_may_make_a_presentation_that_is_confirmed():
    lapsed = (
        SHOCK.replace("09:40    blood culture", "")
        + """
        13:00+4  blood culture
        13:10+4  ceftriaxone iv (second)
        13:20+4  heart rate 120
        13:20+4  respiratory rate 30
    """
    )

    assert not bears_nothing(lapsed, "13:30+4  creatinine 3.0")


def test_a_case_that_lapsed_is_asked_for_its_time_zero_alone():
    lapsed = SHOCK.replace("09:40    blood culture", "") + "    12:00+4  quiet"

    assert bears_nothing(lapsed, "14:00+4  heart rate 150")
    assert bears_nothing(lapsed, "14:00+4  respiratory rate 40")


LEFT_OUT = """
    00:00    ceftriaxone iv
    06:00+1  blood culture
    06:00+1  heart rate 120
    06:00+1  respiratory rate 28
    06:00+1  lactate 3.1
    20:00+1  infection suspected
    20:00+1  heart rate 120
    20:00+1  respiratory rate 28
    20:00+1  lactate 3.1
    01:00+2  comfort care
"""


@pytest.mark.parametrize(
    ("line", "is_nothing"), [("22:00+2  ceftriaxone iv", False), ("22:00+6  ceftriaxone iv", True)]
)
def test_a_dose_that_may_pair_with_a_culture_before_time_zero_is_judged_in_a_case_that_is_left_out(line, is_nothing):
    """The first dose, which cultures are set against, came too long before the culture to be a pair with it."""
    rules = site(elements__blood_culture__antibiotic_look_back__value=100)

    assert bears_nothing(LEFT_OUT, line, rules) is is_nothing
