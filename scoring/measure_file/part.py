"""A table of a file that may hold anything: what has the kind asked for is given, the rest is as if it were not there.

The models say what is of another kind; who looks for sense must not stumble over it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

from scoring.measure_file.toml_places import Path


@dataclass(frozen=True, slots=True)
class Part:
    """A table and where it stands.

    Attributes:
        body: Its keys.
        path: Its own place in the file.
    """

    body: Mapping[str, Any]
    path: Path = ()

    def place(self, *keys: str | int) -> Path:
        """The place of something in it."""
        return (*self.path, *keys)

    def table(self, key: str) -> "Part | None":
        """A table in it."""
        value = self.body.get(key)
        return Part(value, self.place(key)) if isinstance(value, dict) else None

    def named(self, key: str) -> Iterator[tuple[str, "Part"]]:
        """The tables of a table, with their names."""
        holder = self.table(key)
        for name in holder.body if holder is not None else ():
            part = holder.table(name) if holder is not None else None
            if part is not None:
                yield name, part

    def listed(self, key: str) -> Iterator["Part"]:
        """The tables of a list."""
        for number, each in enumerate(self.items(key)):
            if isinstance(each, dict):
                yield Part(each, self.place(key, number))

    def items(self, key: str) -> list[Any]:
        """What a list holds."""
        value = self.body.get(key)
        return value if isinstance(value, list) else []

    def words(self, key: str) -> list[str]:
        """The texts of a list, or the text that stands alone."""
        value = self.body.get(key)
        listed = value if isinstance(value, list) else [value]
        return [each for each in listed if isinstance(each, str)]

    def word(self, key: str) -> str | None:
        """A text."""
        value = self.body.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """A finite number."""
        value = self.body.get(key)
        return value if is_number(value) else None


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a finite number, and neither true nor false."""
    return looks_like_number(value) and _is_finite(value)


def looks_like_number(value: Any) -> TypeGuard[float]:
    """Whether it is written as a number, infinite ones and those beyond all counting among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


def every_part(part: Part) -> Iterator[tuple[Part, Part]]:
    """Every table below a table, with the table that holds it."""
    for key, value in part.body.items():
        yield from _below(value, part.place(key), part)


def _below(value: Any, path: Path, holder: Part) -> Iterator[tuple[Part, Part]]:
    if isinstance(value, dict):
        found = Part(value, path)
        yield found, holder
        yield from every_part(found)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _below(each, (*path, number), holder)
