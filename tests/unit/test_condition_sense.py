"""Conditions of an abstraction part: what a column cannot tell, what no row holds, what never holds together."""

import pytest

from scoring.measure_file.condition_sense import condition_faults
from scoring.measure_file.part import Part


def said(**form):
    return [str(fault) for fault in condition_faults(Part(form))]


def holds(told, words):
    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True))


@pytest.mark.parametrize(
    ("test", "column", "words"),
    [
        ("within", "triage_datetime", []),
        ("within", "severity", ['a.column: severity has no time, so "within" never holds; name a column that has one']),
        ("beyond", "transfer_in", ['a.column: transfer_in has no time, so "beyond" never holds']),
        ("not_before", "lactate_level", ['a.column: lactate_level has no time, so "not_before" never holds']),
        ("above", "lactate_level", []),
        ("above", "triage_datetime", ['a.column: triage_datetime has no measured value, so "above" never holds']),
        ("above", "severity", ['a.column: severity has no measured value, so "above" never holds']),
        ("code", "severity", []),
        ("code", "triage_datetime", ['a.column: triage_datetime has no code, so "code" never holds']),
        ("code", "lactate_level", ['a.column: lactate_level has no code, so "code" never holds']),
        ("code", "mrn", ['a.column: mrn has no code, so "code" never holds']),
        ("known", "triage_datetime", []),
        ("known", "severity", []),
        ("known", "lactate_level", []),
        ("known", "pcn", ['a.column: pcn has no value that is judged, so "known" never holds']),
        ("unknown", "date_of_birth", ['date_of_birth has no value that is judged, so "unknown" always holds']),
        ("within", "unheard_of", []),
        ("inside", "pcn", []),
    ],
)
def test_a_column_is_asked_for_what_it_can_tell(test, column, words):
    holds(said(a={"test": test, "column": column}), words)
    holds(said(a=[[{"test": test, "other": column}]]), [word.replace("a.column", "a[1][1].other") for word in words])


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ({"any_of": []}, ["e.any_of: is empty: it never holds; name what must hold"]),
        ({"one_of": []}, ["e.one_of: is empty: it never holds"]),
        ({"any_of": [[]]}, ["e.any_of[1]: is empty: it always holds; name what must hold, or take it out"]),
        ({"applies_when": [[{}], []]}, ["e.applies_when[2]: is empty: it always holds"]),
        ({"told_by": [[]]}, ["e.told_by[1]: is empty: it always holds"]),
        ({"among": [[]]}, ["e.among[1]: is empty: it always holds"]),
        ({"applies_when": []}, []),
        ({"other": [[]]}, []),
        ({"any_of": [3, ["x"]]}, []),
    ],
)
def test_a_way_asks_for_something(element, words):
    holds(said(elements={"e": element}), words)


@pytest.mark.parametrize(
    ("column", "code", "words"),
    [
        ("severity", "a", []),
        ("severity", "A", ['a.one_of[1]: "A" is in no row: it is read as "a"; write "a"']),
        ("adult_fluids", " 2", ['a.one_of[1]: " 2" is in no row: it is read as "2"; write "2"']),
        ("adult_fluids", "2.0", ['a.one_of[1]: "2.0" is in no row: it is read as "2"; write "2"']),
        ("adult_fluids", "2.5", []),
        ("severity", " ", ['a.one_of[1]: is blank, and a blank is no code; take it out, or ask with test = "unknown"']),
        ("severity", "yes", []),
        ("transfer_in", "1", []),
        ("transfer_in", "yes", ['a.one_of[1]: "yes" is in no row: it is read as "1"; write "1"']),
        ("transfer_in", "2", ['a.one_of[1]: "2" is no flag, and transfer_in is one; write "1" for yes, "0" for no']),
        ("severity", "A\nB", [r'a.one_of[1]: "A\nB" is in no row: it is read as "a_b"; write "a_b"']),
        ("unheard_of", "A", []),
        ("severity", 3, []),
    ],
)
def test_a_code_is_one_that_a_row_can_hold(column, code, words):
    holds(said(a={"test": "code", "column": column, "one_of": [code]}), words)


def test_a_time_is_compared_with_another():
    one = {"test": "not_before", "column": "triage_datetime"}

    assert said(a=one | {"other": "death_datetime"}) == []
    assert said(a=one | {"other": "triage_datetime"}) == [
        "a.other: triage_datetime is never before itself; name the column that it is compared with"
    ]
    assert said(a={"test": "not_before"}) == said(a=one | {"test": "known", "other": "triage_datetime"}) == []


def condition(test, column="triage_datetime", **more):
    return {"test": test, "column": column} | more


LATER = condition("not_before", "death_datetime", other="triage_datetime")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (condition("within"), condition("unknown"), "within"),
        (condition("unknown"), condition("within"), "unknown"),
        (condition("known"), condition("unknown"), "known"),
        (LATER, condition("unknown"), "not_before"),
        (condition("unknown", "death_datetime"), LATER, "unknown"),
        (condition("within"), condition("beyond"), "within"),
        (condition("code", one_of=["1"]), condition("code", one_of=["0", "2"]), "code"),
        (condition("code", one_of=["1"]), condition("code", one_of=["0", "1"]), None),
        (condition("unknown"), condition("unknown"), None),
        (condition("within"), condition("known"), None),
        (condition("within"), condition("beyond", "death_datetime"), None),
        (condition("within"), condition("unknown", "death_datetime"), None),
        (condition("unknown", 3), condition("within", 3), None),
    ],
)
def test_what_one_way_asks_for_can_hold_together(one, other, told):
    together, apart = (
        [fault for fault in said(elements={"e": {"any_of": ways}}) if "together" in fault]
        for ways in ([[one, other]], [[one], [other]])
    )

    where = f'elements.e.any_of[1][2]: never holds together with "{told}" of '
    assert len(together) == (told is not None)
    assert all(fault.startswith(where) for fault in together)
    assert apart == []


def test_two_that_never_hold_together_are_told_with_their_column():
    assert said(e={"any_of": [[LATER, condition("unknown")]]}) == [
        (
            'e.any_of[1][2]: never holds together with "not_before" of triage_datetime; '
            "take one of the two out, or make a way of each"
        )
    ]
