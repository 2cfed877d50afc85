"""Since when we have believed in a time zero: a question to the facts and their `received_at` alone.

What had closed before anyone could know of it must not be pushed, so every case carries
the moment from which its present time zero was known. In-order arrival keeps it up to date
for nothing (`scoring.review`); after a late arrival it is found anew (`find_belief`), and both agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.clinical import AnyFact, Culture, DrugClass, Medication, Observation, Patient
from scoring.act_time import act_time
from scoring.chart import Chart
from scoring.fact_store import FactStore
from scoring.interest import movable_until, moves_time_zero
from scoring.measure import Measure
from scoring.span import Span, spans
from scoring.time_zero import TimeZero, find_time_zero
from scoring.time_zero_rule import SevereSepsisCriteria, infection_rule


def _is_infection_sign(fact: AnyFact) -> bool:
    return isinstance(fact, Culture) or (isinstance(fact, Medication) and fact.drug_class is DrugClass.ANTIBACTERIAL)


def could_matter(fact: AnyFact, measure: Measure, time_zero: TimeZero, chart: Chart) -> bool:
    """Whether a version may have had a say in whether `time_zero` held.

    An observation long after a time zero by severe sepsis criteria cannot have (`movable_until`), since the last of the
    criteria gives the time; unless that was provisional, where a confirmed one goes before it at whatever time,
    and was amended away since. Nor can a culture or antibiotic so long after it that it
    confirms nothing of then. Where a person said the time, whatever moves what the rule says may have.
    """
    if isinstance(fact, Patient):
        # A person's word is heard or not by the date of birth.
        return True
    if not moves_time_zero(measure, fact):
        return False
    rule, moment = measure.time_zero, act_time(fact)
    is_said = time_zero.computed is not None
    if is_said or time_zero.at is None or moment is None or not isinstance(rule, SevereSepsisCriteria):
        return True
    if isinstance(fact, Observation):
        return moment <= movable_until(measure, time_zero.at) or (time_zero.lapses_at is not None and chart.amended)
    if _is_infection_sign(fact):
        return moment - time_zero.at <= rule.antibiotic_after_culture.delta
    return True


def _moments(versions: Iterable[AnyFact], measure: Measure, now: datetime) -> list[datetime]:
    """Every instant at which the belief may have changed: receipts, and lapses of what was provisional."""
    moments, rule = set(), infection_rule(measure.time_zero)
    for version in versions:
        moments.add(version.received_at)
        done = act_time(version)
        if rule is not None and done is not None and _is_infection_sign(version):
            moments.add(done + rule.unconfirmed_for.delta)
    return sorted(moment for moment in moments if moment <= now)


@dataclass(slots=True)
class _Memory:
    """A chart that learns what was received, moment by moment."""

    chart: Chart
    store: FactStore
    pending: list[AnyFact]
    """Versions not learned yet, the one received last first."""
    held: dict[str, AnyFact] = field(default_factory=dict)

    def learn_until(self, moment: datetime) -> None:
        """Learn what was received up to and including `moment`."""
        while self.pending and self.pending[-1].received_at <= moment:
            self._learn(self.pending.pop().fact_id, moment)

    def _learn(self, fact_id: str, moment: datetime) -> None:
        held = self.held.pop(fact_id, None)
        if held is not None:
            self.chart.take(held)
        known = [version for version in self.store.versions[fact_id] if version.received_at <= moment]
        if not known[-1].retracted:
            self.chart.put(known[-1])
            self.held[fact_id] = known[-1]


def _find_then(memory: _Memory, measure: Measure, span: Span, moment: datetime) -> TimeZero | None:
    """The time zero, as then known, of the case that begins where `span` does; None where there was no such case."""
    then = next((each for each in spans(memory.chart) if each.after == span.after), None)
    return None if then is None else find_time_zero(memory.chart, memory.store, measure, then, moment)


def _who(store: FactStore) -> list[str]:
    """Facts of who the patient is; every chart has them."""
    return [fact_id for fact_id, versions in store.versions.items() if isinstance(versions[-1], Patient)]


def find_belief(
    chart: Chart, store: FactStore, measure: Measure, span: Span, time_zero: TimeZero, now: datetime
) -> datetime:
    """Find since when `time_zero`, which holds now, has been believed, by what was received when."""
    told = (store.versions[fact_id] for fact_id in (*chart.fact_ids, *_who(store)))
    # A version that says nothing may take back one that did: of a fact that ever mattered, all of them are asked.
    mattered = (each for each in told if any(could_matter(version, measure, time_zero, chart) for version in each))
    versions = [version for each in mattered for version in each]
    versions.sort(key=lambda version: (version.received_at, version.event_id), reverse=True)
    memory = _Memory(Chart(chart.episode, chart.rules, chart.profiles), store, versions)
    since: datetime | None = None
    for moment in _moments(tuple(versions), measure, now):
        memory.learn_until(moment)
        found = _find_then(memory, measure, span, moment)
        if found is None or found.at != time_zero.at:
            since = None
        elif since is None:
            since = moment
    return since or now
