"""Large samples of simulated stays come near the rates of New York State; on the boundaries every verdict is common.

Only courses are drawn and judged here, nothing is charted. Tolerances are three standard errors, hospitals included,
and what the usual dirt (ages unknown, stays cut short, care known by its day) takes away.
"""

from collections import Counter
from datetime import timedelta

import pytest

from streams.simulator.department import DEFAULT_START
from streams.simulator.dice import Dice
from streams.simulator.hospital import build_hospitals
from streams.simulator.practice import Profile, shipped_practice
from streams.simulator.stay import draw_course
from streams.simulator.truth import Outcome, Standing, bundle_of
from streams.simulator.verdicts import cases_of

HOSPITALS = 2000
TREND, THREE, SIX = "nys-ped-1h/trend-2015", "nys-adult-3h/trend-2015", "nys-adult-6h/trend-2015"
IMPOSSIBLE = {
    ("lactate", None): {Outcome.CANNOT_ASSESS},
    ("repeat_lactate", None): {Outcome.CANNOT_ASSESS},
    ("assessment", None): {Outcome.CANNOT_ASSESS},
    ("reassessment", None): set(),
    ("fluids", "ssc-hour1/2018"): {Outcome.CANNOT_ASSESS},
    ("vasopressor", "ssc-hour1/2018"): {Outcome.CANNOT_ASSESS},
}
"""What no stay can make of an element: a lactate is always told by its minute; no weight is asked for."""


def drawn(profile, patients):
    """The cases of so many stays, half of children and half of adults."""
    practice = shipped_practice(profile)
    hospitals = build_hospitals(4, HOSPITALS, practice)
    for number in range(patients):
        dice = Dice(f"rates:{number}")
        at = DEFAULT_START + timedelta(hours=number / 2)
        yield cases_of(draw_course(f"E{number}", dice.pick(hospitals), at, dice, practice, is_child=number % 2 == 0))


@pytest.fixture(scope="module")
def counted():
    """By measure, element and outcome, of cases that are judged."""
    counts = Counter()
    for cases in drawn(Profile.USUAL, 6000):
        for case in cases:
            if case.standing is Standing.DENOMINATOR:
                counts.update((case.measure, name, deed.outcome) for name, deed in case.deeds.items())
                asked = [deed.outcome for deed in case.deeds.values() if deed.in_bundle]
                counts[case.measure, "bundle", bundle_of(asked)] += 1
    return counts


@pytest.mark.parametrize(
    ("measure", "element", "share", "tolerance"),
    [
        (TREND, "antibiotics", 0.677, 0.04),
        (TREND, "blood_culture", 0.628, 0.04),
        (TREND, "fluids", 0.465, 0.04),
        (TREND, "bundle", 0.249, 0.04),
        ("nys-mortality-ped/2015", "died_in_hospital", 0.118, 0.02),
        ("nys-mortality-adult/2015", "died_in_hospital", 0.289, 0.03),
        ("nys-protocol-initiated-ped/2015", "protocol", 0.751, 0.03),
        ("nys-protocol-initiated-adult/2015", "protocol", 0.812, 0.03),
        (THREE, "bundle", 0.509, 0.05),
        (SIX, "bundle", 0.306, 0.06),
    ],
)
def test_care_is_in_time_about_as_often_as_in_new_york(counted, measure, element, share, tolerance):
    """Children: JAMA 2018;320:358. Adults, protocols: New York State report on 2015, mean of the quarters."""
    met, late, missed = (
        counted[measure, element, outcome] for outcome in (Outcome.MET, Outcome.MET_LATE, Outcome.MISSED)
    )

    assert met / (met + late + missed) == pytest.approx(share, abs=tolerance)


def test_every_verdict_of_every_element_is_common_on_the_boundaries():
    """A hundred in a million messages are 20 in 3,000 stays; ten are asked for, and leave room for chance."""
    counts = Counter()
    for cases in drawn(Profile.BOUNDARIES, 3000):
        counts.update((case.measure, name, deed.outcome) for case in judged(cases) for name, deed in case.deeds.items())

    elements = {(measure, name) for measure, name, _ in counts}
    rare = [
        (measure, name, outcome)
        for measure, name in elements
        for outcome in possible(measure, name)
        if counts[measure, name, outcome] < 10
    ]
    assert rare == []


def judged(cases):
    return [case for case in cases if case.standing is Standing.DENOMINATOR]


def possible(measure, name):
    """Outcomes that an element of a judged case may have."""
    if name == "died_in_hospital":
        return {Outcome.MET, Outcome.MISSED}
    if name.startswith("died"):
        return {Outcome.MET, Outcome.MISSED, Outcome.CANNOT_ASSESS}
    if name == "protocol":
        return {Outcome.MET, Outcome.MISSED} | ({Outcome.MET_LATE} if measure.startswith("ipso") else set())
    conditional = {"repeat_lactate", "vasopressor", "reassessment"}
    asks = {"sep1-like", "ssc-hour1"}
    outcomes = {Outcome.MET, Outcome.MET_LATE, Outcome.MISSED, Outcome.CANNOT_ASSESS}
    if name in conditional or (name == "fluids" and measure.split("/")[0] in asks):
        outcomes.add(Outcome.NOT_APPLICABLE)
    return outcomes - IMPOSSIBLE.get((name, measure), set()) - IMPOSSIBLE.get((name, None), set())
