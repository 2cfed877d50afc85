"""What really happened: for every simulated case and element, whether it was done in time."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What a perfect observer says at the end; words as on the board."""

    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"
    EXCLUDED = "excluded"
    CANNOT_ASSESS = "cannot_assess"


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of one element, and when the act behind it was done and known.

    Attributes:
        minutes: Window after time zero.
    """

    outcome: Outcome
    minutes: int
    act_at: datetime | None = None
    known_at: datetime | None = None

    def is_charted_late(self, time_zero: datetime) -> bool:
        """Done in time, and known only after the window had closed."""
        if self.outcome is not Outcome.MET or self.known_at is None:
            return False
        return self.known_at >= cut_to_minute(time_zero) + timedelta(minutes=self.minutes + 1)


@dataclass(frozen=True, slots=True)
class Truth:
    """One element of one case.

    Attributes:
        time_zero: Cut down to the minute.
        act_at: When the act that counts was done; None: never.
        charted_late: In time, but its record reached the feed only after the window had closed.
    """

    facility_id: str
    case_id: str
    measure: str
    time_zero: datetime
    element: str
    outcome: Outcome
    act_at: datetime | None
    charted_late: bool

    def as_row(self) -> dict[str, str]:
        """The line, every value as text."""
        names = (field.name for field in fields(self))
        return {name: _text(value) for name, value in zip(names, astuple(self), strict=True)}


def outcome_of(act_at: datetime | None, time_zero: datetime, minutes: int) -> Outcome:
    """Judge one act at minute resolution: the whole of the last minute still counts."""
    if act_at is None:
        return Outcome.MISSED
    if cut_to_minute(act_at) - cut_to_minute(time_zero) <= timedelta(minutes=minutes):
        return Outcome.MET
    return Outcome.MET_LATE


def culture_outcome(
    culture_at: datetime | None, antibiotic_at: datetime | None, time_zero: datetime, minutes: int
) -> Outcome:
    """Judge a culture that must not come after the first antibiotic; the same minute will do."""
    outcome = outcome_of(culture_at, time_zero, minutes)
    if culture_at is None or antibiotic_at is None:
        return outcome
    first = cut_to_minute(culture_at) <= cut_to_minute(antibiotic_at)
    return outcome if first else Outcome.MET_LATE


def bundle_of(outcomes: Iterable[Outcome]) -> Outcome:
    """All or nothing over the elements that apply."""
    applicable = [outcome for outcome in outcomes if outcome is not Outcome.NOT_APPLICABLE]
    for first in (Outcome.EXCLUDED, Outcome.MISSED, Outcome.MET_LATE, Outcome.CANNOT_ASSESS):
        if first in applicable:
            return Outcome.MISSED if first is Outcome.MET_LATE else first
    return Outcome.MET


def cut_to_minute(at: datetime) -> datetime:
    """The minute that holds `at`."""
    return at.replace(second=0, microsecond=0)


def truth_csv(truths: Iterable[Truth]) -> str:
    """All lines as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Truth)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(truth.as_row() for truth in truths)
    return text.getvalue()


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
