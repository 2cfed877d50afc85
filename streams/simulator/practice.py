"""What the simulated department does, read once from `practice.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pydantic import Field, model_validator

from schemas.strict_model import StrictModel

Share = float
Range = tuple[float, float]


class Site(StrictModel):
    """The hospitals and their wards."""

    facilities: tuple[str, ...] = Field(min_length=1)
    emergency_unit: str
    child_ward: str
    adult_ward: str
    source: str
    arrivals_per_hour: float = Field(gt=0)
    arrivals_source: str


class LagTable(StrictModel):
    """Quantiles of a delay in minutes, linear between the points."""

    share: tuple[float, ...]
    minutes: tuple[float, ...]
    source: str

    @model_validator(mode="after")
    def _rises(self) -> "LagTable":
        if len(self.share) != len(self.minutes) or list(self.share) != sorted(set(self.share)):
            message = "share must rise, and have as many points as minutes"
            raise ValueError(message)
        return self

    def minutes_at(self, share: float) -> float:
        """Minutes below which this share of delays lies; beyond the last point, the last point."""
        points = list(zip(self.share, self.minutes, strict=True))
        for (low, low_minutes), (high, high_minutes) in pairwise(points):
            if share <= high:
                return low_minutes + (high_minutes - low_minutes) * max(share - low, 0) / (high - low)
        return self.minutes[-1]


class Lags(StrictModel):
    """Delays from an act to its place in the chart."""

    vitals: LagTable
    medications: LagTable
    acts: LagTable
    results: LagTable


class Window(StrictModel):
    """The one window of the children's bundle."""

    minutes: int
    source: str


class Bolus(StrictModel):
    """Weight-based fluid of children."""

    ml_per_kg: float
    source: str
    partial_ml_per_kg: float
    partial_source: str


class ChildFailures(StrictModel):
    """How an element of a child fails that was not done in time."""

    antibiotics_never: Share
    blood_culture_never: Share
    blood_culture_after_antibiotics: Share
    fluids_never: Share
    fluids_partial: Share
    latest_minutes: int
    source: str


class Weight(StrictModel):
    """Weight by age."""

    base_years: float
    kg_per_year: float
    spread: float
    source: str
    youngest_years: int
    oldest_years: int


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
    window: Window
    bolus: Bolus
    late: ChildFailures
    weight: Weight


class AdultWindows(StrictModel):
    """Windows of the adults' elements after time zero."""

    lactate_minutes: int
    antibiotics_minutes: int
    blood_culture_minutes: int
    repeat_lactate_minutes: int
    source: str


class AdultFailures(StrictModel):
    """How an element of an adult fails that was not done in time."""

    lactate_never: Share
    antibiotics_never: Share
    blood_culture_after_antibiotics: Share
    blood_culture_never: Share
    repeat_lactate_never: Share
    repeat_after_minutes: int
    latest_minutes: int
    source: str


class Lactates(StrictModel):
    """Ranges of lactate."""

    normal_mmol_per_l: Range
    elevated_mmol_per_l: Range
    source: str


class Adults(StrictModel):
    """Shares of simulated adults."""

    source: str
    lactate: Share
    antibiotics: Share
    blood_culture: Share
    repeat_lactate: Share
    lactate_elevated: Share
    mortality: Share
    mortality_source: str
    comfort_care: Share
    comfort_care_source: str
    youngest_years: int
    oldest_years: int
    age_source: str
    window: AdultWindows
    late: AdultFailures
    lactate_range: Lactates


class Visits(StrictModel):
    """How long the parts of a visit take."""

    triage_minutes: Range
    recognition_minutes: Range
    emergency_hours: Range
    stay_hours: Range
    died_hours: Range
    source: str


class VitalRanges(StrictModel):
    """Ranges of vital signs."""

    heart_rate_per_min: Range
    respiratory_rate_per_min: Range
    temperature_cel: Range
    systolic_mmhg: Range
    low_systolic_mmhg: Range
    source: str


class VitalSigns(StrictModel):
    """Ranges of vital signs by kind of patient."""

    child: VitalRanges
    adult: VitalRanges


class Corrections(StrictModel):
    """How often the chart is corrected, and how."""

    protocol_time_moved: Share
    dose_entered_in_error: Share
    weight_corrected: Share
    moved_minutes: Range
    known_after_minutes: Range
    source: str


class Transmission(StrictModel):
    """From the chart to the message."""

    seconds: Range
    source: str


class Practice(StrictModel):
    """All of it."""

    site: Site
    children: Children
    adults: Adults
    visit: Visits
    vitals: VitalSigns
    corrections: Corrections
    transmission: Transmission
    lag: Lags


@cache
def shipped_practice() -> Practice:
    """The practice that `practice.toml` describes."""
    text = files("streams.simulator").joinpath("practice.toml").read_text(encoding="utf-8")
    return Practice.model_validate(tomllib.loads(text))
