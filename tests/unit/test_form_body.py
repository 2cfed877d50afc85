"""What the form part of a file shares with the stream: said once, found in both, and never stumbled over."""

import pytest

from scoring.abstraction.measure_form import form_body

HOUR, DAY, OWN = ({"value": value, "unit": "hours"} for value in (1, 24, 6))
FILE = {
    "id": "m",
    "version": "1",
    "title": "A measure",
    "resolution": "minute",
    "readings": ["of the stream"],
    "exclusions": [{"reason": "late", "limit": HOUR}, {"reason": "age", "limit": DAY}, {"reason": "none"}, {}],
    "elements": {"drug": {"limit": HOUR}, "fluid": {}, "odd": 3},
}


def body_of(**form):
    return form_body(FILE | {"abstraction": form})


def test_the_header_is_shared_unless_the_form_has_its_own():
    shared = body_of(title="A form")

    assert {name: shared[name] for name in ("id", "version", "title", "resolution")} == {
        "id": "m", "version": "1", "title": "A form", "resolution": "minute"
    }  # fmt: skip
    assert "effective_from" not in shared
    assert "exclusions" not in shared
    assert "elements" not in shared


def test_an_element_has_the_limit_of_its_name_unless_it_has_its_own():
    told = body_of(elements={"drug": {"a": 1}, "fluid": {"b": 2}, "own": {"limit": OWN}, "odd": {"c": 3}, "no": 4})
    own = body_of(elements={"drug": {"limit": OWN}})

    assert told["elements"] == {
        "drug": {"limit": HOUR, "a": 1},
        "fluid": {"b": 2},
        "own": {"limit": OWN},
        "odd": {"c": 3},
        "no": 4,
    }
    assert own["elements"] == {"drug": {"limit": OWN}}


@pytest.mark.parametrize("part", ["exclusions", "population"])
def test_a_rule_has_the_limit_of_the_exclusion_of_its_reason(part):
    rules = [{"reason": "late"}, {"reason": "none"}, {"reason": "new"}, {"reason": "late", "limit": OWN}, {}]

    assert body_of(**{part: rules})[part] == [
        {"limit": HOUR, "reason": "late"},
        {"reason": "none"},
        {"reason": "new"},
        {"reason": "late", "limit": OWN},
        {},
    ]


def test_age_has_the_limit_of_the_exclusion_of_its_reason():
    assert body_of(age={"reason": "age"})["age"] == {"limit": DAY, "reason": "age"}
    assert body_of(age={"reason": "age", "limit": OWN})["age"] == {"limit": OWN, "reason": "age"}


def test_readings_of_the_stream_come_first():
    assert body_of(readings=["of the form"])["readings"] == ["of the stream", "of the form"]
    assert body_of()["readings"] == ["of the stream"]
    assert form_body({"abstraction": {"readings": ("of the form",)}})["readings"] == ["of the form"]


@pytest.mark.parametrize(
    ("part", "odd"),
    [("exclusions", "x"), ("exclusions", [1]), ("population", 3), ("elements", []), ("age", "x"), ("readings", "x")],
)
def test_what_is_of_another_kind_is_left_as_it_is(part, odd):
    """The model says what is wrong with it."""
    assert body_of(**{part: odd})[part] == odd
    assert form_body(FILE | {part: odd, "abstraction": {"age": {"reason": "age"}, "elements": {"drug": {}}}})
    assert FILE["exclusions"][0] == {"reason": "late", "limit": HOUR}
