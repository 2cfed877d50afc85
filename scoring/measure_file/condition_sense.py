"""Whether the conditions of an abstraction part can hold, and can fail: each column is asked for what it can tell."""

from collections.abc import Collection, Iterator

from scoring.abstraction.column import CODED, FLAGS, NUMBERS, Column
from scoring.abstraction.row import read_code
from scoring.measure_file.fault import Fault, value_words
from scoring.measure_file.part import Part, every_part

CLOCKED = frozenset({"within", "beyond"})
"""Tests that compare a time with the limit, counted from time zero."""

_INSTANTS = frozenset(column for column in Column if column.is_instant)
_TOLD = _INSTANTS | CODED | NUMBERS
_ASKED: dict[str, tuple[Collection[Column], str]] = {
    **dict.fromkeys([*CLOCKED, "not_before"], (_INSTANTS, "has no time")),
    "above": (NUMBERS, "has no measured value"),
    "code": (CODED, "has no code"),
    **dict.fromkeys(["known", "unknown"], (_TOLD, "has no value that is judged")),
}
"""By test, the columns of which it can be asked, and what the others lack."""

_WAYS = ("any_of", "applies_when", "told_by", "among")


def condition_faults(form: Part) -> Iterator[Fault]:
    """Faults of every condition, and of the ways in which several are put together."""
    for part, _ in every_part(form):
        yield from _never(part)
        yield from _ways(part)
        if "test" in part.body:
            yield from _of_another_column(part)
            yield from _of_itself(part)
            yield from code_faults(part)


def code_faults(part: Part) -> Iterator[Fault]:
    """Codes that no row can hold, as rows are read: trimmed, in lower case, a flag as 1 or 0."""
    column = part.word("column")
    for number, code in enumerate(part.items("one_of") if column in CODED else []):
        found = _misread(code, str(column)) if isinstance(code, str) else None
        if found is not None:
            yield Fault(part.place("one_of", number), *found)


def _misread(code: str, column: str) -> tuple[str, str] | None:
    """What is wrong with a code and what to do; None where a row can hold it."""
    read = read_code(code.strip(), is_flag=column in FLAGS)
    if not code.strip():
        return "is blank, and a blank is no code", 'take it out, or ask with test = "unknown"'
    if read is None:
        return f"{value_words(code)} is no flag, and {column} is one", 'write "1" for yes, "0" for no'
    if read != code:
        return f"{value_words(code)} is in no row: it is read as {value_words(read)}", f"write {value_words(read)}"
    return None


def _never(part: Part) -> Iterator[Fault]:
    for key in ("any_of", "one_of"):
        if part.body.get(key) == []:
            yield Fault(part.place(key), "is empty: it never holds", "name what must hold")


def _ways(part: Part) -> Iterator[Fault]:
    ways = [(key, number, way) for key in _WAYS for number, way in enumerate(part.items(key))]
    for key, number, way in ways:
        if way == []:
            yield Fault(part.place(key, number), "is empty: it always holds", "name what must hold, or take it out")
        elif isinstance(way, list):
            tables = [(place, each) for place, each in enumerate(way) if isinstance(each, dict)]
            yield from _never_together([Part(each, part.place(key, number, place)) for place, each in tables])


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


def _never_together(conditions: list[Part]) -> Iterator[Fault]:
    pairs = [(one, other) for number, other in enumerate(conditions) for one in conditions[:number]]
    for one, other in pairs:
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
