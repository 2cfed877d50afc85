"""Rival time zeros: what every rule of the catalogue says of a case, and what each would mean for every element.

Free of the clock: only confirmed infection counts, and elements are judged as they would end if nothing more were
charted. So only facts change a rival, and a wake-up finds it as it was.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from schemas.case_record import CaseStatus
from schemas.rival import Rival, RivalElement
from schemas.strict_model import built
from schemas.verdict import Element, ElementStatus
from scoring.assessment import BLANK_STATUS, Assessment, CasePlace, Opened, bundle_clock, bundle_status, place_case
from scoring.bundle_clock import BundleClock
from scoring.case_view import CaseView
from scoring.catalogue import NamedRule
from scoring.chart import Chart
from scoring.circulation import Circulation, find_circulation
from scoring.element_assessment import ElementAssessment, assess_element
from scoring.exclusion import admitted_at, find_drop, find_left_out
from scoring.exclusion_rule import AgeExclusion
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.override import OVERRIDDEN
from scoring.population import Candidate as Membered
from scoring.population import find_membership
from scoring.rival_memory import THE_END, Candidate, Ended, Lined, Meaning, RivalMemory
from scoring.rules import Rules
from scoring.sentence import minutes_after
from scoring.span import Span
from scoring.time_zero import TimeZero

OWN = "own"
OWN_TITLE = "The measure's own rule"
OVERRIDDEN_TITLE = "Said by a person"


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


def _is_out(chart: Chart, measure: Measure, span: Span) -> bool:
    """Whether a case is left out whatever its time zero is: ruled out, dropped for its data, or too old or young."""
    if span.until is not None or find_drop(chart, measure) is not None:
        return True
    by_age = (rule for rule in measure.exclusions if isinstance(rule, AgeExclusion))
    return admitted_at(chart) is not None and find_left_out(chart, measure, by_age, None) is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sets the rivals beside the cases of one stay."""

    memory: RivalMemory
    store: FactStore
    rules: Rules

    def __call__(self, case: Assessment) -> tuple[Rival, ...]:
        """Every time zero that the case could have, and what each would mean."""
        self.memory.refresh(self.rules)
        times = self.memory.times(case.chart, self.store, case.span)
        candidates = line_up(case.time_zero, times, self.rules.known_as.get(case.measure.identifier))
        key = (case.measure.identifier, case.case_id)
        told = self.memory.told.get(key)
        if told is None or key not in self.memory.fresh or told[0] != candidates:
            told = self.memory.told[key] = (candidates, self._tell(case, candidates, told))
            self.memory.fresh.add(key)
        return told[1]

    def _tell(
        self, case: Assessment, candidates: Lined, before: tuple[Lined, tuple[Rival, ...]] | None
    ) -> tuple[Rival, ...]:
        """Judge a case by each of its candidates; those of one minute are judged once.

        A candidate of which the same was told `before` keeps that.
        """
        known = {} if before is None else {each.name: (each, rival) for each, rival in zip(*before, strict=True)}
        judged: dict[datetime, tuple[RivalElement, ...]] = {}
        rivals, is_out = [], _is_out(case.chart, case.measure, case.span)
        for candidate in candidates:
            at = candidate.found.at or THE_END
            start = case.measure.resolution.cut(at)
            if start not in judged:
                judged[start] = () if is_out else self._mean(case, candidate.found, start)
            rivals.append(_rival(candidate, at, case.time_zero, judged[start], known.get(candidate.name)))
        return tuple(rivals)

    def _mean(self, case: Assessment, found: TimeZero, start: datetime) -> tuple[RivalElement, ...]:
        """What a time zero means for every element, the bundle last."""
        view = CaseView(case.chart, self.store, case.measure, case.span, start, THE_END)
        circulation = self._circulation(view)
        place = self._place(case, view, circulation, found)
        key = (case.measure.identifier, (case.span, start))
        known = self.memory.meanings.get(key)
        if place[0] is not CaseStatus.DENOMINATOR:
            if known is None or not known.is_of(place, ()):
                known = self.memory.meanings[key] = Meaning(place, (), _left_out(case.measure, place))
            return known.told
        judged = tuple(self._judge(view, circulation, element) for element in case.measure.elements)
        if known is None or not known.is_of(place, judged):
            known = self.memory.meanings[key] = Meaning(place, judged, _with_bundle(judged))
        return known.told

    def _circulation(self, view: CaseView) -> Circulation:
        """What holds of blood pressure and shock; measures that ask for the same share the answer."""
        answers = self.memory.circulations.setdefault(self.rules.asks_of_circulation[view.measure.identifier], {})
        start = (view.span, view.time_zero)
        known = answers.get(start)
        if known is None:
            known = answers[start] = find_circulation(view)
        return known

    def _place(self, case: Assessment, view: CaseView, circulation: Circulation, found: TimeZero) -> CasePlace:
        """Where the case would stand towards its measure."""
        measure, chart = view.measure, view.chart
        outside = find_membership(Membered(chart, self.store, measure, case.span, circulation)).outside
        key = (measure.identifier, case.span, found.at, outside)
        known = self.memory.places.get(key)
        if known is None:
            as_said = Opened(case.case_id, case.span, replace(found, lapsed=False), case.believed_since)
            known = place_case(as_said, chart, measure, outside)
            self.memory.places[key] = known
        return known

    def _judge(self, view: CaseView, circulation: Circulation, element: Element) -> Ended:
        """How one element would end; measures that ask for the same share the answer."""
        answers = self.memory.elements.setdefault(self.rules.asks[view.measure.identifier, element], {})
        start = (view.span, view.time_zero)
        known = answers.get(start)
        if known is None:
            known = answers[start] = _ended(assess_element(view, circulation, element, view.time_zero), view.time_zero)
        return known


def _left_out(measure: Measure, place: CasePlace) -> tuple[RivalElement, ...]:
    """What is told of every element, the bundle last, of a case that is not judged."""
    status, reason = BLANK_STATUS[place[0]], place[1]
    return tuple(_element(element, status, reason) for element in (*measure.elements, Element.BUNDLE))


def _with_bundle(judged: tuple[Ended, ...]) -> tuple[RivalElement, ...]:
    """What is told of every element, the bundle last."""
    elements = tuple(assessed for assessed, _ in judged)
    status, reason = bundle_status(elements)
    return (*(told for _, told in judged), _element(Element.BUNDLE, status, reason, bundle_clock(elements)))


def _ended(each: ElementAssessment, time_zero: datetime) -> Ended:
    done_at = each.finding.done_at
    minutes = None if done_at is None else minutes_after(time_zero, done_at)
    return each, _element(each.element, each.status, each.reason, each.clock, done_at, minutes)


def _rival(
    candidate: Candidate,
    at: datetime,
    found: TimeZero,
    elements: tuple[RivalElement, ...],
    before: tuple[Candidate, Rival] | None,
) -> Rival:
    """What is told of one candidate; `before`: of that rule, what was told last."""
    own, in_force = candidate.found is found.by_rule, candidate.found is found
    if before is not None and before[0] == candidate:
        rival = before[1]
        if rival.elements is elements and rival.in_force is in_force:
            return rival
        candidate = before[0]
    told_by, sentence = candidate.shown
    return built(
        Rival,
        name=candidate.name,
        title=candidate.title,
        at=at,
        own=own,
        in_force=in_force,
        evidence=told_by,
        sentence=sentence,
        elements=elements,
    )


def _element(
    element: Element,
    status: ElementStatus,
    reason: str | None,
    clock: BundleClock | None = None,
    done_at: datetime | None = None,
    minutes: float | None = None,
) -> RivalElement:
    window = None if status is ElementStatus.NOT_APPLICABLE else clock
    return built(
        RivalElement,
        element=element,
        status=status,
        reason=reason,
        due_at=window.due_at if window else None,
        closes_at=window.closes_at if window else None,
        done_at=done_at,
        minutes=minutes,
    )
