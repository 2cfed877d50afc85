"""What a person said of a time zero: heard before any rule, for one measure or for all; what the rule says is kept."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import TypeGuard

from schemas.clinical import Act, ActName, AnyFact
from scoring.age import birth_date
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
    """The last word of a person on the time zero of a case whose span `holds` it; None where nobody said any.

    A word that sets it before the day of birth, as that is known, is not heard.
    """
    born = birth_date(chart)
    for word in _words(chart, measure):
        if word.time_zero is not None and holds(word.time_zero) and not _is_before(word.time_zero, born):
            return word
    return None


def find_unheard(chart: Chart, measure: Measure) -> Act | None:
    """The last word for this measure, where it is not heard since it sets time zero before the day of birth."""
    word = next(_words(chart, measure), None)
    if word is None or word.time_zero is None or not _is_before(word.time_zero, birth_date(chart)):
        return None
    return word


def _words(chart: Chart, measure: Measure) -> Iterator[Act]:
    """Words for this measure or for all, the last one first."""
    said = (each.fact for each in reversed(chart.acts(ActName.TIME_ZERO_OVERRIDDEN)))
    return (fact for fact in said if overrides(fact, measure))


def _is_before(moment: datetime, born: date | None) -> bool:
    return born is not None and moment.date() < born


def words_from(chart: Chart) -> datetime:
    """The earliest time zero that a person can be taken at their word for.

    The day of birth, where that is known; and no more than the conventional lead before the stay's first event.
    """
    began = min(encounter.starts_at for encounter in chart.episode.encounters) - chart.rules.episode.lead.delta
    born = birth_date(chart)
    return began if born is None else max(began, datetime.combine(born, time.min, began.tzinfo))
