"""Numbers of the chart and the feed: how late, how wrong, and what goes amiss on the way."""

from schemas.strict_model import StrictModel
from streams.simulator.lag_table import LagTable, Range, Share


class Lags(StrictModel):
    """Delays from an act to its place in the chart."""

    vitals: LagTable
    pressures: LagTable
    temperatures: LagTable
    weights: LagTable
    medications: LagTable
    boluses: LagTable
    vasopressors: LagTable
    cultures: LagTable
    acts: LagTable
    ventilation: LagTable
    lactate_results: LagTable
    results: LagTable
    orders: LagTable


class Corrections(StrictModel):
    """How often the chart is corrected, and how."""

    time_moved: Share
    moved_minutes: Range
    value_corrected: Share
    wrong_vital_sign: Range
    wrong_result: Range
    wrong_source: str
    wrong_patient_minutes: Range
    weight_corrected: Share
    weight_corrected_source: str
    entered_in_error: Share
    entered_in_error_source: str
    known_after_share: tuple[float, ...]
    known_after_minutes: tuple[float, ...]
    known_after_source: str
    source: str


class Faults(StrictModel):
    """What goes amiss between the chart and us."""

    merged: Share
    merged_after_minutes: Range
    still_under_the_old_number: Share
    cancelled_admission: Share
    cancelled_admission_after_arrival_minutes: Range
    cancelled_after_minutes: Range
    linked_after_minutes: Range
    changed_number: Share
    announced_by_link: Share
    discharged_in_between: Share
    without_number: Share
    without_number_source: str
    repeated_message: Share
    delayed_message: Share
    delayed_minutes: Range
    source: str


class Outages(StrictModel):
    """A topic of a hospital stands still, then delivers all at once."""

    a_day: Share
    minutes: Range
    source: str


class Transmission(StrictModel):
    """From the chart to the message."""

    seconds: Range
    source: str
