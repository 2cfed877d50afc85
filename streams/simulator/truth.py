"""What really happened: for every simulated case, measure and element, what a perfect observer says at the end."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What a perfect observer says at the end; words as on the board."""

    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"
    EXCLUDED = "excluded"
    CANNOT_ASSESS = "cannot_assess"


class Standing(StrEnum):
    """Where a case stands towards its measure; words as in `cases.csv`."""

    DENOMINATOR = "denominator"
    EXCLUDED = "excluded"
    DROPPED = "dropped"
    NOT_IN_POPULATION = "not_in_population"
    CANNOT_ASSESS = "cannot_assess"


UNJUDGED = {
    Standing.EXCLUDED: Outcome.EXCLUDED,
    Standing.DROPPED: Outcome.EXCLUDED,
    Standing.NOT_IN_POPULATION: Outcome.NOT_APPLICABLE,
    Standing.CANNOT_ASSESS: Outcome.CANNOT_ASSESS,
}
"""What every element of a case is that is not judged."""


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done.

    Attributes:
        at: When, by the time that the measure clocks.
        fact: Name of the fact within the stay.
        clocked: Which of its times that is.
        day_only: Only the day of it will ever be known.
    """

    at: datetime
    fact: str
    clocked: str
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of one element.

    Attributes:
        done: The act that counts; None: never done.
        closes_at: First instant too late; None where no window was ever open.
        in_bundle: Whether the bundle asks for it.
        needs: What else must be known before anybody can say that it was done.
    """

    outcome: Outcome
    done: Done | None = None
    closes_at: datetime | None = None
    in_bundle: bool = True
    needs: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case of one measure.

    Attributes:
        number: 1 for the first case of a stay; higher after a rule-out.
        reason: Why it is not judged; None where it is.
        has_bundle: False where the elements are outcomes, and nobody is asked for anything.
    """

    measure: str
    number: int
    time_zero: datetime | None
    standing: Standing
    reason: str | None
    deeds: dict[str, Deed] = field(default_factory=dict)
    has_bundle: bool = True


@dataclass(frozen=True, slots=True)
class Truth:
    """One element of one case.

    Attributes:
        time_zero: Cut down to the minute, or to the second where the measure is kept to it.
        act_at: When the act that counts was done; None: never.
        charted_late: In time, but its record, or what else it needs, reached the feed only after the window had closed.
        status: Where the case stands towards the measure.
        reason: Why the case is not judged.
    """

    facility_id: str
    case_id: str
    measure: str
    time_zero: datetime | None
    element: str
    outcome: Outcome
    act_at: datetime | None
    charted_late: bool
    status: Standing = Standing.DENOMINATOR
    reason: str | None = None

    def as_row(self) -> dict[str, str]:
        """The line, every value as text."""
        names = (column.name for column in fields(self))
        return {name: _text(value) for name, value in zip(names, astuple(self), strict=True)}


COLUMNS = tuple(column.name for column in fields(Truth))


def bundle_of(outcomes: Iterable[Outcome]) -> Outcome:
    """All or nothing over the elements that are asked for; of none that is, nothing is asked."""
    told = list(outcomes)
    asked = [outcome for outcome in told if outcome not in {Outcome.NOT_APPLICABLE, Outcome.EXCLUDED}]
    for first in (Outcome.MISSED, Outcome.MET_LATE, Outcome.CANNOT_ASSESS):
        if first in asked:
            return Outcome.MISSED if first is Outcome.MET_LATE else first
    if asked:
        return Outcome.MET
    return Outcome.EXCLUDED if Outcome.EXCLUDED in told else Outcome.NOT_APPLICABLE


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
