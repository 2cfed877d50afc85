"""The words that a measure's file may use, read off the models: which key, of what kind, with what allowed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from scoring.measure_file.toml_places import Path

DISCRIMINATORS = ("rule", "act", "test")
"""Keys whose word decides which other keys their table has."""

ELEMENT_NAME = "[key]"
"""How pydantic says that it is the key itself that is wrong."""

Table = type[BaseModel]

_KINDS: dict[Any, str] = {
    str: "a text in quotes",
    float: "a number",
    int: "a whole number",
    bool: "true or false",
    date: "a date without quotes and without a time",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A place of the vocabulary.

    Attributes:
        path: Its keys, as they stand in a file.
        table: The table whose key it is; None where it is none of a table with fixed keys.
        kind: The annotation of what stands there; Any where the key is unknown.
    """

    path: Path
    table: Table | None
    kind: Any


def find_word(model: Table, loc: Sequence[int | str]) -> Word:
    """Follow the place of one of pydantic's errors, which names the members of unions between the keys."""
    path: Path = ()
    table: Table | None = None
    kind: Any = model
    for part in loc:
        member = _member(kind, part)
        if member is not None:
            kind = member
        elif part != ELEMENT_NAME:
            path = (*path, part)
            table, kind = _step(kind, part)
    return Word(path, table, kind)


def _step(kind: Any, part: int | str) -> tuple[Table | None, Any]:
    inner = bare(kind)
    if is_table(inner):
        field = inner.model_fields.get(str(part))
        return inner, Any if field is None else field.annotation
    return None, next(iter(_inside(inner)), Any)


def _inside(kind: Any) -> tuple[Any, ...]:
    """What a list or a table with free keys holds."""
    if get_origin(kind) is tuple:
        return get_args(kind)[:1]
    return get_args(kind)[1:] if get_origin(kind) is dict else ()


def bare(kind: Any) -> Any:
    """An annotation without its metadata, and without the None that says it may be left out."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        given = [each for each in get_args(kind) if each is not type(None)]
        return bare(given[0]) if not given[1:] else kind
    return kind


def is_table(kind: Any) -> bool:
    """Whether the annotation is that of a table with fixed keys."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def is_words(kind: Any) -> bool:
    """Whether the annotation is a list of words of which one is taken."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def members(kind: Any) -> tuple[Table, ...]:
    """The tables of which one is meant, as its discriminator says; empty where the annotation is no such union."""
    inner = bare(kind)
    if get_origin(inner) not in {Union, UnionType}:
        return ()
    return tuple(each for each in map(bare, get_args(inner)) if is_table(each))


def _member(kind: Any, tag: int | str) -> Table | None:
    return next((each for each in members(kind) if tag in tags(each)), None)


def tags(table: Table) -> tuple[str, ...]:
    """The words of its discriminator; empty for a table that has none."""
    field = discriminator(table)
    return () if field is None else allowed(table.model_fields[field].annotation)


def discriminator(table: Table) -> str | None:
    """The key whose word says that it is this table."""
    return next((each for each in DISCRIMINATORS if _is_fixed(table, each)), None)


def _is_fixed(table: Table, key: str) -> bool:
    field = table.model_fields.get(key)
    return field is not None and get_origin(field.annotation) is Literal


def allowed(kind: Any) -> tuple[str, ...]:
    """The words that may stand there, in their order; empty where any may."""
    inner = bare(kind)
    if get_origin(inner) is Literal:
        return tuple(_word(each) for each in get_args(inner))
    return tuple(str(each.value) for each in inner) if is_words(inner) else ()


def _word(choice: Any) -> str:
    if isinstance(choice, bool):
        return str(choice).lower()
    return str(choice.value if isinstance(choice, Enum) else choice)


def kind_words(kind: Any) -> str:
    """What is asked for, in words."""
    inner = bare(kind)
    if is_table(inner) or members(inner) or get_origin(inner) is dict:
        return "a table"
    if get_origin(inner) is tuple:
        return "a list"
    return _KINDS.get(inner, "a word in quotes")


def every_table(model: Table) -> Iterator[Table]:
    """The model and every table below it, each once, in the order of the file."""
    seen: dict[Table, None] = {}
    _collect(model, seen)
    yield from seen


def _collect(kind: Any, seen: dict[Table, None]) -> None:
    inner = bare(kind)
    for member in members(inner):
        _collect(member, seen)
    for each in _inside(inner):
        _collect(each, seen)
    if is_table(inner) and inner not in seen:
        seen[inner] = None
        for field in inner.model_fields.values():
            _collect(field.annotation, seen)


def words_of(models: Sequence[Table]) -> Iterator[type[Enum]]:
    """Every list of words that some key of the models takes its word from, each once."""
    fields = (field for model in models for table in every_table(model) for field in table.model_fields.values())
    found = (words for field in fields for words in _enums(field.annotation))
    yield from dict.fromkeys(found)


def _enums(kind: Any) -> Iterator[type[Enum]]:
    inner = bare(kind)
    if is_words(inner):
        yield inner
    for each in get_args(inner):
        yield from _enums(each)
