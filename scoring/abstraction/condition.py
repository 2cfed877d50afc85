"""Conditions on one row, as a measure's text spells them: this is known, that lies within the limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from pydantic import Field

from schemas.strict_model import StrictModel
from scoring.abstraction.column import Column
from scoring.abstraction.row import AbstractedRow
from scoring.number import Comparison, Duration, Limit, Number


class Known(StrictModel):
    """The column is filled in."""

    test: Literal["known"]
    column: Column


class Unknown(StrictModel):
    """The column is blank."""

    test: Literal["unknown"]
    column: Column


class Code(StrictModel):
    """The column holds one of these codes; a blank holds none."""

    test: Literal["code"]
    column: Column
    one_of: tuple[str, ...]


class Within(StrictModel):
    """The time is known and lies within the limit of time zero; no lower bound unless there is a look-back."""

    test: Literal["within"]
    column: Column


class Beyond(StrictModel):
    """The time is known and lies beyond the limit of time zero."""

    test: Literal["beyond"]
    column: Column


class NotBefore(StrictModel):
    """Both times are known and the first is not before the second; the same minute passes."""

    test: Literal["not_before"]
    column: Column
    other: Column


class Above(StrictModel):
    """The value is known and lies strictly above the threshold."""

    test: Literal["above"]
    column: Column
    threshold: Number


Condition = Annotated[Known | Unknown | Code | Within | Beyond | NotBefore | Above, Field(discriminator="test")]

Ways = tuple[tuple[Condition, ...], ...]
"""Ways in which something is so: any of them, and of that one every condition."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when on and until when a time counts.

    Attributes:
        time_zero: Cut down to the measure's resolution; None where it cannot be told, and then no time is within.
        limit: How long after it a time still counts; None where the rule names no time.
        look_back: How long before it a time may lie; None where there is no lower bound.
    """

    time_zero: datetime | None
    limit: Limit | None = None
    look_back: Duration | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether the time, cut down like time zero, lies in the window."""
        if self.time_zero is None or self.limit is None:
            return False
        elapsed = moment - self.time_zero
        if self.look_back is not None and elapsed < -self.look_back.delta:
            return False
        return self._in_time(elapsed, self.limit)

    def is_before(self, moment: datetime) -> bool:
        """Whether the window has closed before the time."""
        if self.time_zero is None or self.limit is None:
            return False
        return not self._in_time(moment - self.time_zero, self.limit)

    @staticmethod
    def _in_time(elapsed: timedelta, limit: Limit) -> bool:
        return elapsed <= limit.delta if limit.comparison is Comparison.AT_MOST else elapsed < limit.delta


def any_way(ways: Ways, row: AbstractedRow, window: Window) -> bool:
    """Whether all conditions of any of the ways hold."""
    return any(all(holds(condition, row, window) for condition in way) for way in ways)


def holds(condition: Condition, row: AbstractedRow, window: Window) -> bool:
    """Whether the condition holds for the row."""
    match condition:
        case Known() | Unknown():
            return is_known(row, condition.column) is isinstance(condition, Known)
        case Code():
            return row.codes.get(condition.column) in condition.one_of
        case Within() | Beyond():
            moment = row.instants.get(condition.column)
            judge = window.holds if isinstance(condition, Within) else window.is_before
            return moment is not None and judge(moment)
        case NotBefore():
            first, second = row.instants.get(condition.column), row.instants.get(condition.other)
            return first is not None and second is not None and first >= second
        case Above():
            value = row.numbers.get(condition.column)
            return value is not None and value > condition.threshold.value
        case _:
            assert_never(condition)


def is_known(row: AbstractedRow, column: Column) -> bool:
    """Whether the column is filled in and could be read."""
    return any(column in known for known in (row.instants, row.codes, row.numbers))


def columns_of(ways: Ways) -> set[Column]:
    """Every column that the ways read."""
    conditions = [condition for way in ways for condition in way]
    others = {condition.other for condition in conditions if isinstance(condition, NotBefore)}
    return {condition.column for condition in conditions} | others


def codes_of(ways: Ways) -> Iterator[Code]:
    """Every condition of the ways that asks for a code."""
    return (condition for way in ways for condition in way if isinstance(condition, Code))


def asks_for_a_limit(ways: Ways) -> bool:
    """Whether one of the conditions compares a time with the limit."""
    return any(isinstance(condition, Within | Beyond) for way in ways for condition in way)
