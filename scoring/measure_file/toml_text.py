"""A file's text: what it says, or why it says nothing; and its faults on their lines."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scoring.measure_file.fault import Fault
from scoring.measure_file.toml_places import TomlPlaces

_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")

TOO_DEEP = Fault((), "is nested too deeply", "write it flatter: no key of the vocabulary needs that", line=1)
"""Of a text that no reader could follow."""


def read_toml(text: str) -> dict[str, Any] | Fault:
    """What the text says; a fault where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _not_toml(str(error), text)
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return Fault((), "holds a number too long to be read", "write fewer digits", line=1)


def _not_toml(said: str, text: str) -> Fault:
    position = _POSITION.search(said)
    what = said[: position.start()] if position is not None else said
    last = text.count("\n") + 1
    if position is None or position["line"] is None:
        return Fault((), f"is not TOML: {what}", "look at the end of the file", line=last)
    where = f"look at column {position['column']}"
    return Fault(
        (),
        f"is not TOML: {what}",
        f"{where}; texts stand in quotes, lists in [ ], tables in {{ }}",
        line=int(position["line"]),
    )


def place_faults(faults: Iterable[Fault], text: str) -> tuple[Fault, ...]:
    """Each fault with its line, sorted by it; of several at one key the first, and no warning beside a fault."""
    places = TomlPlaces(text)
    kept: dict[object, Fault] = {}
    for fault in sorted(faults, key=lambda each: each.is_warning):
        key = (fault.path, fault.what) if fault.is_warning else fault.path
        if fault.path not in kept:
            kept.setdefault(key, replace(fault, line=places.line(fault.path)))
    return tuple(sorted(kept.values(), key=lambda each: (each.line, each.key)))
