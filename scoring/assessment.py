"""How one case of one measure stands: time zero, exclusions and every element, at one moment."""

from dataclasses import dataclass, replace
from datetime import datetime

from schemas.case_record import CaseStatus
from schemas.clinical import VisitStep
from schemas.verdict import Element, ElementStatus
from scoring.bundle_clock import BundleClock, wind_clock
from scoring.chart import Chart
from scoring.coverage import find_gap
from scoring.exclusion import expired_discharges, find_drop, find_exclusion
from scoring.fact_store import FactStore
from scoring.finding import DOMAINS, FINDERS, Finding, Search, early_close
from scoring.measure import ElementRule, Measure
from scoring.time_zero import Span, TimeZero

RUNNING = frozenset({ElementStatus.OPEN, ElementStatus.DUE_SOON, ElementStatus.NOT_OPEN})
"""Statuses of an element that can still be met in time."""

BUNDLE_ORDER = (
    ElementStatus.MISSED,
    ElementStatus.OVERDUE,
    ElementStatus.DUE_SOON,
    ElementStatus.OPEN,
    ElementStatus.NOT_OPEN,
    ElementStatus.CANNOT_ASSESS,
)
"""The bundle takes the first of these that any required element has; else it is met."""


@dataclass(frozen=True, slots=True)
class ElementAssessment:
    """How one element stands.

    Attributes:
        clock: None where no window can be told.
        known_from: From when on the window could have been watched.
    """

    element: Element
    rule: ElementRule
    status: ElementStatus
    reason: str | None
    finding: Finding
    clock: BundleClock | None
    known_from: datetime | None

    @property
    def past_when_known(self) -> bool:
        """Whether the window had closed before anyone could have been told."""
        return self.clock is not None and self.known_from is not None and self.clock.closes_at <= self.known_from

    def next_change_after(self, now: datetime) -> datetime | None:
        """When a clock will change this next, should nothing else happen."""
        if self.clock is None or self.status not in {*RUNNING, ElementStatus.OVERDUE, ElementStatus.CANNOT_ASSESS}:
            return None
        return self.clock.next_change_after(now)


@dataclass(frozen=True, slots=True)
class Stop:
    """What ended the watch over a case, and when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one case of one measure stands.

    Attributes:
        case_id: The source's own number; `#2` and on after a rule-out.
        believed_since: When we first knew this time zero.
        elements: In the measure's order, without the bundle.
        judged_at: The engine's time of this judgement.
    """

    chart: Chart
    measure: Measure
    case_id: str
    status: CaseStatus
    reason: str | None
    time_zero: TimeZero
    believed_since: datetime
    elements: tuple[ElementAssessment, ...]
    stop: Stop | None
    judged_at: datetime

    @property
    def wakes_at(self) -> datetime | None:
        """When a clock will change anything here next, should nothing else happen."""
        now = self.judged_at
        moments = (
            [each.next_change_after(now) for each in self.elements] if self.status is CaseStatus.DENOMINATOR else []
        )
        if self.time_zero.lapses_at is not None and not self.time_zero.lapsed:
            moments.append(self.time_zero.lapses_at)
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _undone(search: Search, finding: Finding, clock: BundleClock) -> tuple[ElementStatus, str | None]:
    """Status of an element that was not done in its window."""
    status = ElementStatus.MISSED if finding.done_at is not None else clock.status(search.now)
    settled = status is ElementStatus.MISSED
    since = (search.since or search.chart.episode.encounters[0].starts_at) if settled else search.time_zero
    gap = find_gap(search.chart, DOMAINS[search.rule.act], since, min(clock.closes_at, search.now), search.now)
    if finding.blocked is not None and search.now >= clock.closes_at:
        return ElementStatus.CANNOT_ASSESS, finding.blocked
    if gap is not None and (settled or search.time_zero <= search.now):
        return ElementStatus.CANNOT_ASSESS, gap
    if settled and finding.doubt is not None:
        return ElementStatus.CANNOT_ASSESS, finding.doubt
    if finding.done_at is not None:
        return ElementStatus.MET_LATE, finding.reason
    return status, finding.reason


def _stand(search: Search, finding: Finding, clock: BundleClock) -> tuple[ElementStatus, str | None]:
    if not finding.applies:
        return ElementStatus.NOT_APPLICABLE, finding.reason
    if finding.waits:
        return ElementStatus.NOT_OPEN, finding.reason
    if finding.done_at is not None and search.resolution.cut(finding.done_at) < clock.closes_at:
        return ElementStatus.MET, finding.reason
    return _undone(search, finding, clock)


def _assess_element(search: Search, element: Element, believed_since: datetime) -> ElementAssessment:
    rule = search.rule
    grace = (rule.grace or search.chart.rules.charting.grace).delta

    def wind(known_from: datetime) -> BundleClock:
        return wind_clock(
            search.time_zero,
            rule.limit,
            search.resolution,
            grace=grace,
            warnings=rule.due_soon.deltas,
            known_from=known_from,
            early=early_close(search),
        )

    finding = FINDERS[rule.act](search, wind(believed_since))
    known_from = max(believed_since, finding.condition_known_at or believed_since)
    clock = wind(known_from)
    status, reason = _stand(search, finding, clock)
    assessed = ElementAssessment(element, rule, status, reason, finding, clock, known_from)
    if reason is None and status in {ElementStatus.OVERDUE, ElementStatus.MISSED} and assessed.past_when_known:
        return replace(assessed, reason="past_when_known")
    return assessed


def _blank(measure: Measure, status: ElementStatus, reason: str | None) -> tuple[ElementAssessment, ...]:
    """Elements of a case that is not judged."""
    return tuple(
        ElementAssessment(element, rule, status, reason, Finding(), None, None)
        for element, rule in measure.elements.items()
    )


def _stop(chart: Chart) -> Stop | None:
    """Death and transfer out end the alerts."""
    stops = [Stop("transferred", moment) for moment, _, _ in chart.visits(VisitStep.TRANSFERRED_OUT)]
    stops += [Stop("died", moment) for moment, _, _ in chart.visits(VisitStep.DIED)]
    stops += [Stop("died", moment) for moment, _, _ in expired_discharges(chart)]
    return min(stops, key=lambda stop: (stop.at, stop.reason), default=None)


def _place_case(chart: Chart, measure: Measure, span: Span, found: TimeZero) -> tuple[CaseStatus, str | None]:
    """Where a case with a time zero stands towards its measure."""
    if found.lapsed:
        return CaseStatus.NOT_IN_POPULATION, "not_confirmed"
    if span.until is not None:
        return CaseStatus.NOT_IN_POPULATION, "ruled_out"
    if found.at is None:
        return CaseStatus.CANNOT_ASSESS, "no_time_zero"
    dropped = find_drop(chart, measure)
    if dropped is not None:
        return CaseStatus.DROPPED, dropped
    excluded = find_exclusion(chart, measure, found.at)
    return (CaseStatus.EXCLUDED, excluded) if excluded else (CaseStatus.DENOMINATOR, None)


BLANK_STATUS = {
    CaseStatus.NOT_IN_POPULATION: ElementStatus.NOT_APPLICABLE,
    CaseStatus.DROPPED: ElementStatus.EXCLUDED,
    CaseStatus.EXCLUDED: ElementStatus.EXCLUDED,
    CaseStatus.CANNOT_ASSESS: ElementStatus.CANNOT_ASSESS,
}
"""Status of every element of a case that is not judged."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that has opened: its number, its span, its time zero, and since when we believe in it."""

    case_id: str
    span: Span
    time_zero: TimeZero
    believed_since: datetime


def assess(chart: Chart, store: FactStore, measure: Measure, opened: Opened, now: datetime) -> Assessment:
    """Judge one case at `now`."""
    status, reason = _place_case(chart, measure, opened.span, opened.time_zero)
    found = opened.time_zero
    if status is CaseStatus.DENOMINATOR and found.at is not None:
        cut = measure.resolution.cut(found.at)
        elements = tuple(
            _assess_element(Search(chart, store, rule, measure.resolution, cut, now), element, opened.believed_since)
            for element, rule in measure.elements.items()
        )
    else:
        elements = _blank(measure, BLANK_STATUS[status], reason)
    return Assessment(
        chart,
        measure,
        opened.case_id,
        status,
        reason,
        found,
        opened.believed_since,
        elements,
        _stop(chart),
        now,
    )


def required_elements(elements: tuple[ElementAssessment, ...]) -> list[ElementAssessment]:
    """The elements that the bundle asks for."""
    return [each for each in elements if each.rule.in_bundle and each.status is not ElementStatus.NOT_APPLICABLE]


def bundle_clock(elements: tuple[ElementAssessment, ...]) -> BundleClock | None:
    """The bundle's clock: that of the required element due next; once none is running, of the one due last."""
    clocks = [(each.status in RUNNING, each.clock) for each in required_elements(elements)]
    running = [clock for runs, clock in clocks if runs and clock is not None]
    if running:
        return min(running, key=lambda clock: clock.due_at)
    return max((clock for _, clock in clocks if clock is not None), key=lambda clock: clock.settles_at, default=None)


def bundle_status(elements: tuple[ElementAssessment, ...]) -> tuple[ElementStatus, str | None]:
    """How the bundle stands; a late element counts as missed."""
    required = required_elements(elements)
    statuses = {ElementStatus.MISSED if each.status is ElementStatus.MET_LATE else each.status for each in required}
    for status in BUNDLE_ORDER:
        if status in statuses:
            decisive = next(each for each in required if each.status in {status, ElementStatus.MET_LATE})
            return status, decisive.element if status in {ElementStatus.MISSED, ElementStatus.CANNOT_ASSESS} else None
    return (ElementStatus.MET, None) if required else (ElementStatus.NOT_APPLICABLE, None)
