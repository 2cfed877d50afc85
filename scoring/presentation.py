"""Presentations of sepsis: a sign of infection, and the first moment from it on at which further criteria are met.

SEP-1's severe sepsis and Phoenix differ in those criteria only (`scoring.severe_sepsis`, `scoring.phoenix`). The
surrogate for suspected infection, where nobody documented one, is the project's own: a culture and a systemic
antibacterial.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from schemas.clinical import ActName, AnyFact, Specimen
from scoring.chart import Chart, Timed
from scoring.number import Resolution
from scoring.phoenix_rule import Phoenix
from scoring.time_zero_rule import InfectionRule

PROVISIONAL = "surrogate_infection_provisional"
"""The rule by which one sign of infection, alone so far, gives a time."""

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
class _Signs:
    """Onsets in time order, and their times."""

    onsets: list[Onset]
    times: list[datetime]


def reaches_back(rule: InfectionRule) -> timedelta:
    """How long before an onset facts count; a Phoenix value may have a partner from before that."""
    further = max(rule.within.delta, rule.paired_within.delta) if isinstance(rule, Phoenix) else timedelta(0)
    return rule.within.delta + further


def reach_of(rule: InfectionRule, onset_at: datetime, resolution: Resolution) -> Reach:
    """The stretch of time around an onset in which facts count."""
    start = resolution.cut(onset_at)
    return start - reaches_back(rule), start + rule.within.delta + resolution.unit


def is_near_infection(
    chart: Chart, rule: InfectionRule, documented_by: Iterable[ActName], resolution: Resolution, moment: datetime
) -> bool:
    """Whether a moment may lie in reach of an onset; where it does not, a result of then changes no presentation.

    `documented_by`: what documents an infection; acts of any stretch of the stay are asked.
    """
    # A reach is counted from an onset that is cut down; less than a unit was cut, and a unit more covers that.
    unit = resolution.unit
    first, last = moment - rule.within.delta - unit - unit, moment + reaches_back(rule) + unit
    times = _signs_of_infection(chart, rule, resolution).times
    place = bisect_left(times, first)
    if place < len(times) and times[place] <= last:
        return True
    return any(first <= act.moment <= last for name in documented_by for act in chart.acts(name))


@dataclass(frozen=True, slots=True)
class Presentation:
    """A presentation and the facts that make it."""

    at: datetime
    rule: str
    facts: tuple[AnyFact, ...]
    lapses_at: datetime | None
    lapsed: bool


@dataclass(frozen=True, slots=True)
class _Pairing:
    """How far a partner may follow a sign of infection, and precede it, and how long it stands alone."""

    follows: timedelta
    precedes: timedelta
    lapse: timedelta
    resolution: Resolution

    def partner_after(self, first: Timed, partners: list[Timed]) -> AnyFact | None:
        """The first partner from `first` on, within reach of it."""
        place = bisect_left(partners, first.moment, key=lambda each: each.moment)
        if place < len(partners) and self._apart(first, partners[place]) <= self.follows:
            return partners[place].fact
        return None

    def has_partner_before(self, sign: Timed, partners: list[Timed]) -> bool:
        """Whether a partner precedes `sign`, within reach of it."""
        place = bisect_left(partners, sign.moment, key=lambda each: each.moment)
        return place > 0 and self._apart(partners[place - 1], sign) <= self.precedes

    def _apart(self, one: Timed, other: Timed) -> timedelta:
        return self.resolution.cut(other.moment) - self.resolution.cut(one.moment)


def _surrogate_onsets(signs: list[Timed], partners: list[Timed], pairing: _Pairing) -> Iterable[Onset]:
    """Onsets that begin with one of `signs`."""
    for sign in signs:
        partner = pairing.partner_after(sign, partners)
        if partner is not None:
            yield Onset(sign.moment, (sign.fact, partner), "surrogate_infection")
        elif not pairing.has_partner_before(sign, partners):
            yield Onset(sign.moment, (sign.fact,), PROVISIONAL, sign.moment + pairing.lapse)


def _exact(entries: list[Timed]) -> list[Timed]:
    """Entries whose minute is known; an onset cannot be told from a day."""
    return [entry for entry in entries if not entry.fact.day_only]


def _confirming_days(
    antibiotics: list[Timed], cultures: list[Timed], rule: InfectionRule, resolution: Resolution
) -> Iterable[Onset]:
    """Antibiotics confirmed by a culture known by its day, every minute of which would do.

    The dose is then the latest that the onset can be, and taken for it.
    """
    before, after = rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta
    days = [culture for culture in cultures if culture.fact.day_only]
    for dose in antibiotics:
        for day in days:
            last = day.moment + timedelta(days=1) - resolution.unit
            if last - before <= resolution.cut(dose.moment) <= day.moment + after:
                yield Onset(dose.moment, (dose.fact, day.fact), "surrogate_infection")
                break


def _documented_onsets(documented: list[Timed]) -> list[Onset]:
    return [Onset(entry.moment, (entry.fact,), "documented_infection") for entry in _exact(documented)]


def _signs_of_infection(chart: Chart, rule: InfectionRule, resolution: Resolution) -> "_Signs":
    """Onsets by cultures and antibiotics, remembered by the chart for as long as none of these comes or goes."""
    spans = (rule.antibiotic_before_culture, rule.antibiotic_after_culture, rule.unconfirmed_for)
    key = (resolution, *(span.delta for span in spans))
    known = chart.signs.get(key)
    if known is None:
        onsets = _surrogates(chart, rule, resolution)
        known = chart.signs[key] = _Signs(onsets, [onset.at for onset in onsets])
    return cast("_Signs", known)


def _surrogates(chart: Chart, rule: InfectionRule, resolution: Resolution) -> list[Onset]:
    """Onsets by cultures and antibiotics, in time order."""
    all_cultures = chart.cultures(Specimen.BLOOD, Specimen.STERILE)
    cultures, antibiotics = _exact(all_cultures), _exact(chart.antibiotics())
    before, after = rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta
    lapse = rule.unconfirmed_for.delta
    onsets = [
        *_surrogate_onsets(cultures, antibiotics, _Pairing(after, before, lapse, resolution)),
        *_surrogate_onsets(antibiotics, cultures, _Pairing(before, after, lapse, resolution)),
        *_confirming_days(antibiotics, all_cultures, rule, resolution),
    ]
    return sorted(onsets, key=lambda onset: (onset.at, onset.rule))


def _is_repeat(onset: Onset, lapsed: Presentation | None) -> bool:
    """Whether a lone sign repeats one that lapsed since: a dose of the same course, a culture of the same search."""
    if lapsed is None or lapsed.lapses_at is None or onset.lapses_at is None:
        return False
    return onset.at < lapsed.lapses_at and onset.facts[0].kind == lapsed.facts[0].kind


Present = Callable[[Chart, Onset, Resolution], Met | None]
"""Finds when the criteria are first met from an onset on."""


def find_presentation(
    chart: Chart, rule: InfectionRule, documented: list[Timed], moment: Moment, present: Present
) -> Presentation | None:
    """Find the presentation that counts: the earliest confirmed one, else a provisional one, else one that lapsed.

    A documented infection goes before cultures and antibiotics, but takes back no presentation that was
    confirmed by these longer before than the criteria may lie apart: that one stands until sepsis is ruled out.
    A sign from before a rule-out was judged by it. A sign that lapses takes those of its kind that
    came before the lapse with it: they belonged to the same case.
    """
    told = _see_all(chart, _documented_onsets(documented), moment, present).confirmed
    signs = _see_all(chart, _signs_of_infection(chart, rule, moment.resolution).onsets, moment, present)
    if told is None:
        return signs.confirmed or signs.provisional or signs.first_lapsed
    cut, held = moment.resolution.cut, signs.confirmed
    return told if held is None or cut(told.at) - cut(held.at) <= rule.within.delta else held


def _see_all(chart: Chart, onsets: list[Onset], moment: Moment, present: Present) -> "_Presentations":
    found = _Presentations()
    for onset in onsets:
        if found.confirmed is not None and onset.at >= found.confirmed.at:
            break
        met = present(chart, onset, moment.resolution) if moment.holds(onset.at) else None
        if met is not None and moment.holds(met[0]) and not _is_repeat(onset, found.last_lapsed):
            is_lapsed = onset.lapses_at is not None and moment.now >= onset.lapses_at
            found.see(Presentation(met[0], onset.rule, (*onset.facts, *met[1]), onset.lapses_at, is_lapsed))
    return found


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
