"""Rival time zeros: what every rule of the catalogue says of a case, and what each would mean for every element.

Free of the clock: only confirmed infection counts, and elements are judged as they would end if nothing more were
charted. So only facts change a rival, and a wake-up finds it as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from schemas.case_record import CaseStatus
from schemas.clinical import AnyFact, DrugClass, Medication, Observation, Quantity
from schemas.rival import Rival, RivalElement
from schemas.verdict import Element, ElementStatus, Evidence
from scoring.assessment import BLANK_STATUS, Assessment, CasePlace, Opened, bundle_clock, bundle_status, place_case
from scoring.bundle_clock import BundleClock
from scoring.case_view import CaseView
from scoring.catalogue import NamedRule
from scoring.chart import Chart
from scoring.circulation import Circulation, find_circulation
from scoring.element_assessment import ElementAssessment, assess_element, blank
from scoring.exclusion import admitted_at
from scoring.exclusion_rule import AgeExclusion
from scoring.fact_store import FactStore
from scoring.interest import movable_until, moves_time_zero, shock_until
from scoring.override import OVERRIDDEN
from scoring.population import Candidate as Membered
from scoring.population import find_membership
from scoring.record import distinct, evidence
from scoring.rules import Rules
from scoring.sentence import dated_sentence, minutes_after
from scoring.span import Span
from scoring.time_zero import TimeZero, find_rival, find_severe_sepsis
from scoring.time_zero_rule import SepticShock

THE_END = datetime.max.replace(tzinfo=UTC)
"""When nothing more will be charted."""

OWN = "own"
OWN_TITLE = "The measure's own rule"
OVERRIDDEN_TITLE = "Said by a person"


@dataclass(frozen=True)
class Candidate:
    """A time zero that a case could have, and the rule that gives it."""

    name: str
    title: str
    found: TimeZero

    @cached_property
    def shown(self) -> tuple[tuple[Evidence, ...], str]:
        """The evidence, and one sentence."""
        return distinct(tuple(evidence(fact) for fact in self.found.facts)), dated_sentence(self.found)


Ended = tuple[ElementAssessment, RivalElement]
"""How an element would end, and what is told of it."""
Lined = tuple[Candidate, ...]


@dataclass(slots=True)
class RivalMemory:
    """What was worked out of one stay, kept until a fact may have a say in it.

    Attributes:
        said: By stretch of the stay and name of the rule; None where it gives no time there.
        told: By case and measure, the candidates and what was told of them.
        elements: By what an element asks, the stretch of the stay and its time zero, how it would end.
        severe: By stretch of the stay and name of a rule of septic shock, the severe sepsis it was last asked about.
        is_stale: A fact has come since `told` and `elements` were worked out.
    """

    rules: tuple[NamedRule, ...]
    said: dict[Span, dict[str, Candidate | None]] = field(default_factory=dict)
    told: dict[tuple[str, str], tuple[Lined, tuple[Rival, ...]]] = field(default_factory=dict)
    elements: dict[tuple[str, Span, datetime], Ended] = field(default_factory=dict)
    severe: dict[tuple[Span, str], TimeZero | None] = field(default_factory=dict)
    is_stale: bool = False

    def refresh(self) -> None:
        """Forget what was told before the latest fact; done only once somebody asks."""
        if self.is_stale:
            self.told.clear()
            self.elements.clear()
            self.is_stale = False

    def times(self, chart: Chart, store: FactStore, span: Span) -> Lined:
        """What each rule says of a stretch of the stay, whatever opens a case there; silent rules are left out."""
        known = self.said.setdefault(span, {})
        for rule in self.rules:
            if rule.name not in known:
                known[rule.name] = self._ask(chart, store, span, rule)
        said = (known[rule.name] for rule in self.rules)
        return tuple(each for each in said if each is not None)

    def learn(self, chart: Chart, store: FactStore, versions: Sequence[AnyFact] | None) -> bool:
        """Ask again the rules in which versions of a fact have a say (None: all); return whether any says otherwise."""
        self.is_stale = True
        if not self.said:
            return False
        asked = [rule for rule in self.rules if versions is None or _has_say(rule, versions)]
        moved = [self._ask_again(chart, store, span, rule, versions) for span in self.said for rule in asked]
        return any(moved)

    def _ask_again(
        self, chart: Chart, store: FactStore, span: Span, rule: NamedRule, versions: Sequence[AnyFact] | None
    ) -> bool:
        """Ask one rule again of one stretch; return whether it says otherwise."""
        before = self.said[span][rule.name]
        if versions is not None and (
            _comes_too_late(versions, rule, before) or self._is_past_shock(chart, span, rule, versions)
        ):
            return False
        now = self.said[span][rule.name] = self._ask(chart, store, span, rule)
        return now != before

    def _is_past_shock(self, chart: Chart, span: Span, rule: NamedRule, versions: Sequence[AnyFact]) -> bool:
        """Whether severe sepsis is as it was, and a fact comes too late for septic shock after it, or there is none."""
        if not isinstance(rule.terms.time_zero, SepticShock):
            return False
        key = (span, rule.name)
        is_new, before = key not in self.severe, self.severe.get(key)
        now = self.severe[key] = find_severe_sepsis(chart, rule.terms, rule.terms.time_zero, span, THE_END)
        if is_new or now != before:
            return False
        if now is None or now.at is None:
            return True
        until = shock_until(rule.terms, now.at)
        return all(_is_after(version, until) for version in versions)

    @staticmethod
    def _ask(chart: Chart, store: FactStore, span: Span, rule: NamedRule) -> Candidate | None:
        found = find_rival(chart, store, rule.terms, span, THE_END)
        return None if found is None else Candidate(rule.name, rule.title, found)


def _has_say(rule: NamedRule, versions: Sequence[AnyFact]) -> bool:
    return any(moves_time_zero(rule.terms, version) for version in versions)


def _comes_too_late(versions: Sequence[AnyFact], rule: NamedRule, said: Candidate | None) -> bool:
    """Whether all are results from too long after a time zero to move it; a weight can, by the target volume."""
    if said is None or said.found.at is None:
        return False
    until = movable_until(rule.terms, said.found.at)
    return all(
        isinstance(version, Observation) and version.quantity is not Quantity.WEIGHT and version.collected_at > until
        for version in versions
    )


def _is_after(fact: AnyFact, moment: datetime) -> bool:
    """Whether a result, but for a weight, or a fluid lies wholly after a moment."""
    match fact:
        case Observation():
            return fact.quantity is not Quantity.WEIGHT and fact.collected_at > moment
        case Medication(drug_class=DrugClass.CRYSTALLOID, started_at=datetime() as started_at):
            return min(started_at, fact.completed_at or started_at) > moment
        case _:
            return False


def line_up(found: TimeZero, times: Lined, known_as: NamedRule | None) -> Lined:
    """Every time zero that a case could have, the earliest first.

    That of the measure's own rule (`known_as`: as the catalogue has it), those of the catalogue, and a person's word.
    """
    computed = found.by_rule
    candidates = [each for each in times if known_as is None or each.name != known_as.name]
    if computed.at is not None:
        name, title = (OWN, OWN_TITLE) if known_as is None else (known_as.name, known_as.title)
        candidates.append(Candidate(name, title, computed))
    if found is not computed:
        candidates.append(Candidate(OVERRIDDEN, OVERRIDDEN_TITLE, found))
    return tuple(
        sorted(
            candidates, key=lambda each: (each.found.at or THE_END, each.found is not found, each.found is not computed)
        )
    )


def _is_out(case: Assessment) -> bool:
    """Whether the case is left out whatever its time zero is: ruled out, dropped for its data, or too old or young."""
    if case.status is CaseStatus.EXCLUDED:
        by_age = {rule.reason for rule in case.measure.exclusions if isinstance(rule, AgeExclusion)}
        return case.reason in by_age and admitted_at(case.chart) is not None
    return case.status is CaseStatus.DROPPED or case.reason == "ruled_out"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sets the rivals beside the cases of one stay."""

    memory: RivalMemory
    store: FactStore
    rules: Rules

    def __call__(self, case: Assessment, opened: Opened) -> Assessment:
        """The case with its rivals."""
        self.memory.refresh()
        times = self.memory.times(case.chart, self.store, opened.span)
        candidates = line_up(opened.time_zero, times, self.rules.known_as.get(case.measure.identifier))
        key = (case.case_id, case.measure.identifier)
        told = self.memory.told.get(key)
        if told is None or told[0] != candidates:
            told = self.memory.told[key] = (candidates, self._tell(case, opened, candidates))
        return replace(case, rivals=told[1])

    def _tell(self, case: Assessment, opened: Opened, candidates: Lined) -> tuple[Rival, ...]:
        """Judge a case by each of its candidates; those of one minute are judged once."""
        judged: dict[datetime, tuple[RivalElement, ...]] = {}
        rivals, is_out = [], _is_out(case)
        for candidate in candidates:
            at = candidate.found.at or THE_END
            start = case.measure.resolution.cut(at)
            if start not in judged:
                judged[start] = () if is_out else self._mean(case, opened, candidate.found, start)
            rivals.append(_rival(candidate, at, opened.time_zero, judged[start]))
        return tuple(rivals)

    def _mean(self, case: Assessment, opened: Opened, found: TimeZero, start: datetime) -> tuple[RivalElement, ...]:
        """What a time zero means for every element, the bundle last."""
        measure, chart = case.measure, case.chart
        view = CaseView(chart, self.store, measure, opened.span, start, THE_END)
        circulation = find_circulation(view)
        membership = find_membership(Membered(chart, self.store, measure, opened.span, circulation))
        as_said = replace(found, lapses_at=None, lapsed=False)
        place = place_case(replace(opened, time_zero=as_said), chart, measure, membership.outside)
        judged = [self._judge(view, circulation, element, place) for element in measure.elements]
        elements = tuple(assessed for assessed, _ in judged)
        status, reason = bundle_status(elements)
        if place[0] is not CaseStatus.DENOMINATOR:
            status, reason = BLANK_STATUS[place[0]], place[1]
        return (
            *(told for _, told in judged),
            _element(Element.BUNDLE, status, reason, bundle_clock(elements), None, start),
        )

    def _judge(self, view: CaseView, circulation: Circulation, element: Element, place: CasePlace) -> Ended:
        """How one element would end; measures that ask for the same share the answer."""
        rule = view.measure.elements[element]
        if place[0] is not CaseStatus.DENOMINATOR:
            return _ended(blank(element, rule, BLANK_STATUS[place[0]], place[1]), view)
        key = (self.rules.asks[view.measure.identifier, element], view.span, view.time_zero)
        known = self.memory.elements.get(key)
        if known is None:
            known = self.memory.elements[key] = _ended(assess_element(view, circulation, element, view.time_zero), view)
        return known


def _ended(each: ElementAssessment, view: CaseView) -> Ended:
    return each, _element(each.element, each.status, each.reason, each.clock, each.finding.done_at, view.time_zero)


def _rival(candidate: Candidate, at: datetime, found: TimeZero, elements: tuple[RivalElement, ...]) -> Rival:
    told_by, sentence = candidate.shown
    return Rival.model_construct(
        name=candidate.name,
        title=candidate.title,
        at=at,
        own=candidate.found is found.by_rule,
        in_force=candidate.found is found,
        evidence=told_by,
        sentence=sentence,
        elements=elements,
    )


def _element(
    element: Element,
    status: ElementStatus,
    reason: str | None,
    clock: BundleClock | None,
    done_at: datetime | None,
    time_zero: datetime,
) -> RivalElement:
    window = None if status is ElementStatus.NOT_APPLICABLE else clock
    return RivalElement.model_construct(
        element=element,
        status=status,
        reason=reason,
        due_at=window.due_at if window else None,
        closes_at=window.closes_at if window else None,
        done_at=done_at,
        minutes=None if done_at is None else minutes_after(time_zero, done_at),
    )
