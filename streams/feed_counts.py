"""How many messages of each feed were accepted, ignored and rejected: counted once, however often they are read.

Counts stand beside the offset up to which they count, for each partition of each raw topic. A
message read again after a crash has a lower offset and is not counted again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from schemas.read_model import AHEAD_FOR, FeedStatus
from schemas.strict_model import StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from streams.ingest import Counted

MOST_SOURCES = 100
OTHER_SOURCES = "other"
"""Where messages of the hundred-and-first source of a partition are counted: names come from outside."""


class PartitionCounts(StrictModel):
    """Counts of one partition of one raw topic, up to an offset."""

    topic: str
    offset: int = -1
    """The last message counted."""
    sources: dict[str, FeedStatus] = Field(default_factory=dict)

    def count(self, counted: Iterable[Counted]) -> PartitionCounts:
        """These counts with messages added, given in the order of their offsets."""
        offset, sources = self.offset, dict(self.sources)
        for each in counted:
            if each.record.offset > offset:
                offset = each.record.offset
                name = each.source if each.source in sources or len(sources) < MOST_SOURCES else OTHER_SOURCES
                status = sources.get(name) or FeedStatus(topic=self.topic, source=name)
                sources[name] = _with(status, each)
        return PartitionCounts(topic=self.topic, offset=offset, sources=sources)


def _with(status: FeedStatus, counted: Counted) -> FeedStatus:
    return status.model_copy(
        update=_clock(status, counted)
        | {
            "last_received_at": _later(status.last_received_at, counted.received_at),
            "last_happened_at": _later(status.last_happened_at, counted.happened_at),
            counted.outcome: getattr(status, counted.outcome) + 1,
        }
    )


def _clock(status: FeedStatus, counted: Counted) -> dict[str, float | datetime | None]:
    """What is known of the source's clock: the furthest that it was ahead, until that is long ago."""
    ahead_s = counted.ahead.total_seconds()
    seen_at = status.ahead_seen_at
    if seen_at is not None and ahead_s < status.ahead_s and counted.taken_at - seen_at <= AHEAD_FOR:
        return {}
    return {"ahead_s": ahead_s, "ahead_seen_at": counted.taken_at if ahead_s else None}


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each), default=None)


def add_up(parts: Iterable[PartitionCounts]) -> dict[tuple[str, str], FeedStatus]:
    """The feeds over all partitions, by topic and source."""
    feeds: dict[tuple[str, str], FeedStatus] = {}
    for part in parts:
        for status in part.sources.values():
            name = (status.topic, status.source)
            feeds[name] = _together(feeds[name], status) if name in feeds else status
    return feeds


def _further_ahead(one: FeedStatus, other: FeedStatus) -> FeedStatus:
    if one.ahead_seen_at is None or other.ahead_seen_at is None:
        return one if other.ahead_seen_at is None else other
    if abs(one.ahead_seen_at - other.ahead_seen_at) > AHEAD_FOR:
        return one if one.ahead_seen_at > other.ahead_seen_at else other
    return one if one.ahead_s >= other.ahead_s else other


def _together(one: FeedStatus, other: FeedStatus) -> FeedStatus:
    ahead = _further_ahead(one, other)
    return FeedStatus(
        ahead_s=ahead.ahead_s,
        ahead_seen_at=ahead.ahead_seen_at,
        topic=one.topic,
        source=one.source,
        last_received_at=_later(one.last_received_at, other.last_received_at),
        last_happened_at=_later(one.last_happened_at, other.last_happened_at),
        accepted=one.accepted + other.accepted,
        ignored=one.ignored + other.ignored,
        rejected=one.rejected + other.rejected,
    )
