"""What the chart holds for one element: the act that counts, and whether the element applies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.clinical import AnyFact, Domain, DrugClass, Medication, Observation, Quantity, Specimen
from scoring.act_time import act_time
from scoring.bundle_clock import BundleClock, Close
from scoring.chart import Chart, Timed
from scoring.fact_store import FactStore
from scoring.measure import ElementAct, ElementRule, Resolution

DOMAINS = {
    ElementAct.ANTIBIOTIC: Domain.MEDICATIONS,
    ElementAct.BLOOD_CULTURE: Domain.CULTURES,
    ElementAct.FIRST_LACTATE: Domain.LABS,
    ElementAct.INITIAL_LACTATE: Domain.LABS,
    ElementAct.REPEAT_LACTATE: Domain.LABS,
    ElementAct.WEIGHT_BASED_CRYSTALLOID: Domain.FLUIDS,
}
"""Which kind of feed carries each act."""


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look for an act.

    Attributes:
        time_zero: Cut to the measure's resolution.
        now: Engine time; an element that waits for a condition gives up with its window.
    """

    chart: Chart
    store: FactStore
    rule: ElementRule
    resolution: Resolution
    time_zero: datetime
    now: datetime

    @property
    def since(self) -> datetime | None:
        """The first instant at which an act may count; None where there is no lower bound."""
        return None if self.rule.look_back is None else self.time_zero - self.rule.look_back.delta

    def from_look_back(self, entries: list[Timed]) -> list[Timed]:
        """Entries from the look-back on."""
        since = self.since
        return entries if since is None else [each for each in entries if self.resolution.cut(each.moment) >= since]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the chart says of one element.

    Attributes:
        done_at: When the act that counts was done, by its clocked time; None where none is charted.
        facts: The facts that decided it, the act that counts first.
        known_at: When we received the act that counts.
        applies: False where the element's condition is not met.
        waits: The condition cannot be told yet.
        reason: Why it does not apply, or cannot be assessed.
        doubt: Why an element that is not done cannot be called missed, from its settling on.
        blocked: Why it cannot be assessed at all once its window has closed.
        condition_known_at: When the condition that switched it on became known.
    """

    done_at: datetime | None = None
    facts: tuple[AnyFact, ...] = ()
    known_at: datetime | None = None
    applies: bool = True
    waits: bool = False
    reason: str | None = None
    doubt: str | None = None
    blocked: str | None = None
    condition_known_at: datetime | None = None


def _is_possible(entry: Timed, since: datetime | None, clock: BundleClock) -> bool:
    """Whether some minute of a day-only act's day lies in the window."""
    return entry.moment < clock.closes_at and (since is None or entry.moment + timedelta(days=1) > since)


def _surely_in(entry: Timed, since: datetime | None, clock: BundleClock) -> bool:
    """Whether every minute of a day-only act's day lies in the window."""
    return entry.moment + timedelta(days=1) <= clock.closes_at and (since is None or entry.moment >= since)


def first_done(search: Search, entries: list[Timed], clock: BundleClock) -> Finding:
    """The first act from the look-back on; an act known by its day counts only where all of that day would do."""
    doubt = None
    for entry in entries:
        if entry.fact.day_only and not _surely_in(entry, search.since, clock):
            doubt = "day_only" if _is_possible(entry, search.since, clock) else doubt
        elif entry in search.from_look_back([entry]):
            return _done(search, entry.fact, act_time, doubt)
    return Finding(doubt=doubt)


def _done(
    search: Search, fact: AnyFact, clocked: Callable[[AnyFact], datetime | None], doubt: str | None = None
) -> Finding:
    known_at = search.store.known_at(fact, clocked)
    return Finding(clocked(fact), (fact,), known_at, reason="day_only" if fact.day_only else None, doubt=doubt)


def _antibiotic(search: Search, clock: BundleClock) -> Finding:
    return first_done(search, search.chart.antibiotics(), clock)


def _blood_culture(search: Search, clock: BundleClock) -> Finding:
    finding = first_done(search, search.chart.cultures(Specimen.BLOOD), clock)
    antibiotic = first_antibiotic(search)
    if antibiotic is None:
        return finding
    lost = finding.done_at is None or search.resolution.cut(finding.done_at) > search.resolution.cut(antibiotic.moment)
    reason = "antibiotic_first" if lost and _closed_by(antibiotic, clock, search) else finding.reason
    return replace(finding, facts=(*finding.facts, antibiotic.fact), reason=reason)


def _closed_by(antibiotic: Timed, clock: BundleClock, search: Search) -> bool:
    return clock.due_at == search.resolution.cut(antibiotic.moment)


def first_antibiotic(search: Search) -> Timed | None:
    """The first antibacterial that a culture must precede."""
    look_back = search.rule.antibiotic_look_back
    since = None if look_back is None else search.time_zero - look_back.delta
    for entry in search.chart.antibiotics():
        if not entry.fact.day_only and (since is None or search.resolution.cut(entry.moment) >= since):
            return entry
    return None


def early_close(search: Search) -> Close | None:
    """What closes the element's window early: a culture's, the first antibiotic."""
    if not search.rule.before_antibiotic:
        return None
    antibiotic = first_antibiotic(search)
    return None if antibiotic is None else Close(antibiotic.moment, search.store.known_at(antibiotic.fact, act_time))


def _first_lactate(search: Search, clock: BundleClock) -> Finding:
    return first_done(search, search.chart.observations(Quantity.LACTATE), clock)


def initial_lactate(search: Search) -> Observation | None:
    """The highest lactate from the look-back to time zero, else the first after it."""
    lactates = search.from_look_back(search.chart.observations(Quantity.LACTATE))
    before = [each for each in lactates if search.resolution.cut(each.moment) <= search.time_zero]
    if before:
        best = max(before, key=lambda each: (_value(each.fact), -each.moment.timestamp(), each.event_id))
        return best.fact if isinstance(best.fact, Observation) else None
    return next((fact for _, _, fact in lactates if isinstance(fact, Observation)), None)


def _value(fact: AnyFact) -> float:
    value = fact.value if isinstance(fact, Observation) else None
    return float("-inf") if value is None else value


def _initial_lactate(search: Search, _clock: BundleClock) -> Finding:
    lactate = initial_lactate(search)
    return Finding() if lactate is None else _done(search, lactate, act_time)


def _repeat_lactate(search: Search, clock: BundleClock) -> Finding:
    initial = initial_lactate(search)
    if initial is None or search.resolution.cut(initial.collected_at) >= clock.closes_at:
        gone = search.now >= clock.closes_at
        return Finding(
            applies=not gone, waits=not gone, reason="no_initial_lactate" if gone else "no_initial_lactate_yet"
        )
    if initial.value is None:
        return Finding(facts=(initial,), blocked="no_value", reason="no_value")
    limit = search.rule.elevated_above
    if limit is None or initial.value <= limit.value:
        return Finding(facts=(initial,), applies=False, reason="lactate_not_elevated")
    later = [each for each in search.chart.observations(Quantity.LACTATE) if each.moment > initial.collected_at]
    finding = first_done(search, later, clock)
    return replace(
        finding,
        facts=(*finding.facts, initial),
        condition_known_at=search.store.known_at(initial, act_time),
    )


def _completed(fact: AnyFact) -> datetime | None:
    return fact.completed_at if isinstance(fact, Medication) else None


def _weight(search: Search) -> Observation | None:
    """The last weight by time zero, else the first after it."""
    weights = [
        fact
        for _, _, fact in search.chart.observations(Quantity.WEIGHT)
        if isinstance(fact, Observation) and fact.value
    ]
    before = [fact for fact in weights if search.resolution.cut(fact.collected_at) <= search.time_zero]
    return before[-1] if before else next(iter(weights), None)


def _weight_based_crystalloid(search: Search, _clock: BundleClock) -> Finding:
    weight = _weight(search)
    if weight is None or weight.value is None or search.rule.volume is None:
        return Finding(blocked="no_weight")
    doses = [
        fact
        for _, _, fact in search.from_look_back(search.chart.medications(DrugClass.CRYSTALLOID))
        if isinstance(fact, Medication) and fact.completed_at is not None and fact.volume_ml is not None
    ]
    given = 0.0
    used: list[AnyFact] = []
    for dose in sorted(doses, key=lambda fact: (fact.completed_at or fact.received_at, fact.event_id)):
        given += dose.volume_ml or 0
        used.append(dose)
        if given >= search.rule.volume.value * weight.value:
            return replace(_done(search, dose, _completed), facts=(dose, weight, *used[:-1]))
    return Finding(facts=(weight, *used))


FINDERS: dict[ElementAct, Callable[[Search, BundleClock], Finding]] = {
    ElementAct.ANTIBIOTIC: _antibiotic,
    ElementAct.BLOOD_CULTURE: _blood_culture,
    ElementAct.FIRST_LACTATE: _first_lactate,
    ElementAct.INITIAL_LACTATE: _initial_lactate,
    ElementAct.REPEAT_LACTATE: _repeat_lactate,
    ElementAct.WEIGHT_BASED_CRYSTALLOID: _weight_based_crystalloid,
}
"""How each act is found; every member of `ElementAct` is there."""
