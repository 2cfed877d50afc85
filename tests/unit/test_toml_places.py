"""On which line a key stands: what `tomllib` reads and what is placed are the same keys."""

import tomllib

import pytest

from scoring.measure_file.fault import Fault
from scoring.measure_file.toml_places import TomlPlaces
from scoring.measure_file.toml_text import place_faults
from scoring.rules import shipped_texts

TEXT = """\
a = 1
b.c = 2
"é x" = 3
'd'.e = { f = 1, g = [
  1, # one
  [2, 3],
  { h = 4 },
] }

[i."j.k"] # a table
# a comment
l = '''
two lines
'''

[[m]]
n = 1
[m.o]
p = 1
[[m]]
[m.o]
p = 2
[[m.q]]
r = 1
[[m.q]]
r = 2
"""


def paths(value, path=()):
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from paths(each, (*path, key))


def test_every_kind_of_key_has_its_line():
    places = TomlPlaces(TEXT)

    assert {path: places.line(path) for path in paths(tomllib.loads(TEXT))} == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 2,
        ("é x",): 3,
        ("d",): 4,
        ("d", "e"): 4,
        ("d", "e", "f"): 4,
        ("d", "e", "g"): 4,
        ("d", "e", "g", 0): 5,
        ("d", "e", "g", 1): 6,
        ("d", "e", "g", 1, 0): 6,
        ("d", "e", "g", 1, 1): 6,
        ("d", "e", "g", 2): 7,
        ("d", "e", "g", 2, "h"): 7,
        ("i",): 10,
        ("i", "j.k"): 10,
        ("i", "j.k", "l"): 12,
        ("m",): 16,
        ("m", 0): 16,
        ("m", 0, "n"): 17,
        ("m", 0, "o"): 18,
        ("m", 0, "o", "p"): 19,
        ("m", 1): 20,
        ("m", 1, "o"): 21,
        ("m", 1, "o", "p"): 22,
        ("m", 1, "q"): 23,
        ("m", 1, "q", 0): 23,
        ("m", 1, "q", 0, "r"): 24,
        ("m", 1, "q", 1): 25,
        ("m", 1, "q", 1, "r"): 26,
    }


def test_line_ends_of_another_system_count_once():
    places = TomlPlaces(TEXT.replace("\n", "\r\n"))

    assert (places.line(("m", 1, "q", 1, "r")), places.line(("d", "e", "g", 2, "h"))) == (26, 7)


def test_what_is_not_there_has_the_line_of_the_table_that_would_hold_it():
    places = TomlPlaces(TEXT)

    assert places.line(("m", 1, "o", "z")) == 21
    assert places.line(("z", "z")) == 1
    assert places.line(()) == 1


@pytest.mark.parametrize("name", sorted(shipped_texts()))
def test_every_key_of_every_file_that_ships_stands_on_its_line(name):
    text = shipped_texts()[name]
    places, rows = TomlPlaces(text), text.splitlines()
    named = [path for path in paths(tomllib.loads(text)) if isinstance(path[-1], str)]

    assert named
    assert [path for path in named if path[-1] not in rows[places.line(path) - 1]] == []


def test_faults_are_told_by_line_and_once_a_key():
    faults = [
        Fault(("m", 1, "o"), "second", "do"),
        Fault(("a",), "look", "do", is_warning=True),
        Fault(("a",), "first", "do"),
        Fault(("a",), "again", "do"),
        Fault(("b", "c"), "look here", "do", is_warning=True),
        Fault(("b", "c"), "look there", "do", is_warning=True),
    ]

    assert [f"{fault.line}: {fault}" for fault in place_faults(faults, TEXT)] == [
        "1: a: first; do",
        "2: b.c: warning: look here; do",
        "2: b.c: warning: look there; do",
        "21: m[2].o: second; do",
    ]


def test_a_key_that_is_no_plain_word_is_quoted():
    assert Fault(("é x", 0, "b-c_d"), "", "").key == '"\\u00e9 x"[1].b-c_d'
    assert Fault((), "", "").key == "file"
