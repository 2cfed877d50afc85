"""Whether a fact has any bearing on a case as it was judged last: what cannot change it is not judged again.

Each answer is an argument about what judging looks at, never about what is likely; where there is none, the case is
judged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeGuard

from schemas.clinical import Act, AnyFact, DrugClass, Medication, Observation, Quantity, Specimen
from schemas.rival import Rival
from schemas.verdict import ElementStatus
from scoring.assessment import Assessment
from scoring.belief import could_matter
from scoring.chart import Chart
from scoring.circulation import fluids_in_at
from scoring.crystalloid import exact, find_reached
from scoring.element_rule import (
    Antibiotic,
    BloodCulture,
    Bolus,
    BroadSpectrum,
    CountsFrom,
    CrystalloidVolume,
    ElementRule,
    Statement,
    Vasopressor,
)
from scoring.fact_store import FactStore
from scoring.interest import comes_too_late, is_beside_case, movable_until, moves_time_zero, opens, shock_until, touches
from scoring.measure import Measure
from scoring.span import Span, spans
from scoring.time_zero import find_time_zero

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_NEVER_LOOKED = frozenset({ElementStatus.NOT_APPLICABLE, ElementStatus.EXCLUDED})
"""Statuses of an element for which, but for cultures and lactates, no act is looked for."""


@dataclass(frozen=True)
class Bearing:
    """What can still change the only case that a measure has in an episode, as it was judged last.

    With `rivals`, as they were compared last: what can change them, too.
    """

    case: Assessment
    store: FactStore
    rivals: tuple[Rival, ...] = ()

    def is_none(self, versions: tuple[AnyFact, ...], now: datetime, *, in_order: bool) -> bool:
        """Whether versions of a fact, all there are, change nothing of the case; `in_order`: see `Arrival`."""
        if not self.is_beside(versions):
            return False
        moving = [version for version in versions if self._may_move(version)]
        chart, measure = self.case.chart, self.case.measure
        return not moving or (
            (in_order or not self._had_a_say(versions))
            and (all(is_beside_case(measure, chart, version) for version in versions) or self._is_unmoved(now))
        )

    def is_beside(self, versions: tuple[AnyFact, ...]) -> bool:
        """Whether versions of a fact say nothing but, perhaps, of time zeros."""
        return all(self._is_beside(version) for version in versions)

    def _is_beside(self, fact: AnyFact) -> bool:
        """Whether a fact says nothing but, perhaps, of time zero."""
        match fact:
            case Observation():
                watched = fact.quantity in self.case.measure.watched_quantities
                return not watched or (
                    fact.quantity in self.case.measure.pressures and fact.collected_at > self._pressures_until
                )
            case Medication(drug_class=DrugClass.CRYSTALLOID):
                return self._is_past_shown(fact) and self._is_past_fluids(fact)
            case Medication(drug_class=DrugClass.VASOPRESSOR):
                return self._is_past_shown(fact) and self._is_past_done(fact, Vasopressor)
            case Medication(drug_class=DrugClass.ANTIBACTERIAL):
                return self._is_past_shown(fact) and self._is_past_antibiotics(fact)
            case _:
                return False

    def _may_move(self, fact: AnyFact) -> bool:
        """Whether a fact may move time zero, or after a rule-out make a second case."""
        if not moves_time_zero(self.case.measure, fact):
            return False
        found = self.case.time_zero.by_rule
        if found.at is None or found.lapses_at is not None or len(self._stretches) > 1:
            return True
        is_said = found is not self.case.time_zero
        if isinstance(fact, Observation):
            return fact.collected_at <= movable_until(self.case.measure, found.at)
        return is_said or not comes_too_late(self.case.measure, fact, found.at)

    def _is_unmoved(self, now: datetime) -> bool:
        """Whether time zero, asked for again, is what it was, fact by fact."""
        chart, measure = self.case.chart, self.case.measure
        return len(self._stretches) == 1 and (
            find_time_zero(chart, self.store, measure, self._stretches[0], now) == self.case.time_zero
        )

    @cached_property
    def _stretches(self) -> list[Span]:
        """The stretches of the stay between rule-outs, each with a case or none yet."""
        return list(spans(self.case.chart))

    def _had_a_say(self, versions: tuple[AnyFact, ...]) -> bool:
        """Whether one of the versions may have had a say in since when the time zero is believed."""
        case = self.case
        return any(could_matter(version, case.measure, case.time_zero, case.chart) for version in versions)

    def _is_past_shown(self, fact: Medication) -> bool:
        """Whether a drug was given, at a known minute, after all that the timeline shows."""
        time_zero, after = self.case.time_zero.at, self.case.chart.rules.timeline.after.delta
        if time_zero is None or fact.started_at is None or fact.day_only:
            return False
        return fact.started_at > time_zero + after

    @cached_property
    def _dates(self) -> list[datetime]:
        """Every time zero that the case, or a rival, is judged by."""
        return [at for at in (self.case.time_zero.at, *(rival.at for rival in self.rivals)) if at is not None]

    @cached_property
    def _pressures_until(self) -> datetime:
        """Until when a pressure can be low in time: by any date of the case, or after its target volume was in."""
        measure = self.case.measure
        low, shock, unit = measure.hypotension, measure.shock, measure.resolution.unit
        until = max(self._dates, default=_BEFORE_ALL) + (low.after.delta if low else unit) + unit
        watched = unit + (shock.observed_for.delta if shock else unit)
        ins = fluids_in_at(self.case.chart, self.store, measure, self._dates)
        return max([until, *(at + watched for at in ins)])

    def _is_past_done(self, fact: Medication, *asking: type[ElementRule]) -> bool:
        """Whether every element by one of these rules is done before, or looks for no drug."""
        names = {name for name, rule in self.case.measure.elements.items() if isinstance(rule, asking)}
        own = ((each.status, each.finding.done_at, each.clock) for each in self.case.elements if each.element in names)
        rivals = (
            (each.status, each.done_at, each.closes_at)
            for rival in self.rivals
            for each in rival.elements
            if each.element in names
        )
        return all(_is_past(fact, *found) for found in (*own, *rivals))

    def _is_past_antibiotics(self, fact: Medication) -> bool:
        """Whether a dose comes after all that ask for one, and after the one that cultures are set against.

        A course that leaves out, in septic shock too, is looked for from its time zero back.
        """
        measure = self.case.measure
        if fact.started_at is None or fact.started_at <= shock_until(measure, max(self._dates)):
            return False
        cultures = [rule for rule in measure.elements.values() if isinstance(rule, BloodCulture)]
        return self._is_past_done(fact, Antibiotic, BroadSpectrum) and all(
            self._is_past_cultures(fact, rule, fact.started_at) for rule in cultures
        )

    def _is_past_cultures(self, fact: Medication, rule: BloodCulture, started_at: datetime) -> bool:
        """Whether a dose before this one stands first for a culture by any date, and follows every culture drawn."""
        chart, unit = self.case.chart, self.case.measure.resolution.unit
        doses = [each for each in chart.antibiotics() if each.moment < started_at and not each.fact.day_only]
        before = [each.moment for each in doses if each.fact.fact_id != fact.fact_id]
        look_back = rule.antibiotic_look_back
        since = None if look_back is None else max(self._dates) + unit - look_back.delta
        if not before or rule.counts_from is not CountsFrom.TIME_ZERO or (since is not None and before[-1] < since):
            return False
        needs_none = rule.needs_antibiotic_without is None or bool(chart.acts(rule.needs_antibiotic_without))
        drawn = () if needs_none else chart.cultures(Specimen.BLOOD)
        return all(each.moment + timedelta(days=1) <= before[-1] - unit for each in drawn)

    def _is_past_fluids(self, fact: Medication) -> bool:
        """Whether a fluid was hung after the last first one, and the largest target was in before."""
        first, enough_at, volume_ml = self._fluids
        if fact.started_at is None or first is None or fact.started_at <= first:
            return False
        if volume_ml is None:
            return True
        times = (fact.started_at, fact.completed_at or fact.started_at)
        return enough_at is not None and min(times) > enough_at

    @cached_property
    def _fluids(self) -> tuple[datetime | None, datetime | None, Decimal | None]:
        """By the fluids from the latest look-back on: when the first began, when the largest target was in, and it.

        Whoever looks back further, or asks for less, finds that first fluid or one before it, and is served as soon.
        """
        since, volume_ml = self._fluids_since, self._largest_target
        shelf = self.case.chart.medications(DrugClass.CRYSTALLOID)
        later = (each.fact for each in shelf if since is not None and each.moment >= since)
        parts = [fact for fact in later if isinstance(fact, Medication) and not fact.day_only]
        reached = None if volume_ml is None else find_reached(parts, volume_ml)[0]
        first = parts[0].started_at if parts else None
        return first, None if reached is None else reached.by.completed_at, volume_ml

    @cached_property
    def _fluids_since(self) -> datetime | None:
        """The latest instant from which any date's fluids are counted; None where that cannot be told."""
        measure = self.case.measure
        shock, unit = measure.shock, measure.resolution.unit
        rules = [rule for rule in measure.elements.values() if isinstance(rule, Bolus | CrystalloidVolume | Statement)]
        if any(isinstance(rule, Bolus) or rule.counts_from is CountsFrom.INITIAL_LACTATE for rule in rules):
            return None
        last = max(self._dates)
        starts = {True: last + unit, False: shock_until(measure, last)}
        since = [
            starts[rule.counts_from is CountsFrom.TIME_ZERO] - rule.look_back.delta
            for rule in rules
            if rule.look_back is not None
        ]
        since += [starts[True] - shock.target.look_back.delta] if shock is not None else []
        return max(since, default=None)

    @cached_property
    def _largest_target(self) -> Decimal | None:
        """The most that any date of the case can ask for; None where nobody can tell any target."""
        measure, chart = self.case.measure, self.case.chart
        volumes = [rule for rule in measure.elements.values() if isinstance(rule, CrystalloidVolume)]
        asked = [*volumes, *((measure.shock.target,) if measure.shock is not None else ())]
        weights = [exact(fact.value) for _, _, fact in chart.observations(Quantity.WEIGHT) if _has_value(fact)]
        lesser = (fact for rule in asked if rule.lesser_volume_by for _, _, fact in chart.acts(rule.lesser_volume_by))
        targets = [exact(fact.value) for fact in lesser if _has_value(fact)]
        targets += [exact(rule.volume.value) * weight for rule in asked for weight in weights]
        return max(targets, default=None)


def _has_value(fact: AnyFact) -> TypeGuard[Act | Observation]:
    return isinstance(fact, Act | Observation) and fact.value is not None


def _is_past(fact: Medication, status: ElementStatus, done_at: datetime | None, window: object) -> bool:
    """Whether a drug comes after the one by which an element was done, or the element looks for none."""
    if done_at is not None:
        return fact.started_at is not None and fact.started_at > done_at
    return status in _NEVER_LOOKED or (status is ElementStatus.CANNOT_ASSESS and window is None)


def touches_any(measure: Measure, versions: tuple[AnyFact, ...]) -> bool:
    """Whether some version of a fact may change something of a measure."""
    return any(touches(measure, version) for version in versions)


def opens_none(measure: Measure, chart: Chart, versions: tuple[AnyFact, ...]) -> bool:
    """Whether no version of a fact can open a case where there is none."""
    return not any(opens(measure, chart, version) for version in versions)
