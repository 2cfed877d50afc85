"""A table of a file that may hold anything: what has the kind asked for is given, the rest is not stumbled over."""

import pytest

from scoring.measure_file.part import Part, every_part, is_number, looks_like_number

ODD = [None, True, 3, 2.5, "text", [], {}]
BODY = {
    "table": {"inner": {"deep": 1}, "odd": 3, "other": {}},
    "list": [{"a": 1}, 3, {"b": [{"c": 2}]}],
    "words": ["one", 2, "three"],
    "word": "alone",
    "number": 1.5,
    "flag": True,
}
PART = Part(BODY, ("top",))


def test_a_place_is_below_that_of_its_table():
    assert PART.place("list", 0) == ("top", "list", 0)
    assert Part(BODY).place() == ()


def test_a_table_and_the_tables_in_it_are_given_with_their_places():
    assert PART.table("table") == Part(BODY["table"], ("top", "table"))
    assert list(PART.named("table")) == [
        ("inner", Part({"deep": 1}, ("top", "table", "inner"))),
        ("other", Part({}, ("top", "table", "other"))),
    ]
    assert list(PART.listed("list")) == [Part({"a": 1}, ("top", "list", 0)), Part(BODY["list"][2], ("top", "list", 2))]


def test_texts_and_numbers_are_given_where_they_are_some():
    assert PART.words("words") == ["one", "three"]
    assert PART.words("word") == ["alone"]
    assert PART.word("word") == "alone"
    assert PART.number("number") == 1.5
    assert PART.items("words") == ["one", 2, "three"]


@pytest.mark.parametrize("key", ["none", "flag"])
def test_what_is_not_there_or_of_another_kind_is_as_if_it_were_not(key):
    asked = (PART.table, PART.word, PART.number)

    assert [ask(key) for ask in asked] == [None, None, None]
    assert [list(ask(key)) for ask in (PART.named, PART.listed, PART.items, PART.words)] == [[], [], [], []]


def test_true_is_no_number_and_infinity_is_no_amount():
    assert [looks_like_number(each) for each in ODD] == [False, False, True, True, False, False, False]
    assert [is_number(each) for each in (3, 2.5, True, float("inf"), float("nan"), 10**400, "3")] == [
        True, True, False, False, False, False, False
    ]  # fmt: skip
    assert looks_like_number(float("inf"))


def test_every_table_is_found_with_the_one_that_holds_it():
    found = [(part.path, holder.path) for part, holder in every_part(PART)]

    assert found == [
        (("top", "table"), ("top",)),
        (("top", "table", "inner"), ("top", "table")),
        (("top", "table", "other"), ("top", "table")),
        (("top", "list", 0), ("top",)),
        (("top", "list", 2), ("top",)),
        (("top", "list", 2, "b", 0), ("top", "list", 2)),
    ]
