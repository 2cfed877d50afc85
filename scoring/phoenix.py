"""The Phoenix sepsis score of a child: points for values near suspected infection, none for what is missing."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from schemas.clinical import ActName, AnyFact, DrugClass, Medication, Observation, Quantity
from scoring.age import birth_date, has_reached
from scoring.chart import Chart, Remembered, Timed
from scoring.number import Resolution
from scoring.phoenix_rule import Organ, Phoenix, PointStep, Scored, ScoredItem
from scoring.presentation import Met, Onset, Reach, reach_of


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value to be scored.

    Attributes:
        supported: Breathing is supported: by oxygen, or mechanically.
        ventilated: Mechanically.
    """

    at: datetime
    value: float
    facts: tuple[AnyFact, ...]
    supported: bool = True
    ventilated: bool = True


@dataclass(frozen=True, slots=True)
class _Hit:
    """A value that gives points, with its time cut to the resolution."""

    moment: datetime
    at: datetime
    organ: Organ
    item: str
    points: float
    facts: tuple[AnyFact, ...]


@dataclass(frozen=True, slots=True)
class _Patient:
    """Whose values are scored, and over which stretch of time."""

    chart: Chart
    rule: Phoenix
    born: date
    reach: Reach
    resolution: Resolution

    def of(self, shelf: list[Timed]) -> Iterator[Timed]:
        """Entries of the stretch whose minute is known."""
        low = bisect_left(shelf, self.reach[0], key=lambda each: each.moment)
        high = bisect_right(shelf, self.reach[1], key=lambda each: each.moment)
        return (each for each in shelf[low:high] if not each.fact.day_only)

    def measured(self, quantity: Quantity) -> Iterator[Observation]:
        """Results of a quantity that have a value, by collection."""
        for entry in self.of(self.chart.observations(quantity)):
            if isinstance(entry.fact, Observation) and entry.fact.value is not None:
                yield entry.fact

    def pairs(self, quantity: Quantity, other: Quantity) -> Iterator[tuple[Observation, Observation]]:
        """Results, each with the last one of another quantity by the same minute, where that is not too long before."""
        cut, partners = self.resolution.cut, list(self.measured(other))
        for fact in self.measured(quantity):
            at = cut(fact.collected_at)
            place = bisect_right(partners, at, key=lambda each: cut(each.collected_at))
            if place and at - cut(partners[place - 1].collected_at) <= self.rule.paired_within.delta:
                yield fact, partners[place - 1]

    def is_ventilated(self, at: datetime) -> bool:
        """Whether mechanical ventilation was begun by then and still counts."""
        begun = [self.resolution.cut(each.moment) for each in self.of(self.chart.acts(ActName.MECHANICAL_VENTILATION))]
        now = self.resolution.cut(at)
        return any(each <= now <= each + self.rule.within.delta for each in begun)


def _over_oxygen(patient: _Patient, quantity: Quantity) -> Iterator[_Reading]:
    """Ratios of a quantity to the share of oxygen breathed."""
    for fact, oxygen in patient.pairs(quantity, Quantity.FIO2):
        if not oxygen.value:
            continue
        ventilated = patient.is_ventilated(fact.collected_at)
        supported = ventilated or oxygen.value > patient.rule.room_air.value
        yield _Reading(fact.collected_at, (fact.value or 0) / oxygen.value, (fact, oxygen), supported, ventilated)


def _saturations(patient: _Patient) -> Iterator[_Reading]:
    for reading in _over_oxygen(patient, Quantity.SPO2):
        saturation = reading.facts[0]
        if isinstance(saturation, Observation) and (saturation.value or 0) <= patient.rule.saturation_at_most.value:
            yield reading


def _vasoactives(patient: _Patient) -> Iterator[_Reading]:
    """At every start of a vasoactive drug, how many different ones were started in the time that counts."""
    doses = [
        (each.moment, each.fact)
        for each in patient.of(patient.chart.medications(DrugClass.VASOPRESSOR))
        if isinstance(each.fact, Medication) and each.fact.substance in patient.rule.vasoactives
    ]
    for at, _ in doses:
        since = patient.resolution.cut(at) - patient.rule.within.delta
        different = {
            fact.substance: fact for moment, fact in doses if moment <= at and patient.resolution.cut(moment) >= since
        }
        yield _Reading(at, len(different), tuple(different.values()))


def _mean_pressures(patient: _Patient) -> Iterator[_Reading]:
    """Measured ones; where none is, of a systolic and a diastolic pressure."""
    cut = patient.resolution.cut
    measured = set()
    for fact in patient.measured(Quantity.MEAN_ARTERIAL_PRESSURE):
        measured.add(cut(fact.collected_at))
        yield _Reading(fact.collected_at, fact.value or 0, (fact,))
    for systolic, diastolic in patient.pairs(Quantity.SYSTOLIC_BP, Quantity.DIASTOLIC_BP):
        if cut(systolic.collected_at) not in measured:
            low, high = diastolic.value or 0, systolic.value or 0
            mean = low + (high - low) * patient.rule.pulse_share.value
            yield _Reading(systolic.collected_at, mean, (systolic, diastolic))


_READERS: dict[Quantity | Scored, Callable[[_Patient], Iterable[_Reading]]] = {
    Scored.PAO2_FIO2: lambda patient: _over_oxygen(patient, Quantity.PAO2),
    Scored.SPO2_FIO2: _saturations,
    Scored.VASOACTIVES: _vasoactives,
    Quantity.MEAN_ARTERIAL_PRESSURE: _mean_pressures,
}
"""How what is not simply measured is read."""


def _readings(patient: _Patient, of: Quantity | Scored) -> Iterable[_Reading]:
    reader = _READERS.get(of)
    if reader is not None:
        return reader(patient)
    return (_Reading(fact.collected_at, fact.value or 0, (fact,)) for fact in patient.measured(Quantity(of)))


def _is_met(step: PointStep, reading: _Reading) -> bool:
    helped = reading.ventilated if step.ventilated else reading.supported
    return helped and step.is_met_by(reading.value)


def _lines(rule: Phoenix) -> dict[tuple[str, Quantity | Scored], list[ScoredItem]]:
    """Lines of the score that differ by age only, together, the youngest first."""
    lines: dict[tuple[str, Quantity | Scored], list[ScoredItem]] = {}
    for line in rule.items:
        lines.setdefault((line.item, line.of), []).append(line)
    return lines


def _fits(patient: _Patient, line: ScoredItem, at: datetime) -> bool:
    return line.below is None or not has_reached(line.below, patient.born, at.date())


def _value_hits(patient: _Patient) -> Iterator[_Hit]:
    for (_, of), lines in _lines(patient.rule).items():
        for reading in _readings(patient, of):
            line = next((line for line in lines if _fits(patient, line, reading.at)), None)
            points = [step.points.value for step in (line.steps if line else ()) if _is_met(step, reading)]
            if line is not None and points:
                moment = patient.resolution.cut(reading.at)
                yield _Hit(moment, reading.at, line.organ, line.item, max(points), reading.facts)


def _act_hits(patient: _Patient) -> Iterator[_Hit]:
    for line in patient.rule.acts:
        for at, _, fact in patient.of(patient.chart.acts(line.act)):
            yield _Hit(patient.resolution.cut(at), at, line.organ, line.item, line.points.value, (fact,))


def _hits(patient: _Patient, start: datetime) -> list[_Hit]:
    """Values of the child that give points and count near `start`, in time order."""
    rule = patient.rule
    found = [
        hit
        for hit in (*_value_hits(patient), *_act_hits(patient))
        if start - rule.within.delta <= hit.moment <= start + rule.within.delta
        and not has_reached(rule.age_below, patient.born, hit.at.date())
    ]
    return sorted(found, key=lambda hit: (hit.moment, hit.at, hit.organ, hit.item, hit.facts[0].event_id))


@dataclass(slots=True)
class _Score:
    """The score while time moves on: of every item and number of points, the latest value that gave them."""

    rule: Phoenix
    latest: dict[tuple[Organ, str, float], _Hit] = field(default_factory=dict)

    def see(self, hit: _Hit) -> None:
        """Take one more value into account."""
        self.latest[hit.organ, hit.item, hit.points] = hit

    def counted_at(self, now: datetime) -> list[_Hit]:
        """Of every item, the value that counts at `now`."""
        best: dict[tuple[Organ, str], _Hit] = {}
        for hit in sorted(self.latest.values(), key=lambda each: each.points):
            if now - hit.moment <= self.rule.within.delta:
                best[hit.organ, hit.item] = hit
        return list(best.values())

    def points(self, counted: list[_Hit]) -> float:
        """The points of the values that count, no organ with more than it can give."""
        by_organ: dict[Organ, float] = {}
        for hit in counted:
            by_organ[hit.organ] = by_organ.get(hit.organ, 0) + hit.points
        most = self.rule.most
        return sum(min(points, most[organ].value) if organ in most else points for organ, points in by_organ.items())


def _sweep(hits: list[_Hit], rule: Phoenix, onset_at: datetime, start: datetime) -> Met | None:
    """The first time from an onset on at which the score is high enough."""
    score = _Score(rule)
    for place, hit in enumerate(hits):
        score.see(hit)
        if place + 1 < len(hits) and hits[place + 1].moment <= start:
            continue
        counted = score.counted_at(max(hit.moment, start))
        if score.points(counted) >= rule.points_needed.value:
            facts = {fact.event_id: fact for each in counted for fact in each.facts}
            return max(hit.at, onset_at), tuple(facts.values())
    return None


def present_phoenix(rule: Phoenix, chart: Chart, onset: Onset, resolution: Resolution) -> Met | None:
    """As `_sweep`, remembered by the chart for as long as nothing near the onset changes."""
    key = (id(rule), onset.at)
    kept = chart.memory.get(key)
    if kept is None:
        reach = reach_of(rule, onset.at, resolution)
        kept = chart.memory[key] = Remembered(*reach, _find(chart, rule, onset, reach, resolution))
    return cast("Met | None", kept.value)


def _find(chart: Chart, rule: Phoenix, onset: Onset, reach: Reach, resolution: Resolution) -> Met | None:
    born = birth_date(chart)
    if born is None or has_reached(rule.age_below, born, reach[0].date()):
        return None
    start = resolution.cut(onset.at)
    hits = _hits(_Patient(chart, rule, born, reach, resolution), start)
    return _sweep(hits, rule, onset.at, start)
