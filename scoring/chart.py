"""The chart of one episode: its facts, sorted into what measures ask for."""

from bisect import insort
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, assert_never

from schemas.clinical import (
    Act,
    ActName,
    AnyFact,
    Coverage,
    Culture,
    DrugClass,
    Link,
    Medication,
    Merge,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)
from schemas.source_profile import SourceProfiles, shipped_profiles
from scoring.act_time import act_time, place_time
from scoring.episode import Episode, Unplaced, find_episodes, place
from scoring.fact_store import FactStore
from scoring.number import Resolution
from scoring.rules import Conventions


class Timed(NamedTuple):
    """A fact with the time it is sorted by, and its id against ties."""

    moment: datetime
    event_id: str
    fact: AnyFact


def order(entry: Timed) -> tuple[datetime, str]:
    """What lists of timed facts are sorted by."""
    return entry.moment, entry.event_id


_VISITS = {step: f"visit:{step}" for step in VisitStep}
_ACTS = {act: f"act:{act}" for act in ActName}
_OBSERVATIONS = {quantity: f"observation:{quantity}" for quantity in Quantity}
_MEDICATIONS = {drug_class: f"medication:{drug_class}" for drug_class in DrugClass}
"""Names of shelves, put together once: they are asked for millions of times."""


def _medication_shelf(fact: Medication) -> str | None:
    if fact.started_at is None:
        return "ordered:antibiotic" if fact.drug_class is DrugClass.ANTIBACTERIAL else None
    if fact.drug_class is not DrugClass.ANTIBACTERIAL:
        return _MEDICATIONS[fact.drug_class]
    return "antibiotic"


def _shelf(fact: AnyFact) -> str | None:
    """Name of the list a fact belongs to; None where no measure ever asks."""
    match fact:
        case Visit():
            return _VISITS[fact.step]
        case Act():
            return _ACTS[fact.act]
        case Observation():
            return _OBSERVATIONS[fact.quantity]
        case Culture():
            return f"culture:{fact.specimen}" if fact.collected_at else f"ordered:culture:{fact.specimen}"
        case Medication():
            return _medication_shelf(fact)
        case Coverage():
            return f"coverage:{fact.domain}"
        case Patient() | Merge() | Link():
            return None
        case _:
            assert_never(fact)


SIGN_SHELVES = ("culture:", "antibiotic")
"""Shelves of what may be a sign of infection that nobody documented."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Something worked out of the facts between two instants, both included."""

    since: datetime
    until: datetime
    value: object


def _shows_source(fact: AnyFact) -> bool:
    """Whether a fact shows that its source feeds the chart; a person's word shows nothing of what a feed carries."""
    return not (isinstance(fact, Act) and fact.is_word)


@dataclass(slots=True)
class Chart:
    """The facts of one episode that hold, each list in time order.

    Attributes:
        episode: Which encounters these are.
        profiles: What each source covers.
        shelves: Lists by name; ask through the methods.
        patients: Demographics, sorted by id.
        sources: Names of the sources whose facts these are, with how many.
        fact_ids: Every fact of this episode, also those that were retracted.
        amended: Some fact was taken back, or said otherwise of its time or value, at some time.
        steps: Lists of steps of the visit, put together once.
        signs: Signs of infection, put together once; forgotten when a culture or an antibacterial comes or goes.
        said: By `event_id`, the fact itself with what records say of it, put together once.
        timelines: What records show of a stretch of time, put together once; forgotten when any fact comes or goes.
        memory: What was worked out of a stretch of time, forgotten when a fact of that stretch comes or goes, or of
            who the patient is.
    """

    episode: Episode
    rules: Conventions
    profiles: SourceProfiles = field(default_factory=shipped_profiles)
    shelves: dict[str, list[Timed]] = field(default_factory=dict)
    patients: list[Patient] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    fact_ids: set[str] = field(default_factory=set)
    amended: bool = False
    steps: dict[tuple[VisitStep, ...], list[Timed]] = field(default_factory=dict)
    signs: dict[Hashable, object] = field(default_factory=dict)
    said: dict[str, tuple[AnyFact, object]] = field(default_factory=dict)
    timelines: dict[Hashable, object] = field(default_factory=dict)
    memory: dict[Hashable, Remembered] = field(default_factory=dict)

    def _forget(self, shelf: str, moment: datetime) -> None:
        self.timelines.clear()
        if shelf.startswith(SIGN_SHELVES):
            self.signs.clear()
        if self.memory:
            for key in [key for key, kept in self.memory.items() if kept.since <= moment <= kept.until]:
                del self.memory[key]

    def put(self, fact: AnyFact) -> None:
        """Add a fact that holds."""
        if isinstance(fact, Patient):
            self.patients.append(fact)
            self.memory.clear()
            return
        if _shows_source(fact):
            self.sources[fact.source] += 1
        shelf = _shelf(fact)
        if shelf is not None:
            moment = act_time(fact) or place_time(fact)
            self._forget(shelf, moment)
            if isinstance(fact, Visit):
                self.steps.clear()
            insort(self.shelves.setdefault(shelf, []), Timed(moment, fact.event_id, fact), key=order)

    def take(self, fact: AnyFact) -> None:
        """Remove a fact that no longer holds."""
        if isinstance(fact, Patient):
            self.patients.remove(fact)
            self.memory.clear()
            return
        if _shows_source(fact):
            self.sources -= Counter([fact.source])
        shelf = _shelf(fact)
        if shelf is not None:
            self._forget(shelf, act_time(fact) or place_time(fact))
            self.said.pop(fact.event_id, None)
            self.steps.clear()
            self.shelves[shelf] = [entry for entry in self.shelves[shelf] if entry.event_id != fact.event_id]

    def visits(self, *steps: VisitStep) -> list[Timed]:
        """Steps of the visit, in time order."""
        found = self.steps.get(steps)
        if found is None:
            found = sorted((entry for step in steps for entry in self.shelves.get(_VISITS[step], ())), key=order)
            self.steps[steps] = found
        return found

    def discharges(self) -> list[Timed]:
        """Ends of the stay, in time order; an end after which it goes on under another number is none."""
        return self._endings(VisitStep.DISCHARGED)

    def departures(self) -> list[Timed]:
        """Discharges and transfers to another hospital, as `discharges`."""
        return self._endings(VisitStep.DISCHARGED, VisitStep.TRANSFERRED_OUT)

    def _endings(self, *steps: VisitStep) -> list[Timed]:
        goes_on = self.episode.goes_on
        return [each for each in self.visits(*steps) if not goes_on(each.moment, each.fact.encounter_id)]

    def acts(self, act: ActName) -> list[Timed]:
        """Acts of one name, in time order."""
        return self.shelves.get(_ACTS[act], [])

    def antibiotics(self, routes: tuple[str, ...] = ()) -> list[Timed]:
        """Doses of antibacterials by a route that counts (without `routes`, those of the conventions), by start."""
        counted = routes or self.rules.antibiotics.routes
        doses = self.shelves.get("antibiotic", [])
        return [each for each in doses if isinstance(each.fact, Medication) and each.fact.route in counted]

    def medications(self, drug_class: DrugClass) -> list[Timed]:
        """Doses of another class, by start."""
        return self.shelves.get(_MEDICATIONS[drug_class], [])

    def cultures(self, *specimens: Specimen) -> list[Timed]:
        """Cultures drawn, in time order."""
        return sorted(
            (entry for specimen in specimens for entry in self.shelves.get(f"culture:{specimen}", ())), key=order
        )

    def ordered_antibiotics(self) -> list[Timed]:
        """Antibacterials ordered by a route that counts and not given, by order."""
        orders = self.shelves.get("ordered:antibiotic", [])
        routes = self.rules.antibiotics.routes
        return [each for each in orders if isinstance(each.fact, Medication) and each.fact.route in {None, *routes}]

    def ordered_cultures(self, specimen: Specimen) -> list[Timed]:
        """Cultures ordered and not drawn, by order."""
        return self.shelves.get(f"ordered:culture:{specimen}", [])

    def observations(self, quantity: Quantity) -> list[Timed]:
        """Results of one quantity, by collection."""
        return self.shelves.get(_OBSERVATIONS[quantity], [])

    def ends(self) -> list[Timed]:
        """Every way in which the stay ended, in time order: discharge, death, transfer out."""
        return sorted([*self.discharges(), *self.visits(VisitStep.DIED, VisitStep.TRANSFERRED_OUT)], key=order)

    def in_emergency_department(self, moment: datetime, resolution: Resolution) -> bool:
        """Whether an act lies in the emergency department: one was entered, and the admission is not before it."""
        admissions = self.visits(VisitStep.ADMITTED)[:1]
        entered = self.visits(VisitStep.ARRIVED, VisitStep.TRIAGED)
        return bool(entered) and all(resolution.cut(moment) <= resolution.cut(each.moment) for each in admissions)

    def unit(self) -> str | None:
        """Ward after the last step of the visit that names one."""
        facts = [entry.fact for entry in self.visits(*VisitStep)]
        named = [fact.unit for fact in facts if isinstance(fact, Visit) and fact.unit]
        return named[-1] if named else None


def _amends(version: AnyFact, latest: AnyFact) -> bool:
    """Whether what a version says of when and how much differs from what holds now."""
    if version.retracted or act_time(version) != act_time(latest):
        return True
    return isinstance(version, Observation) and isinstance(latest, Observation) and version.value != latest.value


@dataclass(slots=True)
class Charts:
    """Every episode's chart, and the facts that belong to none.

    Attributes:
        charts: One an episode, in time order.
        unplaced: By `fact_id`, why a fact that holds belongs to no episode.
    """

    rules: Conventions
    charts: tuple[Chart, ...] = ()
    unplaced: dict[str, Unplaced] = field(default_factory=dict)
    by_encounter: dict[str, Chart] = field(default_factory=dict)

    def home(self, fact: AnyFact) -> Chart | Unplaced:
        """The chart a fact belongs to."""
        if fact.encounter_id is not None:
            return self.by_encounter.get(fact.encounter_id, Unplaced.NO_STAY)
        placed = place(place_time(fact), tuple(chart.episode for chart in self.charts), self.rules)
        return placed if isinstance(placed, Unplaced) else self.by_encounter[placed.case_id]

    def register(self, versions: tuple[AnyFact, ...]) -> Chart | None:
        """File a fact by its latest version; a retracted one is only remembered."""
        latest = versions[-1]
        home = self.home(latest)
        if isinstance(home, Unplaced):
            self.unplaced[latest.fact_id] = home
            return None
        home.fact_ids.add(latest.fact_id)
        home.amended = home.amended or any(_amends(version, latest) for version in versions)
        if not latest.retracted:
            home.put(latest)
        return home


def draw_charts(store: FactStore, rules: Conventions, profiles: SourceProfiles) -> Charts:
    """Sort a patient's facts into the charts of their episodes; the profiles say what their sources cover."""
    charts = tuple(Chart(episode, rules, profiles) for episode in find_episodes(store.winners(), rules))
    drawn = Charts(rules, charts)
    drawn.by_encounter = {encounter.encounter_id: chart for chart in charts for encounter in chart.episode.encounters}
    for versions in store.versions.values():
        latest = versions[-1]
        if not isinstance(latest, Patient | Link | Merge):
            drawn.register(versions)
        elif isinstance(latest, Patient) and not latest.retracted:
            for chart in charts:
                chart.put(latest)
    return drawn
