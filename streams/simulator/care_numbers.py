"""Numbers of care: what is given, in time, late or never, to children and to adults."""

from schemas.strict_model import StrictModel
from streams.simulator.lag_table import Range, Share


class ChildWindow(StrictModel):
    """The one window of the children's bundle."""

    minutes: int
    source: str


class AdultWindow(StrictModel):
    """The windows of the adults' bundles."""

    minutes: int
    later_minutes: int
    source: str


class Bolus(StrictModel):
    """Weight-based fluid."""

    ml_per_kg: float
    source: str
    partial_ml_per_kg: float
    too_small_ml_per_kg: float
    partial_source: str


class Failures(StrictModel):
    """How an element fails that was not done in time."""

    lactate_never: Share
    antibiotics_never: Share
    blood_culture_never: Share
    blood_culture_after_antibiotics: Share
    fluids_never: Share
    fluids_partial: Share
    latest_minutes: int
    source: str


class ChildAge(StrictModel):
    """Age, and weight by age."""

    infant_base_kg: float
    infant_kg_per_month: float
    child_base_years: float
    child_kg_per_year: float
    older_from_years: int
    older_base_kg: float
    older_kg_per_year: float
    spread: float
    weight_source: str
    oldest_days: int
    source: str


class AdultAge(StrictModel):
    """Age and weight."""

    youngest_days: int
    oldest_days: int
    weight_kg: Range
    source: str


class Children(StrictModel):
    """Shares of simulated children."""

    source: str
    antibiotics: Share
    blood_culture: Share
    fluids: Share
    bundle: Share
    mortality: Share
    excluded: Share
    excluded_source: str
    weight_unknown: Share
    weight_unknown_source: str
    first_bolus_early: Share
    first_bolus_source: str
    vital_signs_early: Share
    vital_signs_source: str
    lactate: Share
    lactate_source: str
    hypotensive: Share
    vasopressor: Share
    shock_source: str
    window: ChildWindow
    bolus: Bolus
    late: Failures
    age: ChildAge


class Adults(StrictModel):
    """Shares of simulated adults."""

    source: str
    lactate: Share
    antibiotics: Share
    blood_culture: Share
    bundle: Share
    mortality: Share
    mortality_source: str
    excluded: Share
    excluded_source: str
    lactate_elevated: Share
    lactate_very_high: Share
    lactate_source: str
    repeat_lactate: Share
    hypotensive: Share
    fluids: Share
    persistent: Share
    vasopressor: Share
    reassessment: Share
    shock_source: str
    weight_unknown: Share
    weight_unknown_source: str
    window: AdultWindow
    bolus: Bolus
    late: Failures
    age: AdultAge


class Lactates(StrictModel):
    """Ranges of lactate, and when it is drawn again."""

    normal_mmol_per_l: Range
    elevated_mmol_per_l: Range
    very_high_mmol_per_l: Range
    source: str
    repeat_share: tuple[float, ...]
    repeat_minutes: tuple[float, ...]
    repeat_source: str


class Treatments(StrictModel):
    """Shares of cases with this or that treatment or statement, and when."""

    birth_unknown: Share
    second_dose: Share
    second_dose_hours: Range
    second_drug: Share
    second_drug_minutes: Range
    narrow_drug: Share
    intraosseous: Share
    oral_before: Share
    oral_minutes: Range
    antifungal: Share
    ordered_never_given: Share
    ordered_never_drawn: Share
    second_culture: Share
    second_culture_minutes: Range
    other_culture: Share
    day_only_culture: Share
    day_only_source: str
    day_only_dose: Share
    before_recognition: Share
    before_minutes: Range
    earlier_course: Share
    earlier_course_hours: Range
    earlier_course_every_hours: Range
    ventilated: Share
    comfort_care: Share
    care_refused: Share
    exclusion_reasons: tuple[str, ...]
    exclusion_reasons_source: str
    trial_enrolled: Share
    pregnancy_documented: Share
    covid19_documented: Share
    culture_delay_accepted: Share
    lesser_volume_ordered: Share
    lesser_ml_per_kg: float
    statement_minutes: Range
    ruled_out: Share
    ruled_out_hours: Range
    come_back: Share
    come_back_hours: Range
    source: str


class Drugs(StrictModel):
    """Names of what is given."""

    broad: tuple[str, ...]
    narrow: tuple[str, ...]
    combined: tuple[str, ...]
    added: tuple[str, ...]
    oral: tuple[str, ...]
    antifungals: tuple[str, ...]
    crystalloids: tuple[str, ...]
    vasopressors: tuple[str, ...]
    source: str


class InfusionHabits(StrictModel):
    """How infusions run."""

    adult_bolus_minutes: Range
    paused: Share
    paused_minutes: Range
    rewritten: Share
    rewritten_source: str
    vasopressor_hours: Range
    vasopressor_parts: Range
    parts_source: str
    source: str
