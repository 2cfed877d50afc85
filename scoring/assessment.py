"""How one case of one measure stands: time zero, exclusions and every element, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from schemas.case_record import CaseStatus
from schemas.clinical import VisitStep
from schemas.verdict import ElementStatus
from scoring.bundle_clock import BundleClock
from scoring.case_view import CaseView
from scoring.chart import Chart
from scoring.circulation import find_circulation
from scoring.element_assessment import RUNNING, ElementAssessment, assess_element, blank
from scoring.exclusion import expired_discharges, find_drop, find_exclusion
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.population import Candidate, find_membership
from scoring.span import Span
from scoring.time_zero import TimeZero

CasePlace = tuple[CaseStatus, str | None]
"""Where a case stands towards its measure, and why."""

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
class Stop:
    """What ended the watch over a case, and when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one case of one measure stands.

    Attributes:
        case_id: The source's own number; `#2` and on after a rule-out.
        span: The stretch of the stay, between rule-outs, that is this case's.
        believed_since: When we first knew this time zero.
        elements: In the measure's order, without the bundle.
        judged_at: The engine's time of this judgement.
        strata: The groups of the measure that the case is reported in.
    """

    chart: Chart
    measure: Measure
    case_id: str
    span: Span
    status: CaseStatus
    reason: str | None
    time_zero: TimeZero
    believed_since: datetime
    elements: tuple[ElementAssessment, ...]
    stop: Stop | None
    judged_at: datetime
    strata: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Case id and measure."""
        return self.case_id, self.measure.identifier

    @property
    def encounter_id(self) -> str:
        """The encounter that its time zero falls in."""
        return self.chart.episode.encounter_id_at(self.time_zero.at or self.believed_since)

    @property
    def wakes_at(self) -> datetime | None:
        """When a clock will change anything here next, should nothing else happen."""
        now = self.judged_at
        moments = (*(each.next_change_after(now) for each in self.elements), self.time_zero.lapses_at)
        return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _stop(chart: Chart) -> Stop | None:
    """Death and transfer out end the alerts."""
    stops = [Stop("transferred", moment) for moment, _, _ in chart.visits(VisitStep.TRANSFERRED_OUT)]
    stops += [Stop("died", moment) for moment, _, _ in chart.visits(VisitStep.DIED)]
    stops += [Stop("died", moment) for moment, _, _ in expired_discharges(chart)]
    return min(stops, key=lambda stop: (stop.at, stop.reason), default=None)


def place_case(opened: "Opened", chart: Chart, measure: Measure, outside: str | None) -> CasePlace:
    """Where a case stands towards its measure; `outside`: why it is not in the population."""
    found = opened.time_zero
    if found.lapsed:
        return CaseStatus.NOT_IN_POPULATION, "not_confirmed"
    if opened.span.until is not None:
        return CaseStatus.NOT_IN_POPULATION, "ruled_out"
    dropped = find_drop(chart, measure)
    if dropped is not None:
        return CaseStatus.DROPPED, dropped
    if outside is not None:
        return CaseStatus.NOT_IN_POPULATION, outside
    excluded = find_exclusion(chart, measure, found.at)
    if excluded is not None:
        return CaseStatus.EXCLUDED, excluded.reason
    return (CaseStatus.DENOMINATOR, None) if found.at is not None else (CaseStatus.CANNOT_ASSESS, "no_time_zero")


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


def _blanks(
    place: CasePlace, chart: Chart, measure: Measure, time_zero: datetime | None
) -> tuple[ElementAssessment, ...]:
    """Every element of a case that is not judged, with the facts by which an exclusion leaves it out."""
    status, reason = place
    left_out = find_exclusion(chart, measure, time_zero) if status is CaseStatus.EXCLUDED else None
    facts = () if left_out is None else left_out.facts
    return tuple(blank(name, rule, BLANK_STATUS[status], reason, facts) for name, rule in measure.elements.items())


def _strata(chart: Chart, measure: Measure) -> tuple[str, ...]:
    """The measure's groups that name the gravest act charted."""
    charted = (act for group in measure.strata for act in group.acts if chart.acts(act))
    gravest = next(charted, None)
    return tuple(group.name for group in measure.strata if gravest in group.acts)


def assess(chart: Chart, store: FactStore, measure: Measure, opened: Opened, now: datetime) -> Assessment:
    """Judge one case at `now`."""
    found, span = opened.time_zero, opened.span
    view = None if found.at is None else CaseView(chart, store, measure, span, measure.resolution.cut(found.at), now)
    circulation = None if view is None else find_circulation(view)
    membership = find_membership(Candidate(chart, store, measure, span, circulation))
    place = place_case(opened, chart, measure, membership.outside)
    if view is None or circulation is None or place[0] is not CaseStatus.DENOMINATOR:
        elements = _blanks(place, chart, measure, found.at)
    else:
        known_since = max(opened.believed_since, membership.known_at or opened.believed_since)
        elements = tuple(assess_element(view, circulation, element, known_since) for element in measure.elements)
    return Assessment(
        chart=chart,
        measure=measure,
        case_id=opened.case_id,
        span=span,
        status=place[0],
        reason=place[1],
        time_zero=found,
        believed_since=opened.believed_since,
        elements=elements,
        stop=_stop(chart),
        judged_at=now,
        strata=_strata(chart, measure),
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
