"""Whether the conditions of an abstraction part can ever hold: each column is asked for what it can tell."""

from collections.abc import Iterator
from typing import Any

from scoring.abstraction.column import NUMBERS, Column
from scoring.measure_file.fault import Fault
from scoring.measure_file.part import Part
from scoring.measure_file.toml_places import Path

_OF_TIMES = frozenset({"within", "beyond", "not_before"})


def form_faults(file: Part) -> Iterator[Fault]:
    """Faults of `[abstraction]`."""
    form = file.table("abstraction")
    if form is None:
        return
    if form.body.get("elements") == {}:
        yield Fault(form.place("elements"), "is empty", "add an element")
    yield from _lists(form.body, form.path)
    time_zero = form.table("time_zero")
    for number, group in enumerate(time_zero.items("first_known") if time_zero is not None else []):
        for place, column in enumerate(group if isinstance(group, list) else []):
            if column in list(Column) and not Column(column).is_instant:
                yield Fault(
                    ("abstraction", "time_zero", "first_known", number, place),
                    f"{column} has no time",
                    "name a column that has",
                )


def _lists(value: Any, path: Path) -> Iterator[Fault]:
    """Conditions wherever they stand."""
    if isinstance(value, dict):
        if "test" in value:
            yield from _condition(Part(value, path))
        for key, each in value.items():
            if key in {"any_of", "one_of"} and each == []:
                yield Fault((*path, key), "is empty: it never holds", "name what must hold")
            yield from _lists(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _lists(each, (*path, number))


def _condition(part: Part) -> Iterator[Fault]:
    test = part.word("test")
    for key in ("column", "other"):
        column = part.word(key)
        if column not in set(Column):
            continue
        known = Column(column)
        if test in _OF_TIMES and not known.is_instant:
            yield Fault(part.place(key), f'{column} has no time, so "{test}" never holds', "name a column that has one")
        if test == "above" and known not in NUMBERS:
            yield Fault(part.place(key), f'{column} has no measured value, so "above" never holds', "name one that has")
        if test == "code" and (known.is_instant or known in NUMBERS):
            yield Fault(part.place(key), f'{column} has no code, so "code" never holds', "name a column that has one")
