"""The points that we count agree with the authors' own package; it lives in the environment of the oracles."""

import json
import random
import subprocess

from measures_by_rule import by_rule
from scoring.rules import rules_of
from storyteller import play

ASK = """
import json, sys
import numpy as np, phoenix
cases = json.load(sys.stdin)
columns = {name: np.array([case.get(name, np.nan) for case in cases], dtype=float) for name in %r}
print(json.dumps([int(total) for total in phoenix.phoenix(**columns)["phoenix_sepsis_score"]]))
"""
NAMES = (
    "pf_ratio", "sf_ratio", "imv", "other_respiratory_support", "vasoactives", "lactate", "map", "platelets", "inr",
    "d_dimer", "fibrinogen", "gcs", "fixed_pupils", "age",
)  # fmt: skip
BORN = {0: "2026-02-15", 5: "2025-09-15", 15: "2024-11-15", 40: "2022-10-15", 100: "2017-10-15", 200: "2009-06-15"}
LINES = {
    "lactate": ("lactate {}", [4.9, 5, 10.9, 11, 12]),
    "map": ("mean arterial pressure {}", [16, 17, 24, 25, 30, 31, 35, 36, 37, 38, 39, 44, 45, 48, 49, 51, 52, 60]),
    "platelets": ("platelets {}", [99, 100]),
    "inr": ("inr {}", [1.3, 1.4]),
    "d_dimer": ("d dimer {}", [2, 2.1]),
    "fibrinogen": ("fibrinogen {}", [99, 100]),
    "gcs": ("gcs total {}", [10, 11]),
}
DRUGS = ["norepinephrine", "epinephrine", "vasopressin"]


def made_up(chance):
    """A child's values as the oracle reads them, and as a story tells them, all by 10:00."""
    age = chance.choice(sorted(BORN))
    values, told = {"age": age}, [f"07:00 born {BORN[age]}"]
    for name, (line, choices) in LINES.items():
        if chance.random() < 0.2:
            values[name] = chance.choice(choices)
            told.append(f"09:30 {line.format(values[name])}")
    _breathing(chance, values, told)
    drugs = chance.choice([0, 0, 0, 0, 1, 2, 3])
    values["vasoactives"] = drugs
    told += [f"09:40 {drug}" for drug in DRUGS[:drugs]]
    if chance.random() < 0.1:
        values["fixed_pupils"] = 1
        told.append("09:45 pupils fixed")
    return values, told


def _breathing(chance, values, told):
    oxygen = chance.choice([0.21, 0.5, 1.0])
    values["imv"] = int(chance.random() < 0.3)
    values["other_respiratory_support"] = int(oxygen > 0.21)
    if values["imv"]:
        told.append("09:00 ventilation")
    told.append(f"09:10 fio2 {oxygen}")
    if chance.random() < 0.4:
        pressure = chance.choice([40, 60, 99, 100, 150, 250])
        values["pf_ratio"] = pressure / oxygen
        told.append(f"09:20 pao2 {pressure}")
    if chance.random() < 0.4:
        saturation = chance.choice([60, 75, 90, 97])
        values["sf_ratio"] = saturation / oxygen
        told.append(f"09:20 spo2 {saturation}")


def at_least(points):
    """The rule, asking for so many points."""
    measure = by_rule("phoenix")
    rule = measure.time_zero
    needed = rule.points_needed.model_copy(update={"value": points})
    return rules_of([measure.model_copy(update={"time_zero": rule.model_copy(update={"points_needed": needed})})])


def test_the_score_is_that_of_the_authors_package(phoenix_oracle):
    """Asked for every number of points: so many are found exactly where the package counts as many."""
    chance = random.Random(7)
    children = [made_up(chance) for _ in range(150)]
    asked = subprocess.run(
        [phoenix_oracle, "-c", ASK % (NAMES,)],
        input=json.dumps([values for values, _ in children]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    totals = json.loads(asked.stdout)
    stories = ["\n".join([*told, "10:00 infection suspected"]) for _, told in children]
    reached = [[bool(play(rules, story).records) for story in stories] for rules in map(at_least, range(1, 12))]

    assert [sum(column) for column in zip(*reached, strict=True)] == totals
    assert {0, 1, 2, 3, 4, 5, 6, 7} <= set(totals)
