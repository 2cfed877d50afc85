"""Encounters and episodes: which facts belong to one stay, however often its number changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.clinical import Act, AnyFact, Link, Merge, Patient, Visit, VisitStep
from scoring.act_time import place_time
from scoring.rules import Conventions

STARTS = frozenset({VisitStep.ARRIVED, VisitStep.TRIAGED, VisitStep.ADMITTED, VisitStep.TRANSFERRED_IN})
ENDS = frozenset({VisitStep.DISCHARGED, VisitStep.DIED, VisitStep.TRANSFERRED_OUT})


class Unplaced(StrEnum):
    """Why a fact without an encounter number belongs to no stay."""

    NO_STAY = "no_stay"
    SEVERAL_STAYS = "several_stays"


@dataclass(frozen=True, slots=True)
class Encounter:
    """One encounter number of a patient.

    Attributes:
        encounter_id: The source's own number.
        starts_at: First arrival, triage or admission; without one, its first fact.
        ends_at: Discharge, death or transfer out; None while it goes on.
        last_visit_at: Last announced step of the visit.
        visited: Some step of the visit was announced; otherwise the times are those of its facts.
    """

    encounter_id: str
    starts_at: datetime
    ends_at: datetime | None
    last_visit_at: datetime
    visited: bool


@dataclass(frozen=True, slots=True)
class Episode:
    """Encounters that are one stay; the first one's number names the case."""

    encounters: tuple[Encounter, ...]

    @property
    def case_id(self) -> str:
        """The first encounter's own number."""
        return self.encounters[0].encounter_id

    def goes_on(self, moment: datetime, encounter_id: str | None) -> bool:
        """Whether a later encounter than this one outlasts `moment`."""
        numbers = [encounter.encounter_id for encounter in self.encounters]
        later = self.encounters[numbers.index(encounter_id) + 1 :] if encounter_id in numbers else ()
        return any(encounter.ends_at is None or encounter.ends_at > moment for encounter in later)

    def encounter_id_at(self, moment: datetime) -> str:
        """The encounter that had begun by `moment`; the first one before that."""
        begun = [encounter for encounter in self.encounters if encounter.starts_at <= moment]
        return (begun or self.encounters)[-1 if begun else 0].encounter_id


def _encounter(encounter_id: str, facts: list[AnyFact]) -> Encounter:
    visits = [fact for fact in facts if isinstance(fact, Visit)]
    starts = [visit.happened_at for visit in visits if visit.step in STARTS]
    ends = [visit.happened_at for visit in visits if visit.step in ENDS]
    moments = [visit.happened_at for visit in visits] or [place_time(fact) for fact in facts]
    return Encounter(
        encounter_id,
        starts_at=min(starts or moments),
        ends_at=max(ends) if ends else None,
        last_visit_at=max(moments) if visits else min(moments),
        visited=bool(visits),
    )


def _continues(earlier: Encounter, later: Encounter, links: frozenset[tuple[str, str]], rules: Conventions) -> bool:
    if (earlier.encounter_id, later.encounter_id) in links:
        return True
    return later.starts_at - (earlier.ends_at or earlier.last_visit_at) <= rules.episode.gap.delta


def find_episodes(facts: Iterable[AnyFact], rules: Conventions) -> tuple[Episode, ...]:
    """Group a patient's encounters into episodes, in time order.

    Two encounters are one episode where a link event says so, or where at most the
    conventional gap lies between the end of one and the start of the next.
    """
    by_encounter: dict[str, list[AnyFact]] = {}
    links: set[tuple[str, str]] = set()
    for fact in facts:
        if isinstance(fact, Link) and fact.encounter_id is not None:
            links |= {(fact.encounter_id, fact.into_encounter_id), (fact.into_encounter_id, fact.encounter_id)}
        is_word = isinstance(fact, Act) and fact.is_word
        if fact.encounter_id is not None and not is_word and not isinstance(fact, Patient | Link | Merge):
            by_encounter.setdefault(fact.encounter_id, []).append(fact)
    encounters = sorted(
        (_encounter(encounter_id, own) for encounter_id, own in by_encounter.items()),
        key=lambda encounter: (encounter.starts_at, encounter.encounter_id),
    )
    groups: list[list[Encounter]] = []
    for encounter in encounters:
        if groups and any(_continues(earlier, encounter, frozenset(links), rules) for earlier in groups[-1]):
            groups[-1].append(encounter)
        else:
            groups.append([encounter])
    return tuple(Episode(tuple(group)) for group in groups)


def place(moment: datetime, episodes: tuple[Episode, ...], rules: Conventions) -> Episode | Unplaced:
    """Find the one stay whose [start - lead, end] holds `moment`."""
    holding = {
        episode.case_id: episode
        for episode in episodes
        for encounter in episode.encounters
        if encounter.starts_at - rules.episode.lead.delta <= moment
        and (encounter.ends_at is None or moment <= encounter.ends_at)
    }
    if len(holding) == 1:
        return next(iter(holding.values()))
    return Unplaced.SEVERAL_STAYS if holding else Unplaced.NO_STAY
