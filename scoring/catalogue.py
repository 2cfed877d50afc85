"""The catalogue of time-zero rules, each by a name: rivals of every case, and for a measure to name one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.strict_model import StrictModel
from scoring.measure import Measure

Body = Mapping[str, Any]
"""What a TOML file says, as read."""

SECTIONS = ("hypotension", "shock", "initial_lactate")
"""Sections that a rule may bring along; a measure that names the rule takes those that it has not itself."""

NAMED = "named"
"""The rule of a measure that names one of the catalogue."""


class UnknownRuleError(ValueError):
    """A rule or a value was asked for that is not there; the message says what is."""


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule of the catalogue.

    Attributes:
        terms: The rule with its entry and sections, as a measure that has no elements.
    """

    name: str
    title: str
    terms: Measure

    def is_of(self, measure: Measure) -> bool:
        """Whether a measure counts by this very rule, whatever source it gives for it."""
        return _without_source(self.terms.time_zero) == _without_source(measure.time_zero)


def _without_source(rule: StrictModel) -> dict[str, Any]:
    return rule.model_dump(exclude={"source"})


def _find(body: Body, path: str) -> Any:
    found: Any = body
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            message = f"there is nothing at {path!r} to take over: {key!r} is missing"
            raise UnknownRuleError(message)
        found = found[key]
    return found


def _taken_over(link: Body, measures: Mapping[str, Body]) -> Any:
    """What `same_as` and `at` point to; of a list of criteria, with `only`, those of these names."""
    name, only = link["same_as"], link.get("only")
    if name not in measures:
        message = f"there is no measure {name!r} to take a value from; these are: {', '.join(sorted(measures))}"
        raise UnknownRuleError(message)
    found = _find(measures[name], link["at"])
    return found if only is None else [each for each in found if each["criterion"] in only]


def _followed(part: Any, measures: Mapping[str, Body]) -> Any:
    """The same with every `same_as` replaced by what it points to."""
    match part:
        case {"same_as": _, "at": _}:
            return _taken_over(part, measures)
        case dict():
            return {key: _followed(value, measures) for key, value in part.items()}
        case list():
            return [_followed(value, measures) for value in part]
        case _:
            return part


def read_catalogue(catalogue: Body, measures: Mapping[str, Body]) -> dict[str, Body]:
    """Every rule of the catalogue by its name, with what it takes from the measures, by identifier, in its place."""
    followed = _followed(catalogue, measures)
    common = {"entry": followed["entry"]}
    return {rule["name"]: {**common, **rule} for rule in followed["rules"]}


def name_rules(catalogue: Body, rules: Mapping[str, Body]) -> tuple[NamedRule, ...]:
    """The rules of the catalogue, in its order, ready to be asked."""
    resolution = {key: catalogue[key] for key in ("resolution", "resolution_source")}
    return tuple(
        NamedRule(
            name,
            body["title"],
            Measure.model_validate(
                {**{key: part for key, part in body.items() if key != "name"}, **resolution, "elements": {}}
                | {"id": "time-zero", "version": name}
            ),
        )
        for name, body in rules.items()
    )


def take_over_named(body: Body, rules: Mapping[str, Body]) -> Body:
    """A measure's file with the rule that it names in its place; as it is, where it names none.

    Raises:
        UnknownRuleError: The catalogue has no rule of that name.
    """
    asked = body.get("time_zero")
    if not isinstance(asked, Mapping) or asked.get("rule") != NAMED:
        return body
    name = str(asked.get("name"))
    if name not in rules:
        message = f"time_zero names the rule {name!r}, which is not in the catalogue; these are: {', '.join(rules)}"
        raise UnknownRuleError(message)
    taken = {section: rules[name][section] for section in SECTIONS if section in rules[name]}
    return {**taken, **body, "time_zero": rules[name]["time_zero"]}
