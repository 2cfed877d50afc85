"""New York State's adult measures: 3-hour and 6-hour bundle, public and trend; protocol initiated; mortality.

Hospital Quality Performance 2015, March 2017.
"""

from reference.naive_acts import (
    NOT_APPLICABLE,
    UNTOLD,
    antibiotic,
    blood_culture,
    broad_spectrum,
    died_in_stay,
    fluids_completed,
    lactate,
    repeat_lactate,
    vasopressor,
)
from reference.naive_chart import HOUR
from reference.naive_circulation import (
    first_lactate,
    high_lactate,
    initial_hypotension,
    persistent_hypotension,
    septic_shock,
    shock_documented,
    target,
    target_minute,
)
from reference.naive_measure import Measure
from reference.naive_nys_children import (
    BY_SPECIFICATION,
    CONTRAINDICATED,
    DROPS,
    EXCLUDED_AT_ALL,
    PROTOCOL_IN_ED,
    SAID_SEPSIS,
    TRANSFER,
    from_groups,
    protocol,
)
from reference.naive_population import expired_within, is_child

ENTRY = ["protocol_started", "order_set_started", *SAID_SEPSIS, "best_practice_alert"]
AGE = ("age", lambda stay, _case, zero: is_child(stay, zero))
EXPIRED_IN_6_H = ("expired_6h", lambda stay, _case, zero: expired_within(stay, zero, 6 * HOUR))
THREE_HOURS = ["lactate", "blood_culture", "antibiotics", "broad_spectrum"]
SIX_HOURS = [*THREE_HOURS, "fluids", "vasopressor", "repeat_lactate"]


def initial(stay, zero):
    """The first lactate is reported, abnormal or not; from 6 h before time zero."""
    return first_lactate(stay, zero - 6 * HOUR)


def three_hour(stay, _case, zero):
    """Lactate by its report, cultures before antibiotics, broad-spectrum antibiotics."""
    return {
        "lactate": lactate(stay, initial(stay, zero), zero, 3 * HOUR, by_result=True),
        "blood_culture": blood_culture(stay, zero, 3 * HOUR),
        "antibiotics": antibiotic(stay, zero, 3 * HOUR),
        "broad_spectrum": broad_spectrum(stay, zero, 3 * HOUR),
    }


def hypotension(stay, zero):
    """Two low pressures no more than 3 h apart, within 6 h of time zero and before 30 mL/kg are in."""
    target_in = target_minute(stay, zero, target(stay, zero))
    return initial_hypotension(stay, zero, target_in, readings=2, apart=3 * HOUR, after=6 * HOUR)


def is_in_shock(stay, case, zero):
    """Very low blood pressure, a lactate of 4 or more, or somebody said so; within 6 h of time zero.

    Without a time zero nobody can tell, and nobody is left out for it.
    """
    if zero is None:
        return True
    signs = [hypotension(stay, zero), high_lactate(initial(stay, zero)), shock_documented(stay, case, zero)]
    return septic_shock(zero, signs) is not None


def six_hour(stay, case, zero):
    """The 3-hour bundle, and fluids, vasopressors and a second lactate where they are indicated."""
    volume = target(stay, zero)
    first = initial(stay, zero)
    is_hypotensive = hypotension(stay, zero) is not None
    needs_fluids = is_hypotensive or high_lactate(first) is not None or shock_documented(stay, case, zero) is not None
    fluids = fluids_completed(stay, zero, 6 * HOUR, volume) if needs_fluids else NOT_APPLICABLE
    persists = is_hypotensive and persistent_hypotension(stay, target_minute(stay, zero, volume)) is not None
    pressor = vasopressor(stay, zero, 6 * HOUR) if persists else NOT_APPLICABLE
    return three_hour(stay, case, zero) | {
        "fluids": fluids,
        "vasopressor": UNTOLD if is_hypotensive and volume is None else pressor,
        "repeat_lactate": repeat_lactate(stay, first, zero, zero, 6 * HOUR),
    }


PUBLIC = {"exclusions": [AGE, TRANSFER, EXCLUDED_AT_ALL], "drops": DROPS, "beside_bundle": ["broad_spectrum"]}
TREND = {"exclusions": [AGE, CONTRAINDICATED, EXPIRED_IN_6_H], "drops": DROPS, "beside_bundle": ["broad_spectrum"]}
SHOCK = ("no_septic_shock", is_in_shock)
BY_TRIAGE, BY_PROTOCOL = from_groups(["triaged"]), from_groups(["protocol_started"])

MEASURES = [
    Measure(
        "nys-adult-3h/public-2015", ENTRY, BY_TRIAGE, three_hour, THREE_HOURS, population=[PROTOCOL_IN_ED], **PUBLIC
    ),
    Measure("nys-adult-3h/trend-2015", ENTRY, BY_PROTOCOL, three_hour, THREE_HOURS, **TREND),
    Measure(
        "nys-adult-6h/public-2015", ENTRY, BY_TRIAGE, six_hour, SIX_HOURS, population=[PROTOCOL_IN_ED, SHOCK], **PUBLIC
    ),
    Measure("nys-adult-6h/trend-2015", ENTRY, BY_PROTOCOL, six_hour, SIX_HOURS, population=[SHOCK], **TREND),
    Measure(
        "nys-protocol-initiated-adult/2015", ENTRY, from_groups(*BY_SPECIFICATION),
        protocol, ["protocol"],
        exclusions=[AGE, EXCLUDED_AT_ALL, EXPIRED_IN_6_H], drops=DROPS,
    ),
    Measure(
        "nys-mortality-adult/2015", ENTRY, from_groups(*BY_SPECIFICATION, ["entry"]),
        lambda stay, _case, _zero: {"died_in_hospital": died_in_stay(stay)}, ["died_in_hospital"],
        exclusions=[AGE], drops=DROPS, beside_bundle=["died_in_hospital"],
    ),
]  # fmt: skip
