"""Low blood pressure and septic shock of one case: what switches elements on, and the further clocks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from schemas.clinical import AnyFact, Observation
from scoring.act_time import act_time
from scoring.case_view import CaseView
from scoring.chart import Chart
from scoring.circulation_rule import Circumstance, Hypotension, Shock
from scoring.crystalloid import Target, completed_at, crystalloids, find_reached, find_target
from scoring.element_rule import CountsFrom
from scoring.fact_store import FactStore
from scoring.initial_lactate import find_initial_lactate
from scoring.measure import Measure
from scoring.number import Criterion
from scoring.span import Span

NO_WEIGHT = "no_weight"


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that holds.

    Attributes:
        at: Since when, as charted.
        facts: What says so.
        known_at: When we first received the last of what it hangs on: that a reading is low, that the fluids are in.
    """

    at: datetime
    facts: tuple[AnyFact, ...]
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Circulation:
    """What holds of blood pressure and shock.

    Attributes:
        signs: By circumstance; what does not hold is absent.
        untold: Circumstances of which nobody can tell whether they hold, and why.
        shock: Septic shock; not before time zero.
    """

    signs: Mapping[Circumstance, Sign] = field(default_factory=dict)
    untold: Mapping[Circumstance, str] = field(default_factory=dict)
    shock: Sign | None = None


Said = Callable[[AnyFact], object]
"""What of a fact a sign hangs on: versions that say it alike make the sign alike."""


def _sign(view: CaseView, at: datetime, *facts: AnyFact, said: Said = act_time) -> Sign:
    return Sign(at, facts, view.all_known_at(facts, said))


def _is_low(rule: Hypotension, fact: AnyFact) -> bool:
    return (
        isinstance(fact, Observation)
        and fact.value is not None
        and any(each.quantity is fact.quantity and each.is_met_by(fact.value) for each in rule.low)
    )


def _lowness(rule: Hypotension) -> Said:
    """When something was, and whether it is a low reading."""
    return lambda fact: (act_time(fact), _is_low(rule, fact))


def _lowness_and_end(rule: Hypotension) -> Said:
    """When something was, whether it is a low reading, and when an infusion ended."""
    return lambda fact: (act_time(fact), _is_low(rule, fact), completed_at(fact))


def _is_high(shock: Shock, fact: AnyFact) -> bool:
    return isinstance(fact, Observation) and fact.value is not None and fact.value >= shock.lactate_at_least.value


def _earliest(signs: list[Sign]) -> Sign | None:
    return min(signs, key=lambda sign: sign.at, default=None)


@dataclass(frozen=True, slots=True)
class _Fluids:
    """The target volume of septic shock, and when it was in."""

    target: Target | None
    in_at: datetime | None
    facts: tuple[AnyFact, ...] = ()


def _fluids(view: CaseView, rule: Shock | None) -> _Fluids:
    if rule is None:
        return _Fluids(None, None)
    asked = rule.target
    target = find_target(view, asked.volume, asked.accepted_share, asked.lesser_volume_by)
    if target is None:
        return _Fluids(None, None)
    reached, _ = find_reached(crystalloids(view, view.time_zero - asked.look_back.delta), target.volume_ml)
    if reached is None:
        return _Fluids(target, None)
    return _Fluids(target, reached.by.completed_at, (*reached.parts, target.told_by))


def _exactly(readings: list[Observation]) -> list[Observation]:
    """Readings whose minute is known: from a day no clock can start."""
    return [each for each in readings if not each.day_only]


def _low(view: CaseView, rule: Hypotension, until: datetime) -> list[Observation]:
    """Low readings from before time zero until an instant, both included, in time order."""
    since = view.time_zero - rule.before.delta
    found = [
        fact
        for criterion in rule.low
        if criterion.quantity is not None
        for fact in _exactly(view.observed(criterion.quantity, since, until))
        if criterion.is_met_by(fact.value or 0)
    ]
    return sorted(found, key=lambda fact: (fact.collected_at, fact.event_id))


def _initial_hypotension(view: CaseView, rule: Hypotension, fluids: _Fluids) -> Sign | None:
    """The earliest low readings of different minutes that lie close together, before the target volume was in."""
    by_minute: dict[datetime, Observation] = {}
    for fact in _low(view, rule, view.time_zero + rule.after.delta):
        minute = view.cut(fact.collected_at)
        if fluids.in_at is None or minute < view.cut(fluids.in_at):
            by_minute.setdefault(minute, fact)
    readings, needed = list(by_minute.items()), int(rule.readings.value)
    for last in range(needed - 1, len(readings)):
        group = readings[last + 1 - needed : last + 1]
        if group[-1][0] - group[0][0] <= rule.apart_at_most.delta:
            facts = tuple(fact for _, fact in group)
            return _sign(view, group[-1][1].collected_at, *facts, said=_lowness(rule))
    return None


def _lowest_by_minute(view: CaseView, readings: list[Observation]) -> list[Observation]:
    """One reading a minute, in time order: two devices in one minute are one measurement, and the lower one counts."""
    by_minute: dict[datetime, Observation] = {}
    for reading in readings:
        minute = view.cut(reading.collected_at)
        by_minute[minute] = min(by_minute.get(minute, reading), reading, key=lambda each: (each.value, each.event_id))
    return list(by_minute.values())


def _runs(view: CaseView, criterion: Criterion, shock: Shock, in_at: datetime) -> Iterator[tuple[Observation, ...]]:
    """Consecutive low readings of one quantity in the time after the target volume was in."""
    if criterion.quantity is None:
        return
    start = view.cut(in_at)
    until, needed = start + shock.observed_for.delta, int(shock.consecutive.value)
    readings = _lowest_by_minute(view, _exactly(view.observed(criterion.quantity, start, until)))
    for first in range(len(readings) - needed + 1):
        run = tuple(readings[first : first + needed])
        if all(criterion.is_met_by(fact.value or 0) for fact in run):
            yield run


def _persistent_hypotension(view: CaseView, rule: Hypotension, shock: Shock, fluids: _Fluids) -> Sign | None:
    if fluids.in_at is None:
        return None
    runs = [run for criterion in rule.low for run in _runs(view, criterion, shock, fluids.in_at)]
    said = _lowness_and_end(rule)
    signs = [_sign(view, run[-1].collected_at, *run, *fluids.facts, said=said) for run in runs]
    return _earliest(signs)


def _hypotension_on_fluids(view: CaseView, rule: Hypotension, look_back: timedelta) -> Sign | None:
    begun = crystalloids(view, view.time_zero - look_back)
    if not begun or begun[0].started_at is None:
        return None
    start = view.cut(begun[0].started_at)
    for reading in _low(view, rule, view.time_zero + rule.after.delta):
        if view.cut(reading.collected_at) >= start:
            return _sign(view, reading.collected_at, reading, begun[0], said=_lowness(rule))
    return None


def _high_lactate(view: CaseView, shock: Shock) -> Sign | None:
    lactate = find_initial_lactate(view)
    if lactate is None or not _is_high(shock, lactate):
        return None
    return _sign(view, lactate.collected_at, lactate, said=lambda fact: (act_time(fact), _is_high(shock, fact)))


def _documented(view: CaseView, shock: Shock) -> Sign | None:
    since = view.time_zero - shock.target.look_back.delta
    acts = [entry for act in shock.documented_by for entry in view.acts(act) if view.cut(entry.moment) >= since]
    return _earliest([_sign(view, entry.moment, entry.fact) for entry in acts if not entry.fact.day_only])


def _signs(view: CaseView, fluids: _Fluids) -> Iterator[tuple[Circumstance, Sign | None]]:
    low, shock = view.measure.hypotension, view.measure.shock
    if low is not None:
        initial = _initial_hypotension(view, low, fluids)
        yield Circumstance.INITIAL_HYPOTENSION, initial
        if shock is not None:
            persistent = _persistent_hypotension(view, low, shock, fluids) if initial else None
            yield Circumstance.PERSISTENT_HYPOTENSION, persistent
            yield Circumstance.HYPOTENSION_ON_FLUIDS, _hypotension_on_fluids(view, low, shock.target.look_back.delta)
    if shock is not None:
        yield Circumstance.HIGH_LACTATE, _high_lactate(view, shock)
        yield Circumstance.SHOCK_DOCUMENTED, _documented(view, shock)


def _shock(view: CaseView, rule: Shock | None, signs: Mapping[Circumstance, Sign]) -> Sign | None:
    if rule is None:
        return None
    found = [signs[circumstance] for circumstance in rule.by if circumstance in signs]
    latest = view.time_zero + rule.within.delta
    in_time = [
        Sign(max(view.time_zero, sign.at), sign.facts, sign.known_at) for sign in found if view.cut(sign.at) <= latest
    ]
    return _earliest(in_time)


def fluids_in_at(chart: Chart, store: FactStore, measure: Measure, dates: Iterable[datetime]) -> list[datetime]:
    """When the target volume of septic shock was in, by each date that a case could have; of some it never was."""
    cut = measure.resolution.cut
    views = (CaseView(chart, store, measure, Span(), cut(date), date) for date in dates)
    found = (_fluids(view, measure.shock).in_at for view in views)
    return [at for at in found if at is not None]


def find_circulation(view: CaseView) -> Circulation:
    """Find what holds of blood pressure and shock; nothing where the measure does not ask."""
    fluids = _fluids(view, view.measure.shock)
    signs = {circumstance: sign for circumstance, sign in _signs(view, fluids) if sign is not None}
    is_untold = fluids.target is None and Circumstance.INITIAL_HYPOTENSION in signs
    untold = {Circumstance.PERSISTENT_HYPOTENSION: NO_WEIGHT} if is_untold else {}
    return Circulation(signs, untold, _shock(view, view.measure.shock, signs))


def find_start(view: CaseView, circulation: Circulation, counts_from: CountsFrom) -> Sign | None:
    """From when an element's window counts, besides time zero; None where that has not come."""
    match counts_from:
        case CountsFrom.SEPTIC_SHOCK:
            return circulation.shock
        case CountsFrom.HYPOTENSION_OR_SHOCK:
            signs = [circulation.signs.get(Circumstance.INITIAL_HYPOTENSION), circulation.shock]
            return _earliest([sign for sign in signs if sign is not None])
        case CountsFrom.INITIAL_LACTATE:
            lactate = find_initial_lactate(view)
            return None if lactate is None else _sign(view, lactate.collected_at, lactate)
        case CountsFrom.TIME_ZERO:
            return Sign(view.time_zero, (), view.now)
        case _:
            assert_never(counts_from)
