"""A measure in words: who is a case, from when, what is asked for, every number, and what is uncertain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from schemas.verdict import Element
from scoring.definition_line import Line, criteria_lines, definition_lines
from scoring.element_rule import BroadSpectrum, Death
from scoring.exclusion_rule import EndExclusion
from scoring.measure import Measure
from scoring.number import Comparison, Duration, Limit, Number, Offsets, Years
from scoring.rule_line import (
    element_line,
    element_sources,
    entry_line,
    exclusion_line,
    exclusion_sources,
    population_line,
    resolution_line,
    time_zero_line,
)
from scoring.rule_words import ACT_WORDS, all_of, amount, any_of, route_words, unit_words
from scoring.rules import Conventions
from scoring.time_zero_rule import FirstKnown, SepticShock, SevereSepsisCriteria

UNCERTAIN = "[M?]"

MARKS = {
    "[M]": "well known, and not opened while this was written",
    UNCERTAIN: "uncertain: a default, and not the measure's own words",
    "[I]": "an inference, with its reason",
}
"""What the marks in sources and readings say."""

_SIGNS = {"<=": "≤", ">=": "≥"}

_DROPS = {
    "bad_datetime": "the last discharge is not after the first admission",
    "no_birth_date": "the stay has ended and nobody sent a date of birth",
}


def is_uncertain(*texts: str) -> bool:
    """Whether one of the texts is marked as uncertain."""
    return any(UNCERTAIN in each for each in texts)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the measure.

    Attributes:
        text: The sentence.
        sources: Where what it says comes from, each once.
        of: The element it speaks of; None: of the whole.
    """

    text: str
    sources: tuple[str, ...] = ()
    of: Element | None = None

    @property
    def is_uncertain(self) -> bool:
        """Whether it, or a source of it, is marked as uncertain."""
        return is_uncertain(self.text, *self.sources)


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences that belong together."""

    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number of the measure.

    Attributes:
        place: Which one it is, in words.
        comparison: How it is compared; empty where the rule says it.
    """

    place: str
    value: str
    unit: str
    comparison: str
    source: str

    @property
    def is_uncertain(self) -> bool:
        """Whether its source is marked as uncertain."""
        return is_uncertain(self.source)


@dataclass(frozen=True, slots=True)
class ToldMeasure:
    """A measure in words."""

    identifier: str
    title: str
    source: str
    effective_from: date | None
    effective_until: date | None
    sections: tuple[Section, ...]
    numbers: tuple[NumberRow, ...]

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Everything that is marked as uncertain, each once: sentences, then numbers, then other sources."""
        said = [each for section in self.sections for each in section.said]
        told = [each.text for each in said if is_uncertain(each.text)]
        told += [f"{row.place}: {row.source}" for row in self.numbers if row.is_uncertain]
        of_numbers = {row.source for row in self.numbers}
        others = [f"{each.text} {source}" for each in said for source in each.sources if source not in of_numbers]
        return tuple(dict.fromkeys([*told, *filter(is_uncertain, others)]))


def tell_measure(measure: Measure, conventions: Conventions) -> ToldMeasure:
    """Say a measure in words, as it judges a stream under these conventions."""
    sections = (
        Section("Who is a case", tuple(_case(measure))),
        Section("Time zero", tuple(_time_zero(measure))),
        Section("What is asked for", tuple(_elements(measure))),
        Section("What the words mean", tuple(_definitions(measure, conventions))),
        Section("Readings: how the text is understood where it leaves room", tuple(map(Said, measure.readings))),
        Section("Readings of a stream", tuple(map(Said, measure.stream_readings))),
    )
    return ToldMeasure(
        measure.identifier,
        measure.title,
        measure.source,
        measure.effective_from,
        measure.effective_until,
        tuple(section for section in sections if section.said),
        tuple(number_rows(measure)),
    )


def in_force(first: date | None, last: date | None) -> str:
    """For which days a measure was made; it judges whatever it is asked to, and reports tell what is of other days."""
    if first is None and last is None:
        return "Made for cases of any day."
    since = f" from {first:%Y-%m-%d}" if first is not None else ""
    until = f" until {last:%Y-%m-%d}, that day included" if last is not None else ""
    return f"Made for cases{since}{until}; others are judged too, and counted as outside of the period."


def _said(line: Line, of: Element | None = None) -> Said:
    text, sources = line
    return Said(text, tuple(dict.fromkeys(filter(None, sources))), of)


def _case(measure: Measure) -> Iterator[Said]:
    entry = measure.entry
    pews = (entry.pews_at_least.source,) if entry.pews_at_least is not None else ()
    yield Said(entry_line(measure), (entry.acts_source, *pews))
    for drop in measure.drops:
        yield _said((f"Left out of everything: a case where {_DROPS[drop]}.", (measure.drops_source or "",)))
    for rule in measure.population:
        yield Said(population_line(rule), (rule.source,))
    for exclusion in measure.exclusions:
        yield Said(exclusion_line(exclusion), exclusion_sources(exclusion))
    for stratum in measure.strata:
        acts = any_of(ACT_WORDS[act] for act in stratum.acts)
        yield Said(
            f"Reported apart: {stratum.name.replace('_', ' ')}, the gravest charted being {acts}.", (stratum.source,)
        )


def _time_zero(measure: Measure) -> Iterator[Said]:
    rule = measure.time_zero
    further = [rule.look_back.source] if isinstance(rule, FirstKnown) and rule.look_back is not None else []
    if isinstance(rule, SevereSepsisCriteria) and rule.documented_source is not None:
        further.append(rule.documented_source)
    yield Said(time_zero_line(measure), (rule.source, *further))
    if isinstance(rule, SevereSepsisCriteria):
        yield from map(_said, criteria_lines(rule))
    if isinstance(rule, SepticShock):
        yield from map(_said, criteria_lines(rule.severe_sepsis))
    yield Said(resolution_line(measure), (measure.resolution_source,))


def _elements(measure: Measure) -> Iterator[Said]:
    for element, rule in measure.elements.items():
        yield Said(element_line(measure, element), element_sources(measure, element), element)
        if rule.due_soon is not None:
            offsets = all_of(f"{minutes:g}" for minutes in rule.due_soon.value)
            yield Said(f"Warned {offsets} min before it is due.", (rule.due_soon.source,), element)
        if rule.grace is not None:
            yield Said(f"Late charting of it is waited for {amount(rule.grace)}.", (rule.grace.source,), element)
        if not rule.in_bundle and not isinstance(rule, Death):
            yield _said(("It stands outside of the bundle.", (rule.in_bundle_source or "",)), element)
    yield Said(_bundle(measure))


def _bundle(measure: Measure) -> str:
    names = [element.replace("_", " ") for element, rule in measure.elements.items() if rule.in_bundle]
    if not names:
        return "There is no bundle: these are outcomes, and 'met' means that the patient died."
    return f"The bundle is met when all that is asked for of these is met: {', '.join(names)}."


def _definitions(measure: Measure, conventions: Conventions) -> Iterator[Said]:
    yield from map(_said, definition_lines(measure))
    yield from _drugs(measure, conventions)
    if measure.is_outcome or any(isinstance(rule, EndExclusion) for rule in measure.exclusions):
        statuses = any_of(conventions.outcome.expired_statuses)
        yield Said(f"A stay ends by death with discharge status {statuses}.", (conventions.outcome.expired_source,))
    if not measure.is_outcome:
        grace = conventions.charting.grace
        yield Said(f"After a window has closed, late charting is waited for {amount(grace)}.", (grace.source,))


def _drugs(measure: Measure, conventions: Conventions) -> Iterator[Said]:
    if measure.is_outcome:
        return
    routes = any_of(map(route_words, conventions.antibiotics.routes))
    yield Said(f"An antibacterial is systemic when it is given by {routes}.", (conventions.antibiotics.routes_source,))
    for element, rule in measure.elements.items():
        if isinstance(rule, BroadSpectrum):
            own = rule if rule.alone or rule.together else conventions.broad_spectrum
            yield _said((f"Broad enough {_spectrum(own.alone, own.together)}.", (own.spectrum_source or "",)), element)


def _spectrum(alone: tuple[str, ...], together: tuple[tuple[str, ...], ...]) -> str:
    single = f"alone: {', '.join(map(_plain, alone))}"
    groups = "; with one of ".join(any_of(map(_plain, group)) for group in together)
    return "; ".join(filter(None, (single if alone else "", f"together: one of {groups}" if together else "")))


def _plain(name: str) -> str:
    return name.replace("_", " ")


def number_rows(measure: BaseModel) -> Iterator[NumberRow]:
    """Every number of a model, in the order of the file, with unit, comparison and source."""
    yield from _rows(measure, ())


def _rows(value: Any, place: tuple[str, ...]) -> Iterator[NumberRow]:
    match value:
        case Number() | Duration() | Years() | Offsets():
            yield _row(value, place)
        case BaseModel():
            for name in type(value).model_fields:
                yield from _rows(getattr(value, name), (*place, name))
        case dict():
            for name, part in value.items():
                yield from _rows(part, (*place[:-1], str(name)))
        case tuple():
            for number, part in enumerate(value, start=1):
                yield from _rows(part, (*place, _called(part, number)))
        case _:
            return


def _called(part: Any, number: int) -> str:
    """What one of several is called: by its reason or quantity, else by its number."""
    names = (getattr(part, key, None) for key in ("reason", "quantity"))
    return next((str(name) for name in names if name is not None), str(number))


def _row(number: Number | Duration | Years | Offsets, place: tuple[str, ...]) -> NumberRow:
    values = number.value if isinstance(number, Offsets) else (number.value,)
    comparison = number.comparison if isinstance(number, Limit | Years) else _side(place)
    told = ", ".join(f"{value:g}" for value in values)
    words = " · ".join(part.replace("_", " ") for part in place)
    return NumberRow(words, told, unit_words(number.unit), _SIGNS.get(comparison, comparison), number.source)


def _side(place: tuple[str, ...]) -> str:
    """Thresholds of criteria are strict, and their key says on which side."""
    return {"above": ">", "below": Comparison.BELOW, "elevated_above": ">"}.get(place[-1], "")
