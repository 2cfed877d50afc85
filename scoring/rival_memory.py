"""What was worked out of the rules of the catalogue for one stay, kept until a fact may have a say in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from operator import is_

from schemas.clinical import AnyFact, Culture, DrugClass, Medication, Observation, Quantity
from schemas.rival import Rival, RivalElement
from schemas.verdict import Evidence
from scoring.assessment import CasePlace
from scoring.catalogue import NamedRule
from scoring.chart import Chart
from scoring.circulation import Circulation
from scoring.element_assessment import ElementAssessment
from scoring.element_interest import Kind, kind_of
from scoring.fact_store import FactStore
from scoring.interest import comes_too_late, is_beside_case, is_beside_infection, moves_time_zero, shock_until
from scoring.record import distinct, evidence
from scoring.rules import Rules
from scoring.sentence import dated_sentence
from scoring.span import Span
from scoring.time_zero import TimeZero, find_rival, find_severe_sepsis
from scoring.time_zero_rule import SepticShock

THE_END = datetime.max.replace(tzinfo=UTC)
"""When nothing more will be charted."""


@dataclass(frozen=True)
class Candidate:
    """A time zero that a case could have, and the rule that gives it."""

    name: str
    title: str
    found: TimeZero

    @cached_property
    def shown(self) -> tuple[tuple[Evidence, ...], str]:
        """The evidence, and one sentence."""
        return distinct(tuple(evidence(fact) for fact in self.found.facts)), dated_sentence(self.found)


Ended = tuple[ElementAssessment, RivalElement]
"""How an element would end, and what is told of it."""
Lined = tuple[Candidate, ...]
Start = tuple[Span, datetime]
"""A stretch of the stay, and a time zero in it, cut to the measure's resolution."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a time zero means for every element of a measure, the bundle last, and what that was put together from."""

    place: CasePlace
    judged: tuple[Ended, ...]
    told: tuple[RivalElement, ...]

    def is_of(self, place: CasePlace, judged: tuple[Ended, ...]) -> bool:
        """Whether it was put together from just this."""
        return place == self.place and all(map(is_, judged, self.judged))


@dataclass(slots=True)
class RivalMemory:
    """What was worked out of one stay, kept until a fact may have a say in it.

    Attributes:
        said: By stretch of the stay and name of the rule; None where it gives no time there.
        told: By measure and case, the candidates and what was told of them.
        fresh: Of what measures no fact has come since that may make `told` otherwise.
        elements: By what an element asks, and the start it counts from, how it would end.
        circulations: By what a measure asks of blood pressure and shock, and the start.
        places: By measure and start, where the case would stand.
        meanings: By measure and start, what was told last.
        severe: By stretch of the stay and name of a rule of septic shock, the severe sepsis it was last asked about.
        news: The kinds of facts that have come since all this was worked out; None among them: any.
    """

    rules: tuple[NamedRule, ...]
    said: dict[Span, dict[str, Candidate | None]] = field(default_factory=dict)
    told: dict[tuple[str, str], tuple[Lined, tuple[Rival, ...]]] = field(default_factory=dict)
    fresh: set[tuple[str, str]] = field(default_factory=set)
    elements: dict[str, dict[Start, Ended]] = field(default_factory=dict)
    circulations: dict[str, dict[Start, Circulation]] = field(default_factory=dict)
    places: dict[tuple[str, Span, datetime | None, str | None], CasePlace] = field(default_factory=dict)
    meanings: dict[tuple[str, Start], Meaning] = field(default_factory=dict)
    severe: dict[tuple[Span, str], TimeZero | None] = field(default_factory=dict)
    news: set[Kind | None] = field(default_factory=set)

    def refresh(self, rules: Rules) -> None:
        """Forget what the latest facts may have made otherwise; done only once somebody asks."""
        kinds = [kind for kind in self.news if kind is not None]
        if len(kinds) < len(self.news):
            self.fresh.clear()
            self.elements.clear()
            self.circulations.clear()
            self.places.clear()
        else:
            for kind in kinds:
                self._forget(kind, rules)
        self.news.clear()

    def _forget(self, kind: Kind, rules: Rules) -> None:
        hearers = {measure.identifier for measure in rules.hearers[kind]}
        self.fresh = {key for key in self.fresh if key[0] not in hearers}
        if kind is DrugClass.ANTIBACTERIAL:
            self.places.clear()
        for words in rules.watchers[kind]:
            self.elements.pop(words, None)
            self.circulations.pop(words, None)

    def times(self, chart: Chart, store: FactStore, span: Span) -> Lined:
        """What each rule says of a stretch of the stay, whatever opens a case there; silent rules are left out."""
        known = self.said.setdefault(span, {})
        for rule in self.rules:
            if rule.name not in known:
                known[rule.name] = self._ask(chart, store, span, rule)
        said = (known[rule.name] for rule in self.rules)
        return tuple(each for each in said if each is not None)

    def learn(self, chart: Chart, store: FactStore, versions: Sequence[AnyFact] | None, rules: Rules) -> bool:
        """Ask again the rules in which versions of a fact have a say (None: all); return whether any says otherwise."""
        kinds: set[Kind | None] = {None} if versions is None else {kind_of(version) for version in versions}
        self.news |= kinds
        if versions is None:
            self.severe.clear()
        if not self.said:
            return False
        alone = next(iter(kinds)) if len(kinds) == 1 else None
        heard = self.rules if alone is None else rules.rivals_by_kind[alone]
        asked = [rule for rule in heard if versions is None or _has_say(rule, versions)]
        moved = [self._ask_again(chart, store, span, rule, versions) for span in self.said for rule in asked]
        return any(moved)

    def _ask_again(
        self, chart: Chart, store: FactStore, span: Span, rule: NamedRule, versions: Sequence[AnyFact] | None
    ) -> bool:
        """Ask one rule again of one stretch; return whether it says otherwise."""
        before = self.said[span][rule.name]
        if versions is not None and (
            _comes_too_late(versions, rule, before)
            or all(is_beside_case(rule.terms, chart, version) for version in versions)
            or self._is_past_shock(chart, span, rule, versions)
        ):
            return False
        now = self.said[span][rule.name] = self._ask(chart, store, span, rule)
        return now != before

    def _is_past_shock(self, chart: Chart, span: Span, rule: NamedRule, versions: Sequence[AnyFact]) -> bool:
        """Whether severe sepsis is as it was, and a fact comes too late for septic shock after it, or there is none."""
        if not isinstance(rule.terms.time_zero, SepticShock):
            return False
        key = (span, rule.name)
        is_new, before = key not in self.severe, self.severe.get(key)
        if is_new or not all(_is_beside_severe(rule, chart, before, version) for version in versions):
            now = self.severe[key] = find_severe_sepsis(chart, rule.terms, rule.terms.time_zero, span, THE_END)
            if is_new or now != before:
                return False
        now = before
        if now is None or now.at is None:
            return True
        until = shock_until(rule.terms, now.at)
        return all(_is_after(version, until) for version in versions)

    @staticmethod
    def _ask(chart: Chart, store: FactStore, span: Span, rule: NamedRule) -> Candidate | None:
        found = find_rival(chart, store, rule.terms, span, THE_END)
        return None if found is None else Candidate(rule.name, rule.title, found)


def _is_beside_severe(rule: NamedRule, chart: Chart, severe: TimeZero | None, fact: AnyFact) -> bool:
    """Whether severe sepsis, as it was found last, cannot be otherwise by a fact."""
    too_late = severe is not None and severe.at is not None and comes_too_late(rule.terms, fact, severe.at)
    return too_late or is_beside_infection(rule.terms, chart, fact)


def _has_say(rule: NamedRule, versions: Sequence[AnyFact]) -> bool:
    return any(moves_time_zero(rule.terms, version) for version in versions)


def _comes_too_late(versions: Sequence[AnyFact], rule: NamedRule, said: Candidate | None) -> bool:
    """Whether all come too long after what the rule says to move it."""
    if said is None or said.found.at is None:
        return False
    return all(comes_too_late(rule.terms, version, said.found.at) for version in versions)


def _is_after(fact: AnyFact, moment: datetime) -> bool:
    """Whether a result, but for a weight, or a fluid lies wholly after a moment; of shock nothing else is said by then.

    A culture or an antibacterial has its say in severe sepsis only.
    """
    match fact:
        case Culture() | Medication(drug_class=DrugClass.ANTIBACTERIAL):
            return True
        case Observation():
            return fact.quantity is not Quantity.WEIGHT and fact.collected_at > moment
        case Medication(drug_class=DrugClass.CRYSTALLOID, started_at=datetime() as started_at):
            return min(started_at, fact.completed_at or started_at) > moment
        case _:
            return False
