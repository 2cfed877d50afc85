"""Elements of a file at the edge of what makes sense: what is refused, what is worth a look, and what is neither."""

import pytest

from scoring.measure_file.element_sense import element_faults
from scoring.measure_file.part import Part

WARNS = {"due_soon": {}}


def said(elements):
    return [str(fault) for fault in element_faults(Part({"elements": elements}))]


def holds(told, words):
    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True))


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"e": {"act": "antibiotic"}}, []),
        ({}, ["elements: is empty"]),
        ({"bundle": {"act": "antibiotic"}}, ["elements.bundle: is derived from the other elements"]),
        ({"e": {"act": "lactate", "in_bundle": False, "in_bundle_source": "s"}}, ["has none that counts"]),
        (
            {"e": {"act": "lactate", "in_bundle": False, "in_bundle_source": "s"}, "f": {"act": "antibiotic"}},
            [],
        ),
        ({"e": {"act": "death", "in_bundle": False}}, []),
        (
            {"e": {"act": "death"}, "f": {"act": "lactate", "in_bundle": False, "in_bundle_source": "s"}},
            ["elements: has none that counts for the bundle"],
        ),
        ({"e": {"act": "lactate", "in_bundle": True}}, []),
        ({"e": {"act": "lactate", "in_bundle": 0}}, []),
    ],
)
def test_elements_make_a_bundle(elements, words):
    holds(said(elements), words)


def test_a_file_without_elements_has_none_that_are_faulty():
    assert list(element_faults(Part({}))) == []
    assert said("x") == []


SOURCES = [
    ("applies_when", ["high_lactate"], "applies_when_source"),
    ("before_antibiotic", True, "before_antibiotic_source"),
    ("needs_antibiotic_without", "comfort_care", "needs_antibiotic_source"),
    ("routes", ["iv"], "routes_source"),
    ("alone", ["meropenem"], "spectrum_source"),
    ("together", [["cefepime"]], "spectrum_source"),
    ("after_fluids", True, "after_fluids_source"),
]


@pytest.mark.parametrize(("key", "value", "source"), SOURCES)
def test_what_decides_something_says_where_it_comes_from(key, value, source):
    assert said({"e": {key: value, source: "s"}}) == []
    holds(said({"e": {key: value}}), [f"e.{source}: is missing, and {key} decides something; add {source} ="])
    holds(said({"e": {source: "s"}}), [f"e.{source}: warning: is the source of nothing"])
    holds(said({"e": {key: False, source: "s"}}), [f"e.{source}: warning: is the source of nothing"])


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"in_bundle": False, "in_bundle_source": "s"}, []),
        ({"in_bundle": False}, ["e.in_bundle_source: is missing, and in_bundle decides something"]),
        ({"in_bundle_source": "s"}, ["e.in_bundle_source: warning: is the source of nothing"]),
        ({"in_bundle": True, "in_bundle_source": "s"}, ["e.in_bundle_source: warning: is the source of nothing"]),
        ({"in_bundle": False, "act": "death"}, []),
    ],
)
def test_what_stands_outside_of_the_bundle_says_why(part, words):
    holds(said({"e": part, "f": {"act": "antibiotic"}}), words)


CULTURE = {"act": "blood_culture"}
FIRST = {"before_antibiotic": True, "before_antibiotic_source": "s"}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (CULTURE, []),
        (CULTURE | {"antibiotic_look_back": {}}, ["e.antibiotic_look_back: has no effect"]),
        (CULTURE | {"delay_accepted_by": "x"}, ["e.delay_accepted_by: has no effect"]),
        (CULTURE | FIRST | {"antibiotic_look_back": {}, "delay_accepted_by": "x"}, []),
        (CULTURE | {"before_antibiotic": False, "delay_accepted_by": "x"}, ["e.delay_accepted_by: has no effect"]),
        ({"act": "antibiotic", "delay_accepted_by": "x"}, []),
        ({"act": "lactate", "look_back": {}}, ["e.look_back: warning: does not choose the lactate"]),
        ({"act": "repeat_lactate", "look_back": {}}, ["e.look_back: warning: does not choose the lactate"]),
        ({"act": "antibiotic", "look_back": {}}, []),
        ({"act": "lactate", "counts_from": "initial_lactate"}, ["e.counts_from: counts the initial lactate from"]),
        ({"act": "repeat_lactate", "counts_from": "initial_lactate"}, []),
        ({"act": "lactate", "counts_from": "time_zero"}, []),
        ({"statements": []}, ["e.statements: is empty"]),
        ({"full_set": [["spo2"], []]}, ["e.full_set[2]: is empty"]),
        ({"full_set": [], "routes": []}, ["e.full_set: is empty", "e.routes: is empty"]),
        ({"alone": [], "together": []}, ["e.together: is empty", "e.alone: is empty"]),
        ({"statements": ["reassessment"]}, []),
        ({"limit": {}} | WARNS, []),
        ({"limit": {}}, ["elements.e: warning: warns nobody before it is due"]),
        ({}, []),
        ({"limit": {}, "act": "death"}, []),
        ({"limit": {}, "in_bundle": False, "in_bundle_source": "s"}, []),
        ({"limit": {}, "in_bundle": True}, ["elements.e: warning: warns nobody before it is due"]),
    ],
)
def test_an_element_asks_for_nothing_in_vain(part, words):
    holds(said({"e": part, "f": {"act": "antibiotic"}}), words)
