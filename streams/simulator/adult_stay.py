"""One simulated adult: criteria of severe sepsis at triage, the organ dysfunction that makes time zero, and the care.

Infection is documented before the low blood pressure, and no other organ dysfunction comes before it: so
time zero is the low reading, whatever else the chart holds.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.chart import Chart
from streams.simulator.dice import Dice
from streams.simulator.practice import Adults
from streams.simulator.truth import Deed, Outcome, Truth, culture_outcome, cut_to_minute, outcome_of
from streams.simulator.visit import chart_truths, end_visit, first_vitals

MEASURE = "sep1-like/1"
DRUGS = ("piperacillin_tazobactam", "cefepime", "meropenem", "ceftriaxone")

_DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class AdultCare:
    """What was done for one adult; None: never."""

    lactate_at: datetime | None
    lactate_mmol_per_l: float
    elevated: bool
    repeat_lactate_at: datetime | None
    antibiotic_at: datetime | None
    culture_at: datetime | None


def play_adult(chart: Chart, arrived_at: datetime) -> list[Truth]:
    """Write the adult's stay into the chart and return its truth."""
    practice, dice = chart.practice, chart.dice
    _admit(chart, arrived_at)
    triaged_at = arrived_at + timedelta(minutes=dice.whole(practice.visit.triage_minutes))
    chart.visit(AdtEvent.TRIAGE, triaged_at, practice.site.emergency_unit)
    first_vitals(chart, practice.vitals.adult, triaged_at, low=False)
    low_at = triaged_at + timedelta(minutes=dice.whole(practice.visit.recognition_minutes))
    time_zero = dice.within_minute(cut_to_minute(low_at) + timedelta(minutes=1))
    _become_septic(chart, triaged_at, time_zero)
    care = draw_care(practice.adults, dice, cut_to_minute(time_zero))
    _treat(chart, care)
    excluded = _limit_care(chart, time_zero)
    end_visit(chart, arrived_at, practice.site.adult_ward, died=dice.chance(practice.adults.mortality))
    return chart_truths(chart, MEASURE, time_zero, _deeds(chart, care, time_zero), excluded=excluded)


def draw_care(adults: Adults, dice: Dice, minute_zero: datetime) -> AdultCare:
    """Decide what is done in time, late or never, and when."""
    late, windows = adults.late, adults.window
    elevated = dice.chance(adults.lactate_elevated)
    amounts = adults.lactate_range.elevated_mmol_per_l if elevated else adults.lactate_range.normal_mmol_per_l
    in_time = dice.chance(adults.lactate)
    lactate_at: datetime | None = _drawn(
        dice, minute_zero, windows.lactate_minutes, late.latest_minutes, in_time=in_time
    )
    if not in_time and dice.chance(late.lactate_never):
        lactate_at = None
    repeat_at = _draw_repeat(adults, dice, minute_zero, lactate_at) if elevated and lactate_at else None
    antibiotic_in_time = dice.chance(adults.antibiotics)
    antibiotic_at: datetime | None = _drawn(
        dice, minute_zero, windows.antibiotics_minutes, late.latest_minutes, in_time=antibiotic_in_time
    )
    if not antibiotic_in_time and dice.chance(late.antibiotics_never):
        antibiotic_at = None
    culture_at = _draw_culture(adults, dice, minute_zero, antibiotic_at)
    return AdultCare(lactate_at, dice.measured(amounts), elevated, repeat_at, antibiotic_at, culture_at)


def _draw_repeat(adults: Adults, dice: Dice, minute_zero: datetime, lactate_at: datetime) -> datetime | None:
    """Draw the second lactate, some time after the first; a late first one may leave no time for it."""
    limit = adults.window.repeat_lactate_minutes
    first = (cut_to_minute(lactate_at) - minute_zero) // timedelta(minutes=1)
    earliest = first + adults.late.repeat_after_minutes
    if dice.chance(adults.repeat_lactate) and earliest <= limit:
        return dice.within_minute(minute_zero + timedelta(minutes=dice.whole((earliest, limit))))
    if dice.chance(adults.late.repeat_lactate_never):
        return None
    after = max(limit + 1, earliest)
    return dice.within_minute(minute_zero + timedelta(minutes=dice.whole((after, after + limit))))


def _draw_culture(adults: Adults, dice: Dice, minute_zero: datetime, antibiotic_at: datetime | None) -> datetime | None:
    limit = adults.window.blood_culture_minutes
    if dice.chance(adults.blood_culture):
        last = limit if antibiotic_at is None else (cut_to_minute(antibiotic_at) - minute_zero) // timedelta(minutes=1)
        return dice.within_minute(minute_zero + timedelta(minutes=dice.whole((0, max(0, min(limit, last - 1))))))
    if antibiotic_at is None or dice.chance(adults.late.blood_culture_never):
        return None
    if dice.chance(adults.late.blood_culture_after_antibiotics):
        return antibiotic_at + timedelta(minutes=dice.whole((1, limit)))
    after = max(minute_zero, cut_to_minute(antibiotic_at))
    return _drawn(dice, after, limit, adults.late.latest_minutes, in_time=False)


def _drawn(dice: Dice, minute_zero: datetime, limit: int, latest: int, *, in_time: bool) -> datetime:
    bounds = (1, limit) if in_time else (limit + 1, latest)
    return dice.within_minute(minute_zero + timedelta(minutes=dice.whole(bounds)))


def _admit(chart: Chart, arrived_at: datetime) -> None:
    adults, dice = chart.practice.adults, chart.dice
    days = dice.whole((adults.youngest_years, adults.oldest_years)) * _DAYS_A_YEAR
    born = date.fromordinal(arrived_at.date().toordinal() - days - dice.whole((30, _DAYS_A_YEAR - 1)))
    chart.visit(AdtEvent.REGISTER, arrived_at, birth_date=born.isoformat(), mrn=f"MRN-{chart.patient_id}")
    chart.visit(AdtEvent.ARRIVE, arrived_at, chart.practice.site.emergency_unit)


def _become_septic(chart: Chart, triaged_at: datetime, time_zero: datetime) -> None:
    """Document the infection, then measure the low pressure that completes the criteria."""
    lag = chart.practice.lag
    chart.act(chart.entry("infection", triaged_at, lag.acts), ActName.INFECTION_SUSPECTED, triaged_at)
    low = chart.dice.whole(chart.practice.vitals.adult.low_systolic_mmhg)
    chart.vital(chart.entry("low-systolic", time_zero, lag.vitals), "systolic_bp", low, "mmHg", time_zero)


def _treat(chart: Chart, care: AdultCare) -> None:
    lag, dice = chart.practice.lag, chart.dice
    normal = chart.practice.adults.lactate_range.normal_mmol_per_l
    if care.culture_at is not None:
        chart.blood_culture(chart.entry("culture", care.culture_at, lag.medications), care.culture_at)
    if care.antibiotic_at is not None:
        entry = chart.entry("antibiotic", care.antibiotic_at, lag.medications)
        chart.antibiotic(entry, dice.pick(DRUGS), care.antibiotic_at)
    if care.lactate_at is not None:
        _lactate(chart, "lactate", care.lactate_mmol_per_l, care.lactate_at)
    if care.repeat_lactate_at is not None:
        _lactate(chart, "repeat-lactate", dice.measured(normal), care.repeat_lactate_at)


def _lactate(chart: Chart, fact: str, mmol_per_l: float, collected_at: datetime) -> None:
    entry = chart.entry(fact, collected_at, chart.practice.lag.results)
    chart.lactate(entry, mmol_per_l, collected_at, entry.recorded_at)


def _limit_care(chart: Chart, time_zero: datetime) -> bool:
    """Now and then comfort care is chosen within the hours that exclude the case."""
    adults, dice = chart.practice.adults, chart.dice
    if not dice.chance(adults.comfort_care):
        return False
    at = time_zero + timedelta(minutes=dice.whole((10, adults.window.repeat_lactate_minutes)))
    chart.act(chart.entry("comfort-care", at, chart.practice.lag.acts), ActName.COMFORT_CARE, at)
    return True


def _deeds(chart: Chart, care: AdultCare, time_zero: datetime) -> dict[str, Deed]:
    windows = chart.practice.adults.window
    lactate = outcome_of(care.lactate_at, time_zero, windows.lactate_minutes)
    first_in_time = outcome_of(care.lactate_at, time_zero, windows.repeat_lactate_minutes) is Outcome.MET
    needed = care.elevated and first_in_time
    repeat = outcome_of(care.repeat_lactate_at, time_zero, windows.repeat_lactate_minutes)
    culture = culture_outcome(care.culture_at, care.antibiotic_at, time_zero, windows.blood_culture_minutes)
    antibiotics = outcome_of(care.antibiotic_at, time_zero, windows.antibiotics_minutes)
    return {
        "lactate": Deed(lactate, windows.lactate_minutes, care.lactate_at, chart.known_at("lactate")),
        "repeat_lactate": Deed(
            repeat if needed else Outcome.NOT_APPLICABLE,
            windows.repeat_lactate_minutes,
            care.repeat_lactate_at,
            chart.known_at("repeat-lactate"),
        ),
        "blood_culture": Deed(culture, windows.blood_culture_minutes, care.culture_at, chart.known_at("culture")),
        "antibiotics": Deed(antibiotics, windows.antibiotics_minutes, care.antibiotic_at, chart.known_at("antibiotic")),
    }
