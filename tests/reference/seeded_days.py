"""What made-up patients have known by its day only, and what contradicts itself."""

from datetime import timedelta

from reference.seeded_chart import about, chance

DAY = 24 * 60
SIGNS = [
    ("temperature", 38.0, "Cel"),
    ("heart_rate", 85, "/min"),
    ("respiratory_rate", 18, "/min"),
    ("spo2", 97, "%"),
    ("systolic_bp", 120, "mmHg"),
]
VAGUE = [
    ("raw.lab/1", {"code": "lactate", "code_system": "name", "value": [1.5, 2.1, 4.2, None], "unit": "mmol/L"}),
    ("raw.lab/1", {"code": "creatinine", "code_system": "name", "value": [2.5], "unit": "mg/dL"}),
    ("raw.medication/1", {"code": "lactated_ringers", "route": "iv", "volume": 400, "volume_unit": "mL"}),
    ("raw.medication/1", {"code": "norepinephrine", "route": "iv"}),
    ("raw.vitals/1", {"code": "spo2", "value": [97], "unit": "%"}),
    ("raw.vitals/1", {"code": "temperature", "value": [38.0, 39.5], "unit": "Cel"}),
    ("raw.vitals/1", {"code": "heart_rate", "value": [85, 120], "unit": "/min"}),
    ("raw.vitals/1", {"code": "systolic_bp", "value": [80, 120], "unit": "mmHg"}),
    ("raw.vitals/1", {"code": "weight", "value": [20, 70], "unit": "kg"}),
    ("raw.act/1", {"act": "reassessment"}),
    ("raw.act/1", {"act": "comfort_care"}),
    ("raw.act/1", {"act": "excluded_from_protocol"}),
    ("raw.act/1", {"act": "mechanical_ventilation"}),
]
"""What may be known by its day only, besides doses and cultures."""


def signs_by_day(chart):
    """A full set of vital signs, each known by its day only or by its minute; the last is charted at a limit."""
    rng = chart.rng
    for code, value, unit in SIGNS:
        charted_at = rng.choice([5, 10, 15, 15, 19, 21])
        if chance(rng, 0.4):
            fields = {"code": code, "value": value, "unit": unit}
            chart.charted_on_day("raw.vitals/1", 0, charted_at, **fields, charted_after=0)
        else:
            chart.vital(code, 1, value, unit, charted_after=charted_at - 1)


def charted_by_day(chart):
    """All that a triage form and a protocol ask for, but of dose and culture one is known by its day only, or both."""
    rng = chart.rng
    chart.act("protocol_started", 0)
    chart.act("sepsis_triage_form", 0)
    if chance(rng, 0.5):
        chart.lab("lactate", 8, 1.5, "mmol/L", result_after=25)
    else:
        chart.charted_on_day("raw.lab/1", 8, 30, code="lactate", code_system="name", value=1.5, unit="mmol/L")
    signs_by_day(chart)
    what = rng.choice(["dose", "culture", "both"])
    if what == "dose":
        chart.culture(about(rng, 5))
    else:
        chart.on_day("raw.lab/1", 0, code="blood_culture", code_system="name")
    if what == "culture":
        chart.dose("ceftriaxone", about(rng, 40))
    else:
        chart.on_day("raw.medication/1", 0, code="ceftriaxone", route="iv")
    if chance(rng, 0.5):
        chart.vital("weight", -5, 20, "kg")
    chart.fluid(3, 20, 400)


def ended_too_early(chart):
    """Now and then a fluid whose end, as sent, lies before its start or within its minute."""
    rng = chart.rng
    if chance(rng, 0.04):
        times = {"started_at": chart.moment + timedelta(minutes=rng.choice([-5, 5]), seconds=rng.choice([0, 30]))}
        times["completed_at"] = times["started_at"] - timedelta(seconds=rng.choice([0, 1, 30, 31, 60, 7200]))
        fluid = {"code": "lactated_ringers", "route": "iv", "volume": 1400, "volume_unit": "mL"}
        chart.send("raw.medication/1", times, **fluid)


def vague(chart):
    """Now and then some of what was done, measured and said is known by its day only, of the moment or beside it."""
    rng = chart.rng
    for _ in range(rng.choice([1, 1, 2, 4]) if chance(rng, 0.12) else 0):
        minute = rng.choice([-DAY, 0, 0, 0, DAY]) + about(rng, 0, 30)
        schema, fields = rng.choice(VAGUE)
        if "value" in fields:
            fields = fields | {"value": rng.choice(fields["value"])}
        chart.charted_on_day(schema, minute, minute + rng.choice([0, 10, 20, 21, 60, 400, 2000]), **fields)


def charted_badly(chart):
    """What was written down as a day, or contradicts itself."""
    vague(chart)
    ended_too_early(chart)
