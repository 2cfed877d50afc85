"""Chooses moments at which to look at a made-up patient: beside every instant at which a clock changes something."""

from reference.naive_now import GRACE, NEVER_WARNED, WARNED, judge_known

RAREST = ["vasopressor", "reassessment"]
RARE = ["repeat_lactate", "fluids", "first_bolus", "assessment", "protocol"]
EACH = {"rarest": 6, "rare": 3, "common": 3}


def turning_points(name, window, unit):
    """Seconds at which an element's clock turns."""
    due, closes = window.due * unit, window.closes * unit
    warned = WARNED.get(window.limit * unit // 60, 0) if name not in NEVER_WARNED else 0
    warns = due - warned * 60
    return [warns - 1800, warns, due - 300, due, closes, closes + GRACE // 2, closes + GRACE]


def moments_of(messages, measures, rng):
    """Some seconds beside the turning points of the patient's windows, those of rarer elements first."""
    points = {rarity: [] for rarity in EACH}
    for judged in judge_known(messages, measures, None):
        (measure,) = (each for each in measures if each.name == judged.measure)
        unit = 1 if measure.is_to_the_second else 60
        for name, found in judged.elements.items():
            if found.window is not None:
                rarity = "rarest" if name in RAREST else "rare" if name in RARE else "common"
                points[rarity] += turning_points(name, found.window, unit)
    chosen = [rng.choice(points[rarity]) for rarity, many in EACH.items() if points[rarity] for _ in range(many)]
    return [second + rng.choice([-1, 0, 0, 1]) for second in chosen]
