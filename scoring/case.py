"""The cases of a patient: each episode, each measure, each stretch between rule-outs."""

from collections.abc import Callable
from datetime import datetime

from scoring.assessment import Assessment, Opened, assess
from scoring.belief import find_belief
from scoring.chart import Chart
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.span import Span, spans
from scoring.time_zero import TimeZero, find_time_zero

Believe = Callable[[str, Span, TimeZero], datetime]
"""Tells since when a case's time zero has been believed: case id, span, time zero."""


def find_cases(
    chart: Chart, store: FactStore, measure: Measure, now: datetime, believe: Believe
) -> tuple[Assessment, ...]:
    """Judge every case of one episode under one measure at `now`, in time order.

    The first case has the episode's own number, later ones `#2` and on.
    """
    cases: list[Assessment] = []
    for span in spans(chart):
        found = find_time_zero(chart, store, measure, span, now)
        if found is None:
            continue
        number = len(cases) + 1
        case_id = chart.episode.case_id if number == 1 else f"{chart.episode.case_id}#{number}"
        opened = Opened(case_id, span, found, believe(case_id, span, found))
        cases.append(assess(chart, store, measure, opened, now))
    return tuple(cases)


def belief_from_facts(chart: Chart, store: FactStore, measure: Measure, now: datetime) -> Believe:
    """Beliefs by the facts alone, whatever was processed when."""
    return lambda _case_id, span, found: find_belief(chart, store, measure, span, found, now)
