"""The initial lactate: the one that a measure clocks, and by which it asks for more."""

from datetime import datetime
from math import inf

from schemas.clinical import Observation, Quantity
from scoring.case_view import CaseView
from scoring.chart import Timed


def lactates_since(view: CaseView) -> datetime | None:
    """The first instant at which a lactate may be the initial one; None where there is no lower bound."""
    rule = view.measure.initial_lactate
    return None if rule is None or rule.look_back is None else view.time_zero - rule.look_back.delta


def find_initial_lactate(view: CaseView) -> Observation | None:
    """The lactate that `[initial_lactate]` of the measure chooses; None where none is drawn, or none is asked for."""
    rule = view.measure.initial_lactate
    if rule is None:
        return None
    since = lactates_since(view)
    drawn = [
        each
        for each in view.chart.observations(Quantity.LACTATE)
        if not each.fact.day_only and (since is None or view.cut(each.moment) >= since)
    ]
    before = [each for each in drawn if view.cut(each.moment) <= view.time_zero]
    if before and rule.which == "highest_before_else_first":
        return _observation(max(before, key=_height))
    return _observation(drawn[0]) if drawn else None


def _height(entry: Timed) -> tuple[float, float, str]:
    """Higher first; of equals the earlier one."""
    value = entry.fact.value if isinstance(entry.fact, Observation) else None
    return -inf if value is None else value, -entry.moment.timestamp(), entry.event_id


def _observation(entry: Timed) -> Observation | None:
    return entry.fact if isinstance(entry.fact, Observation) else None
