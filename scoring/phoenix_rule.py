"""The Phoenix sepsis criteria for children as data: which values give how many points of which organ."""

import operator
from collections.abc import Callable
from enum import StrEnum
from typing import Literal

from schemas.clinical import ActName, Quantity
from schemas.strict_model import StrictModel
from scoring.number import Age, Duration, Number


class Organ(StrEnum):
    """Organs that Phoenix scores."""

    RESPIRATORY = "respiratory"
    CARDIOVASCULAR = "cardiovascular"
    COAGULATION = "coagulation"
    NEUROLOGIC = "neurologic"


class Scored(StrEnum):
    """What is scored besides a measured quantity."""

    PAO2_FIO2 = "pao2_fio2"
    SPO2_FIO2 = "spo2_fio2"
    VASOACTIVES = "vasoactives"
    """How many different vasoactive drugs were started."""


_BEYOND: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PointStep(StrictModel):
    """Points for a value beyond a limit; of several steps the highest counts."""

    points: Number
    comparison: Literal["<", "<=", ">", ">="]
    limit: Number
    ventilated: bool = False
    """Only on mechanical ventilation; else any respiratory support is enough, where support is asked for at all."""

    def is_met_by(self, value: float) -> bool:
        """Whether a value in the unit of the limit lies beyond it."""
        return _BEYOND[self.comparison](value, self.limit.value)


class ScoredItem(StrictModel):
    """One line of the score."""

    item: str
    """Lines of one item give the points of the highest."""
    organ: Organ
    of: Quantity | Scored
    below: Age | None = None
    """The first age that is too old for the line; too young for it are those of the line of this item before."""
    steps: tuple[PointStep, ...]


class ScoredAct(StrictModel):
    """A statement that gives points by itself."""

    item: str
    organ: Organ
    act: ActName
    points: Number


class Phoenix(StrictModel):
    """Time zero is when infection is suspected and the Phoenix score of a child first is high enough."""

    rule: Literal["phoenix"]
    source: str
    age_below: Age
    """Who has reached this age is no child; without a date of birth nobody can tell."""
    points_needed: Number
    within: Duration
    """How long a value counts, and how far from suspected infection the score may be reached."""
    antibiotic_before_culture: Duration
    antibiotic_after_culture: Duration
    unconfirmed_for: Duration
    paired_within: Duration
    """How long before a saturation, an oxygen pressure or a systolic pressure its partner may have been measured."""
    room_air: Number
    """Share of oxygen above which breathing is supported."""
    saturation_at_most: Number
    """Above it a saturation says nothing of oxygenation."""
    vasoactives: tuple[str, ...]
    vasoactives_source: str
    items: tuple[ScoredItem, ...]
    acts: tuple[ScoredAct, ...]
    most: dict[Organ, Number]
    """The most points that an organ can give, where its items can give more."""
    pulse_share: Number
    """Mean pressure, where none is measured: the diastolic and this share of the difference to the systolic."""


PARTNERS: dict[Quantity | Scored, frozenset[Quantity]] = {
    Scored.PAO2_FIO2: frozenset({Quantity.PAO2, Quantity.FIO2}),
    Scored.SPO2_FIO2: frozenset({Quantity.SPO2, Quantity.FIO2}),
    Scored.VASOACTIVES: frozenset(),
    Quantity.MEAN_ARTERIAL_PRESSURE: frozenset(
        {Quantity.MEAN_ARTERIAL_PRESSURE, Quantity.SYSTOLIC_BP, Quantity.DIASTOLIC_BP}
    ),
}
"""Quantities that a line is worked out of, where it is not simply measured."""


def quantities(rule: Phoenix) -> frozenset[Quantity]:
    """Every quantity that a rule looks at."""
    found: set[Quantity] = set()
    for line in rule.items:
        found |= PARTNERS[line.of] if line.of in PARTNERS else {Quantity(line.of)}
    return frozenset(found)
