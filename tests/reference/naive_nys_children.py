"""New York State's pediatric measures: the 1-hour bundle in five readings, protocol initiated, mortality.

2015 & 2016 Sepsis Measure Specifications: Pediatric time zero protocol; Hospital Quality Performance 2015, March 2017.
"""

from reference.naive_acts import antibiotic, blood_culture, died_in_stay, fluids_completed, statement_until_the_end
from reference.naive_cases import first_known, in_emergency, own_acts
from reference.naive_chart import HOUR
from reference.naive_circulation import target
from reference.naive_measure import Measure
from reference.naive_population import act_within, expired_within, is_grown_up, transferred

SAID_SEPSIS = ["sepsis_documented", "severe_sepsis_documented", "septic_shock_documented"]
ENTRY = ["protocol_started", "order_set_started", *SAID_SEPSIS, "best_practice_alert", "pews"]
DROPS = ["bad_datetime", "no_birth_date"]
CONTACTS = ["arrived", "triaged", "admitted"]
ONE_HOUR = ["antibiotics", "blood_culture", "fluids"]


def from_groups(*groups):
    """Time zero: the earliest moment of the first group that has one, in a case that some act opened."""
    return lambda stay, case: first_known(stay, case, groups) if case.entry else None


AGE = ("age", lambda stay, _case, zero: is_grown_up(stay, zero))
CONTRAINDICATED = (
    "contraindication",
    lambda stay, _case, zero: act_within(stay, zero, "excluded_from_protocol", None, ["contraindication"]),
)
EXCLUDED_AT_ALL = (
    "protocol_exclusion",
    lambda stay, _case, zero: act_within(stay, zero, "excluded_from_protocol", None),
)
EXCLUDED_IN_1_H = (
    "protocol_exclusion_1h",
    lambda stay, _case, zero: act_within(stay, zero, "excluded_from_protocol", HOUR),
)
EXPIRED_IN_1_H = ("expired_1h", lambda stay, _case, zero: expired_within(stay, zero, HOUR))
TRANSFER = ("transfer", lambda stay, _case, _zero: transferred(stay, "transferred_in", "transferred_out"))
PROTOCOL_IN_ED = (
    "protocol_not_in_ed",
    lambda stay, case, _zero: any(in_emergency(stay, row) for row in own_acts(stay, case, "protocol_started")),
)


def protocol(stay, case, _zero):
    """The protocol was started, by the hospital's own definition."""
    return {"protocol": statement_until_the_end(stay, own_acts(stay, case, "protocol_started"))}


def one_hour(stay, _case, zero):
    """Antibiotics, cultures and 20 mL/kg of fluids within the hour; what was done before counts."""
    return {
        "antibiotics": antibiotic(stay, zero, HOUR),
        "blood_culture": blood_culture(stay, zero, HOUR),
        "fluids": fluids_completed(stay, zero, HOUR, target(stay, zero, per_kg=20)),
    }


def one_hour_as_printed(stay, case, zero):
    """Without a protocol, a culture passes only with an antibiotic after it."""
    needs = not stay.acts("protocol_started")
    return one_hour(stay, case, zero) | {"blood_culture": blood_culture(stay, zero, HOUR, needs_antibiotic=needs)}


def one_hour_bounded(stay, _case, zero):
    """What was done before time zero does not count."""
    return {
        "antibiotics": antibiotic(stay, zero, HOUR, look_back=0),
        "blood_culture": blood_culture(stay, zero, HOUR, look_back=0),
        "fluids": fluids_completed(stay, zero, HOUR, target(stay, zero, per_kg=20), look_back=0),
    }


def one_hour_measure(version, groups, elements, exclusions, population=()):
    """One reading of the 1-hour bundle."""
    return Measure(
        f"nys-ped-1h/{version}", ENTRY, from_groups(*groups), elements, ONE_HOUR,
        exclusions=[AGE, *exclusions], population=population, drops=DROPS,
    )  # fmt: skip


BY_SPECIFICATION = [["protocol_started"], CONTACTS]
IN_1_H = [EXCLUDED_IN_1_H, EXPIRED_IN_1_H]

MEASURES = [
    one_hour_measure("spec-2015", BY_SPECIFICATION, one_hour, IN_1_H),
    one_hour_measure("spec-2015-literal", BY_SPECIFICATION, one_hour_as_printed, IN_1_H),
    one_hour_measure("spec-2015-bounded", BY_SPECIFICATION, one_hour_bounded, IN_1_H),
    one_hour_measure(
        "public-2015", [["arrived", "triaged"]], one_hour, [TRANSFER, EXCLUDED_AT_ALL], [PROTOCOL_IN_ED]
    ),
    one_hour_measure("trend-2015", [["protocol_started"]], one_hour, [CONTRAINDICATED, EXPIRED_IN_1_H]),
    Measure(
        "nys-protocol-initiated-ped/2015", ENTRY, from_groups(*BY_SPECIFICATION),
        protocol, ["protocol"],
        exclusions=[AGE, EXCLUDED_AT_ALL, EXPIRED_IN_1_H], drops=DROPS,
    ),
    Measure(
        "nys-mortality-ped/2015", ENTRY, from_groups(*BY_SPECIFICATION, ["entry"]),
        lambda stay, _case, _zero: {"died_in_hospital": died_in_stay(stay)}, ["died_in_hospital"],
        exclusions=[AGE], drops=DROPS, beside_bundle=["died_in_hospital"],
    ),
]  # fmt: skip
