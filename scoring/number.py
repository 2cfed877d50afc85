"""Numbers of a measure: each with its unit and source, and how it is compared."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from schemas.clinical import ActName, Quantity
from schemas.length_of_time import refuse_uncountable
from schemas.strict_model import StrictModel


class Number(StrictModel):
    """A number from a published text, with its unit and source."""

    value: float
    unit: str
    source: str


class Duration(StrictModel):
    """A length of time with its source."""

    value: float
    unit: Literal["minutes", "hours", "days"]
    source: str

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        refuse_uncountable(self.value, self.unit)
        return self

    @cached_property
    def delta(self) -> timedelta:
        """The length as a `timedelta`."""
        return timedelta(**{self.unit: self.value})


class Comparison(StrEnum):
    """How a limit is compared; it decides whether the limit itself still passes."""

    AT_MOST = "<="
    BELOW = "<"
    AT_LEAST = ">="


class Limit(Duration):
    """A length of time that an act must not exceed, counted from time zero."""

    comparison: Literal[Comparison.AT_MOST, Comparison.BELOW]


class Years(StrictModel):
    """A limit of age in completed years."""

    value: int
    unit: Literal["years"]
    comparison: Literal[Comparison.BELOW, Comparison.AT_LEAST]
    source: str


class Age(StrictModel):
    """An age in completed days, months or years."""

    value: int
    unit: Literal["days", "months", "years"]
    source: str


class Offsets(StrictModel):
    """When to warn, counted back from `due_at`, farthest first."""

    value: tuple[float, ...]
    unit: Literal["minutes"]
    source: str

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        for each in self.value:
            refuse_uncountable(each, self.unit)
        return self

    @cached_property
    def deltas(self) -> tuple[timedelta, ...]:
        """The offsets as `timedelta`, farthest first."""
        return tuple(timedelta(minutes=minutes) for minutes in self.value)


class Resolution(StrEnum):
    """To what both times are cut down before any comparison."""

    MINUTE = "minute"
    SECOND = "second"

    @property
    def unit(self) -> timedelta:
        """One step of this resolution."""
        return timedelta(minutes=1) if self is Resolution.MINUTE else timedelta(seconds=1)

    def cut(self, instant: datetime) -> datetime:
        """Cut `instant` down to this resolution."""
        # Most are whole already, and to make another of them takes ten times as long as to see it.
        if self is Resolution.MINUTE:
            return instant.replace(second=0, microsecond=0) if instant.second or instant.microsecond else instant
        return instant.replace(microsecond=0) if instant.microsecond else instant


class Criterion(StrictModel):
    """A threshold on one quantity, or an act, that meets a named criterion; comparisons are strict."""

    criterion: str
    quantity: Quantity | None = None
    act: ActName | None = None
    above: Number | None = None
    below: Number | None = None

    def is_met_by(self, value: float) -> bool:
        """Whether a value in the quantity's own unit lies strictly outside the thresholds."""
        return (self.above is not None and value > self.above.value) or (
            self.below is not None and value < self.below.value
        )
