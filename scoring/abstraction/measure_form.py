"""A measure as an abstraction file is judged by it: the `[abstraction]` part of `measures/*.toml`.

What a stream and a form share stands once, outside of that part: the header, the limit of an
element, the limit of an exclusion of the same reason.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import model_validator

from schemas.strict_model import StrictModel
from schemas.verdict import Element
from scoring.abstraction.column import CODES, FLAGS, IDENTITY, Column
from scoring.abstraction.condition import Ways, asks_for_a_limit, codes_of, columns_of
from scoring.number import Duration, Limit, Resolution, Years

LIMIT_NEEDED = "a condition 'within' or 'beyond' needs a limit"

Drop = Literal["bad_datetime", "same_pcn", "same_mrn", "duplicate", "overlap", "no_birth_date"]


class FormTimeZero(StrictModel):
    """Time zero is the earliest of the known times in the first group that has one."""

    rule: str
    first_known: tuple[tuple[Column, ...], ...]
    source: str


class FormAge(StrictModel):
    """Leaves out by age in completed years at admission."""

    reason: str
    limit: Years


class FormRule(StrictModel):
    """A reason and the ways in which it applies."""

    reason: str
    any_of: Ways
    limit: Limit | None = None
    source: str

    @model_validator(mode="after")
    def _has_the_limit_it_asks_for(self) -> Self:
        _refuse_without_limit(self.any_of, self.limit)
        return self


class FormWarning(StrictModel):
    """What a person should look at, and the ways in which it is so; it counts from no time zero."""

    reason: str
    any_of: Ways
    source: str


class FormElement(StrictModel):
    """One element: the ways in which it is met, and where that is asked at all."""

    any_of: Ways
    limit: Limit | None = None
    look_back: Duration | None = None
    applies_when: Ways = ()
    """The ways in which the element is asked for; empty: always."""
    told_by: Ways = ()
    """The ways in which a row tells that it was not met; empty: a row always tells."""
    among: Ways = ()
    """A second denominator to report: those for whom one of these ways holds."""
    among_title: str = ""
    in_bundle: bool = True
    source: str

    @model_validator(mode="after")
    def _has_the_limit_it_asks_for(self) -> Self:
        _refuse_without_limit((*self.any_of, *self.applies_when, *self.told_by, *self.among), self.limit)
        return self


class FormStratum(StrictModel):
    """A group of cases that the measure reports apart."""

    title: str
    column: Column
    one_of: tuple[str, ...]
    source: str


class MeasureForm(StrictModel):
    """A measure for abstraction files, as data."""

    id: str
    version: str
    title: str
    source: str
    resolution: Resolution
    resolution_source: str
    effective_from: date | None = None
    effective_until: date | None = None
    readings: tuple[str, ...] = ()
    drops: tuple[Drop, ...]
    """Why a row is left out of everything, the reason named first where several hold; bad times always do."""
    drops_source: str
    age: FormAge | None = None
    time_zero: FormTimeZero | None = None
    """None where the measure counts no time."""
    population: tuple[FormRule, ...] = ()
    """Each names what keeps a case out of the population; it is out where none of the rule's ways holds."""
    exclusions: tuple[FormRule, ...] = ()
    elements: dict[Element, FormElement]
    warnings: tuple[FormWarning, ...] = ()
    strata: tuple[FormStratum, ...] = ()

    @property
    def identifier(self) -> str:
        """Identifier with version, as in `nys-ped-1h/spec-2015`."""
        return f"{self.id}/{self.version}"

    @property
    def has_bundle(self) -> bool:
        """Whether its elements add up to a bundle."""
        return any(element.in_bundle for element in self.elements.values())

    def columns(self) -> tuple[Column, ...]:
        """Every column that a file must have to be judged by it, in the order of the interface."""
        needed = {*IDENTITY, *(stratum.column for stratum in self.strata)}
        needed.update(*map(columns_of, self._ways()), *(self.time_zero.first_known if self.time_zero else ()))
        return tuple(column for column in Column if column in needed)

    def codes(self) -> dict[Column, re.Pattern[str]]:
        """The codes that a column may have: those that a rule names, and those of the file's definition.

        A flag, and a column of which no code is named anywhere, stands not in it.
        """
        named: defaultdict[Column, list[str]] = defaultdict(list)
        for column, codes in CODES.items():
            named[column].append(codes.pattern)
        for stratum in self.strata:
            named[stratum.column] += map(re.escape, stratum.one_of)
        for code in (code for ways in self._ways() for code in codes_of(ways)):
            named[code.column] += map(re.escape, code.one_of)
        return {column: re.compile("|".join(codes)) for column, codes in named.items() if column not in FLAGS}

    def _ways(self) -> Iterator[Ways]:
        yield from (rule.any_of for rule in (*self.population, *self.exclusions))
        yield from (warning.any_of for warning in self.warnings)
        for element in self.elements.values():
            yield from (element.any_of, element.applies_when, element.told_by, element.among)


def _refuse_without_limit(ways: Ways, limit: Limit | None) -> None:
    if limit is None and asks_for_a_limit(ways):
        raise ValueError(LIMIT_NEEDED)


HEADER = ("id", "version", "title", "source", "resolution", "resolution_source", "effective_from", "effective_until")
"""Keys of a file that the form shares with the stream as they are."""


def measure_form(body: Mapping[str, Any]) -> MeasureForm:
    """Read the form of a measure from its file's content, with what it shares with the stream.

    Raises:
        ValidationError: The content is not a measure with an `[abstraction]` part.
    """
    return MeasureForm.model_validate(form_body(body))


def form_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The `[abstraction]` part of a file's content with what it shares; what is no table is left as it is."""
    form = dict(body["abstraction"])
    shared = {str(rule.get("reason")): rule.get("limit") for rule in _tables(body.get("exclusions"))}
    limits = {name: element.get("limit") for name, element in _named(body.get("elements"))}
    for part in ("exclusions", "population"):
        if _tables(form.get(part)):
            form[part] = [_with_limit(rule, shared.get(str(rule.get("reason")))) for rule in _tables(form[part])]
    if isinstance(form.get("elements"), Mapping):
        form["elements"] = form["elements"] | {
            name: _with_limit(each, limits.get(name)) for name, each in _named(form["elements"])
        }
    if isinstance(form.get("age"), Mapping):
        form["age"] = _with_limit(form["age"], shared.get(str(form["age"].get("reason"))))
    readings = [body.get("readings", ()), form.get("readings", ())]
    if all(isinstance(each, list | tuple) for each in readings):
        form["readings"] = [line for each in readings for line in each]
    return {**{name: body[name] for name in HEADER if name in body}, **form}


def _tables(value: Any) -> list[Mapping[str, Any]]:
    """A list of tables; empty where it is anything else."""
    is_list = isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value)
    return list(value) if is_list else []


def _named(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables of a table with their names."""
    items = value.items() if isinstance(value, Mapping) else ()
    return [(name, each) for name, each in items if isinstance(each, Mapping)]


def _with_limit(rule: Mapping[str, Any], shared: Any) -> dict[str, Any]:
    return {"limit": shared, **rule} if shared is not None else dict(rule)
