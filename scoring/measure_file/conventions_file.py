"""Reads a site's conventions: what it says takes the place of what ships, and the rest stays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticSerializationError

from scoring.measure_file.date_sense import date_faults
from scoring.measure_file.example import Examples, is_source
from scoring.measure_file.fault import Fault
from scoring.measure_file.model_faults import model_faults
from scoring.measure_file.number_sense import number_faults
from scoring.measure_file.part import Part
from scoring.measure_file.toml_text import TOO_DEEP, place_faults, read_toml
from scoring.measure_file.word_sense import word_warnings
from scoring.rules import Conventions, conventions_body, load_conventions

CONVENTIONS = "conventions.toml"
"""The name of the file; every other file of a site is a measure."""


@dataclass(frozen=True, slots=True)
class ConventionsFile:
    """A file that was read.

    Attributes:
        conventions: What holds at the site; None where there is a fault.
        faults: By line, warnings among them.
    """

    conventions: Conventions | None
    faults: tuple[Fault, ...]


def read_conventions_file(text: str) -> ConventionsFile:
    """Read a site's conventions over the shipped ones and say all that is wrong with them."""
    body = read_toml(text)
    if isinstance(body, Fault):
        return ConventionsFile(None, (body,))
    merged = _merged(body)
    try:
        found = [
            *date_faults(Part(body)),
            *model_faults(Conventions, merged, Examples([load_conventions()])),
            *_senseless(body),
        ]
        faults = place_faults(found, text)
    except (RecursionError, PydanticSerializationError):
        faults = (TOO_DEEP,)
    if not all(fault.is_warning for fault in faults):
        return ConventionsFile(None, faults)
    return ConventionsFile(Conventions.model_validate(merged), faults)


def _merged(body: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped conventions with each key that the site has in its place; a number is replaced as a whole."""
    merged = dict(conventions_body())
    for section, told in body.items():
        shipped = merged.get(section)
        merged[section] = {**shipped, **told} if isinstance(shipped, dict) and isinstance(told, dict) else told
    return merged


def _senseless(body: Mapping[str, Any]) -> Iterator[Fault]:
    file = Part(body)
    yield from number_faults(file)
    yield from word_warnings(file)
    for section, part in ((name, file.table(name)) for name in body):
        if part is not None:
            yield from _unsaid(section, part)
            yield from _empty(part)


def _unsaid(section: str, part: Part) -> Iterator[Fault]:
    """A list of one's own does not come from where the shipped one comes from."""
    shipped = conventions_body().get(section, {})
    source = next((key for key in shipped if is_source(key)), None)
    lists = [key for key, value in part.body.items() if isinstance(value, list)]
    if source is not None and lists and source not in part.body:
        yield Fault(
            part.place(source),
            f"is missing, and {lists[0]} is not the shipped one",
            f'add {source} = "who decided it, and when"',
        )


def _empty(part: Part) -> Iterator[Fault]:
    for key in part.body:
        if part.body[key] == []:
            yield Fault(part.place(key), "is empty: nothing counts", "name what counts, or take it out")
