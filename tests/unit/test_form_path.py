"""Where in a file a key of the form stands: in its own part, or where it is shared with the stream."""

import pytest

from scoring.measure_file.form_path import form_path

FILE = {
    "id": "m",
    "title": "A measure",
    "readings": ["one", "two"],
    "exclusions": [3, {"reason": "other"}, {"reason": "late", "limit": {}}],
    "elements": {"drug": {"limit": {}}, "fluid": {"limit": {}}},
    "abstraction": {
        "title": "A form",
        "exclusions": [{"reason": "late"}, {"reason": "other", "limit": {}}, {"reason": "new"}],
        "elements": {"drug": {}, "fluid": {"limit": {}}},
        "age": {"reason": "late"},
    },
}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), ("abstraction",)),
        (("id",), ("id",)),
        (("version",), ("version",)),
        (("title",), ("abstraction", "title")),
        (("drops", 0), ("abstraction", "drops", 0)),
        (("readings",), ("abstraction", "readings")),
        (("readings", 0), ("readings", 0)),
        (("readings", 1), ("readings", 1)),
        (("readings", 2), ("abstraction", "readings", 0)),
        (("elements", "drug", "limit", "unit"), ("elements", "drug", "limit", "unit")),
        (("elements", "fluid", "limit", "unit"), ("abstraction", "elements", "fluid", "limit", "unit")),
        (("exclusions", 0, "limit", "unit"), ("exclusions", 2, "limit", "unit")),
        (("exclusions", 1, "limit"), ("abstraction", "exclusions", 1, "limit")),
        (("exclusions", 2, "limit", "unit"), ("abstraction", "exclusions", 2, "limit", "unit")),
        (("age", "limit", "value"), ("exclusions", 2, "limit", "value")),
        (("age", "reason"), ("abstraction", "age", "reason")),
    ],
)
def test_a_key_of_the_form_has_its_place_in_the_file(path, place):
    assert form_path(path, FILE) == place
