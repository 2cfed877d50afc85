"""A measure in words, for those who show it: every rule as one line with its sources."""

from collections.abc import Iterator
from typing import Any

from schemas.measure_words import ElementWords, MeasureWords, RuleLine
from schemas.strict_model import StrictModel
from schemas.verdict import Element
from scoring.measure import Measure
from scoring.rule_line import (
    element_line,
    element_sources,
    entry_line,
    exclusion_line,
    population_line,
    resolution_line,
    time_zero_line,
)


def measure_words(measure: Measure) -> MeasureWords:
    """Put every rule of a measure into words."""
    return MeasureWords(
        measure=measure.identifier,
        title=measure.title,
        source=measure.source,
        resolution=RuleLine(line=resolution_line(measure), sources=(measure.resolution_source,)),
        entry=RuleLine(line=entry_line(measure), sources=_sources(measure.entry)),
        time_zero=RuleLine(line=time_zero_line(measure), sources=(measure.time_zero.source,)),
        population=tuple(RuleLine(line=population_line(rule), sources=_sources(rule)) for rule in measure.population),
        exclusions=tuple(RuleLine(line=exclusion_line(rule), sources=_sources(rule)) for rule in measure.exclusions),
        elements=tuple(_element(measure, each) for each in measure.elements),
    )


def _element(measure: Measure, element: Element) -> ElementWords:
    """An element without numbers of its own (an outcome) has the source of its measure."""
    sources = element_sources(measure, element) or (measure.source,)
    return ElementWords(element=element, line=element_line(measure, element), sources=sources)


def _sources(rule: StrictModel) -> tuple[str, ...]:
    """Every source that a rule names, each once."""
    return tuple(dict.fromkeys(_named(rule.model_dump(exclude_none=True))))


def _named(body: dict[str, Any]) -> Iterator[str]:
    for name, part in body.items():
        if name == "source" or name.endswith("_source"):
            yield part
        elif isinstance(part, dict):
            yield from _named(part)
