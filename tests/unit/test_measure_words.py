"""Every shipped measure in words, with a source for every line."""

import pytest

from schemas.verdict import Element
from scoring.measure_words import measure_words
from scoring.rules import measure, shipped_measures


def lines(words):
    """Every line of a measure."""
    single = (words.resolution, words.entry, words.time_zero)
    return [*single, *words.population, *words.exclusions, *words.elements]


@pytest.mark.parametrize("name", shipped_measures())
def test_every_rule_has_a_line_with_its_source(name):
    words = measure_words(measure(name))

    assert (words.measure, words.title) == (name, measure(name).title)
    assert [each.element for each in words.elements] == list(measure(name).elements)
    for told in lines(words):
        assert told.line.endswith(".")
        assert told.sources
        assert all(told.sources)


def test_a_line_names_each_source_once():
    words = measure_words(measure("nys-ped-1h/spec-2015"))

    for told in lines(words):
        assert len(set(told.sources)) == len(told.sources)


def test_the_bundle_has_no_rule_of_its_own():
    words = measure_words(measure("nys-ped-1h/spec-2015"))

    assert words.line_of(Element.BUNDLE) is None
    assert words.line_of(Element.ANTIBIOTICS).line.startswith("A systemic antibacterial starts at most 60 min")
