"""What `timezero score` adds to its numbers: what to do about a file, and what its summary gives away."""

from collections.abc import Iterator

from schemas.case_record import CaseStatus
from scoring.abstraction.warning import UNREADABLE_DATETIME
from streams.score import ScoreResult
from streams.score_rates import ScoreRates

_WRITTEN = (
    "a time is written as 2015-06-01T10:00 and a date as 2015-06-01 (ISO 8601); a table program may have changed them "
    "when it saved the file."
)
_DROPPED = "more than half of the rows were dropped and count nowhere; the results have the reason of each."
_UNDONE = (
    "S.S. hides a number only where it stands: totals less the other figures can give it. Look at that before you "
    "publish."
)


def score_hints(result: ScoreResult, suppressed_at_most: int) -> Iterator[str]:
    """Sentences for whoever reads the summary; none where there is nothing to say."""
    rates = result.rates
    if any(warned.name == UNREADABLE_DATETIME for warned in rates.warnings):
        yield _WRITTEN
    if rates.statuses[CaseStatus.DROPPED] > result.rows - rates.statuses[CaseStatus.DROPPED]:
        yield _DROPPED
    overall = [rate.denominator for rate in rates.overall.values()]
    if 0 < max(overall, default=0) <= suppressed_at_most:
        yield f"{suppressed_at_most} or fewer cases count in all, so no rate is shown; --internal shows it."
    elif any(0 < count <= suppressed_at_most for count in _shown_counts(rates)):
        yield _UNDONE


def _shown_counts(rates: ScoreRates) -> Iterator[int]:
    """Every count that is shown or hidden for its size; a status with few rows has a reason with few."""
    yield from rates.reasons.values()
    for groups in (rates.facilities, rates.quarters, rates.strata, {"all": rates.overall}):
        for each in groups.values():
            yield from (rate.denominator for rate in each.values())
