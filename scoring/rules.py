"""The rules in force: chosen measures, conventions and source profiles, read once from packaged TOML."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from schemas.strict_model import StrictModel
from scoring.measure import Measure
from scoring.number import Duration, Number


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


class _Vasopressors(StrictModel):
    routes: tuple[str, ...]
    routes_source: str


class _BroadSpectrum(StrictModel):
    alone: tuple[str, ...]
    together: tuple[tuple[str, ...], ...]
    spectrum_source: str


class _Outcome(StrictModel):
    expired_statuses: tuple[str, ...]
    expired_source: str


class _Reporting(StrictModel):
    suppressed_at_most: Number


class Conventions(StrictModel):
    """What no measure prints and every site can change (`conventions.toml`)."""

    charting: _Charting
    episode: _Episode
    timeline: _Timeline
    antibiotics: _Antibiotics
    vasopressors: _Vasopressors
    broad_spectrum: _BroadSpectrum
    outcome: _Outcome
    reporting: _Reporting


@dataclass(frozen=True, slots=True)
class Rules:
    """What the engine judges by.

    Attributes:
        measures: The measures to judge, in the order asked for.
        conventions: Charting grace, episode gap and the like.
    """

    measures: tuple[Measure, ...]
    conventions: Conventions


def measure_files(judged_from: Literal["stream", "abstraction"]) -> tuple[dict[str, Any], ...]:
    """Content of every measure file that says it can be judged from a stream, or from an abstraction file.

    A file that does not say is judged from a stream.
    """
    folder = files("scoring") / "measures"
    entries = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    bodies = (tomllib.loads(entry.read_text("utf-8")) for entry in entries)
    return tuple(body for body in bodies if judged_from in body.get("judged_from", ("stream",)))


_NOT_FOR_STREAMS = frozenset({"judged_from", "abstraction"})


@cache
def _shipped() -> dict[str, Measure]:
    measures = [
        Measure.model_validate({name: part for name, part in body.items() if name not in _NOT_FOR_STREAMS})
        for body in measure_files("stream")
    ]
    return {measure.identifier: measure for measure in sorted(measures, key=lambda each: each.identifier)}


@cache
def load_conventions() -> Conventions:
    """Read the shipped conventions."""
    return Conventions.model_validate(tomllib.loads((files("scoring") / "conventions.toml").read_text("utf-8")))


def shipped_measures() -> tuple[str, ...]:
    """Identifiers of the measures that ship for streams, sorted."""
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
