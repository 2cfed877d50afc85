"""The rules in force: chosen measures, conventions and source profiles, read once from packaged TOML."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

from schemas.clinical import DrugClass, Quantity
from schemas.source_profile import SourceProfiles, shipped_profiles
from schemas.strict_model import StrictModel
from schemas.verdict import Element
from scoring.catalogue import Body, NamedRule, name_rules, read_catalogue, take_over_named
from scoring.element_interest import CULTURE, Kind, watched_by, watched_in_circulation
from scoring.measure import Measure
from scoring.number import Duration, Number


class UnknownMeasureError(ValueError):
    """A measure was asked for that does not ship; the message names those that do."""


class _Charting(StrictModel):
    grace: Duration


class _Episode(StrictModel):
    gap: Duration
    lead: Duration


class _Timeline(StrictModel):
    before: Duration
    after: Duration


class _Antibiotics(StrictModel):
    routes: tuple[str, ...]
    routes_source: str


class _Vasopressors(StrictModel):
    routes: tuple[str, ...]
    routes_source: str


class _BroadSpectrum(StrictModel):
    alone: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]
    spectrum_source: str


class _Outcome(StrictModel):
    expired_statuses: tuple[str, ...]
    expired_source: str


class _Reporting(StrictModel):
    suppressed_at_most: Number


class Conventions(StrictModel):
    """What no measure prints and every site can change (`conventions.toml`)."""

    charting: _Charting
    episode: _Episode
    timeline: _Timeline
    antibiotics: _Antibiotics
    vasopressors: _Vasopressors
    broad_spectrum: _BroadSpectrum
    outcome: _Outcome
    reporting: _Reporting


@dataclass(frozen=True)
class Rules:
    """What the engine judges by; all else is told by these, and looked up at every event.

    Attributes:
        measures: The measures to judge, in the order asked for.
        conventions: Charting grace, episode gap and the like.
        rivals: Rules of the catalogue, by which every case is dated beside its measure's own.
        profiles: What each source covers.
    """

    measures: tuple[Measure, ...]
    conventions: Conventions
    rivals: tuple[NamedRule, ...]
    profiles: SourceProfiles

    @cached_property
    def known_as(self) -> Mapping[str, NamedRule]:
        """By measure, the rule of the catalogue that is its own, where there is one."""
        return {each.identifier: rule for each in self.measures for rule in reversed(self.rivals) if rule.is_of(each)}

    @cached_property
    def asks(self) -> Mapping[tuple[str, Element], str]:
        """By measure and element, what it asks for, in the same words wherever measures ask for the same."""
        return {
            (each.identifier, element): _asked(each, element) for each in self.measures for element in each.elements
        }

    @cached_property
    def asks_of_circulation(self) -> Mapping[str, str]:
        """By measure, what it asks of blood pressure and shock, in such words."""
        return {each.identifier: _in_words(each, "circulation", None) for each in self.measures}

    @cached_property
    def hearers(self) -> Mapping[Kind, tuple[Measure, ...]]:
        """By kind of fact, the measures of which one may change something."""
        heard: dict[Kind, tuple[Measure, ...]] = {CULTURE: self.measures}
        for quantity in Quantity:
            watching = (each for each in self.measures if quantity in each.watched_quantities | each.moving_quantities)
            heard[quantity] = tuple(watching)
        for drug_class in DrugClass:
            heard[drug_class] = tuple(each for each in self.measures if drug_class in each.watched_drugs)
        return heard

    @cached_property
    def rivals_by_kind(self) -> Mapping[Kind, tuple[NamedRule, ...]]:
        """By kind of fact, the rules of the catalogue in which one may have a say; drugs and cultures: all."""
        by_kind: dict[Kind, tuple[NamedRule, ...]] = dict.fromkeys((*DrugClass, CULTURE), self.rivals)
        for quantity in Quantity:
            by_kind[quantity] = tuple(rule for rule in self.rivals if quantity in rule.terms.moving_quantities)
        return by_kind

    @cached_property
    def watchers(self) -> Mapping[Kind, frozenset[str]]:
        """By kind of fact, the words of `asks` and `asks_of_circulation` whose answer one may change."""
        elements = [(each, element) for each in self.measures for element in each.elements]
        watched = {self.asks[each.identifier, element]: watched_by(each, element) for each, element in elements}
        watched |= {self.asks_of_circulation[each.identifier]: watched_in_circulation(each) for each in self.measures}
        every: tuple[Kind, ...] = (*Quantity, *DrugClass, CULTURE)
        return {kind: frozenset(words for words, kinds in watched.items() if kind in kinds) for kind in every}


def measure_files(judged_from: Literal["stream", "abstraction"]) -> tuple[dict[str, Any], ...]:
    """Content of every measure file that says it can be judged from a stream, or from an abstraction file.

    A file that does not say is judged from a stream.
    """
    folder = files("scoring") / "measures"
    entries = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    bodies = (tomllib.loads(entry.read_text("utf-8")) for entry in entries)
    return tuple(body for body in bodies if judged_from in body.get("judged_from", ("stream",)))


NOT_FOR_STREAMS = frozenset({"judged_from", "abstraction"})
"""Keys of a file that say nothing of how a stream is judged."""


def stream_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says of how a stream is judged."""
    return {name: part for name, part in body.items() if name not in NOT_FOR_STREAMS}


def _catalogue_file() -> dict[str, Any]:
    return tomllib.loads((files("scoring") / "time_zero_rules.toml").read_text("utf-8"))


@cache
def _catalogue() -> dict[str, Body]:
    measures = {f"{body['id']}/{body['version']}": body for body in measure_files("stream")}
    return read_catalogue(_catalogue_file(), measures)


@cache
def named_rules() -> tuple[NamedRule, ...]:
    """Return the rules of the catalogue, in its order."""
    return name_rules(_catalogue_file(), _catalogue())


def with_named_rule(body: Body) -> Body:
    """What a file says of how a stream is judged, a rule of time zero that it names in its place.

    Raises:
        UnknownRuleError: The catalogue has no rule of that name.
    """
    return take_over_named(stream_body(body), _catalogue())


def read_measure(body: Body) -> Measure:
    """Read what a measure's file says for streams; a rule that it names is taken from the catalogue.

    Raises:
        UnknownRuleError: It names a rule that the catalogue has not.
        pydantic.ValidationError: It says something else that a measure cannot.
    """
    return Measure.model_validate(with_named_rule(body))


@cache
def _shipped() -> dict[str, Measure]:
    measures = [read_measure(body) for body in measure_files("stream")]
    return {measure.identifier: measure for measure in sorted(measures, key=lambda each: each.identifier)}


@cache
def shipped_texts() -> dict[str, str]:
    """The text of every file that ships, by the identifier of its measure."""
    entries = (entry for entry in (files("scoring") / "measures").iterdir() if entry.name.endswith(".toml"))
    texts = [(tomllib.loads(text), text) for text in (entry.read_text("utf-8") for entry in entries)]
    return {f"{body['id']}/{body['version']}": text for body, text in texts}


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What a hospital offers beside what ships.

    Attributes:
        measures: Its own measures; none has the identifier of one that ships.
        conventions: Those that hold there; None: the shipped ones.
        profiles: Its own sources' and those that ship.
    """

    measures: tuple[Measure, ...] = ()
    conventions: Conventions | None = None
    profiles: SourceProfiles = field(default_factory=shipped_profiles)


SHIPPED_ONLY = SiteRules()
"""A hospital that adds nothing."""


def conventions_body() -> dict[str, Any]:
    """Content of the shipped conventions."""
    return tomllib.loads((files("scoring") / "conventions.toml").read_text("utf-8"))


@cache
def load_conventions() -> Conventions:
    """Read the shipped conventions."""
    return Conventions.model_validate(conventions_body())


def shipped_measures() -> tuple[str, ...]:
    """Identifiers of the measures that ship for streams, sorted."""
    return tuple(_shipped())


def offered_measures(site: SiteRules = SHIPPED_ONLY) -> tuple[str, ...]:
    """Identifiers of the measures that can judge a stream, the site's own among them, sorted."""
    return tuple(sorted([*_shipped(), *(measure.identifier for measure in site.measures)]))


def measure(identifier: str, site: SiteRules = SHIPPED_ONLY) -> Measure:
    """Return a measure that ships, or one of the site's own.

    Raises:
        UnknownMeasureError: No measure has this identifier.
    """
    offered = _shipped() | {each.identifier: each for each in site.measures}
    try:
        return offered[identifier]
    except KeyError:
        own = " or are the site's own" if site.measures else ""
        message = f"there is no measure {identifier!r}; these ship{own}: {', '.join(offered_measures(site))}"
        raise UnknownMeasureError(message) from None


def load_rules(measures: Sequence[str], site: SiteRules = SHIPPED_ONLY) -> Rules:
    """Return the rules for the named measures, each once, in the order given.

    Raises:
        UnknownMeasureError: One of them does not ship and is none of the site's own.
    """
    return rules_of([measure(name, site) for name in dict.fromkeys(measures)], site.conventions, site.profiles)


def rules_of(
    chosen: Sequence[Measure], conventions: Conventions | None = None, profiles: SourceProfiles | None = None
) -> Rules:
    """Return the rules for some measures, whoever wrote them; without conventions or profiles, those that ship."""
    return Rules(tuple(chosen), conventions or load_conventions(), named_rules(), profiles or shipped_profiles())


def _asked(measure: Measure, element: Element) -> str:
    """What an element asks for."""
    return _in_words(measure, element, measure.elements[element])


def _in_words(measure: Measure, asked: str, rule: StrictModel | None) -> str:
    """A rule with the sections that it leans on; where the numbers come from makes no difference."""
    leans_on = (rule, measure.initial_lactate, measure.hypotension, measure.shock)
    parts = [None if part is None else part.model_dump(mode="json") for part in leans_on]
    return json.dumps([asked, measure.resolution, *map(_without_sources, parts)])


def _without_sources(part: Any) -> Any:
    match part:
        case dict():
            return {key: _without_sources(value) for key, value in part.items() if not key.endswith("source")}
        case list():
            return [_without_sources(value) for value in part]
        case _:
            return part
