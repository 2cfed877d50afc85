"""Time zero: from when a measure counts, by its own rule or by a person's word, with the facts that say so."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import assert_never

from schemas.clinical import Act, ActName, AnyFact, DrugClass, VisitStep
from scoring.abnormal_vitals import find_abnormal
from scoring.case_view import CaseView
from scoring.chart import Chart, Timed, order
from scoring.circulation import find_circulation
from scoring.description import describe
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.override import OVERRIDDEN, find_override
from scoring.phoenix import present_phoenix
from scoring.phoenix_rule import Phoenix
from scoring.presentation import Moment as SepsisMoment
from scoring.presentation import Present, Presentation, find_presentation
from scoring.severe_sepsis import present_severe_sepsis
from scoring.span import Span
from scoring.time_zero_rule import (
    CONTACTS,
    AbnormalVitals,
    Entry,
    FirstKnown,
    InfectionRule,
    Moment,
    SepticShock,
    SevereSepsisCriteria,
    documenting,
    infection_rule,
)


@dataclass(frozen=True, slots=True)
class TimeZero:
    """From when the measure counts.

    Attributes:
        at: The moment, as charted; None where the case is open and no time can be told.
        rule: Which branch of the measure's rule gave it.
        facts: The facts that decided it.
        lapses_at: Where the case is provisional, when it lapses without confirmation.
        lapsed: It did lapse: there was never a second sign of infection.
        computed: Where a person said otherwise, what the measure's rule says.
    """

    at: datetime | None
    rule: str
    facts: tuple[AnyFact, ...]
    lapses_at: datetime | None = None
    lapsed: bool = False
    computed: "TimeZero | None" = None

    @property
    def by_rule(self) -> "TimeZero":
        """What the measure's rule says, whatever a person said."""
        return self.computed or self


NO_TIME = "no_contact_time"
"""What stands as the rule of a case whose time zero cannot be told."""


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
    """A case that may open, in which stretch of the stay; `acts`: what opens it, in time order."""

    chart: Chart
    measure: Measure
    span: Span
    acts: list[Timed]

    def earliest(self, moments: tuple[Moment, ...], rule: FirstKnown | None = None) -> Timed | None:
        """The earliest of some moments; None where none of them came."""
        found = [each for moment in moments for each in self._moments(rule, moment)]
        return min(found, key=order, default=None)

    def _moments(self, rule: FirstKnown | None, moment: Moment) -> list[Timed]:
        """What this moment can be in the case, in time order."""
        if moment is Moment.ENTRY:
            return self._exact(self.acts[:1])
        if moment in CONTACTS:
            return self._contacts(rule, moment)
        since = self._looks_back_to(rule)
        cut = self.measure.resolution.cut
        entries = (each for each in self._exact(self._entries(moment)) if self.span.holds(each.moment))
        return [each for each in entries if since is None or cut(each.moment) >= since]

    def _looks_back_to(self, rule: FirstKnown | None) -> datetime | None:
        if rule is None or rule.look_back is None or not self.acts:
            return None
        return self.measure.resolution.cut(self.acts[0].moment) - rule.look_back.delta

    def _contacts(self, rule: FirstKnown | None, moment: Moment) -> list[Timed]:
        """Steps of the visit; after a rule-out they belong to the case before, and the entry stands in for them."""
        if self.span.after is not None:
            return self._exact(self.acts[:1])
        if rule is not None and rule.emergency_contacts_only and not self._is_emergency():
            return []
        return self._exact(self.chart.visits(VisitStep(moment.value)))

    def _is_emergency(self) -> bool:
        resolution = self.measure.resolution
        return any(self.chart.in_emergency_department(each.moment, resolution) for each in self.acts[:1])

    def _entries(self, moment: Moment) -> list[Timed]:
        if moment is Moment.ANTIBIOTIC:
            return self.chart.antibiotics()
        if moment is Moment.CRYSTALLOID:
            return self.chart.medications(DrugClass.CRYSTALLOID)
        return [each for each in self.chart.acts(ActName(moment.value)) if _opens(each.fact, self.measure.entry)]

    @staticmethod
    def _exact(entries: list[Timed]) -> list[Timed]:
        """Entries whose minute is known: no time zero can be told from a day."""
        return [each for each in entries if not each.fact.day_only]

    def said_by(self, *facts: AnyFact) -> tuple[AnyFact, ...]:
        """The facts that decided, with the act that opened the case where none of them is such an act."""
        opened_by = () if _is_said_by(self.measure.entry, facts) else tuple(each.fact for each in self.acts[:1])
        return (*facts, *opened_by)


def _is_said_by(entry: Entry, facts: tuple[AnyFact, ...]) -> bool:
    """Whether one of the facts is itself an act that opens a case."""
    return any(isinstance(fact, Act) and fact.act in entry.acts for fact in facts)


def _first_known(rule: FirstKnown, opening: _Opening) -> TimeZero | None:
    """The earliest moment of the first group that has one."""
    for group in rule.first_known:
        found = opening.earliest(group, rule)
        if found is not None:
            return TimeZero(found.moment, _name(found.fact), opening.said_by(found.fact))
    return None


def _abnormal_vitals(rule: AbnormalVitals, opening: _Opening) -> TimeZero | None:
    """The first abnormal vital sign from the look-back before the sign of sepsis on."""
    sign = opening.earliest(rule.signs)
    if sign is None:
        return None
    since = opening.measure.resolution.cut(sign.moment) - rule.look_back.delta
    found = find_abnormal(opening.chart, rule, since, opening.span.holds)
    return None if found is None else TimeZero(found.moment, rule.rule, opening.said_by(found.fact))


def _name(fact: AnyFact) -> str:
    """The word for what happened: the act's or the step's name."""
    return describe(fact)[0]


def _by_presentation(rule: InfectionRule, opening: _Opening, now: datetime) -> Presentation | None:
    """The presentation that counts, of severe sepsis or by Phoenix."""
    moment = SepsisMoment(now, opening.measure.resolution, opening.span.holds)
    present: Present
    match rule:
        case SevereSepsisCriteria():
            present = partial(present_severe_sepsis, rule)
        case Phoenix():
            present = partial(present_phoenix, rule)
        case _:
            assert_never(rule)
    return find_presentation(opening.chart, rule, opening.acts, moment, present)


def _presented(rule: InfectionRule, opening: _Opening, now: datetime) -> TimeZero | None:
    """When the criteria are met, or a clinician documented before that that they are."""
    found = _by_presentation(rule, opening, now)
    documented = opening.earliest(documenting(rule))
    if documented is not None and (found is None or found.lapses_at is not None or documented.moment < found.at):
        return TimeZero(documented.moment, _name(documented.fact), (documented.fact,))
    return None if found is None else TimeZero(found.at, found.rule, found.facts, found.lapses_at, found.lapsed)


def _septic_shock(rule: SepticShock, opening: _Opening, store: FactStore, now: datetime) -> TimeZero | None:
    """Septic shock after severe sepsis, as the sections of the measure define it; None where it has not come."""
    severe = _presented(rule.severe_sepsis, opening, now)
    if severe is None or severe.at is None:
        return None
    measure = opening.measure
    shock = find_circulation(
        CaseView(opening.chart, store, measure, opening.span, measure.resolution.cut(severe.at), now)
    ).shock
    if shock is None or not opening.span.holds(shock.at):
        return None
    facts = {fact.event_id: fact for fact in (*shock.facts, *severe.facts)}
    return replace(severe, at=shock.at, rule=rule.rule, facts=tuple(facts.values()))


def _rule_says(opening: _Opening, store: FactStore, now: datetime) -> TimeZero | None:
    """What the measure's rule says of a case that may open; None where it gives no time."""
    rule = opening.measure.time_zero
    match rule:
        case FirstKnown():
            return _first_known(rule, opening)
        case AbnormalVitals():
            return _abnormal_vitals(rule, opening)
        case SevereSepsisCriteria() | Phoenix():
            return _presented(rule, opening, now)
        case SepticShock():
            return _septic_shock(rule, opening, store, now)
        case _:
            assert_never(rule)


def _computed(chart: Chart, store: FactStore, measure: Measure, span: Span, now: datetime) -> TimeZero | None:
    """The time zero by the measure's rule; None where no case opens.

    Rules that ask for criteria open the case themselves; for the others an act must.
    """
    acts = entry_acts(chart, measure.entry, span)
    opens_itself = infection_rule(measure.time_zero) is not None
    if not acts and not opens_itself:
        return None
    found = _rule_says(_Opening(chart, measure, span, acts), store, now)
    if opens_itself:
        return found
    return TimeZero(None, NO_TIME, (acts[0].fact,)) if found is None else found


def find_time_zero(chart: Chart, store: FactStore, measure: Measure, span: Span, now: datetime) -> TimeZero | None:
    """Find the time zero of the case that begins in `span`; None where no case opens.

    What a person said goes before what the rule says, confirms a provisional case, and opens none.
    `now` matters only to a provisional case: what has lapsed unconfirmed yields to what has not.
    """
    computed = _computed(chart, store, measure, span, now)
    said = None if computed is None else find_override(chart, measure, span.holds)
    return computed if said is None else TimeZero(said.time_zero, OVERRIDDEN, (said,), computed=computed)


def find_severe_sepsis(chart: Chart, measure: Measure, rule: SepticShock, span: Span, now: datetime) -> TimeZero | None:
    """Find the severe sepsis that septic shock must follow."""
    opening = _Opening(chart, measure, span, entry_acts(chart, measure.entry, span))
    return _presented(rule.severe_sepsis, opening, now)


def find_rival(chart: Chart, store: FactStore, measure: Measure, span: Span, now: datetime) -> TimeZero | None:
    """Find what a rule says of a case that another measure has opened in `span`; None where it gives no time there."""
    found = _rule_says(_Opening(chart, measure, span, entry_acts(chart, measure.entry, span)), store, now)
    if found is None or found.at is None or found.lapsed or not span.holds(found.at):
        return None
    return found
