"""Whether the conditions of an abstraction part can hold, and can fail: each column is asked for what it can tell."""

from collections.abc import Collection, Iterator
from itertools import combinations

from scoring.abstraction.column import CODES, FLAGS, NUMBERS, Column
from scoring.abstraction.row import read_code
from scoring.measure_file.fault import Fault
from scoring.measure_file.part import Part, every_part

CLOCKED = frozenset({"within", "beyond"})
"""Tests that compare a time with the limit, counted from time zero."""

_INSTANTS = frozenset(column for column in Column if column.is_instant)
_TOLD = _INSTANTS | CODES | NUMBERS
_ASKED: dict[str, tuple[Collection[Column], str]] = {
    **dict.fromkeys([*CLOCKED, "not_before"], (_INSTANTS, "has no time")),
    "above": (NUMBERS, "has no measured value"),
    "code": (CODES, "has no code"),
    **dict.fromkeys(["known", "unknown"], (_TOLD, "has no value that is judged")),
}
"""By test, the columns of which it can be asked, and what the others lack."""

_WAYS = ("any_of", "applies_when", "told_by", "among")


def condition_faults(form: Part) -> Iterator[Fault]:
    """Faults of every condition, and of the ways in which several are put together."""
    for part, _ in every_part(form):
        yield from _empty(part)
        if "test" in part.body:
            yield from _of_another_column(part)
            yield from _of_itself(part)
            yield from code_faults(part)
        for key in _WAYS:
            for number, way in enumerate(part.items(key)):
                conditions = [Part(each, part.place(key, number, place)) for place, each in _tables(way)]
                yield from _never_together(conditions)


def code_faults(part: Part) -> Iterator[Fault]:
    """Codes that no row can hold, as rows are read: trimmed, in lower case, a flag as 1 or 0."""
    column = part.word("column")
    for number, code in enumerate(part.items("one_of") if column in CODES else []):
        if isinstance(code, str):
            told = code.strip()
            read = read_code(told, is_flag=column in FLAGS)
            if not told:
                remedy = 'take it out, or ask with test = "unknown"'
                yield Fault(part.place("one_of", number), "is blank, and a blank is no code", remedy)
            elif read is None:
                what = f'"{code}" is no flag, and {column} is one'
                yield Fault(part.place("one_of", number), what, 'write "1" for yes, "0" for no')
            elif read != code:
                what = f'"{code}" is in no row: it is read as "{read}"'
                yield Fault(part.place("one_of", number), what, f'write "{read}"')


def _empty(part: Part) -> Iterator[Fault]:
    for key in ("any_of", "one_of"):
        if part.body.get(key) == []:
            yield Fault(part.place(key), "is empty: it never holds", "name what must hold")
    for key in _WAYS:
        for number, way in enumerate(part.items(key)):
            if way == []:
                yield Fault(part.place(key, number), "is empty: it always holds", "name what must hold, or take it out")


def _of_another_column(part: Part) -> Iterator[Fault]:
    test = part.word("test") or ""
    if test not in _ASKED:
        return
    columns, lacks = _ASKED[test]
    for key in ("column", "other"):
        column = part.word(key)
        if column in set(Column) and column not in columns:
            holds = "always" if test == "unknown" else "never"
            yield Fault(part.place(key), f'{column} {lacks}, so "{test}" {holds} holds', "name a column that has one")


def _of_itself(part: Part) -> Iterator[Fault]:
    column = part.word("column")
    if part.word("test") == "not_before" and column is not None and part.word("other") == column:
        yield Fault(part.place("other"), f"{column} is never before itself", "name the column that it is compared with")


def _tables(way: object) -> list[tuple[int, dict[str, object]]]:
    listed = way if isinstance(way, list) else []
    return [(place, each) for place, each in enumerate(listed) if isinstance(each, dict)]


def _never_together(conditions: list[Part]) -> Iterator[Fault]:
    for one, other in combinations(conditions, 2):
        shared = _columns(one) & _columns(other)
        if shared and _contradict(one, other):
            what = f'never holds together with "{one.word("test")}" of {min(shared)}'
            yield Fault(other.path, what, "take one of the two out, or make a way of each")


def _columns(condition: Part) -> set[str]:
    return {column for key in ("column", "other") if (column := condition.word(key)) is not None}


def _contradict(one: Part, other: Part) -> bool:
    """Whether of one column both cannot hold: it would be blank and told, soon and late, of two codes."""
    tests = {one.word("test"), other.word("test")}
    if tests == {"code"}:
        return not set(one.words("one_of")) & set(other.words("one_of"))
    return tests == CLOCKED or ("unknown" in tests and tests != {"unknown"})
