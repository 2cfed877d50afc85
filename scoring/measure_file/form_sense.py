"""Whether an abstraction part makes sense: time zero, elements, limits and strata as they stand together."""

from collections.abc import Iterator

from schemas.verdict import Element
from scoring.abstraction.column import CODED, Column
from scoring.measure_file.condition_sense import CLOCKED, code_faults, condition_faults
from scoring.measure_file.fault import Fault, value_words
from scoring.measure_file.part import Part, every_part


def form_faults(file: Part) -> Iterator[Fault]:
    """Faults of `[abstraction]`."""
    form = file.table("abstraction")
    if form is None:
        return
    yield from _elements(form)
    yield from condition_faults(form)
    yield from _time_zero(form)
    yield from _clockless(form)
    yield from _limits(file, form)
    yield from _two_limits(form)
    yield from _strata(form)


def _elements(form: Part) -> Iterator[Fault]:
    elements = dict(form.named("elements"))
    if form.body.get("elements") == {}:
        yield Fault(form.place("elements"), "is empty", "add an element")
    if Element.BUNDLE in elements:
        yield Fault(form.place("elements", "bundle"), "is derived from the other elements", "take it out")
    for part in elements.values():
        if part.items("among") and not str(part.body.get("among_title", "")).strip():
            what = "is missing, and among is reported under it"
            yield Fault(part.place("among_title"), what, 'add among_title = "of those who ..."')


def _time_zero(form: Part) -> Iterator[Fault]:
    time_zero = form.table("time_zero")
    if time_zero is None:
        return
    if time_zero.body.get("first_known") == []:
        what = "is empty: there is never a time zero"
        yield Fault(time_zero.place("first_known"), what, 'name columns: [["protocol_datetime"], ["triage_datetime"]]')
    for number, group in enumerate(time_zero.items("first_known")):
        if group == []:
            remedy = "name the columns of which the earliest counts, or take it out"
            yield Fault(time_zero.place("first_known", number), "is empty", remedy)
        for place, column in enumerate(group if isinstance(group, list) else []):
            if column in list(Column) and not Column(column).is_instant:
                what = f"{column} has no time"
                yield Fault(time_zero.place("first_known", number, place), what, "name a column that has")


def _clockless(form: Part) -> Iterator[Fault]:
    """Conditions on a limit where nothing counts from a time zero: a warning has none, or the whole part."""
    for warning in form.listed("warnings"):
        for part in _clocked(warning):
            what = f'"{part.word("test")}" never holds: a warning counts from no time zero'
            yield Fault(part.place("test"), what, "ask what the row says, by another test")
    if "time_zero" not in form.body and any(_clocked(form)):
        what = "is missing, and a condition counts from it"
        yield Fault(form.place("time_zero"), what, "add [abstraction.time_zero], or ask by another test")


def _clocked(holder: Part) -> Iterator[Part]:
    return (part for part, _ in every_part(holder) if part.word("test") in CLOCKED)


def _limits(file: Part, form: Part) -> Iterator[Fault]:
    """A limit that is taken from the exclusion of the same reason, where there are two and they differ."""
    age = form.table("age")
    for part in (*form.listed("population"), *form.listed("exclusions"), *([age] if age is not None else ())):
        reason = part.word("reason")
        shared = [each.body.get("limit") for each in file.listed("exclusions") if each.word("reason") == reason]
        if "limit" not in part.body and any(limit != shared[0] for limit in shared):
            what = f"is missing, and the exclusions named {value_words(reason)} above differ in theirs"
            yield Fault(part.place("limit"), what, "add the limit here, or name one of them otherwise")


def _two_limits(form: Part) -> Iterator[Fault]:
    """Results tell who is left out by the reason alone."""
    limits: dict[str | None, object] = {}
    for part in form.listed("exclusions"):
        reason, limit = part.word("reason"), part.body.get("limit")
        if reason is not None and limits.setdefault(reason, limit) != limit:
            what = f"{value_words(reason)} is the reason of another exclusion, which has another limit"
            yield Fault(part.place("reason"), what, "name it otherwise, as expired_6h")


def _strata(form: Part) -> Iterator[Fault]:
    titles = [part.word("title") for part in form.listed("strata")]
    for number, part in enumerate(form.listed("strata")):
        title, column = titles[number], part.word("column")
        if title is not None and (not title.strip() or title in titles[:number]):
            what = f"{value_words(title)} is the title of another one" if title.strip() else "is empty"
            yield Fault(part.place("title"), what, "write a title of its own: the rates are reported under it")
        if column in set(Column) and column not in CODED:
            yield Fault(part.place("column"), f"{column} has no code", "name a column that has one")
        yield from code_faults(part)
