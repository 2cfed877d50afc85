"""Made-up circulation: weights, fluids in parts, pressures, lactates and vasopressors at the edges of shock."""

from reference.seeded_chart import SeededChart

HOUR = 60
SIRS = [
    ("temperature", [38.3, 38.4, 36.0, 35.9], "Cel"),
    ("heart_rate", [90, 91, 110], "/min"),
    ("respiratory_rate", [20, 21, 30], "/min"),
]
BLOOD_COUNTS = [("wbc", [12, 12.1, 4, 3.9], "10^9/L"), ("bands", [10, 11], "%")]
DYSFUNCTION = [
    ("creatinine", [2.0, 2.1], "mg/dL"),
    ("bilirubin", [2.0, 2.1], "mg/dL"),
    ("platelets", [100, 99], "10^9/L"),
    ("inr", [1.5, 1.6], "ratio"),
    ("aptt", [60, 61], "s"),
]


def beside(rng, *edges):
    """A minute at an edge or beside it."""
    return rng.choice(edges) + rng.choice([-1, 0, 0, 1])


def weigh(chart, at):
    """A weight before the moment or after it, two, or none; in kg."""
    kg = chart.rng.choice([8.3, 12, 20, 70, 81.7])
    for minute in chart.rng.choice([[-30], [-30], [-30], [90], [-400, 0], [0, 1], []]):
        chart.vital("weight", at + minute, kg, "kg")
    return kg


def fluids(chart: SeededChart, at=0):
    """Infusions in one to three parts, whose sum is the target volume, just below it, or far from it."""
    rng = chart.rng
    kg = weigh(chart, at)
    if rng.random() < 0.1:
        fields = {"code": "lactated_ringers", "route": "iv", "volume": 30 * kg, "volume_unit": "mL"}
        chart.charted_on_day("raw.medication/1", at + 30, at + 60, **fields)
    if rng.random() < 0.2:
        return
    per_kg = rng.choice([20, 30, 27, 15, 60, 5])
    total = round(per_kg * kg, 1) - rng.choice([0, 0, 0, 0.1, 1])
    parts = rng.choice([1, 2, 3, 3])
    infusion = f"i{chart.number}-{at}" if rng.random() < 0.3 else None
    start = at + beside(rng, 0, 5, 10, 15, 60, 180, 360, -360, 30)
    for part in range(parts):
        volume = round(total / parts, 1) if part else round(total - round(total / parts, 1) * (parts - 1), 1)
        lasts = rng.choice([10, 15, 20, 30, 59, 60, 61, 150, None])
        chart.fluid(start + part * rng.choice([10, 15, 22, 30, 61]), lasts, volume, infusion)
    if rng.random() < 0.06:
        chart.act("lesser_volume_ordered", at + 10, value=round(total * rng.choice([0.5, 1]), 2))


def lactates(chart: SeededChart, at=0):
    """Up to three lactates about the look-back, the limits and the thresholds; some without value or result."""
    rng = chart.rng
    if rng.random() < 0.06:
        fields = {"code": "lactate", "code_system": "name", "value": rng.choice([1.5, 2.1, 4.2]), "unit": "mmol/L"}
        chart.charted_on_day("raw.lab/1", at + 30, at + 60, **fields)
        return
    for _ in range(rng.choice([0, 1, 2, 2, 3])):
        value = rng.choice([1.1, 2.0, 2.1, 2.5, 3.9, 4.0, 4.1, None])
        minute = at + beside(rng, 0, 30, -30, 60, 180, 240, 300, 360, -360, 700)
        chart.lab("lactate", minute, value, "mmol/L", result_after=rng.choice([0, 1, 30, 100, None]))


def pressures(chart: SeededChart, at=0):
    """Low and other pressures before fluids and after them."""
    rng = chart.rng
    for _ in range(rng.choice([0, 2, 3, 5])):
        pressure(chart, at + beside(rng, 0, -40, 20, 60, 180, 360, -360))
    if rng.random() < 0.55:
        shock_story(chart, at)


def pressure(chart, minute, *, is_low=None):
    """One reading at or beside its threshold."""
    is_low = chart.rng.random() < 0.5 if is_low is None else is_low
    if chart.rng.random() < 0.7:
        chart.vital(
            "systolic_bp", minute, chart.rng.choice([89, 70]) if is_low else chart.rng.choice([90, 120]), "mmHg"
        )
    else:
        low, other = [64, 50], [65, 80]
        chart.vital("mean_arterial_pressure", minute, chart.rng.choice(low if is_low else other), "mmHg")


def shock_story(chart, at):
    """Two low pressures, fluids of the whole target, pressures in the hour after them, and a vasopressor."""
    rng = chart.rng
    first = at + beside(rng, 0, -60, 10, -360)
    pressure(chart, first, is_low=True)
    pressure(chart, first + beside(rng, 10, 10, 180), is_low=True)
    if rng.random() < 0.9:
        chart.vital("weight", at - 20, 70, "kg")
    started, lasts = first + rng.choice([15, 40, 190, 191]), rng.choice([30, 30, 60, 60, 350])
    chart.fluid(started, lasts, rng.choice([2100, 2100, 2099.9, 1890, 1889.9]))
    ended = started + lasts
    readings = rng.choice([[0, 60], [0, 61], [5, 30], [10, 20, 30], [-1, 30], [59, 60], [60, 61]])
    for minute in readings:
        is_low = rng.random() < 0.85
        chart.vital("systolic_bp", ended + minute, 80 if is_low else 100, "mmHg")
    if rng.random() < 0.6:
        chart.dose("norepinephrine", ended + beside(rng, 20, 30, 360, 390, 420, 425, 450, -300))
    elif rng.random() < 0.2:
        chart.charted_on_day("raw.medication/1", ended, ended + 60, code="norepinephrine", route="iv")
    if rng.random() < 0.6:
        chart.act("reassessment", ended + beside(rng, 20, 30, 360, 390, 420, -300))
    if rng.random() < 0.12:
        chart.act("comfort_care", ended + beside(rng, 30, 360, 390, 420))
    chart.died_at = ended + beside(rng, 360, 390, 410) if rng.random() < 0.1 else None


def vasopressors(chart: SeededChart, at=0):
    """One now and then, and reassessments."""
    rng = chart.rng
    if rng.random() < 0.25:
        minute = at + beside(rng, 0, 30, 60, 360, -360, 500)
        chart.dose(rng.choice(["norepinephrine", "dobutamine"]), minute, rng.choice(["iv", "iv", None, "oral"]))
    if rng.random() < 0.25:
        chart.act("reassessment", at + beside(rng, 0, 60, 360, 420, -360))


def suspected_infection(chart, at):
    """Documented, or by a dose and perhaps a culture, or not at all."""
    rng = chart.rng
    if rng.random() < 0.6:
        chart.act(rng.choice(["infection_suspected", "sepsis_documented"]), at + beside(rng, 0, -30, -360, 360))
    elif rng.random() < 0.7:
        chart.dose("ceftriaxone", at + beside(rng, 0, -30, -360))
        if rng.random() < 0.6:
            chart.culture(at + beside(rng, 0, -30, 24 * HOUR, -72 * HOUR, -48 * HOUR))


def severe_sepsis(chart: SeededChart, at=0):
    """Signs that are complete at the moment, or just not; a suspected infection documented or by what was done."""
    rng = chart.rng
    if rng.random() < 0.1:
        return
    suspected_infection(chart, at)
    for code, values, unit in rng.sample(SIRS, rng.choice([1, 2, 2, 3])):
        chart.vital(code, at + beside(rng, 0, -20, -360), rng.choice([values[1], *values]), unit)
    for code, values, unit in rng.sample(BLOOD_COUNTS, rng.choice([0, 1, 1])):
        chart.lab(code, at + beside(rng, 0, -20, -360), rng.choice(values), unit, result_after=30)
    for code, values, unit in rng.sample(DYSFUNCTION, rng.choice([0, 1, 1])):
        chart.lab(code, at + beside(rng, 0, -20, -360), rng.choice(values), unit, result_after=30)
    if rng.random() < 0.1:
        chart.act("mechanical_ventilation", at + beside(rng, 0, -20))
