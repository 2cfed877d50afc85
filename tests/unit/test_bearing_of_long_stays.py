"""Over long stays of made-up events, what is not judged again would have come out the same."""

from datetime import timedelta
from random import Random

import pytest

from lived import Lived, judged
from scoring.judgement import judge
from scoring.rules import load_rules
from shock_story import CHILD, SHOCK
from storyteller import clock, read_story

SEP1 = "sep1-like/1"
BOLUS = "cha/2012"


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


def events_of(seed, first=SHOCK):
    """A long stay in intensive care: pressures, fluids, pressors and vital signs of days, late, corrected, repeated."""
    rng = Random(f"bearing {seed}")
    lines = [line for number in range(rng.randrange(6, 14)) for line in hour_of(rng, number)]
    told = [line for line in first.splitlines() if not rng.random() < 0.3 * ("lactate" in line or "culture" in line)]
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


@pytest.mark.parametrize(
    ("first", "measures"),
    [
        (SHOCK, [SEP1]),
        (SHOCK, [SEP1, BOLUS, "nys-adult-6h/public-2015"]),
        (CHILD, ["nys-ped-1h/spec-2015", "nys-ped-1h/spec-2015-literal", SEP1]),
    ],
    ids=["measures0", "measures1", "child"],
)
@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_left_out_judging_all_anew_says_the_same(seed, first, measures):
    rules, lived = load_rules(measures), Lived()

    for event in events_of(seed, first):
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
