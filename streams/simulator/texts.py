"""The numbers of the measures' texts, read once from `texts.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

from schemas.strict_model import StrictModel


class LookBack(StrictModel):
    """Hours before time zero from which on an act counts."""

    antibiotics: float
    blood_culture: float
    lactate: float
    fluids: float
    vasopressor: float
    source: str


class Age(StrictModel):
    """Who is an adult."""

    adult_from_years: int
    source: str


class Opening(StrictModel):
    """What opens a case."""

    pews_at_least: float
    pews_source: str


class CirculationText(StrictModel):
    """What a measure asks of blood pressure, fluids and shock."""

    readings: int
    apart_hours: float
    before_hours: float
    after_minutes: float
    ml_per_kg: float
    accepted_share: float
    lesser_volume: bool
    highest_before: bool
    shock_by_initial_hypotension: bool
    """Else hypotension makes shock only where it persists after fluids."""
    source: str


class NysChildren(StrictModel):
    """The children's 1-hour bundle of New York State."""

    limit_minutes: float
    exclusion_minutes: float
    fluids_ml_per_kg: float
    source: str


class NysAdults(StrictModel):
    """The adults' 3-hour and 6-hour bundles of New York State."""

    three_hours_minutes: float
    six_hours_minutes: float
    exclusion_minutes: float
    source: str
    circulation: CirculationText


class Cha(StrictModel):
    """The collaborative of the Children's Hospital Association."""

    assessment_minutes: float
    first_bolus_minutes: float
    third_bolus_minutes: float
    antibiotics_minutes: float
    bolus_ml_per_kg: float
    early_hours: float
    late_hours: float
    source: str


class Ipso(StrictModel):
    """Improving Pediatric Sepsis Outcomes."""

    bolus_ml_per_kg: float
    original_bolus_minutes: float
    original_antibiotics_minutes: float
    modified_bolus_minutes: float
    modified_antibiotics_minutes: float
    recognition_look_back_hours: float
    source: str


class Ssc(StrictModel):
    """The hour-1 bundle of the Surviving Sepsis Campaign."""

    limit_minutes: float
    repeat_lactate_minutes: float
    source: str
    circulation: CirculationText


class Sep1(StrictModel):
    """SEP-1-like."""

    within_hours: float
    antibiotic_before_culture_hours: float
    antibiotic_after_culture_hours: float
    three_hours_minutes: float
    six_hours_minutes: float
    earlier_antibiotics_hours: float
    course_gap_hours: float
    longest_stay_days: float
    sirs_needed: int
    source: str
    circulation: CirculationText


class Thresholds(StrictModel):
    """What is low, high, or very high."""

    low_systolic_mmhg: float
    low_mean_mmhg: float
    very_high_lactate: float
    elevated_lactate: float
    shock_within_hours: float
    observed_minutes: float
    temperature_above: float
    temperature_below: float
    heart_rate_above: float
    respiratory_rate_above: float
    wbc_above: float
    wbc_below: float
    creatinine_above: float
    bilirubin_above: float
    platelets_below: float
    inr_above: float
    aptt_above: float
    source: str


class Emergency(StrictModel):
    """Emergency department sepsis triage."""

    antibiotics_minutes: float
    lactate_minutes: float
    source: str


class BroadSpectrum(StrictModel):
    """Which antibacterials are broad enough, alone or one of each of two lists."""

    alone: tuple[str, ...]
    first_of_two: tuple[str, ...]
    second_of_two: tuple[str, ...]
    source: str


class Texts(StrictModel):
    """All of them."""

    look_back: LookBack
    age: Age
    opening: Opening
    nys_children: NysChildren
    nys_adults: NysAdults
    cha: Cha
    ipso: Ipso
    ssc: Ssc
    sep1: Sep1
    thresholds: Thresholds
    emergency: Emergency
    broad_spectrum: BroadSpectrum


@cache
def texts() -> Texts:
    """What the texts say."""
    return Texts.model_validate(tomllib.loads(files("streams.simulator").joinpath("texts.toml").read_text("utf-8")))
