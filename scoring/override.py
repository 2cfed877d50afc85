"""What a person said of a time zero: heard before any rule, for one measure or for all; what the rule says is kept."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeGuard

from schemas.clinical import Act, ActName, AnyFact
from scoring.chart import Chart
from scoring.measure import Measure

OVERRIDDEN = "overridden"
"""What stands as the rule of a case whose time zero a person has said."""


def overrides(fact: AnyFact, measure: Measure) -> TypeGuard[Act]:
    """Whether the fact says a time zero for this measure, or for all."""
    if not isinstance(fact, Act) or not fact.is_word:
        return False
    return fact.time_zero is not None and fact.measure in {None, measure.identifier}


def find_override(chart: Chart, measure: Measure, holds: Callable[[datetime], bool]) -> Act | None:
    """The last word of a person on the time zero of a case whose span `holds` it; None where nobody said any."""
    for _, _, fact in reversed(chart.acts(ActName.TIME_ZERO_OVERRIDDEN)):
        if overrides(fact, measure) and fact.time_zero is not None and holds(fact.time_zero):
            return fact
    return None
