"""An abstraction part as a whole: time zero, elements, limits and strata that say nothing, or two things at once."""

import pytest

from scoring.measure_file.form_sense import form_faults
from scoring.measure_file.part import Part


def form(above=(), **body):
    return [str(fault) for fault in form_faults(Part({"abstraction": {"time_zero": {}} | body, **dict(above)}))]


def holds(told, words):
    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True))


KNOWN = {"test": "known", "column": "triage_datetime"}
WITHIN = {"test": "within", "column": "triage_datetime"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, []),
        ({"elements": {}}, ["abstraction.elements: is empty"]),
        ({"elements": {"fluids": {"any_of": []}}}, ["fluids.any_of: is empty: it never holds"]),
        ({"elements": {"bundle": {}}}, ["abstraction.elements.bundle: is derived from the other elements; take it"]),
        ({"elements": {"lactate": {"among": [[KNOWN]], "among_title": "of those known"}}}, []),
        (
            {"elements": {"lactate": {"among": [[KNOWN]]}}},
            ["abstraction.elements.lactate.among_title: is missing, and among is reported under it; add among_title"],
        ),
        ({"elements": {"lactate": {"among": [[KNOWN]], "among_title": " "}}}, ["lactate.among_title: is missing"]),
        ({"time_zero": {"first_known": [["triage_datetime"], ["severity"]]}}, ["[2][1]: severity has no time"]),
        ({"time_zero": {"first_known": ["triage_datetime", ["unheard_of", 3], 3]}}, []),
        ({"time_zero": {"first_known": []}}, ["time_zero.first_known: is empty: there is never a time zero; name co"]),
        ({"time_zero": {"first_known": [["triage_datetime"], []]}}, ["first_known[2]: is empty; name the columns of"]),
        ({"time_zero": "x"}, []),
    ],
)
def test_a_form_can_hold(body, words):
    holds(form(**body), words)
    assert list(form_faults(Part({"abstraction": "x"}))) == []


def test_a_warning_counts_from_no_time_zero():
    assert form(warnings=[{"any_of": [[KNOWN, WITHIN]]}], exclusions=[{"any_of": [[WITHIN]]}]) == [
        (
            'abstraction.warnings[1].any_of[1][2].test: "within" never holds: a warning counts from no time zero;'
            " ask what the row says, by another test"
        )
    ]


def test_a_limit_counts_from_a_time_zero():
    timeless = Part({"abstraction": {"exclusions": [{"any_of": [[WITHIN]]}]}})

    assert [str(fault) for fault in form_faults(timeless)] == [
        (
            "abstraction.time_zero: is missing, and a condition counts from it;"
            " add [abstraction.time_zero], or ask by another test"
        )
    ]
    assert list(form_faults(Part({"abstraction": {"exclusions": [{"any_of": [[KNOWN]]}]}}))) == []


@pytest.mark.parametrize(
    ("limits", "own", "faults"),
    [
        (["1 h", "6 h"], {}, 1),
        (["1 h", None], {}, 1),
        (["1 h", "1 h"], {}, 0),
        (["1 h"], {}, 0),
        ([], {}, 0),
        (["1 h", "6 h"], {"limit": "2 h"}, 0),
    ],
)
def test_a_limit_that_is_taken_from_above_is_one(limits, own, faults):
    """A form's rule without a limit takes that of the exclusion of its reason."""
    above = {"exclusions": [{"reason": "r"} | ({} if each is None else {"limit": each}) for each in limits]}
    what = 'limit: is missing, and the exclusions named "r" above differ in theirs; add the limit here'
    rule = {"reason": "r"} | own

    holds(form(above, exclusions=[rule]), [f"abstraction.exclusions[1].{what}"] * faults)
    holds(form(above, population=[rule]), [f"abstraction.population[1].{what}"] * faults)
    holds(form(above, age=rule), [f"abstraction.age.{what}"] * faults)
    assert form(above, exclusions=[rule | {"reason": "another"}]) == []


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        ([{"reason": "r", "limit": "1 h"}, {"reason": "r", "limit": "6 h"}], 1),
        ([{"reason": "r"}, {"reason": "r", "limit": "6 h"}], 1),
        ([{"reason": "r", "limit": "1 h"}, {"reason": "r", "limit": "1 h"}], 0),
        ([{"reason": "r", "limit": "1 h"}, {"reason": "s", "limit": "6 h"}], 0),
        ([{"limit": "1 h"}, {"limit": "6 h"}], 0),
    ],
)
def test_a_reason_has_one_limit(rules, faults):
    what = 'reason: "r" is the reason of another exclusion, which has another limit; name it otherwise'

    holds(form(exclusions=rules), [f"abstraction.exclusions[2].{what}"] * faults)


@pytest.mark.parametrize(
    ("strata", "words"),
    [
        ([{"title": "a", "column": "severity", "one_of": ["1"]}, {"title": "b"}], []),
        ([{"title": "a"}, {"title": "a"}], ['strata[2].title: "a" is the title of another one; write a title of its']),
        ([{"title": ""}], ["strata[1].title: is empty; write a title of its own"]),
        ([{}, {}, {"title": 3}], []),
        ([{"title": "a", "column": "death_datetime"}], ["strata[1].column: death_datetime has no code; name a column"]),
        ([{"column": "unheard_of"}], []),
        ([{"column": "severity", "one_of": ["A"]}], ['strata[1].one_of[1]: "A" is in no row: it is read as "a"']),
    ],
)
def test_groups_are_told_apart(strata, words):
    holds(form(strata=strata), words)
