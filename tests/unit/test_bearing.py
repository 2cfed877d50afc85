"""What is not judged again: each answer, and that judging again would have said the same."""

from datetime import timedelta
from random import Random

import pytest

from lived import Lived, judged, live
from scoring.bearing import Bearing
from scoring.judgement import judge
from scoring.rules import load_rules
from storyteller import clock, read_story

SEP1 = "sep1-like/1"
BOLUS = "cha/2012"

SHOCK = """
    07:00    born 1950-01-01
    08:00    admitted
    09:00    weight 70 kg
    09:10    lactate 5.1
    09:20    heart rate 120
    09:20    respiratory rate 30
    09:20    systolic bp 80
    09:30    systolic bp 82
    09:40    blood culture
    09:50    ceftriaxone iv
"""

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


def bears_nothing(story, line, measure=SEP1):
    """Whether one more line of a story has no bearing on its only case."""
    *before, last = read_story(f"{story}\n{line}")
    state = live([*before, last], load_rules([measure])).state
    before = live(before, load_rules([measure])).state
    (case,) = next(iter(before.cases.values()))
    return Bearing(case, state.facts).is_none((last,), last.received_at, in_order=True)


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (SHOCK, "10:00+3  systolic bp 60"),
        (SHOCK, "10:00+3  heart rate 150"),
        (SHOCK + ALL_IN, "10:00+3  systolic bp 60"),
        (SHOCK, "10:00+3  norepinephrine iv"),
        (SHOCK + ALL_IN, "10:00+3  norepinephrine iv"),
        (SHOCK + ALL_IN, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK + ALL_IN + LATE_IN, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3"),
        (SHOCK + ALL_IN + LATE_IN, "10:00+3  ringer 500 mL started 09:00+3"),
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
        (SHOCK, "10:00+3  ceftriaxone iv"),
        (SHOCK + "    10:00 ruled out", "09:30  heart rate 150"),
    ],
)
def test_what_a_case_may_look_at_is_judged(story, line):
    assert not bears_nothing(story, line)


def test_a_fluid_may_always_be_a_bolus():
    story = """
        07:00    born 2020-01-01
        08:00    admitted
        08:10    sepsis documented
        09:00    weight 20 kg
        09:10    ringer 900 mL started 08:30 completed 09:10
    """

    assert not bears_nothing(story, "10:00+3  ringer 500 mL started 09:00+3 completed 10:00+3", BOLUS)


def test_a_case_that_lapsed_is_asked_for_its_time_zero_alone():
    lapsed = SHOCK.replace("09:40    blood culture", "") + "    12:00+4  quiet"

    assert bears_nothing(lapsed, "14:00+4  heart rate 150")
    assert bears_nothing(lapsed, "14:00+4  respiratory rate 40")


def at(hours, minutes=0):
    """A time so long after the first morning, as a story writes it."""
    whole = 11 * 60 + round(hours * 60) + minutes
    return f"{whole // 60 % 24:02}:{whole % 60:02}" + (f"+{days}" if (days := whole // 1440) else "")


def hour_of(rng, number):
    """What may befall within an hour of a long stay."""
    hour = rng.uniform(0, 90)
    infusion = f"{rng.choice([250, 500, 1500])} mL (n{number}) started {at(hour)} completed {at(hour, 30)}"
    fluid = f"{at(hour, 30)} ringer {infusion}"
    low = [f"{at(hour, minute)} systolic bp {rng.choice([70, 80])}" for minute in (35, 45, 55)]
    pressor = f"{at(hour, rng.choice([1, 59, 90]))} norepinephrine iv"
    vitals = [f"{at(hour, 20)} {each}" for each in ("heart rate 130", "respiratory rate 28", "systolic bp 75")]
    return rng.choice(
        [
            [fluid],
            [fluid, *low],
            [*low, pressor],
            [fluid, *low, pressor],
            [f"{at(hour)} ceftriaxone iv", *vitals, *rng.choice([[], [f"{at(hour, 5)} blood culture"]])],
            [f"{at(hour)} blood culture", *vitals, f"{at(hour, 10)} ceftriaxone iv"],
            [f"{at(hour)} heart rate {rng.choice([80, 140])}", f"{at(hour)} temperature 39.5"],
            [f"{at(hour)} lactate {rng.choice([1, 2.5, 4.5])}"],
            [f"{at(hour)} weight {rng.choice([40, 90])} kg"],
            [f"{at(hour)} {rng.choice(['septic shock documented', 'comfort care'])}"],
        ]
    )


def events_of(seed):
    """A long stay in intensive care: pressures, fluids, pressors and vital signs of days, late, corrected, repeated."""
    rng = Random(f"bearing {seed}")
    lines = [line for number in range(rng.randrange(6, 14)) for line in hour_of(rng, number)]
    told = [line for line in SHOCK.splitlines() if not rng.random() < 0.3 * ("lactate" in line or "culture" in line)]
    told = [line for line in told if "weight" not in line or rng.random() < 0.8]
    events = sorted(read_story("\n".join([*told, *lines])), key=lambda each: each.received_at)
    corrected = [
        fact.model_copy(
            update={
                "event_id": f"{fact.event_id}/again",
                "version": 1,
                "retracted": rng.random() < 0.4,
                "received_at": fact.received_at + timedelta(hours=rng.choice([1, 30])),
            }
        )
        for fact in events[8:]
        if rng.random() < 0.15
    ]
    return sorted([*events, *corrected], key=lambda each: each.received_at)


@pytest.mark.parametrize("measures", [[SEP1], [SEP1, BOLUS, "nys-adult-6h/public-2015"]])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_left_out_judging_all_anew_says_the_same(seed, measures):
    rules, lived = load_rules(measures), Lived()

    for event in events_of(seed):
        lived.take(event, rules)
        assert lived.final() == judged(judge(lived.state, rules, lived.state.now))


def test_the_made_up_stays_leave_something_out():
    """Else the test before shows nothing."""
    rules, lived, left_out = load_rules([SEP1]), Lived(), 0

    for event in events_of(1):
        before = lived.state and dict(lived.state.cases)
        lived.take(event, rules)
        left_out += bool(before) and before == lived.state.cases and event.received_at > clock("11:00+1")

    assert left_out
