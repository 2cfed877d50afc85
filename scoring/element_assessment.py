"""How one element of one case stands at one moment."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from schemas.clinical import AnyFact
from schemas.verdict import Element, ElementStatus
from scoring.bundle_clock import BundleClock, wind_clock
from scoring.case_view import CaseView
from scoring.circulation import Circulation, Sign, find_start
from scoring.coverage import find_gap
from scoring.element_rule import CountsFrom, Death, ElementRule
from scoring.exclusion import LeftOut, find_left_out
from scoring.finders import DOMAINS, TIMES, early_close, find_act
from scoring.finding import Finding, Search
from scoring.outcome import judge_outcome

RUNNING = frozenset({ElementStatus.OPEN, ElementStatus.DUE_SOON, ElementStatus.NOT_OPEN})
"""Statuses of an element that can still be met in time."""

NOT_INDICATED = "not_indicated"
"""Nothing that the element waits for holds."""


_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ElementAssessment:
    """How one element stands.

    Attributes:
        clock: None where no window can be told.
        known_from: From when on the window could have been watched.
        start: From when its window counts, where that is not time zero.
    """

    element: Element
    rule: ElementRule
    status: ElementStatus
    reason: str | None
    finding: Finding
    clock: BundleClock | None
    known_from: datetime | None
    start: Sign | None = None

    @property
    def past_when_known(self) -> bool:
        """Whether the window had closed before anyone could have been told."""
        return self.clock is not None and self.known_from is not None and self.clock.closes_at <= self.known_from

    @property
    def pushable(self) -> bool:
        """Whether a missed window is worth a word: the bundle asks for it, it had a limit, and it could be watched."""
        return self.rule.in_bundle and self.rule.limit is not None and not self.past_when_known

    def next_change_after(self, now: datetime) -> datetime | None:
        """When a clock will change this next, should nothing else happen."""
        if self.clock is None or self.status not in {*RUNNING, ElementStatus.OVERDUE, ElementStatus.CANNOT_ASSESS}:
            return None
        return self.clock.next_change_after(now)


def blank(
    element: Element, rule: ElementRule, status: ElementStatus, reason: str | None, facts: tuple[AnyFact, ...] = ()
) -> ElementAssessment:
    """An element that is not judged; `facts`: those that decided so."""
    return ElementAssessment(element, rule, status, reason, Finding(facts=facts), None, None)


def _undone(search: Search[Any], finding: Finding, clock: BundleClock) -> tuple[ElementStatus, str | None]:
    """Status of an element that was not done in its window."""
    view = search.view
    status = ElementStatus.MISSED if finding.done_at is not None else clock.status(view.now)
    settled = status is ElementStatus.MISSED
    gap = _gap(search, clock, settled=settled)
    if finding.blocked is not None and view.now >= clock.closes_at:
        return ElementStatus.CANNOT_ASSESS, finding.blocked
    if gap is not None and (settled or search.start <= view.now):
        return ElementStatus.CANNOT_ASSESS, gap
    if settled and finding.doubt is not None:
        return ElementStatus.CANNOT_ASSESS, finding.doubt
    if finding.done_at is not None:
        return ElementStatus.MET_LATE, finding.reason
    return status, finding.reason


def _gap(search: Search[Any], clock: BundleClock, *, settled: bool) -> str | None:
    """Why the act may have gone unseen; once settled, the look-back must be covered too."""
    view, rule = search.view, search.rule
    since = (search.since or view.chart.episode.encounters[0].starts_at) if settled else search.start
    until = min(clock.closes_at, view.now)
    return find_gap(view.chart, DOMAINS[rule.act], since, until, view.now, TIMES.get((rule.act, rule.clocked)))


def _stand(search: Search[Any], finding: Finding, clock: BundleClock) -> tuple[ElementStatus, str | None]:
    if not finding.applies:
        return ElementStatus.NOT_APPLICABLE, finding.reason
    if finding.waits:
        return ElementStatus.NOT_OPEN, finding.reason
    if finding.done_at is not None and search.view.cut(finding.done_at) < clock.closes_at:
        return ElementStatus.MET, finding.reason
    return _undone(search, finding, clock)


def _wind(search: Search[Any], known_from: datetime) -> BundleClock:
    """The element's clock; without a limit its window lasts until the stay ends."""
    rule, view = search.rule, search.view
    grace = (rule.grace or view.chart.rules.charting.grace).delta
    if rule.limit is None:
        ends = view.chart.ends()
        if not ends:
            return BundleClock(_FOREVER, _FOREVER, _FOREVER, _FOREVER, ())
        due_at = view.cut(ends[-1].moment)
        closes_at = due_at + view.measure.resolution.unit
        return BundleClock(search.start, due_at, closes_at, closes_at + grace, ())
    return wind_clock(
        search.start,
        rule.limit,
        view.measure.resolution,
        grace=grace,
        warnings=rule.due_soon.deltas if rule.due_soon else (),
        known_from=known_from,
        early=early_close(search),
    )


def _find_switch(circulation: Circulation, rule: ElementRule) -> tuple[Sign | None, str | None]:
    """What switches an element on, the sign known first; else why it is not asked for, or why nobody can tell."""
    signs = [circulation.signs[each] for each in rule.applies_when if each in circulation.signs]
    if signs:
        return min(signs, key=lambda sign: sign.known_at), None
    untold = [circulation.untold[each] for each in rule.applies_when if each in circulation.untold]
    return None, next(iter(untold), NOT_INDICATED)


def _left_out_of_shock(view: CaseView, rule: ElementRule, start: Sign) -> LeftOut | None:
    """Why septic shock's own exclusions leave out an element that counts from it."""
    shock = view.measure.shock
    if shock is None or rule.counts_from is not CountsFrom.SEPTIC_SHOCK:
        return None
    return find_left_out(view.chart, view.measure, shock.exclusions, start.at)


def assess_element(
    view: CaseView, circulation: Circulation, element: Element, believed_since: datetime
) -> ElementAssessment:
    """Judge one element of a case; `believed_since`: since when its time zero has been known."""
    rule = view.measure.elements[element]
    if isinstance(rule, Death):
        outcome = judge_outcome(view, rule)
        return ElementAssessment(element, rule, outcome.status, outcome.reason, outcome.finding, outcome.clock, None)
    switch, off = _find_switch(circulation, rule) if rule.applies_when else (None, None)
    if off is not None:
        told = ElementStatus.NOT_APPLICABLE if off == NOT_INDICATED else ElementStatus.CANNOT_ASSESS
        return blank(element, rule, told, off)
    start = find_start(view, circulation, rule.counts_from)
    if start is None:
        missing = rule.counts_from is CountsFrom.INITIAL_LACTATE
        return blank(element, rule, ElementStatus.NOT_APPLICABLE, "no_initial_lactate" if missing else NOT_INDICATED)
    left_out = _left_out_of_shock(view, rule, start)
    if left_out is not None:
        return blank(element, rule, ElementStatus.EXCLUDED, left_out.reason, left_out.facts)
    known = [sign.known_at for sign in (switch, start) if sign is not None and sign.facts]
    assessed = _assess_window(Search(view, rule, view.cut(start.at)), element, max([believed_since, *known]))
    return replace(assessed, start=start) if start.facts else assessed


def _assess_window(search: Search[Any], element: Element, known_from: datetime) -> ElementAssessment:
    finding = find_act(search, _wind(search, known_from))
    known_from = max(known_from, finding.condition_known_at or known_from)
    clock = _wind(search, known_from)
    if search.rule.limit is None and not search.view.chart.ends():
        return _open_ended(search, element, finding)
    status, reason = _stand(search, finding, clock)
    assessed = ElementAssessment(element, search.rule, status, reason, finding, clock, known_from)
    if reason is None and status in {ElementStatus.OVERDUE, ElementStatus.MISSED} and assessed.past_when_known:
        return replace(assessed, reason="past_when_known")
    return assessed


def _open_ended(search: Search[Any], element: Element, finding: Finding) -> ElementAssessment:
    """While the stay goes on, a window without a limit has no end that could be counted down to."""
    status = ElementStatus.OPEN if finding.done_at is None else ElementStatus.MET
    return ElementAssessment(element, search.rule, status, finding.reason, finding, None, None)
