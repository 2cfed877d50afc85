"""Who belongs to a measure's population, and since when that has been known."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from schemas.clinical import VisitStep
from scoring.act_time import act_time
from scoring.chart import Chart
from scoring.circulation import Circulation
from scoring.exclusion_rule import EmergencyPopulation, Population, ShockPopulation
from scoring.fact_store import FactStore
from scoring.measure import Measure
from scoring.span import Span


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a case belongs to a population.

    Attributes:
        outside: Why it does not; None where it does.
        known_at: Since when it has been known to belong; None where nothing had to be known for it.
    """

    outside: str | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may belong to a population.

    Attributes:
        circulation: None where it has no time zero, so that nobody can tell whether there was septic shock.
    """

    chart: Chart
    store: FactStore
    measure: Measure
    span: Span
    circulation: Circulation | None

    def belongs_since(self, rule: EmergencyPopulation) -> datetime | None:
        """Since when an act of this case has been known to lie in the emergency department; None where none does."""
        known = [
            self.store.known_at(act.fact, act_time)
            for act in self.chart.acts(rule.act)
            if self.span.holds(act.moment) and self.chart.in_emergency_department(act.moment, self.measure.resolution)
        ]
        contacts = self.chart.visits(VisitStep.ARRIVED, VisitStep.TRIAGED)
        entered = [self.store.known_at(contact.fact, act_time) for contact in contacts]
        return max(min(known), min(entered)) if known else None


def _membership(candidate: Candidate, rule: Population) -> Membership:
    match rule:
        case ShockPopulation():
            if candidate.circulation is None:
                return Membership()
            shock = candidate.circulation.shock
            return Membership(rule.reason) if shock is None else Membership(known_at=shock.known_at)
        case EmergencyPopulation():
            since = candidate.belongs_since(rule)
            return Membership(rule.reason) if since is None else Membership(known_at=since)
        case _:
            assert_never(rule)


def find_membership(candidate: Candidate) -> Membership:
    """Ask every rule of the population; the first that does not hold says why, the last known says since when."""
    found = [_membership(candidate, rule) for rule in candidate.measure.population]
    outside = next((each.outside for each in found if each.outside is not None), None)
    known = [each.known_at for each in found if each.known_at is not None]
    return Membership(outside, max(known, default=None))
