"""What the models refuse in a file, as faults: unknown, missing, of another kind, not among the words allowed."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from schemas.length_of_time import NO_AMOUNT, TOO_LONG
from schemas.verdict import Element
from scoring.abstraction.measure_form import LIMIT_NEEDED
from scoring.measure_file.example import Examples
from scoring.measure_file.fault import Fault, choose, nearest, value_words
from scoring.measure_file.toml_places import Path
from scoring.measure_file.toml_text import TOO_DEEP
from scoring.measure_file.vocabulary import (
    ELEMENT_NAME,
    Table,
    Word,
    allowed,
    discriminator,
    find_word,
    kind_words,
    members,
    tags,
)

OWN_WORDS = "see docs/measure-vocabulary.md"
"""The remedy for what a model refuses in words of its own."""

MISSING = "is missing"
_NO_KEY = "is no key of this table"
_NO_ELEMENT = "is no element that the engine knows"
_REMEDIES = {
    LIMIT_NEEDED: "add a limit, or use the name or reason of one above that has one",
    NO_AMOUNT: "write a finite number",
    TOO_LONG: "write a shorter time",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
"""What pydantic says of a number beyond a bound, under which word it tells the bound, and how we say it."""

_ELEMENTS = tuple(element.value for element in Element if element is not Element.BUNDLE)


def model_faults(model: Table, body: Mapping[str, Any], examples: Examples) -> Iterator[Fault]:
    """Faults of a file's content under its model.

    Nothing is taken for something else: a number in quotes is a text, 1 is not true. What a model's own validators
    refuse is a fault of the table that they judge.
    """
    try:
        model.model_validate_json(to_json(body, inf_nan_mode="constants"), strict=True)
    except ValidationError as refused:
        for error in refused.errors(include_url=False, include_input=False):
            yield TOO_DEEP if error["type"] == "json_invalid" else _fault(model, body, error, examples)


def _fault(model: Table, body: Mapping[str, Any], error: ErrorDetails, examples: Examples) -> Fault:
    word = find_word(model, error["loc"])
    kind = error["type"]
    if error["loc"][-1:] == (ELEMENT_NAME,):
        return _unknown_element(word)
    if kind == "missing":
        return _missing(word, examples)
    if kind == "extra_forbidden":
        known = tuple(word.table.model_fields) if word.table is not None else ()
        return unknown_key(word.path, known, value_at(body, word.path[:-1]))
    if kind.startswith("union_tag"):
        return _untold(word, value_at(body, word.path))
    if kind == "value_error":
        return _refused(word, error["msg"].removeprefix("Value error, "), value_at(body, word.path))
    if kind in _BOUNDS:
        return _beyond(word, value_at(body, word.path), error)
    return _of_another_kind(word, value_at(body, word.path), examples)


def _refused(word: Word, said: str, value: Any) -> Fault:
    """In the words of a model, of a length of time at its value: the model takes value and unit together."""
    is_length = said in {NO_AMOUNT, TOO_LONG} and isinstance(value, Mapping)
    return Fault((*word.path, "value") if is_length else word.path, said, _REMEDIES.get(said, OWN_WORDS))


def _beyond(word: Word, value: Any, error: ErrorDetails) -> Fault:
    key, words = _BOUNDS[error["type"]]
    asked = f"{words} {error['ctx'][key]:g}"
    return Fault(word.path, f"{value_words(value)} is not {asked}", f"write a number that is {asked}")


def _unknown_element(word: Word) -> Fault:
    name = str(word.path[-1])
    meant = nearest(name, _ELEMENTS)
    if meant is None:
        return Fault(word.path, _NO_ELEMENT, f"name it one of {', '.join(_ELEMENTS)}")
    return Fault(word.path, _NO_ELEMENT, f"name it {meant}", meant=(*word.path[:-1], meant))


def _missing(word: Word, examples: Examples) -> Fault:
    return Fault(word.path, MISSING, f"add {examples.of(word)}")


def unknown_key(path: Path, known: Sequence[str], beside: Collection[str]) -> Fault:
    """A key that its table does not have; one that stands `beside` it already was hardly meant."""
    told = str(path[-1])
    meant = nearest(told, [each for each in known if each not in beside]) or nearest(told, known)
    if meant is None:
        return Fault(path, _NO_KEY, f"take it out; the keys here are {', '.join(known)}")
    return Fault(path, _NO_KEY, f"write {meant}, or take it out", meant=(*path[:-1], meant))


def _untold(word: Word, table: Any) -> Fault:
    """A table of which nothing says which of several kinds it is."""
    of = members(word.kind)
    key = next(filter(None, map(discriminator, of)))
    path = (*word.path, key)
    known = tuple(tag for each in of for tag in tags(each))
    if key not in table:
        return Fault(path, MISSING, f"add {key} = one of {', '.join(known)}")
    told = table[key]
    return Fault(path, f"{value_words(told)} is not known here", choose(told, known))


def _of_another_kind(word: Word, value: Any, examples: Examples) -> Fault:
    known = allowed(word.kind)
    if known:
        return Fault(word.path, f"{value_words(value)} is not allowed", choose(value, known))
    if value == "":
        return Fault(word.path, "is empty", f"write {examples.of(word)}")
    what = f"must be {kind_words(word.kind)} and is {value_words(value)}"
    if isinstance(value, str) and not isinstance(_unquoted(value), str):
        return Fault(word.path, what, f"write it without quotes: {word.path[-1]} = {value.strip()}")
    return Fault(word.path, what, f"write {examples.of(word)}")


def _unquoted(text: str) -> Any:
    """What a text would say without its quotes; the text itself where it would say nothing."""
    try:
        return tomllib.loads(f"told = {text}")["told"]
    except ValueError:
        return text


def value_at(body: Any, path: Sequence[int | str]) -> Any:
    """What stands at a path that the body has."""
    for part in path:
        body = body[part]
    return body
