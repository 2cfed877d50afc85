"""Since when we have believed in a time zero: a question to the facts and their `received_at` alone.

What had closed before anyone could know of it must not be pushed, so every case carries
the moment from which its present time zero was known. In-order arrival keeps it up to date
for nothing (`keep_belief`); after a late arrival it is found anew (`find_belief`), and both agree.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.clinical import AnyFact, Culture, DrugClass, Medication, Observation
from scoring.act_time import act_time
from scoring.assessment import Belief
from scoring.chart import Chart
from scoring.fact_store import FactStore
from scoring.interest import moves_time_zero
from scoring.measure import Measure, SevereSepsisCriteria
from scoring.time_zero import Span, TimeZero, find_time_zero


def _is_infection_sign(fact: AnyFact) -> bool:
    return isinstance(fact, Culture) or (isinstance(fact, Medication) and fact.drug_class is DrugClass.ANTIBACTERIAL)


def could_matter(fact: AnyFact, measure: Measure, time_zero: TimeZero) -> bool:
    """Whether a version may have had a say in whether `time_zero` held.

    An observation after a time zero cannot have: the last of the criteria gives the time.
    """
    if not moves_time_zero(measure, fact):
        return False
    moment = act_time(fact)
    return not (isinstance(fact, Observation) and time_zero.at is not None and moment is not None and moment > time_zero.at)


def _moments(versions: Iterable[AnyFact], measure: Measure, now: datetime) -> list[datetime]:
    """Every instant at which the belief may have changed: receipts, and lapses of what was provisional."""
    moments = set()
    for version in versions:
        moments.add(version.received_at)
        done = act_time(version)
        if isinstance(measure.time_zero, SevereSepsisCriteria) and done is not None and _is_infection_sign(version):
            moments.add(done + measure.time_zero.unconfirmed_for.delta)
    return sorted(moment for moment in moments if moment <= now)


def _chart_known_at(chart: Chart, versions: list[AnyFact], moment: datetime) -> Chart:
    known = FactStore()
    for version in versions:
        if version.received_at <= moment:
            known.versions[version.fact_id] = (*known.versions.get(version.fact_id, ()), version)
    drawn = Chart(chart.episode, chart.rules)
    for fact in known.winners():
        drawn.put(fact)
    return drawn


def find_belief(
    chart: Chart, store: FactStore, measure: Measure, span: Span, time_zero: TimeZero, now: datetime
) -> Belief:
    """Find since when `time_zero`, which holds now, has been believed, by what was received when."""
    versions = [
        version
        for fact_id in sorted(chart.fact_ids)
        for version in store.versions[fact_id]
        if could_matter(version, measure, time_zero)
    ]
    opened_at: datetime | None = None
    since: datetime | None = None
    for moment in _moments(versions, measure, now):
        found = find_time_zero(_chart_known_at(chart, versions, moment), measure, span, moment)
        if found is not None and opened_at is None:
            opened_at = moment
        if found is None or found.at != time_zero.at:
            since = None
        elif since is None:
            since = moment
    return Belief(opened_at or now, since or now)


def keep_belief(earlier: Belief | None, *, moved: bool, now: datetime) -> Belief:
    """Carry a belief on over an event that came in order."""
    if earlier is None:
        return Belief(now, now)
    return Belief(earlier.opened_at, now) if moved else earlier
