"""Severe sepsis: suspected infection, SIRS and organ dysfunction close together.

The presentation time is the earliest moment at which all three are met within the rule's
span of each other; the last of them gives the time. SEP-1, data element 'Severe Sepsis
Presentation Time'.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from schemas.clinical import AnyFact, Observation
from scoring.chart import Chart, Remembered
from scoring.number import Criterion, Resolution
from scoring.presentation import Met, Onset, Reach, reach_of
from scoring.time_zero_rule import SevereSepsisCriteria


def _hits(chart: Chart, criterion: Criterion, since: datetime, until: datetime) -> Iterable[tuple[datetime, AnyFact]]:
    """Facts in [since, until] that meet a criterion."""
    shelf = chart.observations(criterion.quantity) if criterion.quantity else []
    if criterion.act:
        shelf = chart.acts(criterion.act)
    low = bisect_left(shelf, since, key=lambda each: each.moment)
    high = bisect_right(shelf, until, key=lambda each: each.moment)
    for moment, _, fact in shelf[low:high]:
        if fact.day_only:
            continue
        if not isinstance(fact, Observation) or (fact.value is not None and criterion.is_met_by(fact.value)):
            yield moment, fact


@dataclass(frozen=True, slots=True)
class _Hit:
    """A fact that meets a criterion, with its time cut to the measure's resolution."""

    moment: datetime
    at: datetime
    criterion: str
    fact: AnyFact
    is_sirs: bool


@dataclass(slots=True)
class _Sweep:
    """The latest hit of each criterion while time moves on."""

    within: timedelta
    needed: float
    sirs: dict[str, tuple[datetime, AnyFact]]
    dysfunction: tuple[datetime, AnyFact] | None = None

    def see(self, hit: _Hit) -> None:
        """Take one more hit into account."""
        if hit.is_sirs:
            self.sirs[hit.criterion] = (hit.moment, hit.fact)
        else:
            self.dysfunction = (hit.moment, hit.fact)

    def met_at(self, now: datetime) -> tuple[AnyFact, ...] | None:
        """The facts that meet the criteria together at `now`; None where they do not."""
        recent = [hit for hit in self.sirs.values() if now - hit[0] <= self.within]
        if len(recent) < self.needed or self.dysfunction is None or now - self.dysfunction[0] > self.within:
            return None
        return (*(fact for _, fact in recent), self.dysfunction[1])


def _gather(chart: Chart, rule: SevereSepsisCriteria, reach: Reach, resolution: Resolution) -> list[_Hit]:
    """Hits within reach of an onset, in time order; none where organ dysfunction is missing anyway."""
    dysfunction = [
        _Hit(resolution.cut(at), at, criterion.criterion, fact, is_sirs=False)
        for criterion in rule.organ_dysfunction
        for at, fact in _hits(chart, criterion, *reach)
    ]
    if not dysfunction:
        return []
    sirs = [
        _Hit(resolution.cut(at), at, criterion.criterion, fact, is_sirs=True)
        for criterion in rule.sirs
        for at, fact in _hits(chart, criterion, *reach)
    ]
    return sorted((*dysfunction, *sirs), key=lambda hit: (hit.moment, hit.at, hit.criterion, hit.fact.event_id))


def _sweep(hits: list[_Hit], rule: SevereSepsisCriteria, onset_at: datetime, start: datetime) -> Met | None:
    """The first time from an onset on at which all criteria are met within reach of each other."""
    sweep = _Sweep(rule.within.delta, rule.sirs_needed.value, {})
    for place, hit in enumerate(hits):
        sweep.see(hit)
        before_onset = place + 1 < len(hits) and hits[place + 1].at <= onset_at
        now = max(hit.moment, start)
        if before_onset or now - start > sweep.within:
            continue
        met = sweep.met_at(now)
        if met is not None:
            return max(hit.at, onset_at), met
    return None


def present_severe_sepsis(rule: SevereSepsisCriteria, chart: Chart, onset: Onset, resolution: Resolution) -> Met | None:
    """As `_sweep`, remembered by the chart for as long as nothing near the onset changes."""
    key = (id(rule), onset.at)
    kept = chart.memory.get(key)
    if kept is None:
        reach = reach_of(rule, onset.at, resolution)
        found = _sweep(_gather(chart, rule, reach, resolution), rule, onset.at, resolution.cut(onset.at))
        kept = chart.memory[key] = Remembered(*reach, found)
    return cast("Met | None", kept.value)
