"""Reading times: ISO 8601 text of a source into instants, with how it was resolved."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NoReturn

from schemas.clinical import AnyFact
from schemas.source_profile import SourceProfile, SourceProfiles, has_happened
from schemas.translate.reason import RefusedError, RejectReason, refuse

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """A time as read.

    Attributes:
        at: The instant; of a day, its first instant.
        flag: How a local time was resolved where it was not plain: `ambiguous`, `imaginary`.
        day_only: Only the day was sent.
    """

    at: datetime
    flag: str | None = None
    day_only: bool = False


def read_instant(text: str, source: SourceProfile, field: str) -> Reading:
    """Read one time as the source's profile says.

    Raises:
        RefusedError: `bad_time`, `naive_time` or `implausible_time`, naming the field.
    """
    try:
        written = datetime.fromisoformat(text)
        reading = _resolve(written, source.local_zone, field)
        return _plausible(reading, text, source, field)
    except (ValueError, OverflowError, TypeError):
        _no_time(field)


def _no_time(field: str) -> NoReturn:
    raise RefusedError(RejectReason.BAD_TIME, field) from None


def _plausible(reading: Reading, text: str, source: SourceProfile, field: str) -> Reading:
    if not source.earliest_year <= reading.at.year <= source.latest_year:
        refuse(RejectReason.IMPLAUSIBLE_TIME, field)
    return Reading(reading.at, reading.flag, _DAY.fullmatch(text) is not None)


def _resolve(written: datetime, zone: tzinfo | None, field: str) -> Reading:
    offset = written.utcoffset()
    if offset is not None:
        # What is written as hours and minutes would be read again as another instant.
        if offset % _MINUTE:
            _no_time(field)
        written.astimezone(UTC)
        return Reading(written)
    if zone is None:
        refuse(RejectReason.NAIVE_TIME, field)
    if isinstance(zone, timezone):
        return Reading(written.replace(tzinfo=zone))
    return _resolve_local(written, zone)


def _resolve_local(written: datetime, zone: tzinfo) -> Reading:
    """By the zone's own rules; where a local time is twice or never, its first reading (`fold=0`)."""
    first = written.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = written.replace(tzinfo=zone, fold=1).astimezone(UTC)
    local = first.astimezone(zone)
    # A fixed offset: sums of zoned times would run on the wall clock and jump with daylight saving.
    at = first.astimezone(timezone(local.utcoffset() or timedelta(0)))
    if first == second:
        return Reading(at)
    return Reading(at, "ambiguous" if local.replace(tzinfo=None) == written else "imaginary")


def refuse_future(at: datetime | None, received_at: datetime, source: SourceProfile, field: str) -> None:
    """Refuse a time that had not come when its message was received.

    Raises:
        RefusedError: `future_time`, naming the field.
    """
    if at is not None and not has_happened(at, received_at, source):
        raise RefusedError(RejectReason.FUTURE_TIME, field, at - received_at)


def refuse_early_end(started_at: datetime | None, ended_at: datetime | None, field: str, *, day_only: bool) -> None:
    """Refuse an end that lies before its start: nobody can tell which of the two is wrong.

    Both may be written to the second or to the minute, so an end in the start's own minute is none; and of what is
    known by its day only, days are compared.

    Raises:
        RefusedError: `implausible_time`, naming the field of the end.
    """
    if started_at is None or ended_at is None:
        return
    earliest = started_at.replace(second=0, microsecond=0)
    ended = ended_at.astimezone(started_at.tzinfo)
    if ended.date() < started_at.date() if day_only else ended < earliest:
        refuse(RejectReason.IMPLAUSIBLE_TIME, field)


def refuse_unborn(facts: Iterable[AnyFact], our_clock: datetime, profiles: SourceProfiles) -> None:
    """Refuse facts that say they were received later than it is now: they would move their patient's clock on.

    Raises:
        RefusedError: `future_time`, naming `received_at`.
    """
    for fact in facts:
        guard, ahead = profiles.of(fact.source).received_ahead, fact.received_at - our_clock
        if guard is not None and ahead > guard.limit:
            raise RefusedError(RejectReason.FUTURE_TIME, "received_at", ahead)
