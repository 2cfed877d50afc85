"""How a measure judges an abstraction file, in words: one row a rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from scoring.abstraction.condition import Above, Beyond, Code, Condition, Known, NotBefore, Unknown, Ways, Within
from scoring.abstraction.measure_form import FormElement, FormRule, MeasureForm
from scoring.number import Duration, Limit, Number, Years


@dataclass(frozen=True, slots=True)
class FormRow:
    """A rule of the form: what it is, when it holds, its limits, where it comes from."""

    what: str
    when: str
    limit: str
    source: str


def form_rows(form: MeasureForm) -> Iterator[FormRow]:
    """Every rule of a form, in the order in which they apply; column names stand in grave accents."""
    yield from (FormRow(*row) for row in _rows(form))


def _rows(form: MeasureForm) -> Iterator[tuple[str, str, str, str]]:
    yield "resolution", form.resolution.value, "", form.resolution_source
    yield "dropped", ", ".join(f"`{reason}`" for reason in form.drops), "", form.drops_source
    if form.time_zero is not None:
        groups = "; else ".join(map(_columns, form.time_zero.first_known))
        yield f"time zero `{form.time_zero.rule}`", groups, "", form.time_zero.source
    if form.age is not None:
        yield f"excluded: `{form.age.reason}`", "age at admission", _limit(form.age.limit), form.age.limit.source
    for rule in form.population:
        yield f"not in the population: `{rule.reason}`", f"unless {_ways(rule.any_of)}", *_limit_and_source(rule)
    for rule in form.exclusions:
        yield f"excluded: `{rule.reason}`", _ways(rule.any_of), *_limit_and_source(rule)
    for name, element in form.elements.items():
        yield f"element `{name}`", _element(element), *_limit_and_source(element)
    for warning in form.warnings:
        yield f"warning: `{warning.reason}`", _ways(warning.any_of), "", warning.source
    for stratum in form.strata:
        codes = " or ".join(stratum.one_of)
        yield f"stratum `{stratum.title}`", f"`{stratum.column.value}` is {codes}", "", stratum.source


def _columns(group: tuple[str, ...]) -> str:
    return f"{'earliest of ' if len(group) > 1 else ''}{', '.join(f'`{column}`' for column in group)}"


def _element(element: FormElement) -> str:
    parts = [_ways(element.any_of)]
    if element.applies_when:
        parts.append(f"asked for when {_ways(element.applies_when)}")
    if element.told_by:
        parts.append(f"else missed when {_ways(element.told_by)}, otherwise it cannot be assessed")
    if element.among_title:
        parts.append(f"also reported {element.among_title}")
    if not element.in_bundle:
        parts.append("not part of a bundle")
    return "; ".join(parts)


def _limit_and_source(rule: FormRule | FormElement) -> tuple[str, str]:
    look_back = rule.look_back if isinstance(rule, FormElement) else None
    limits = [_limit(each) for each in (rule.limit,) if each] + [
        f"from {_limit(each)} before" for each in (look_back,) if each
    ]
    sources = [rule.source, *(each.source for each in (rule.limit, look_back) if each)]
    return ", ".join(limits), "; ".join(dict.fromkeys(sources))


def _limit(limit: Limit | Years | Duration | Number) -> str:
    comparison = f"{limit.comparison.value} " if isinstance(limit, Limit | Years) else ""
    return f"{comparison}{limit.value:g} {limit.unit}"


def _ways(ways: Ways) -> str:
    return "; or ".join(" and ".join(map(_words, way)) for way in ways)


def _words(condition: Condition) -> str:
    column = f"`{condition.column.value}`"
    match condition:
        case Known():
            return f"{column} is known"
        case Unknown():
            return f"{column} is blank"
        case Code():
            return f"{column} is {' or '.join(condition.one_of)}"
        case Within():
            return f"{column} is within the limit"
        case Beyond():
            return f"{column} is beyond the limit"
        case NotBefore():
            return f"{column} is not before `{condition.other.value}`"
        case Above():
            return f"{column} is above {_limit(condition.threshold)} ({condition.threshold.source})"
        case _:
            assert_never(condition)
