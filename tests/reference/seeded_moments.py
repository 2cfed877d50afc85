"""Chooses moments at which to look at a made-up patient, and by which measures: beside what some clock changes."""

from reference.naive_now import GRACE, NEVER_WARNED, WARNED, judge_known

RAREST = ["vasopressor", "reassessment", "protocol"]
RARE = ["repeat_lactate", "fluids", "first_bolus", "assessment", "blood_culture"]
RARE_MEASURE = "ed-sepsis-triage/mannhardt"
EACH = {"rarest": 14, "rare": 8, "common": 6}

CLOSE = 1800
"""Seconds."""


def turning_points(name, window, unit):
    """Seconds at which an element's clock turns."""
    due, closes = window.due * unit, window.closes * unit
    warned = WARNED.get(window.limit * unit // 60, 0) if name not in NEVER_WARNED else 0
    warns = due - warned * 60
    return [warns - 1800, warns, due - 300, due, closes, closes + GRACE // 2, closes + GRACE]


def rarity_of(measure, name):
    """How seldom an element's window is there to be looked at."""
    if name in RAREST or measure == RARE_MEASURE:
        return "rarest"
    return "rare" if name in RARE else "common"


def moments_of(messages, measures, rng):
    """Seconds beside turning points of the patient's windows, each with the measures whose windows turn about then."""
    points = {rarity: [] for rarity in EACH}
    for judged in judge_known(messages, measures, None):
        (measure,) = (each for each in measures if each.name == judged.measure)
        unit = 1 if measure.is_to_the_second else 60
        for name, found in judged.elements.items():
            if found.window is not None:
                turns = turning_points(name, found.window, unit)
                points[rarity_of(measure.name, name)] += [(turn, measure) for turn in turns]
    chosen = [rng.choice(points[rarity])[0] for rarity, many in EACH.items() if points[rarity] for _ in range(many)]
    return [(turn + rng.choice([-1, 0, 0, 1]), turning_about(turn, points)) for turn in dict.fromkeys(chosen)]


def turning_about(second, points):
    """The measures of which a window turns at a second or close to it."""
    about = [measure for each in points.values() for turn, measure in each if abs(turn - second) <= CLOSE]
    found = {measure.name: measure for measure in about}
    return list(found.values())
