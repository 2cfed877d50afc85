"""Numbers of a stay: where and how long, who says what, and what is measured."""

from pydantic import Field

from schemas.strict_model import StrictModel
from streams.simulator.lag_table import Range, Share


class Site(StrictModel):
    """The hospitals and their wards."""

    hospitals: tuple[str, ...] = Field(min_length=1)
    more_hospitals: str
    emergency_unit: str
    child_ward: str
    adult_ward: str
    child_intensive_care: str
    adult_intensive_care: str
    source: str
    arrivals_per_hour: float = Field(gt=0)
    arrivals_source: str


class Setting(StrictModel):
    """Where sepsis is first suspected, and how patients come and go."""

    emergency: Share
    ward: Share
    emergency_source: str
    intensive_care: Share
    intensive_care_source: str
    transferred_in: Share
    transferred_in_source: str
    transferred_out: Share
    transferred_out_source: str
    returns: Share
    returns_source: str
    returns_after_hours: Range
    hasty: Share
    haste: float
    haste_source: str


class HospitalRange(StrictModel):
    """How far hospitals differ in whole bundles."""

    children_low: Share
    children_high: Share
    children_source: str
    adults_low: Share
    adults_high: Share
    adults_source: str


class Recognition(StrictModel):
    """Who starts or says what when sepsis is suspected."""

    protocol_children: Share
    protocol_children_source: str
    protocol_adults: Share
    protocol_adults_source: str
    order_set_started: Share
    sepsis_documented: Share
    best_practice_alert: Share
    pews: Share
    pews_value: Range
    pews_alarm_value: Range
    pews_source: str
    sepsis_screen_positive: Share
    sepsis_huddle: Share
    sepsis_triage_form: Share
    severe_sepsis_documented: Share
    septic_shock_documented: Share
    infection_documented: Share
    around_minutes: Range
    unopened: Share
    source: str


class Visits(StrictModel):
    """How long the parts of a visit take."""

    triage_minutes: Range
    recognition_minutes: Range
    ward_recognition_hours: Range
    emergency_hours: Range
    emergency_source: str
    stay_hours: Range
    stay_source: str
    died_hours: Range
    died_source: str
    early_death: Share
    early_death_minutes: Range
    edge_of_end: Share
    edges_of_end_minutes: tuple[int, ...]
    wrong_discharge: Share
    early_leave: Share
    early_leave_hours: Range
    long_stay: Share
    long_stay_hours: Range
    moves: Share
    source: str


class VitalRanges(StrictModel):
    """Ranges of vital signs."""

    heart_rate_per_min: Range
    respiratory_rate_per_min: Range
    temperature_cel: Range
    systolic_mmhg: Range
    low_systolic_mmhg: Range
    low_mean_mmhg: Range
    mean_mmhg: Range
    spo2_percent: Range
    source: str


class VitalSigns(StrictModel):
    """Ranges of vital signs by kind of patient."""

    child: VitalRanges
    adult: VitalRanges


class Monitoring(StrictModel):
    """Rounds of vital signs."""

    sets: Range
    every_minutes: Range
    incomplete: Share
    arterial_line: Share
    late_minutes: Range
    at_bedside: Share
    source: str


class Pace(StrictModel):
    """How soon one thing follows another, in minutes."""

    round: Range
    child_first_round: Range
    child_late_round: Range
    adult_first_round: Range
    child_first_low: Range
    child_second_low: Range
    adult_first_low: Range
    adult_second_low_after_first: Range
    adult_antibiotics_from: float
    adult_lactate_from: float
    child_lactate: Range
    adult_fluids_from: float
    boluses: Range
    last_bolus_at_least: Range
    small_bolus_before: Range
    small_bolus: Range
    lesser_volume: Range
    child_pressure_after_fluids: Range
    adult_pressure_after_fluids: Range
    adult_second_pressure_after_first: Range
    child_vasopressor_after_fluids: Range
    adult_vasopressor_after_fluids: Range
    latest_vasopressor_after_fluids: float
    child_reassessment_after_fluids: Range
    adult_reassessment_after_fluids: Range
    latest_reassessment_after_fluids: float
    severity_named: Range
    triage_form_after_triage: Range
    discharge_after_death: Range
    wrong_discharge_before_admission: Range
    source: str


class Assay(StrictModel):
    """One laboratory value on either side of its threshold."""

    unit: str
    loinc: str
    normal: Range
    abnormal: Range


class Laboratory(StrictModel):
    """The panel of organ dysfunction."""

    abnormal: Share
    panel: Share
    panel_minutes: Range
    creatinine: Assay
    bilirubin: Assay
    platelets: Assay
    inr: Assay
    aptt: Assay
    wbc: Assay
    source: str
