"""What the stays of children and adults have in common: first vital signs, the end, and the lines of truth."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.raw import AdtEvent
from streams.simulator.chart import Chart
from streams.simulator.practice import VitalRanges
from streams.simulator.truth import Deed, Outcome, Truth, bundle_of, cut_to_minute

# UB-04 patient discharge status.
_EXPIRED = "20"
_HOME = "01"


def first_vitals(chart: Chart, ranges: VitalRanges, at: datetime, *, low: bool) -> None:
    """Write the vital signs of triage; `low`: with a low blood pressure."""
    lag, dice = chart.practice.lag.vitals, chart.dice
    systolic = ranges.low_systolic_mmhg if low else ranges.systolic_mmhg
    measured = (
        ("heart_rate", dice.whole(ranges.heart_rate_per_min), "/min"),
        ("respiratory_rate", dice.whole(ranges.respiratory_rate_per_min), "/min"),
        ("temperature", dice.measured(ranges.temperature_cel), "Cel"),
        ("systolic_bp", dice.whole(systolic), "mmHg"),
    )
    for code, value, unit in measured:
        chart.vital(chart.entry(f"triage-{code}", at, lag), code, value, unit, at)


def end_visit(chart: Chart, arrived_at: datetime, ward: str, *, died: bool) -> None:
    """Move the patient to the ward, then discharge it, alive or not."""
    visit, dice = chart.practice.visit, chart.dice
    admitted_at = arrived_at + timedelta(hours=dice.measured(visit.emergency_hours, 2))
    chart.visit(AdtEvent.ADMIT, admitted_at, ward)
    hours = dice.measured(visit.died_hours if died else visit.stay_hours, 2)
    left_at = max(arrived_at + timedelta(hours=hours), admitted_at + timedelta(hours=1))
    if died:
        chart.visit(AdtEvent.DIED, left_at, ward)
    chart.visit(AdtEvent.DISCHARGE, left_at, ward, discharge_status=_EXPIRED if died else _HOME)


def chart_truths(
    chart: Chart, measure: str, time_zero: datetime, deeds: Mapping[str, Deed], *, excluded: bool
) -> list[Truth]:
    """The lines of truth of one case, bundle last; an exclusion covers them all."""
    minute = cut_to_minute(time_zero)
    outcomes = {name: Outcome.EXCLUDED if excluded else deed.outcome for name, deed in deeds.items()}
    lines = [
        Truth(
            facility_id=chart.facility_id,
            case_id=chart.encounter_id,
            measure=measure,
            time_zero=minute,
            element=name,
            outcome=outcomes[name],
            act_at=deed.act_at,
            charted_late=not excluded and deed.is_charted_late(time_zero),
        )
        for name, deed in deeds.items()
    ]
    bundle = bundle_of(outcomes.values())
    late = any(line.charted_late for line in lines) and bundle is Outcome.MET
    return [*lines, Truth(chart.facility_id, chart.encounter_id, measure, minute, "bundle", bundle, None, late)]
