"""Coverage: whether a source would have told us, had something been done."""

from datetime import datetime
from enum import StrEnum

from schemas.clinical import Coverage, Domain
from schemas.source_profile import Covered
from scoring.chart import Chart


class Gap(StrEnum):
    """Why an element that is not done cannot be called missed."""

    NOT_CARRIED = "not_carried"
    """The feed never carries it."""
    NOT_COVERED = "not_covered"
    """The feed carries it, but not all through the window."""


def _spans(chart: Chart, domain: Domain, now: datetime) -> list[tuple[datetime, datetime]]:
    return sorted(
        (started_at, fact.completed_at or now)
        for started_at, _, fact in chart.shelves.get(f"coverage:{domain}", ())
        if isinstance(fact, Coverage)
    )


def _is_covered(spans: list[tuple[datetime, datetime]], since: datetime, until: datetime) -> bool:
    reached: datetime | None = None
    for start, end in spans:
        if start <= (reached or since) <= end:
            reached = end
    return reached is not None and reached >= until


def find_gap(
    chart: Chart, domain: Domain, since: datetime, until: datetime, now: datetime, time_name: str | None = None
) -> Gap | None:
    """Whether something done in [since, until), by `now`, might have gone unseen; None where it would have been seen.

    `time_name`: a time of the act without which it cannot be told (`SourceProfile.not_carried`).

    A coverage that has not ended lasts until `now`. One source that always carries the
    domain is enough.
    """
    profiles = [chart.profiles.of(source) for source in chart.sources]
    if time_name is not None and all(time_name in profile.not_carried for profile in profiles):
        return Gap.NOT_CARRIED
    kinds = {profile.coverage[domain].covered for profile in profiles}
    if Covered.ALWAYS in kinds:
        return None
    if Covered.BY_EVENT not in kinds:
        return Gap.NOT_CARRIED
    return None if _is_covered(_spans(chart, domain, now), since, until) else Gap.NOT_COVERED
