"""Outcomes: what became of the patient. Nobody is asked to do it, no charting is waited for, no alert tells of it."""

from dataclasses import dataclass
from datetime import datetime

from schemas.verdict import ElementStatus
from scoring.bundle_clock import BundleClock
from scoring.case_view import CaseView
from scoring.chart import Timed
from scoring.element_rule import Death
from scoring.exclusion import deaths, is_expired
from scoring.finding import Finding
from scoring.number import Comparison

LEFT_ALIVE = "left_alive"
"""The patient left the hospital alive before the limit: what became of it later is not known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an outcome stands; `clock` is None where it is told by the end of the stay alone."""

    status: ElementStatus
    reason: str | None
    finding: Finding
    clock: BundleClock | None


def _left_alive(view: CaseView) -> datetime | None:
    """When the stay ended otherwise than by death; None where it has not."""
    ends = [end for end in view.chart.ends() if not is_expired(end.fact, view.chart)]
    alive = [end.moment for end in ends if end not in deaths(view.chart)]
    return alive[-1] if alive else None


def _clock(view: CaseView, rule: Death) -> BundleClock | None:
    """Closes with the limit; nothing settles later, since death is not charted late by hours."""
    if rule.limit is None:
        return None
    due_at = view.time_zero + rule.limit.delta
    slack = view.measure.resolution.unit if rule.limit.comparison is Comparison.AT_MOST else due_at - due_at
    return BundleClock(due_at, due_at, due_at + slack, due_at + slack, ())


def _died_in_time(view: CaseView, death: Timed, clock: BundleClock | None) -> bool:
    if clock is not None:
        return view.cut(death.moment) < clock.closes_at
    left = _left_alive(view)
    return left is None or death.moment <= left


def _undecided(view: CaseView, clock: BundleClock | None) -> tuple[ElementStatus, str | None]:
    """How it stands while no death is charted."""
    left = _left_alive(view)
    if clock is None:
        return (ElementStatus.OPEN, None) if left is None else (ElementStatus.MISSED, LEFT_ALIVE)
    if left is not None and view.cut(left) < clock.closes_at:
        return ElementStatus.CANNOT_ASSESS, LEFT_ALIVE
    return (ElementStatus.MISSED if view.now >= clock.closes_at else ElementStatus.OPEN), None


def judge_outcome(view: CaseView, rule: Death) -> Outcome:
    """Judge an outcome: `met` where the patient died within the limit, or in the stay."""
    clock = _clock(view, rule)
    for death in deaths(view.chart)[:1]:
        finding = Finding(death.moment, (death.fact,), view.known_at(death.fact))
        if _died_in_time(view, death, clock):
            return Outcome(ElementStatus.MET, None, finding, clock)
        return Outcome(ElementStatus.MISSED, "died_later", finding, clock)
    status, reason = _undecided(view, clock)
    return Outcome(status, reason, Finding(), clock)
