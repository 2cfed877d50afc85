"""What the simulated hospitals do, read once from `practice.toml`, and from `boundaries.toml` where asked."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.strict_model import StrictModel
from streams.simulator.care_numbers import Adults, Children, Drugs, InfusionHabits, Lactates, Treatments
from streams.simulator.chart_numbers import Corrections, Faults, Lags, Outages, Transmission
from streams.simulator.stay_numbers import (
    HospitalRange,
    Laboratory,
    Monitoring,
    Pace,
    Recognition,
    Setting,
    Site,
    Visits,
    VitalSigns,
)


class Profile(StrEnum):
    """Which hospitals are simulated."""

    USUAL = "usual"
    """Rates as New York State's."""
    BOUNDARIES = "boundaries"
    """Most acts on the edges of windows, every verdict common; rates resemble nobody's."""


class Boundaries(StrictModel):
    """How often an act falls on the edge of a window."""

    at_edge: float
    stays: float
    anywhere: float
    edge_minutes: tuple[int, ...]
    edge_source: str
    seconds: tuple[int, ...]
    source: str


class Practice(StrictModel):
    """All of it."""

    site: Site
    setting: Setting
    hospital: HospitalRange
    recognition: Recognition
    children: Children
    adults: Adults
    lactates: Lactates
    treatment: Treatments
    drugs: Drugs
    infusions: InfusionHabits
    visit: Visits
    vitals: VitalSigns
    monitoring: Monitoring
    pace: Pace
    laboratory: Laboratory
    corrections: Corrections
    faults: Faults
    outages: Outages
    boundaries: Boundaries
    transmission: Transmission
    lag: Lags


@cache
def shipped_practice(profile: Profile = Profile.USUAL) -> Practice:
    """The practice that the packaged files describe."""
    usual = _read("practice")
    return Practice.model_validate(usual if profile is Profile.USUAL else _over(usual, _read(profile.value)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("streams.simulator").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _over(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The usual numbers with the changed ones in their place, section by section."""
    return {
        name: _over(value, changes[name]) if isinstance(value, dict) and name in changes else changes.get(name, value)
        for name, value in usual.items()
    }
