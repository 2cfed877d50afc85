"""One simulated child: triage, the sepsis protocol, the three elements of the 1-hour bundle, and the end."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from schemas.clinical import ActName
from schemas.raw import AdtEvent, RawStatus
from streams.simulator.chart import Chart, Charted
from streams.simulator.dice import Dice
from streams.simulator.practice import Children
from streams.simulator.truth import Deed, Outcome, Truth, culture_outcome, cut_to_minute, outcome_of
from streams.simulator.visit import chart_truths, end_visit, first_vitals

MEASURE = "nys-ped-1h/spec-2015"
ELEMENTS = ("blood_culture", "antibiotics", "fluids")
DRUGS = ("ceftriaxone", "cefepime", "vancomycin")

_DAYS_A_YEAR = 365
_HALF = 0.5
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ChildCare:
    """What was done for one child; None: never."""

    antibiotic_at: datetime | None
    culture_at: datetime | None
    fluids_at: datetime | None
    """When the bolus was complete."""
    fluids_whole: bool
    """The whole weight-based volume, not a part of it."""


def play_child(chart: Chart, arrived_at: datetime) -> list[Truth]:
    """Write the child's stay into the chart and return its truth."""
    practice, dice = chart.practice, chart.dice
    weight_kg = _admit(chart, arrived_at)
    triaged_at = arrived_at + timedelta(minutes=dice.whole(practice.visit.triage_minutes))
    chart.visit(AdtEvent.TRIAGE, triaged_at, practice.site.emergency_unit)
    first_vitals(chart, practice.vitals.child, triaged_at, low=dice.chance(_HALF))
    recognised = triaged_at + timedelta(minutes=dice.whole(practice.visit.recognition_minutes))
    time_zero = dice.within_minute(cut_to_minute(recognised))
    _start_protocol(chart, time_zero)
    care = draw_care(practice.children, dice, cut_to_minute(time_zero))
    weight_known = _weigh(chart, weight_kg, triaged_at)
    _treat(chart, care, weight_kg, time_zero)
    excluded = _exclude(chart, time_zero)
    died = dice.chance(practice.children.mortality)
    end_visit(chart, arrived_at, practice.site.child_ward, died=died)
    deeds = _deeds(chart, care, time_zero, weight_known=weight_known)
    return chart_truths(chart, MEASURE, time_zero, deeds, excluded=excluded)


def draw_care(children: Children, dice: Dice, minute_zero: datetime) -> ChildCare:
    """Decide which elements are done in time, and when each is done."""
    in_time = _draw_in_time(children, dice)
    limit = children.window.minutes
    late = (limit + 1, children.late.latest_minutes)
    antibiotic_at: datetime | None = _at(dice, minute_zero, (limit // 4, limit) if in_time["antibiotics"] else late)
    if not in_time["antibiotics"] and dice.chance(children.late.antibiotics_never):
        antibiotic_at = None
    culture_at = _draw_culture(children, dice, minute_zero, antibiotic_at, in_time=in_time["blood_culture"])
    whole = in_time["fluids"] or not dice.chance(children.late.fluids_partial)
    early = in_time["fluids"] or not whole
    fluids_at = _at(dice, minute_zero, (limit // 3, limit) if early else late)
    never = not in_time["fluids"] and whole and dice.chance(children.late.fluids_never)
    return ChildCare(antibiotic_at, culture_at, None if never else fluids_at, whole)


def _draw_culture(
    children: Children, dice: Dice, minute_zero: datetime, antibiotic_at: datetime | None, *, in_time: bool
) -> datetime | None:
    limit = children.window.minutes
    if in_time:
        last = limit if antibiotic_at is None else (cut_to_minute(antibiotic_at) - minute_zero) // _MINUTE - 1
        return _at(dice, minute_zero, (0, max(0, min(limit, last))))
    if dice.chance(children.late.blood_culture_never):
        return None
    if antibiotic_at is not None and dice.chance(children.late.blood_culture_after_antibiotics):
        return antibiotic_at + timedelta(minutes=dice.whole((1, limit)))
    after = minute_zero if antibiotic_at is None else max(minute_zero, cut_to_minute(antibiotic_at))
    return _at(dice, after, (limit + 1, children.late.latest_minutes))


def _draw_in_time(children: Children, dice: Dice) -> dict[str, bool]:
    """Draw the three elements together, so that each share and the whole bundle's come out as given."""
    if dice.chance(children.bundle):
        return dict.fromkeys(ELEMENTS, True)
    shares = shares_without_bundle(children.blood_culture, children.antibiotics, children.fluids, children.bundle)
    while True:
        drawn = {name: dice.chance(share) for name, share in zip(ELEMENTS, shares, strict=True)}
        if not all(drawn.values()):
            return drawn


@cache
def shares_without_bundle(first: float, second: float, third: float, bundle: float) -> tuple[float, float, float]:
    """Chances of three independent draws that, redrawn while all three succeed, leave the given shares.

    With p, q, r for the chances, a share among those without the whole bundle is
    (p - pqr) / (1 - pqr); solved by repeated insertion. There is a solution while the shares among
    those without the bundle add up to less than 2: at most two of three succeed there.
    """
    wanted = tuple((share - bundle) / (1 - bundle) for share in (first, second, third))
    chances = wanted
    for _ in range(1000):
        together = math.prod(chances)
        chances = tuple(share * (1 - together) + together for share in wanted)
    return chances[0], chances[1], chances[2]


def _at(dice: Dice, minute_zero: datetime, bounds: tuple[float, float]) -> datetime:
    return dice.within_minute(minute_zero + timedelta(minutes=dice.whole(bounds)))


def _admit(chart: Chart, arrived_at: datetime) -> float:
    """Announce the child; return its weight in kg."""
    weight, dice = chart.practice.children.weight, chart.dice
    years = dice.whole((weight.youngest_years, weight.oldest_years))
    born = date.fromordinal(arrived_at.date().toordinal() - years * _DAYS_A_YEAR - dice.whole((1, _DAYS_A_YEAR - 1)))
    chart.visit(AdtEvent.REGISTER, arrived_at, birth_date=born.isoformat(), mrn=f"MRN-{chart.patient_id}")
    chart.visit(AdtEvent.ARRIVE, arrived_at, chart.practice.site.emergency_unit)
    mean = (years + weight.base_years) * weight.kg_per_year
    return dice.measured((mean * (1 - weight.spread), mean * (1 + weight.spread)))


def _start_protocol(chart: Chart, time_zero: datetime) -> None:
    """Write the protocol's start, now and then at a wrong time that is corrected later."""
    practice, dice = chart.practice, chart.dice
    entry = chart.entry("protocol", time_zero, practice.lag.acts)
    if not dice.chance(practice.corrections.protocol_time_moved):
        chart.act(entry, ActName.PROTOCOL_STARTED, time_zero)
        return
    wrong = time_zero + timedelta(minutes=dice.whole(practice.corrections.moved_minutes))
    chart.act(chart.entry("protocol", wrong, practice.lag.acts), ActName.PROTOCOL_STARTED, wrong)
    known = max(wrong, time_zero) + timedelta(minutes=dice.whole(practice.corrections.known_after_minutes))
    corrected = Charted("protocol", known, version=1, status=RawStatus.CORRECTED)
    chart.act(corrected, ActName.PROTOCOL_STARTED, time_zero)


def _weigh(chart: Chart, weight_kg: float, at: datetime) -> bool:
    """Write the weight unless nobody takes it; now and then wrong first, in pounds taken for kilograms."""
    practice, dice = chart.practice, chart.dice
    if dice.chance(practice.children.weight_unknown):
        return False
    entry = chart.entry("weight", at, practice.lag.acts)
    if not dice.chance(practice.corrections.weight_corrected):
        chart.vital(entry, "weight", weight_kg, "kg", at)
        return True
    chart.vital(entry, "weight", round(weight_kg / 2, 1), "kg", at)
    known = at + timedelta(minutes=dice.whole(practice.corrections.known_after_minutes))
    chart.vital(Charted("weight", known, 1, RawStatus.CORRECTED), "weight", weight_kg, "kg", at)
    return True


def _treat(chart: Chart, care: ChildCare, weight_kg: float, time_zero: datetime) -> None:
    practice, dice = chart.practice, chart.dice
    if care.culture_at is not None:
        chart.blood_culture(chart.entry("culture", care.culture_at, practice.lag.medications), care.culture_at)
    if care.antibiotic_at is not None:
        entry = chart.entry("antibiotic", care.antibiotic_at, practice.lag.medications)
        chart.antibiotic(entry, dice.pick(DRUGS), care.antibiotic_at)
    if dice.chance(practice.corrections.dose_entered_in_error):
        _dose_in_error(chart, time_zero)
    if care.fluids_at is not None:
        bolus = practice.children.bolus
        ml_per_kg = bolus.ml_per_kg if care.fluids_whole else bolus.partial_ml_per_kg
        started_at = care.fluids_at - timedelta(minutes=15)
        entry = chart.entry("bolus", care.fluids_at, practice.lag.medications)
        chart.bolus(entry, math.ceil(ml_per_kg * weight_kg), started_at, care.fluids_at)


def _dose_in_error(chart: Chart, time_zero: datetime) -> None:
    """A dose that was another patient's: charted, then taken back."""
    practice, dice = chart.practice, chart.dice
    at = time_zero + timedelta(minutes=dice.whole((1, practice.children.window.minutes)))
    entry = chart.entry("wrong-dose", at, practice.lag.medications)
    chart.antibiotic(entry, DRUGS[0], at)
    known = max(entry.recorded_at, at) + timedelta(minutes=dice.whole(practice.corrections.known_after_minutes))
    chart.antibiotic(Charted("wrong-dose", known, 1, RawStatus.ENTERED_IN_ERROR), DRUGS[0], at)


def _exclude(chart: Chart, time_zero: datetime) -> bool:
    practice, dice = chart.practice, chart.dice
    if not dice.chance(practice.children.excluded):
        return False
    at = time_zero + timedelta(minutes=dice.whole((1, practice.children.window.minutes)))
    entry = chart.entry("exclusion", at, practice.lag.acts)
    chart.act(entry, ActName.EXCLUDED_FROM_PROTOCOL, at, reason="contraindication")
    return True


def _deeds(chart: Chart, care: ChildCare, time_zero: datetime, *, weight_known: bool) -> dict[str, Deed]:
    minutes = chart.practice.children.window.minutes
    fluids = outcome_of(care.fluids_at if care.fluids_whole else None, time_zero, minutes)
    if not weight_known:
        fluids = Outcome.CANNOT_ASSESS
    antibiotics = outcome_of(care.antibiotic_at, time_zero, minutes)
    culture = culture_outcome(care.culture_at, care.antibiotic_at, time_zero, minutes)
    return {
        "antibiotics": Deed(antibiotics, minutes, care.antibiotic_at, chart.known_at("antibiotic")),
        "blood_culture": Deed(culture, minutes, care.culture_at, chart.known_at("culture")),
        "fluids": Deed(fluids, minutes, care.fluids_at, chart.known_at("bolus")),
    }
