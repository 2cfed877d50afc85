"""Severe sepsis presentation: suspected infection, SIRS and organ dysfunction close together.

The presentation time is the earliest moment at which all three are met within the rule's
span of each other; the last of them gives the time. SEP-1, data element 'Severe Sepsis
Presentation Time'; the surrogate for suspected infection is the project's own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from schemas.clinical import AnyFact, Observation, Specimen
from scoring.chart import Chart, Remembered, Timed
from scoring.number import Criterion, Resolution
from scoring.time_zero_rule import SevereSepsisCriteria

Met = tuple[datetime, tuple[AnyFact, ...]]
"""When the criteria are met together, and the facts that meet them."""

Reach = tuple[datetime, datetime]
"""The stretch of time around an onset in which facts count, both ends included."""


@dataclass(frozen=True, slots=True)
class Moment:
    """From where the criteria are looked at.

    Attributes:
        now: By when a provisional infection may have lapsed.
        resolution: To what times are cut before they are compared.
        holds: Whether a time lies in the span of the case.
    """

    now: datetime
    resolution: Resolution
    holds: Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Onset:
    """One sign of infection from which the criteria may count."""

    at: datetime
    facts: tuple[AnyFact, ...]
    rule: str
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Presentation:
    """A severe sepsis presentation and the facts that make it."""

    at: datetime
    rule: str
    facts: tuple[AnyFact, ...]
    lapses_at: datetime | None
    lapsed: bool


def _partnered(first: Timed, partners: list[Timed], reach: timedelta) -> AnyFact | None:
    """The first partner from `first` on, within reach of it."""
    place = bisect_left(partners, first.moment, key=lambda each: each.moment)
    if place < len(partners) and partners[place].moment - first.moment <= reach:
        return partners[place].fact
    return None


def _has_earlier_partner(sign: Timed, partners: list[Timed], reach: timedelta) -> bool:
    place = bisect_left(partners, sign.moment, key=lambda each: each.moment)
    return place > 0 and sign.moment - partners[place - 1].moment <= reach


@dataclass(frozen=True, slots=True)
class _Pairing:
    """How far a partner may follow a sign of infection, and precede it, and how long it stands alone."""

    follows: timedelta
    precedes: timedelta
    lapse: timedelta


def _surrogate_onsets(signs: list[Timed], partners: list[Timed], pairing: _Pairing) -> Iterable[Onset]:
    """Onsets that begin with one of `signs`."""
    for sign in signs:
        partner = _partnered(sign, partners, pairing.follows)
        if partner is not None:
            yield Onset(sign.moment, (sign.fact, partner), "surrogate_infection")
        elif not _has_earlier_partner(sign, partners, pairing.precedes):
            yield Onset(sign.moment, (sign.fact,), "surrogate_infection_provisional", sign.moment + pairing.lapse)


def _exact(entries: list[Timed]) -> list[Timed]:
    """Entries whose minute is known; an onset cannot be told from a day."""
    return [entry for entry in entries if not entry.fact.day_only]


def _confirming_days(antibiotics: list[Timed], cultures: list[Timed], rule: SevereSepsisCriteria) -> Iterable[Onset]:
    """Antibiotics confirmed by a culture known by its day, every minute of which would do.

    The dose is then the latest that the onset can be, and taken for it.
    """
    before, after = rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta
    days = [culture for culture in cultures if culture.fact.day_only]
    for dose in antibiotics:
        for day in days:
            if day.moment + timedelta(days=1) - before <= dose.moment <= day.moment + after:
                yield Onset(dose.moment, (dose.fact, day.fact), "surrogate_infection")
                break


def find_onsets(chart: Chart, rule: SevereSepsisCriteria, documented: list[Timed]) -> list[Onset]:
    """Signs of infection in time order: documented ones; where there are none, cultures and antibiotics."""
    if documented:
        return [Onset(entry.moment, (entry.fact,), "documented_infection") for entry in documented]
    all_cultures = chart.cultures(Specimen.BLOOD, Specimen.STERILE)
    cultures, antibiotics = _exact(all_cultures), _exact(chart.antibiotics())
    before, after = rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta
    lapse = rule.unconfirmed_for.delta
    onsets = [
        *_surrogate_onsets(cultures, antibiotics, _Pairing(after, before, lapse)),
        *_surrogate_onsets(antibiotics, cultures, _Pairing(before, after, lapse)),
        *_confirming_days(antibiotics, all_cultures, rule),
    ]
    return sorted(onsets, key=lambda onset: (onset.at, onset.lapses_at is not None, onset.rule))


def _hits(chart: Chart, criterion: Criterion, since: datetime, until: datetime) -> Iterable[tuple[datetime, AnyFact]]:
    """Facts in [since, until] that meet a criterion."""
    shelf = chart.observations(criterion.quantity) if criterion.quantity else []
    if criterion.act:
        shelf = chart.acts(criterion.act)
    low = bisect_left(shelf, since, key=lambda each: each.moment)
    high = bisect_right(shelf, until, key=lambda each: each.moment)
    for moment, _, fact in shelf[low:high]:
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
        before_onset = place + 1 < len(hits) and hits[place + 1].moment <= start
        now = max(hit.moment, start)
        if before_onset or now - start > sweep.within:
            continue
        met = sweep.met_at(now)
        if met is not None:
            return max(hit.at, onset_at), met
    return None


def _present(chart: Chart, rule: SevereSepsisCriteria, onset: Onset, resolution: Resolution) -> Met | None:
    """As `_sweep`, remembered by the chart for as long as nothing near the onset changes."""
    key = (id(rule), onset.at)
    kept = chart.memory.get(key)
    if kept is None:
        start = resolution.cut(onset.at)
        reach = (start - rule.within.delta, start + rule.within.delta + resolution.unit)
        found = _sweep(_gather(chart, rule, reach, resolution), rule, onset.at, start)
        kept = chart.memory[key] = Remembered(*reach, found)
    return cast("Met | None", kept.value)


def _is_repeat(onset: Onset, lapsed: Presentation | None) -> bool:
    """Whether a lone sign repeats one that lapsed since: a dose of the same course, a culture of the same search."""
    if lapsed is None or lapsed.lapses_at is None or onset.lapses_at is None:
        return False
    return onset.at < lapsed.lapses_at and onset.facts[0].kind == lapsed.facts[0].kind


def find_presentation(
    chart: Chart, rule: SevereSepsisCriteria, documented: list[Timed], moment: Moment
) -> Presentation | None:
    """Find the presentation that counts: the earliest confirmed one, else a provisional one, else one that lapsed.

    A sign from before a rule-out was judged by it. A sign that lapses takes those of its kind that
    came before the lapse with it: they belonged to the same case.
    """
    found = _Presentations()
    for onset in find_onsets(chart, rule, documented):
        if found.confirmed is not None and onset.at >= found.confirmed.at:
            break
        met = _present(chart, rule, onset, moment.resolution) if moment.holds(onset.at) else None
        if met is not None and moment.holds(met[0]) and not _is_repeat(onset, found.last_lapsed):
            is_lapsed = onset.lapses_at is not None and moment.now >= onset.lapses_at
            found.see(Presentation(met[0], onset.rule, (*onset.facts, *met[1]), onset.lapses_at, is_lapsed))
    return found.confirmed or found.provisional or found.first_lapsed


@dataclass(slots=True)
class _Presentations:
    """The earliest presentation of each standing, so far."""

    confirmed: Presentation | None = None
    provisional: Presentation | None = None
    first_lapsed: Presentation | None = None
    last_lapsed: Presentation | None = None

    def see(self, presentation: Presentation) -> None:
        """Take one more presentation into account."""
        if presentation.lapsed:
            self.first_lapsed, self.last_lapsed = self.first_lapsed or presentation, presentation
        elif presentation.lapses_at is None:
            self.confirmed = _earlier(self.confirmed, presentation)
        else:
            self.provisional = _earlier(self.provisional, presentation)


def _earlier(one: Presentation | None, other: Presentation) -> Presentation:
    return other if one is None or other.at < one.at else one
