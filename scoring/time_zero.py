"""Time zero: from when a measure counts, by each measure's own rule, with the facts that say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from schemas.clinical import Act, ActName, AnyFact, VisitStep
from scoring.chart import Chart, Timed
from scoring.description import describe
from scoring.measure import Entry, FirstEntryAct, Measure, ProtocolElseFirstContact, SevereSepsisCriteria
from scoring.severe_sepsis import Moment, find_presentation


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


def spans(chart: Chart) -> Iterator[Span]:
    """The stretches of an episode in which a case may begin, cut where sepsis was ruled out."""
    after: datetime | None = None
    for moment, _, _ in chart.acts(ActName.SEPSIS_RULED_OUT):
        yield Span(after, moment)
        after = moment
    yield Span(after, None)


def entry_acts(chart: Chart, entry: Entry, span: Span) -> list[Timed]:
    """Acts in the span that open a case, in time order."""
    found = [each for act in entry.acts for each in chart.acts(act) if span.holds(each.moment)]
    return sorted((each for each in found if _opens(each.fact, entry)), key=lambda each: (each.moment, each.event_id))


def _opens(fact: AnyFact, entry: Entry) -> bool:
    if not isinstance(fact, Act) or fact.act is not ActName.PEWS:
        return True
    return entry.pews_at_least is not None and fact.value is not None and fact.value >= entry.pews_at_least.value


def _first_entry_act(acts: list[Timed]) -> TimeZero | None:
    return next((TimeZero(moment, _name(fact), (fact,)) for moment, _, fact in acts), None)


def _protocol_else_first_contact(chart: Chart, acts: list[Timed], span: Span) -> TimeZero | None:
    if not acts:
        return None
    protocols = [each for each in acts if _name(each.fact) == ActName.PROTOCOL_STARTED]
    if protocols:
        return _first_entry_act(protocols)
    if span.after is not None:
        return _first_entry_act(acts)
    for moment, _, fact in chart.visits(VisitStep.ARRIVED, VisitStep.TRIAGED, VisitStep.ADMITTED):
        return TimeZero(moment, _name(fact), (fact, acts[0].fact))
    return TimeZero(None, "no_contact_time", (acts[0].fact,))


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
        case FirstEntryAct():
            return _first_entry_act(acts)
        case ProtocolElseFirstContact():
            return _protocol_else_first_contact(chart, acts, span)
        case SevereSepsisCriteria():
            found = find_presentation(chart, rule, acts, Moment(now, measure.resolution, span.holds))
            return None if found is None else TimeZero(found.at, found.rule, found.facts, found.lapses_at, found.lapsed)
        case _:
            assert_never(rule)
