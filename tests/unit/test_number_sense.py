"""Numbers of a file at their edges: what is refused, and what is not."""

import pytest

from scoring.measure_file.number_sense import number_faults
from scoring.measure_file.part import Part


def said(body):
    return [str(fault) for fault in number_faults(Part(body))]


def number(value, unit, **more):
    return {"value": value, "unit": unit} | more


@pytest.mark.parametrize(
    ("key", "fine", "refused", "words"),
    [
        ("look_back", number(0, "hours"), number(-0.1, "hours"), "is negative; write how long, from 0 on"),
        ("limit", number(0, "years"), number(-1, "years"), "is negative; write how long, from 0 on"),
        ("limit", number(0, "hours", comparison="<="), number(0, "hours", comparison="<"), "lets nothing pass"),
        ("limit", number(1, "hours", comparison="<"), number(0, "hours", comparison="<"), "lets nothing pass"),
        ("grace", number(0, "hours", comparison="<"), number(-1, "hours"), "is negative"),
        ("readings", number(1, "readings"), number(0, "readings"), "0 is no count; write a whole number, from 1 on"),
        ("number", number(3, "bolus"), number(1.5, "bolus"), "1.5 is no count; write a whole number, from 1 on"),
        ("sirs_needed", number(2, "criteria"), number(-2, "criteria"), "-2 is no count"),
        ("volume", number(0.1, "mL/kg"), number(0, "mL/kg"), "0 asks for nothing; write a number above 0"),
        ("volume", number(30, "mL/kg"), number(-1, "mL/kg"), "-1 asks for nothing; write a number above 0"),
        ("accepted_share", number(1, "of the target"), number(1.1, "of the target"), "1.1 is more than the whole"),
        ("accepted_share", number(0.9, "of the target"), number(0, "of the target"), "0 asks for nothing"),
        ("at_least", number(20, "mL/kg"), number(20, "mL"), '"mL" is not what it is compared in; write "mL/kg"'),
        ("suppressed_at_most", number(0, "cases"), number(-1, "cases"), "-1 is no number of cases; write a whole"),
        ("suppressed_at_most", number(9, "cases"), number(9.5, "cases"), "9.5 is no number of cases; write a whole"),
        ("suppressed_at_most", number(100, "cases"), number(101, "cases"), "101 hides what tells of nobody; write a"),
        ("any", number(1e12, "points"), number(float("inf"), "points"), "is no amount; write a finite number"),
        ("any", number(-1, "points"), number(float("nan"), "days"), "is no amount; write a finite number"),
        ("any", {"value": True, "unit": "days"}, number(10**400, "days"), "is no amount; write a finite number"),
    ],
)
def test_a_number_at_the_edge_and_beyond_it(key, fine, refused, words):
    assert said({key: fine}) == []
    assert len(said({key: refused})) == 1
    assert words in said({key: refused})[0]


@pytest.mark.parametrize(
    ("quantity", "unit", "faults"),
    [("lactate", "mmol/L", 0), ("lactate", "mg/dL", 1), ("creatinine", "mg/dL", 0), ("unheard_of", "x", 0)],
)
@pytest.mark.parametrize("key", ["above", "below"])
def test_a_threshold_is_in_the_unit_of_its_quantity(key, quantity, unit, faults):
    assert len(said({"low": [{"quantity": quantity, key: number(2, unit)}]})) == faults


def test_a_number_of_another_key_has_no_unit_of_the_quantity():
    assert said({"low": [{"quantity": "lactate", "beside": number(2, "hours")}]}) == []


def element(offsets, limit=60, unit="minutes", **more):
    body = {"due_soon": {"value": offsets, "unit": "minutes"}} | more
    return {"e": body if limit is None else body | {"limit": number(limit, unit)}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (element([59.9, 20, 0.1]), []),
        (element([]), ["names no warning"]),
        (element([20, 20]), ["does not fall"]),
        (element([5, 20]), ["does not fall"]),
        (element([20, 0]), ["warns when it is due, or later"]),
        (element([20, -1]), ["warns when it is due, or later"]),
        (element([60]), ["warns before the window begins"]),
        (element([60], 1, "hours"), ["warns before the window begins"]),
        (element([59], 1, "hours"), []),
        (element([1e300]), ["warns before the window begins"]),
        (element([20], None), ["counts back from a limit that is not there"]),
        (element([20], None, act="death"), ["warns of a death"]),
        (element([20], act="death"), ["warns of a death"]),
        (element([60], 3, "cups"), []),
        (element([20, "x"]), []),
        (element("x"), []),
        (element([-1], 0), ["warns when it is due, or later"]),
        (element([0], 0), ["warns when it is due, or later"]),
        (element([0.5], 0.25), ["warns before the window begins"]),
    ],
)
def test_warnings_fall_within_the_window(body, words):
    told = said(body)

    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


def test_numbers_of_other_keys_warn_of_nothing():
    assert said({"e": {"other": {"value": [5, 20], "unit": "minutes"}}}) == []


@pytest.mark.parametrize("key", ["source", "acts_source"])
def test_a_source_says_something(key):
    assert said({"e": {key: " "}}) == [
        f"e.{key}: is empty; say where it comes from: the text, with version and page"
    ]  # fmt: skip
    assert said({"e": {key: "p. 3", "title": ""}}) == []
    assert said({key: ""}) == [f"{key}: is empty; say where it comes from: the text, with version and page"]
    assert said({"e": {key: 3}}) == []
