"""The first abnormal vital sign: by limits for the age on the day it was measured."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date, datetime

from schemas.clinical import Observation, Quantity
from scoring.age import birth_date, has_reached
from scoring.chart import Chart, Timed, order
from scoring.number import Criterion
from scoring.time_zero_rule import AbnormalVitals


def limits(rule: AbnormalVitals) -> Iterator[Criterion]:
    """Every limit of the rule, whatever the age."""
    yield from rule.adults
    for band in rule.children:
        yield from band.vitals


def _limits_at(rule: AbnormalVitals, born: date, on: date) -> tuple[Criterion, ...]:
    bands = (band.vitals for band in rule.children if not has_reached(band.below, born, on))
    return next(bands, rule.adults)


def _is_abnormal(entry: Timed, rule: AbnormalVitals, born: date) -> bool:
    fact = entry.fact
    if not isinstance(fact, Observation) or fact.value is None or fact.day_only:
        return False
    own = _limits_at(rule, born, entry.moment.date())
    return any(limit.quantity is fact.quantity and limit.is_met_by(fact.value) for limit in own)


def find_abnormal(
    chart: Chart, rule: AbnormalVitals, since: datetime, holds: Callable[[datetime], bool]
) -> Timed | None:
    """Find the first abnormal vital sign from an instant on, among times that `holds` lets through.

    Without a date of birth nobody can tell which limits apply, and none is abnormal.
    """
    born = birth_date(chart)
    if born is None:
        return None
    firsts = []
    for quantity in sorted(_quantities(rule)):
        shelf = chart.observations(quantity)
        first = bisect_left(shelf, since, key=lambda each: each.moment)
        found = (each for each in shelf[first:] if holds(each.moment) and _is_abnormal(each, rule, born))
        firsts += [each for each in (next(found, None),) if each is not None]
    return min(firsts, key=order, default=None)


def _quantities(rule: AbnormalVitals) -> set[Quantity]:
    return {limit.quantity for limit in limits(rule) if limit.quantity is not None}
