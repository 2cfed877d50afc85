"""The page that `timezero explain` prints: a case for a person who wants to know why."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from dashboards.board.history_line import is_no_bundle
from dashboards.board.words import element_name, in_words, rule_in_words, status_in_words
from schemas.belief import Belief, BeliefChange, BelievedElement, changes
from schemas.measure_words import RuleLine
from schemas.verdict import ElementStatus, Evidence, Verdict, find_time_zero_evidence, own_evidence
from scoring.sentence import UNIT_WORDS
from timezero.explanation import Explanation

_STYLES = {
    ElementStatus.MET: "green",
    ElementStatus.MET_LATE: "red",
    ElementStatus.MISSED: "red",
    ElementStatus.OVERDUE: "magenta",
    ElementStatus.DUE_SOON: "yellow",
}
"""Colour beside the word, never instead of it."""
_INDENT = (0, 0, 1, 2)
_NO_WORDS = "no worker, no shipped file and none of the site's has this measure; --measures-dir names the site's folder"


def print_explanations(console: Console, explanations: Iterable[Explanation]) -> None:
    """Print a case, one measure after the other; without blanks at the ends of lines where nobody looks on."""
    pages = [_page(explanation) for explanation in explanations]
    if console.is_terminal:
        console.print(*pages, sep="\n")
        return
    with console.capture() as printed:
        console.print(*pages, sep="\n")
    console.file.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def _page(case: Explanation) -> Group:
    title = case.rules.title if case.rules else _NO_WORDS
    head = Text.assemble((case.measure, "bold"), f"  {title}")
    where = f"Case {case.case_id} at {case.facility_id}: {_case_status(case)}{_offset(case)}"
    of_time_zero = find_time_zero_evidence(case.elements)
    parts: list[RenderableType] = [Rule(style="dim"), head, Text(where), Text("")]
    if case.status is not None:
        parts += [
            _time_zero(case, of_time_zero),
            *(_element(case, each, of_time_zero) for each in _asked(case.elements)),
        ]
        parts += _scope(case)
    parts += [Text("What was believed when", style="bold"), Padding(_history(case), _INDENT)]
    return Group(*parts)


def _offset(case: Explanation) -> str:
    """Whose clock times these are."""
    return "" if case.time_zero is None else f"; times at offset {case.time_zero.isoformat()[-len('+00:00') :]}"


def _asked(elements: Iterable[Verdict]) -> Iterator[Verdict]:
    """Every element but a bundle that there is none of: an outcome's."""
    return (each for each in elements if not is_no_bundle(each.element, each.status))


def _case_status(case: Explanation) -> str:
    if case.status is None:
        return f"is no more ({in_words(case.history[-1].reason or 'removed')})" if case.history else "is no more"
    return in_words(case.status) + (f", {in_words(case.reason)}" if case.reason else "")


def _time_zero(case: Explanation, evidence: tuple[Evidence, ...]) -> RenderableType:
    at = "none" if case.time_zero is None else _clock(case.time_zero, None)
    by = "" if case.time_zero_rule is None else f" by {rule_in_words(case.time_zero_rule)}"
    head = Text.assemble(("Time zero", "bold"), f"  {at}{by}")
    rows = _rule_rows(case.rules.time_zero if case.rules else None)
    rows += _evidence_rows(evidence, case.time_zero)
    return Group(head, Padding(Group(*_lines(case.time_zero_sentence), _rows(rows)), _INDENT))


def _element(case: Explanation, verdict: Verdict, of_time_zero: tuple[Evidence, ...]) -> RenderableType:
    word = status_in_words(verdict.element, verdict.status)
    head = Text.assemble((element_name(verdict.element), "bold"), "  ", (word, _STYLES.get(verdict.status, "")))
    rows = _rule_rows(case.rules.line_of(verdict.element) if case.rules else None)
    rows += _evidence_rows(own_evidence(verdict, of_time_zero), case.time_zero)
    said = _lines(verdict.sentence, _due(verdict, case.time_zero))
    return Group(head, Padding(Group(*said, _rows(rows)), _INDENT))


def _lines(*texts: str) -> Iterator[Text]:
    return (Text(text) for text in texts if text)


def _due(verdict: Verdict, near: datetime | None) -> str:
    times = (
        ("due", verdict.due_at),
        ("closes", verdict.closes_at),
        ("settles", verdict.settles_at),
        ("done", verdict.done_at),
        ("known", verdict.known_at),
    )
    return " · ".join(f"{word} {_clock(at, near)}" for word, at in times if at is not None)


def _rule_rows(rule: RuleLine | None) -> list[tuple[str, str]]:
    return [] if rule is None else [("rule", rule.line), ("source", "; ".join(rule.sources))]


def _evidence_rows(evidence: Iterable[Evidence], near: datetime | None) -> list[tuple[str, str]]:
    return [("decided by" if place == 0 else "", told(fact, near)) for place, fact in enumerate(evidence)]


def told(fact: Evidence, near: datetime | None) -> str:
    """One fact with every time it has; clock times alone where they lie on the day of `near`."""
    unit = UNIT_WORDS.get(fact.unit, f" {fact.unit}") if fact.unit else ""
    amount = "" if fact.value is None else f" {fact.value:.4g}{unit}"
    return f"{fact.name}{amount}: " + " · ".join(f"{word} {_clock(at, near)}" for word, at in fact.times())


def _scope(case: Explanation) -> list[RenderableType]:
    """Who belongs to the measure, and who is left out."""
    if case.rules is None or not (case.rules.population or case.rules.exclusions):
        return []
    rules = (*case.rules.population, *case.rules.exclusions)
    return [Text("Who is judged", style="bold"), Padding(Group(*_lines(*(each.line for each in rules))), _INDENT)]


def _history(case: Explanation) -> RenderableType:
    if not case.history:
        return Text("Nothing is on record.")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    near = next((each.time_zero for each in reversed(case.history) if each.time_zero is not None), None)
    for change in changes(case.history):
        table.add_row(_clock(change.belief.as_of, near), Group(*_news(change, near)))
    return table


def _news(change: BeliefChange, near: datetime | None) -> Iterator[RenderableType]:
    belief = change.belief
    yield Text(_cause(belief, near), style="bold")
    if belief.status is None:
        yield Text(f"The case is no more: {in_words(belief.reason or 'removed')}.")
        return
    if change.time_zero_is_new:
        yield Text(belief.time_zero_sentence)
    new = [each for each in change.elements if not is_no_bundle(each.element, each.status)]
    if new:
        yield _stands(new)
    elif not change.time_zero_is_new:
        yield Text("The same, by other evidence.")


def _stands(elements: Iterable[BelievedElement]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=len("cannot assess"))
    table.add_column(ratio=1)
    for each in elements:
        word, _, _ = status_in_words(each.element, each.status).partition(",")
        table.add_row(Text(word, style=_STYLES.get(each.status, "")), Text(each.sentence))
    return table


def _cause(belief: Belief, near: datetime | None) -> str:
    if belief.because is None:
        return "The clock"
    return f"{'Taken back: ' if belief.taken_back else ''}{told(belief.because, near)}"


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=len("decided by"))
    table.add_column(ratio=1)
    for name, text in rows:
        if text:
            table.add_row(name, Text(text))
    return table


def _clock(at: datetime, near: datetime | None) -> str:
    """Clock time, with seconds where they are not zero; with the day where `near` lies on another one."""
    time = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return time if near is not None and near.date() == at.date() else f"{at:%Y-%m-%d} {time}"
