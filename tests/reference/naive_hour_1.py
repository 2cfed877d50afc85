"""Surviving Sepsis Campaign, hour-1 bundle, 2018: each part begun within the hour."""

from reference.naive_acts import (
    NOT_APPLICABLE,
    antibiotic,
    blood_culture,
    bolus,
    broad_spectrum,
    lactate,
    repeat_lactate,
    vasopressor,
)
from reference.naive_cases import first_known
from reference.naive_chart import HOUR, minute
from reference.naive_circulation import (
    first_lactate,
    high_lactate,
    hypotension_on_fluids,
    initial_hypotension,
    target,
    target_minute,
)
from reference.naive_measure import Measure
from reference.naive_nys_adults import AGE
from reference.naive_nys_adults import ENTRY as NYS_ENTRY

ENTRY = [*NYS_ENTRY, "sepsis_screen_positive", "sepsis_triage_form"]
NAMES = ["lactate", "repeat_lactate", "blood_culture", "antibiotics", "broad_spectrum", "fluids", "vasopressor"]


def triage_else_entry(stay, case):
    """Triage in the emergency department; elsewhere the act that opened the case."""
    if case.entry is None:
        return None
    return first_known(stay, case, [["triaged"], ["entry"]], emergency_only=True)


def elements(stay, _case, zero):
    """A lactate above 2 is measured again within 4 h; fluids for hypotension or a lactate of 4 or more."""
    initial = first_lactate(stay, zero - 6 * HOUR)
    target_in = target_minute(stay, zero, target(stay, zero))
    low = initial_hypotension(stay, zero, target_in, readings=1, apart=HOUR, after=HOUR)
    needs_fluids = low is not None or high_lactate(initial) is not None
    needs_pressor = hypotension_on_fluids(stay, zero, HOUR) is not None
    repeat = NOT_APPLICABLE if initial is None else repeat_lactate(stay, initial, zero, minute(initial), 4 * HOUR)
    return {
        "lactate": lactate(stay, initial, zero, HOUR),
        "repeat_lactate": repeat,
        "blood_culture": blood_culture(stay, zero, HOUR),
        "antibiotics": antibiotic(stay, zero, HOUR),
        "broad_spectrum": broad_spectrum(stay, zero, HOUR),
        "fluids": bolus(stay, zero, HOUR, 1) if needs_fluids else NOT_APPLICABLE,
        "vasopressor": vasopressor(stay, zero, HOUR) if needs_pressor else NOT_APPLICABLE,
    }


MEASURES = [
    Measure(
        "ssc-hour1/2018", ENTRY, triage_else_entry, elements, NAMES, exclusions=[AGE], beside_bundle=["broad_spectrum"]
    )
]
