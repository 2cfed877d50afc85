"""Children's collaboratives: CHA's process metrics and mortality, IPSO's bundle in its two forms.

Children's Hospital Association, June 2012 to June 2013 (abstract); IPSO: Paul 2021, 2023.
"""

from reference.naive_acts import antibiotic, bolus, died_within, statement, vital_signs
from reference.naive_cases import first_known, own_acts
from reference.naive_chart import DAY, HOUR
from reference.naive_measure import Measure
from reference.naive_nys_children import AGE, ENTRY, SAID_SEPSIS

FULL_SET = [
    ["temperature"],
    ["heart_rate"],
    ["respiratory_rate"],
    ["systolic_bp", "mean_arterial_pressure"],
    ["spo2"],
]
BOLUS_PER_KG = 5
"""Less than 5 mL/kg is not a bolus."""

METHODS = ["sepsis_screen_positive", "sepsis_huddle", "order_set_started", "protocol_started", "best_practice_alert"]
"""Recognition by a method."""


def institution_chosen(stay, case):
    """Protocol, else arrival or triage in the emergency department, else the act that opened the case."""
    if case.entry is None:
        return None
    return first_known(stay, case, [["protocol_started"], ["arrived", "triaged"], ["entry"]], emergency_only=True)


def functional(stay, case):
    """The earliest recognition by a method or PEWS, else of bolus, antibiotic and what the clinician wrote."""
    if case.entry is None:
        return None
    groups = [[*METHODS, "pews"], ["crystalloid", "antibiotic", *SAID_SEPSIS]]
    return first_known(stay, case, groups, look_back=DAY)


def cha(stay, _case, zero):
    """Assessment in 20 min, first bolus in 15, third bolus and antibiotics in 60."""
    return {
        "assessment": vital_signs(stay, zero, 20, FULL_SET),
        "first_bolus": bolus(stay, zero, 15, 1, per_kg=BOLUS_PER_KG, zero=zero),
        "third_bolus": bolus(stay, zero, 60, 3, per_kg=BOLUS_PER_KG, zero=zero),
        "antibiotics": antibiotic(stay, zero, 60, routes=["iv", "io", "im"]),
    }


def cha_deaths(stay, _case, zero):
    """Dead within 72 h and 720 h."""
    return {
        "died_within_3_days": died_within(stay, zero, 72 * HOUR),
        "died_within_30_days": died_within(stay, zero, 720 * HOUR),
    }


def ipso(bolus_limit, antibiotic_limit):
    """Recognised, bolus and antibiotics in less than their limits; the antibiotic by vein, bone or muscle."""

    def elements(stay, case, zero):
        return {
            "protocol": statement(own_acts(stay, case, *METHODS), zero, antibiotic_limit, look_back=DAY, strict=True),
            "first_bolus": bolus(stay, zero, bolus_limit, 1, per_kg=BOLUS_PER_KG, zero=zero, strict=True),
            "antibiotics": antibiotic(stay, zero, antibiotic_limit, routes=["iv", "io", "im"], strict=True),
        }

    return elements


SEVERITY = [
    ("septic_shock_documented", ["septic_shock", "severe_sepsis_or_septic_shock"]),
    ("severe_sepsis_documented", ["severe_sepsis", "severe_sepsis_or_septic_shock"]),
    ("sepsis_documented", ["sepsis"]),
]
CHA = ["assessment", "first_bolus", "third_bolus", "antibiotics"]
CHA_DEATHS = ["died_within_3_days", "died_within_30_days"]
IPSO = ["protocol", "first_bolus", "antibiotics"]
IPSO_ENTRY = [*METHODS, *SAID_SEPSIS, "pews"]

MEASURES = [
    Measure("cha/2012", ENTRY, institution_chosen, cha, CHA, exclusions=[AGE]),
    Measure(
        "cha-mortality/2012", ENTRY, institution_chosen, cha_deaths, CHA_DEATHS,
        exclusions=[AGE], beside_bundle=CHA_DEATHS, strata=SEVERITY,
    ),
    Measure("ipso/original", IPSO_ENTRY, functional, ipso(20, 60), IPSO, exclusions=[AGE]),
    Measure("ipso/modified", IPSO_ENTRY, functional, ipso(60, 180), IPSO, exclusions=[AGE]),
]  # fmt: skip
