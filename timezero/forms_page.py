"""The page of the reference that tells how abstraction files are judged, written from the measures themselves."""

from collections.abc import Iterator
from typing import assert_never

from scoring.abstraction.condition import Above, Beyond, Code, Condition, Known, NotBefore, Unknown, Ways, Within
from scoring.abstraction.measure_form import FormElement, FormRule, MeasureForm
from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.number import Duration, Limit, Number, Years


def forms_page(generated: str) -> str:
    """`abstraction-files.md`; `generated` is the notice that heads every generated page."""
    sections = "\n".join(_section(load_form(name)) for name in shipped_forms())
    return f"""{generated}

# Measures for abstraction files

What `timezero score` judges, one row a case. A row is dropped, or it is not in the population, or excluded, or it has
no time zero and cannot be assessed, or it is in the denominator: the first that holds, rules in the order below. Times
are cut down to the minute first. *Within* means: known, and at most the limit after time zero, with no lower bound
unless one is given. Why it is read so: [decision 0013](../decisions/0013-abstraction-files.md).
{sections}"""


def _section(form: MeasureForm) -> str:
    readings = "".join(f"\n- {reading}" for reading in form.readings)
    rows = "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in _rows(form))
    period = (
        f" Made for discharges from {form.effective_from} to {form.effective_until}." if form.effective_from else ""
    )
    return f"""
## {form.identifier}

{form.title}.{period}

Source: {form.source}
{readings}

Columns it needs: {", ".join(f"`{column.value}`" for column in form.columns())}.

| what | when | limit | source |
|---|---|---|---|
{rows}
"""


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
    for rule in form.warnings:
        yield f"warning: `{rule.reason}`", _ways(rule.any_of), "", rule.source
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


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
