"""One deciding fact as the board shows it: what it was, and every time it has."""

from dashboards.board.board_row import RowMaker
from schemas.case_record import TimelineEntry
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Evidence

_NOTED = frozenset({"charted", "received"})
"""Words of the times that say when something was known, not when it was done."""


class FactTime(StrictModel):
    """One of the times of a fact."""

    word: str
    at: Instant
    clocked: bool
    """The measure goes by this one."""


class EvidenceLine(StrictModel):
    """One fact that decided something, with how late it was charted."""

    what: str
    times: tuple[FactTime, ...]
    charting_lag_min: float | None
    """Minutes from the act to its charting; negative where it was charted ahead."""
    value: float | None
    unit: str | None


def make_evidence_line(evidence: Evidence, maker: RowMaker) -> EvidenceLine:
    """Show one fact, its times in the zone of the board."""
    times = [
        FactTime(word=word, at=at, clocked=at == evidence.happened_at and word not in _NOTED)
        for word, at in evidence.times()
    ]
    return EvidenceLine(
        what=evidence.name,
        times=tuple(each.model_copy(update={"at": maker.at(each.at)}) for each in times),
        charting_lag_min=charting_lag_min(evidence),
        value=evidence.value,
        unit=evidence.unit,
    )


def charting_lag_min(fact: Evidence | TimelineEntry) -> float | None:
    """Tell the minutes from the act to its charting, to one decimal; none where either time is absent."""
    if fact.happened_at is None or fact.recorded_at is None:
        return None
    return round((fact.recorded_at - fact.happened_at).total_seconds() / 60, 1)
