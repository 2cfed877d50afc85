"""One case as its clocks and elements look at it: the chart, the measure, time zero and the hour."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from schemas.clinical import ActName, AnyFact, Medication, Observation, Quantity
from scoring.act_time import act_time
from scoring.chart import Chart, Timed
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.span import Span


@dataclass(frozen=True, slots=True)
class CaseView:
    """What clocks and elements of one case are judged by.

    Attributes:
        span: The stretch of the stay, between rule-outs, that is this case's.
        time_zero: Cut to the measure's resolution.
        now: Engine time; an element that waits for something gives up with its window.
    """

    chart: Chart
    store: FactStore
    measure: Measure
    span: Span
    time_zero: datetime
    now: datetime

    def cut(self, moment: datetime) -> datetime:
        """Cut down to the measure's resolution."""
        return self.measure.resolution.cut(moment)

    def acts(self, act: ActName) -> list[Timed]:
        """Acts of one name that belong to this case: before a rule-out they belong to the case before."""
        return [each for each in self.chart.acts(act) if self.span.holds(each.moment)]

    def known_at(self, fact: AnyFact, said: Callable[[AnyFact], object] = act_time) -> datetime:
        """When we first received what the fact says: of its time, unless something else is asked about."""
        return self.store.known_at(fact, said)

    def all_known_at(self, facts: tuple[AnyFact, ...], said: Callable[[AnyFact], object] = act_time) -> datetime:
        """When what the last of some facts says was first received."""
        return max(self.known_at(fact, said) for fact in facts)

    def observed(
        self, quantity: Quantity, since: datetime | None = None, until: datetime | None = None
    ) -> list[Observation]:
        """Results of a quantity that have a value, by collection, from an instant (cut) to another, both included."""
        return [
            fact
            for fact in _between(self, self.chart.observations(quantity), since, until)
            if isinstance(fact, Observation) and fact.value is not None
        ]

    def given(self, entries: list[Timed], since: datetime | None = None) -> list[Medication]:
        """Medications of a list whose minute is known, by start, from an instant (cut) on."""
        found = _between(self, entries, since, None)
        return [fact for fact in found if isinstance(fact, Medication) and not fact.day_only]


def _between(view: CaseView, entries: list[Timed], since: datetime | None, until: datetime | None) -> list[AnyFact]:
    """Entries stand in time order, and intensive care has thousands: the ends are searched for, not walked to."""

    def cut(entry: Timed) -> datetime:
        return view.cut(entry.moment)

    first = 0 if since is None else bisect_left(entries, since, key=cut)
    last = len(entries) if until is None else bisect_right(entries, until, key=cut)
    return [each.fact for each in entries[first:last]]
