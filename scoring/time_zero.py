"""Time zero: from when a measure counts, by each measure's own rule, with the facts that say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from schemas.clinical import Act, ActName, AnyFact, DrugClass, VisitStep
from scoring.chart import Chart, Timed, order
from scoring.description import describe
from scoring.measure import Measure
from scoring.severe_sepsis import Moment as SepsisMoment
from scoring.severe_sepsis import find_presentation
from scoring.time_zero_rule import CONTACTS, Entry, FirstKnown, Moment, SevereSepsisCriteria


@dataclass(frozen=True, slots=True)
class Span:
    """The part of an episode in which one case may begin: after `after`, up to and including `until`.

    Where sepsis was ruled out, the next case of the episode begins after that.
    """

    after: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in the span."""
        return (self.after is None or moment > self.after) and (self.until is None or moment <= self.until)


@dataclass(frozen=True, slots=True)
class TimeZero:
    """From when the measure counts.

    Attributes:
        at: The moment, as charted; None where the case is open and no time can be told.
        rule: Which branch of the measure's rule gave it.
        facts: The facts that decided it.
        lapses_at: Where the case is provisional, when it lapses without confirmation.
        lapsed: It did lapse: there was never a second sign of infection.
    """

    at: datetime | None
    rule: str
    facts: tuple[AnyFact, ...]
    lapses_at: datetime | None = None
    lapsed: bool = False


NO_TIME = "no_contact_time"
"""What stands as the rule of a case whose time zero cannot be told."""


def spans(chart: Chart) -> Iterator[Span]:
    """The stretches of an episode in which a case may begin, cut where sepsis was ruled out; none is empty."""
    after: datetime | None = None
    for moment, _, _ in chart.acts(ActName.SEPSIS_RULED_OUT):
        if moment != after:
            yield Span(after, moment)
        after = moment
    yield Span(after, None)


def entry_acts(chart: Chart, entry: Entry, span: Span) -> list[Timed]:
    """Acts in the span that open a case, in time order."""
    found = [each for act in entry.acts for each in chart.acts(act) if span.holds(each.moment)]
    return sorted((each for each in found if _opens(each.fact, entry)), key=order)


def _opens(fact: AnyFact, entry: Entry) -> bool:
    if not isinstance(fact, Act) or fact.act is not ActName.PEWS:
        return True
    return entry.pews_at_least is not None and fact.value is not None and fact.value >= entry.pews_at_least.value


@dataclass(frozen=True, slots=True)
class _Opening:
    """A case that has opened: by which act, in which stretch of the stay."""

    chart: Chart
    measure: Measure
    span: Span
    act: Timed

    def moments(self, rule: FirstKnown, moment: Moment) -> list[Timed]:
        """What this moment can be in the case, in time order."""
        if moment is Moment.ENTRY:
            return [self.act]
        if moment in CONTACTS:
            return self._contacts(rule, moment)
        cut = self.measure.resolution.cut
        earliest = None if rule.look_back is None else cut(self.act.moment) - rule.look_back.delta
        return [
            each
            for each in self._entries(moment)
            if self.span.holds(each.moment) and (earliest is None or cut(each.moment) >= earliest)
        ]

    def _contacts(self, rule: FirstKnown, moment: Moment) -> list[Timed]:
        """Steps of the visit; after a rule-out they belong to the case before, and the entry stands in for them."""
        if self.span.after is not None:
            return [self.act]
        if rule.emergency_contacts_only and not self._is_emergency():
            return []
        return self.chart.visits(VisitStep(moment.value))

    def _is_emergency(self) -> bool:
        return self.chart.in_emergency_department(self.act.moment, self.measure.resolution)

    def _entries(self, moment: Moment) -> list[Timed]:
        if moment is Moment.ANTIBIOTIC:
            return self._exact(self.chart.antibiotics())
        if moment is Moment.CRYSTALLOID:
            return self._exact(self.chart.medications(DrugClass.CRYSTALLOID))
        return [each for each in self.chart.acts(ActName(moment.value)) if _opens(each.fact, self.measure.entry)]

    @staticmethod
    def _exact(entries: list[Timed]) -> list[Timed]:
        return [each for each in entries if not each.fact.day_only]


def _first_known(rule: FirstKnown, opening: _Opening) -> TimeZero:
    """The earliest moment of the first group that has one, with the act that opened the case."""
    opened_by = opening.act.fact
    for group in rule.first_known:
        found = sorted((each for moment in group for each in opening.moments(rule, moment)), key=order)
        for moment, _, fact in found[:1]:
            facts = (fact,) if _is_said_by(opening.measure.entry, fact) else (fact, opened_by)
            return TimeZero(moment, _name(fact), facts)
    return TimeZero(None, NO_TIME, (opened_by,))


def _is_said_by(entry: Entry, fact: AnyFact) -> bool:
    """Whether the fact is itself an act that opens a case."""
    return isinstance(fact, Act) and fact.act in entry.acts


def _name(fact: AnyFact) -> str:
    """The word for what happened: the act's or the step's name."""
    return describe(fact)[0]


def find_time_zero(chart: Chart, measure: Measure, span: Span, now: datetime) -> TimeZero | None:
    """Find the time zero of the case that begins in `span`; None where no case opens.

    `now` matters only to a provisional case: what has lapsed unconfirmed yields to what has not.
    """
    acts = entry_acts(chart, measure.entry, span)
    rule = measure.time_zero
    match rule:
        case FirstKnown():
            return _first_known(rule, _Opening(chart, measure, span, acts[0])) if acts else None
        case SevereSepsisCriteria():
            found = find_presentation(chart, rule, acts, SepsisMoment(now, measure.resolution, span.holds))
            return None if found is None else TimeZero(found.at, found.rule, found.facts, found.lapses_at, found.lapsed)
        case _:
            assert_never(rule)
