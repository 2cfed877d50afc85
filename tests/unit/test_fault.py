"""A fault in words: its key, what stands there, and which word was probably meant."""

from datetime import UTC, date, datetime, time

import pytest

from scoring.measure_file.example import inline, is_source
from scoring.measure_file.fault import Fault, choose, key_words, nearest, value_words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ((), "file"),
        (("a",), "a"),
        (("a", 0, "b_c-d", 11), "a[1].b_c-d[12]"),
        ((0, "a"), "[1].a"),
        (("a b", "", "é"), '"a b".""."\\u00e9"'),
    ],
)
def test_a_key_is_spoken_of_with_the_first_of_a_kind_as_1(path, words):
    assert key_words(path) == words


def test_a_warning_says_so():
    assert str(Fault(("a",), "is odd", "look")) == "a: is odd; look"
    assert str(Fault(("a",), "is odd", "look", is_warning=True)) == "a: warning: is odd; look"


@pytest.mark.parametrize(
    ("word", "known", "remedy"),
    [
        ("minute", ["minutes", "hours"], 'write "minutes"'),
        ("=<", ["<=", "<"], 'write "<=" or "<"'),
        ("x", ["<", "<=", ">"], 'write "<", "<=" or ">"'),
        (3, ["minutes"], 'write "minutes"'),
        (3, ["3", "4"], 'write "3" or "4"'),
        ("m3", ["m2", "zz"], 'write "m2" or "zz"'),
    ],
)
def test_the_word_that_was_meant_is_written_else_any_of_all(word, known, remedy):
    assert choose(word, known) == remedy


def test_no_word_is_near_to_what_is_quite_another():
    assert nearest("shok", ["shock", "stock"]) == "shock"
    assert nearest("width", ["acts", "source"]) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "a table"),
        ([], "a list"),
        (True, "true"),
        ("é", '"é"'),
        (datetime(2015, 1, 2, 3, tzinfo=UTC), "the date 2015-01-02T03:00:00+00:00"),
        (date(2015, 1, 2), "the date 2015-01-02"),
        (time(3, 4), "the time 03:04:00"),
        (2.5, "2.5"),
    ],
    ids=str,
)
def test_a_value_is_told_in_one_line(value, words):
    assert value_words(value) == words


@pytest.mark.parametrize(
    ("value", "toml"),
    [
        ({"a": 1, "b": [True, 2.0, "x"]}, '{ a = 1, b = [true, 2, "x"] }'),
        (date(2015, 1, 2), "2015-01-02"),
        (0.25, "0.25"),
        ("é", '"é"'),
    ],
    ids=str,
)
def test_an_example_is_toml_on_one_line(value, toml):
    assert inline(value) == toml


def test_a_source_is_told_by_its_name():
    assert [is_source(key) for key in ("source", "acts_source", "sources", "resource")] == [True, True, False, False]
