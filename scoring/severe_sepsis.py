"""Severe sepsis presentation: suspected infection, SIRS and organ dysfunction close together.

The presentation time is the earliest moment at which all three are met within the rule's
span of each other; the last of them gives the time. SEP-1, data element 'Severe Sepsis
Presentation Time'; the surrogate for suspected infection is the project's own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.clinical import AnyFact, Observation, Specimen
from scoring.chart import Chart, Timed
from scoring.measure import Criterion, Resolution, SevereSepsisCriteria


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
    place = bisect_left(partners, first[0], key=lambda each: each[0])
    if place < len(partners) and partners[place][0] - first[0] <= reach:
        return partners[place][2]
    return None


def _has_earlier_partner(sign: Timed, partners: list[Timed], reach: timedelta) -> bool:
    place = bisect_left(partners, sign[0], key=lambda each: each[0])
    return place > 0 and sign[0] - partners[place - 1][0] <= reach


def _surrogate_onsets(
    signs: list[Timed], partners: list[Timed], reach: tuple[timedelta, timedelta], lapse: timedelta
) -> Iterable[Onset]:
    """Onsets that begin with one of `signs`; `reach`: how far a partner may follow, and precede."""
    for sign in signs:
        partner = _partnered(sign, partners, reach[0])
        if partner is not None:
            yield Onset(sign[0], (sign[2], partner), "surrogate_infection")
        elif not _has_earlier_partner(sign, partners, reach[1]):
            yield Onset(sign[0], (sign[2],), "surrogate_infection_provisional", sign[0] + lapse)


def find_onsets(chart: Chart, rule: SevereSepsisCriteria, documented: list[Timed]) -> list[Onset]:
    """Signs of infection in time order: documented ones, and cultures with antibiotics."""
    cultures = chart.cultures(Specimen.BLOOD, Specimen.STERILE)
    antibiotics = chart.antibiotics()
    before, after = rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta
    lapse = rule.unconfirmed_for.delta
    onsets = [Onset(moment, (fact,), "documented_infection") for moment, _, fact in documented]
    onsets += _surrogate_onsets(cultures, antibiotics, (after, before), lapse)
    onsets += _surrogate_onsets(antibiotics, cultures, (before, after), lapse)
    return sorted(onsets, key=lambda onset: (onset.at, onset.lapses_at is not None, onset.rule))


def _hits(chart: Chart, criterion: Criterion, since: datetime, until: datetime) -> Iterable[tuple[datetime, AnyFact]]:
    """Facts in [since, until] that meet a criterion."""
    shelf = chart.observations(criterion.quantity) if criterion.quantity else []
    if criterion.act:
        shelf = chart.acts(criterion.act)
    low = bisect_left(shelf, since, key=lambda each: each[0])
    high = bisect_right(shelf, until, key=lambda each: each[0])
    for moment, _, fact in shelf[low:high]:
        if not isinstance(fact, Observation) or (fact.value is not None and criterion.is_met_by(fact.value)):
            yield moment, fact


@dataclass(slots=True)
class _Sweep:
    """The latest hit of each criterion while time moves on."""

    within: timedelta
    needed: float
    sirs: dict[str, tuple[datetime, AnyFact]]
    dysfunction: tuple[datetime, AnyFact] | None = None

    def met_at(self, now: datetime) -> tuple[AnyFact, ...] | None:
        """The facts that meet the criteria together at `now`; None where they do not."""
        recent = [hit for hit in self.sirs.values() if now - hit[0] <= self.within]
        if len(recent) < self.needed or self.dysfunction is None or now - self.dysfunction[0] > self.within:
            return None
        return (*(fact for _, fact in recent), self.dysfunction[1])


def _present(chart: Chart, rule: SevereSepsisCriteria, onset: Onset, resolution: Resolution) -> tuple[datetime, tuple[AnyFact, ...]] | None:
    """The first time from an onset on at which all criteria are met within reach of each other."""
    within, start = rule.within.delta, resolution.cut(onset.at)
    reach = (start - within, start + within + resolution.unit)
    hits = sorted(
        [(resolution.cut(at), at, c.criterion, True, fact) for c in rule.sirs for at, fact in _hits(chart, c, *reach)]
        + [(resolution.cut(at), at, c.criterion, False, fact) for c in rule.organ_dysfunction for at, fact in _hits(chart, c, *reach)],
        key=lambda hit: (hit[0], hit[1], hit[2], hit[4].event_id),
    )
    sweep = _Sweep(within, rule.sirs_needed.value, {})
    for place, (moment, at, criterion, is_sirs, fact) in enumerate(hits):
        if is_sirs:
            sweep.sirs[criterion] = (moment, fact)
        else:
            sweep.dysfunction = (moment, fact)
        following = hits[place + 1][0] if place + 1 < len(hits) else None
        now = max(moment, start)
        if now - start > within or (following is not None and following <= now and following <= start):
            continue
        met = sweep.met_at(now)
        if met is not None:
            return max(at, onset.at), met
    return None


def find_presentation(
    chart: Chart, rule: SevereSepsisCriteria, documented: list[Timed], moment: Moment
) -> Presentation | None:
    """Find the earliest presentation; a lapsed provisional one only where there is no other."""
    lapsed: Presentation | None = None
    best: Presentation | None = None
    for onset in find_onsets(chart, rule, documented):
        if best is not None and onset.at >= best.at:
            break
        found = _present(chart, rule, onset, moment.resolution)
        if found is None or not moment.holds(found[0]):
            continue
        is_lapsed = onset.lapses_at is not None and moment.now >= onset.lapses_at
        presentation = Presentation(found[0], onset.rule, (*onset.facts, *found[1]), onset.lapses_at, is_lapsed)
        if is_lapsed:
            lapsed = lapsed or presentation
        elif best is None or presentation.at < best.at:
            best = presentation
    return best or lapsed
