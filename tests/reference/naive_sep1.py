"""Severe sepsis and septic shock after CMS SEP-1 v5.3, a concurrent estimate with three clocks."""

from fractions import Fraction

from reference.naive_acts import (
    NOT_APPLICABLE,
    UNTOLD,
    Found,
    antibiotic,
    blood_culture,
    broad_spectrum,
    fluids_started,
    lactate,
    reassessment,
    repeat_lactate,
    vasopressor,
)
from reference.naive_cases import own_acts
from reference.naive_chart import DAY, HOUR
from reference.naive_circulation import (
    high_lactate,
    highest_lactate,
    initial_hypotension,
    persistent_hypotension,
    septic_shock,
    shock_documented,
    target,
    target_minute,
)
from reference.naive_measure import Measure
from reference.naive_population import (
    act_within,
    discharged_within,
    expired_within,
    is_child,
    on_antibiotics_for_more_than,
    stayed_longer_than,
    transferred,
)
from reference.naive_sepsis import DOCUMENTED, severe_sepsis

NAMES = [
    "lactate", "repeat_lactate", "blood_culture", "antibiotics", "broad_spectrum",
    "fluids", "vasopressor", "reassessment",
]  # fmt: skip
ACCEPTED = Fraction("0.9")
"""Within 10 % of 30 mL/kg is accepted."""


def ever(name):
    """An act leaves the case out whenever it was."""
    return lambda stay, _case, zero: act_within(stay, zero, name, None)


EXCLUSIONS = [
    ("age", lambda stay, _case, zero: is_child(stay, zero)),
    ("comfort_care_6h", lambda stay, _case, zero: act_within(stay, zero, "comfort_care", 6 * HOUR)),
    ("expired_6h", lambda stay, _case, zero: expired_within(stay, zero, 6 * HOUR, by_death=True)),
    ("discharged_6h", lambda stay, _case, zero: discharged_within(stay, zero, 6 * HOUR)),
    ("transfer_in", lambda stay, _case, _zero: transferred(stay, "transferred_in")),
    ("care_refused_6h", lambda stay, _case, zero: act_within(stay, zero, "care_refused", 6 * HOUR)),
    ("stay_over_120_days", lambda stay, _case, _zero: stayed_longer_than(stay, 120 * DAY)),
    ("antibiotics_over_24h", lambda stay, _case, zero: on_antibiotics_for_more_than(stay, zero, DAY)),
    ("clinical_trial", ever("trial_enrolled")),
    ("pregnancy", ever("pregnancy_documented")),
    ("covid19", ever("covid19_documented")),
]


class Shock:
    """The circumstances of one case, and the clocks that hang on them."""

    def __init__(self, stay, case, zero):
        """Find each circumstance, then septic shock."""
        self.volume = target(stay, zero, share=ACCEPTED, lesser=True)
        self.lactate = highest_lactate(stay, zero)
        target_in = target_minute(stay, zero, self.volume)
        self.initial = initial_hypotension(stay, zero, target_in, readings=2, apart=3 * HOUR, after=6 * HOUR)
        self.persistent = None if self.initial is None else persistent_hypotension(stay, target_in)
        self.high_lactate, self.documented = high_lactate(self.lactate), shock_documented(stay, case, zero)
        self.at = septic_shock(zero, [self.persistent, self.high_lactate, self.documented])
        self.nobody_can_tell = self.initial is not None and self.volume is None
        self.exclusion = self.find_exclusion(stay)

    def find_exclusion(self, stay):
        """Why the elements that count from septic shock are left out."""
        if self.at is None:
            return None
        if act_within(stay, self.at, "comfort_care", 6 * HOUR):
            return "comfort_care_6h"
        return "expired_6h" if expired_within(stay, self.at, 6 * HOUR, by_death=True) else None


def fluids(stay, shock):
    """30 mL/kg from the earlier of initial hypotension and septic shock."""
    applies = any(since is not None for since in (shock.initial, shock.high_lactate, shock.documented))
    clocks = [at for at in (shock.initial, shock.at) if at is not None]
    if not applies or not clocks:
        return NOT_APPLICABLE
    return fluids_started(stay, min(clocks), 3 * HOUR, shock.volume)


def from_shock(shock, circumstances, judge):
    """An element that counts from septic shock and hangs on some circumstances, persistent hypotension among them."""
    if not any(since is not None for since in circumstances):
        return UNTOLD if shock.nobody_can_tell else NOT_APPLICABLE
    if shock.at is None:
        return NOT_APPLICABLE
    if shock.exclusion is not None:
        return Found("excluded", shock.exclusion)
    return judge()


def elements(stay, case, zero):
    """Lactates, cultures, antibiotics from severe sepsis; fluids, vasopressors, reassessment from their own clocks."""
    shock = Shock(stay, case, zero)
    said = own_acts(stay, case, "reassessment")
    delayed = bool(stay.acts("culture_delay_accepted"))
    return {
        "lactate": lactate(stay, shock.lactate, zero, 3 * HOUR),
        "repeat_lactate": repeat_lactate(stay, shock.lactate, zero, zero, 6 * HOUR),
        "blood_culture": blood_culture(stay, zero, 3 * HOUR, delay_accepted=delayed),
        "antibiotics": antibiotic(stay, zero, 3 * HOUR),
        "broad_spectrum": broad_spectrum(stay, zero, 3 * HOUR, any_before=True),
        "fluids": fluids(stay, shock),
        "vasopressor": from_shock(shock, [shock.persistent], lambda: vasopressor(stay, shock.at, 6 * HOUR)),
        "reassessment": from_shock(
            shock, [shock.persistent, shock.high_lactate], lambda: reassessment(stay, said, shock.at, 6 * HOUR)
        ),
    }


MEASURES = [
    Measure(
        "sep1-like/1",
        DOCUMENTED,
        severe_sepsis,
        elements,
        NAMES,
        exclusions=EXCLUSIONS,
        beside_bundle=["broad_spectrum"],
    )
]
