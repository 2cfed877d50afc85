"""The rules in force: chosen measures, conventions and source profiles, read once from packaged TOML."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.strict_model import StrictModel
from scoring.measure import Duration, Measure


class UnknownMeasureError(ValueError):
    """A measure was asked for that does not ship; the message names those that do."""


class _Charting(StrictModel):
    grace: Duration


class _Episode(StrictModel):
    gap: Duration
    lead: Duration


class _Timeline(StrictModel):
    before: Duration
    after: Duration


class _Antibiotics(StrictModel):
    routes: tuple[str, ...]
    routes_source: str


class _Outcome(StrictModel):
    expired_statuses: tuple[str, ...]
    expired_source: str


class Conventions(StrictModel):
    """What no measure prints and every site can change (`conventions.toml`)."""

    charting: _Charting
    episode: _Episode
    timeline: _Timeline
    antibiotics: _Antibiotics
    outcome: _Outcome


@dataclass(frozen=True, slots=True)
class Rules:
    """What the engine judges by.

    Attributes:
        measures: The measures to judge, in the order asked for.
        conventions: Charting grace, episode gap and the like.
    """

    measures: tuple[Measure, ...]
    conventions: Conventions


@cache
def _shipped() -> dict[str, Measure]:
    folder = files("scoring") / "measures"
    measures = [
        Measure.model_validate(tomllib.loads(entry.read_text("utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return {measure.identifier: measure for measure in sorted(measures, key=lambda each: each.identifier)}


@cache
def load_conventions() -> Conventions:
    """Read the shipped conventions."""
    return Conventions.model_validate(tomllib.loads((files("scoring") / "conventions.toml").read_text("utf-8")))


def shipped_measures() -> tuple[str, ...]:
    """Identifiers of the measures that ship, sorted."""
    return tuple(_shipped())


def measure(identifier: str) -> Measure:
    """Return a shipped measure.

    Raises:
        UnknownMeasureError: No measure has this identifier.
    """
    try:
        return _shipped()[identifier]
    except KeyError:
        message = f"there is no measure {identifier!r}; these ship: {', '.join(shipped_measures())}"
        raise UnknownMeasureError(message) from None


def load_rules(measures: Sequence[str]) -> Rules:
    """Return the rules for the named measures, each once, in the order given.

    Raises:
        UnknownMeasureError: One of them does not ship.
    """
    return Rules(tuple(measure(name) for name in dict.fromkeys(measures)), load_conventions())
