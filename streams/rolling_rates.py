"""Rolling compliance: counts over the latest case records, by window, measure, element, unit and facility.

Each record replaces what the case had contributed before. A case is in a window from its time
zero until the window's length has passed: `now - window < time_zero <= now`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from schemas.case_record import CaseStatus
from schemas.read_model import Rate, Window
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import ElementStatus

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.case_record import CaseRecord

LENGTHS = {Window.DAY: timedelta(hours=24), Window.WEEK: timedelta(days=7), Window.MONTH: timedelta(days=30)}
UNKNOWN_UNIT = "unknown"
_COUNTED_AS = {
    ElementStatus.MET: "met",
    ElementStatus.MET_LATE: "met_late",
    ElementStatus.MISSED: "missed",
    ElementStatus.CANNOT_ASSESS: "cannot_assess",
    ElementStatus.OPEN: "pending",
    ElementStatus.NOT_OPEN: "pending",
    ElementStatus.DUE_SOON: "pending",
    ElementStatus.OVERDUE: "pending",
    ElementStatus.EXCLUDED: "excluded",
}
_IN_DENOMINATOR = ("met", "met_late", "missed", "cannot_assess")


class Contribution(StrictModel):
    """What one case adds to the rates: one count an element that applies, at its time zero."""

    revision: int
    measure: str
    facility_id: str
    unit: str
    time_zero: Instant | None
    elements: tuple[tuple[str, str], ...]
    """Element and the count it goes to."""


def contribution_of(case: CaseRecord) -> Contribution:
    """What a case record adds; nothing for a case that is neither in the denominator nor excluded from it."""
    return Contribution(
        revision=case.revision,
        measure=case.measure,
        facility_id=case.facility_id,
        unit=case.unit or UNKNOWN_UNIT,
        time_zero=case.time_zero,
        elements=_elements(case),
    )


def _elements(case: CaseRecord) -> tuple[tuple[str, str], ...]:
    applicable = [each for each in case.elements if each.status is not ElementStatus.NOT_APPLICABLE]
    match case.status:
        case CaseStatus.DENOMINATOR:
            return tuple((each.element, _COUNTED_AS[each.status]) for each in applicable)
        case CaseStatus.EXCLUDED:
            return tuple((each.element, "excluded") for each in applicable)
        case CaseStatus.DROPPED | CaseStatus.NOT_IN_POPULATION | CaseStatus.CANNOT_ASSESS:
            return ()


class _Cell(NamedTuple):
    window: Window
    measure: str
    element: str
    facility_id: str
    unit: str
    counted_as: str


class RollingRates:
    """The rates of one partition's cases."""

    def __init__(self) -> None:
        """Know no case."""
        self._cases: dict[bytes, Contribution] = {}
        self._inside: dict[bytes, frozenset[Window]] = {}
        self._counts: Counter[_Cell] = Counter()
        self._boundaries: list[tuple[datetime, bytes]] = []

    def put(self, key: bytes, contribution: Contribution | None, now: datetime) -> bool:
        """Let `contribution` replace the case's former one; None: the case is no more.

        Returns:
            Whether anything changed; a record no newer than the one that counts does not.
        """
        former = self._cases.get(key)
        if former is not None and contribution is not None and contribution.revision <= former.revision:
            return False
        self._move(key, frozenset())
        if contribution is None:
            return self._cases.pop(key, None) is not None
        self._cases[key] = contribution
        if contribution.time_zero is not None and contribution.elements:
            for length in (timedelta(0), *LENGTHS.values()):
                self._watch(contribution.time_zero + length, key, now)
            self._move(key, _windows(contribution.time_zero, now))
        return True

    def roll(self, now: datetime) -> bool:
        """Let cases enter and leave the windows as of `now`; whether any did."""
        moved = False
        while self._boundaries and self._boundaries[0][0] <= now:
            _, key = heapq.heappop(self._boundaries)
            case = self._cases.get(key)
            if case is not None and case.time_zero is not None and case.elements:
                moved = self._move(key, _windows(case.time_zero, now)) or moved
        return moved

    def rates(self) -> list[Rate]:
        """One rate for each window, measure, element, facility and unit with a case in it, sorted."""
        rows: dict[_Cell, Counter[str]] = {}
        for cell, count in self._counts.items():
            rows.setdefault(cell._replace(counted_as=""), Counter())[cell.counted_as] += count
        return [_rate(cell, counts) for cell, counts in sorted(rows.items())]

    def _watch(self, at: datetime, key: bytes, now: datetime) -> None:
        if at > now:
            heapq.heappush(self._boundaries, (at, key))

    def _move(self, key: bytes, inside: frozenset[Window]) -> bool:
        before = self._inside.pop(key, frozenset())
        for window in before - inside:
            self._add(key, window, -1)
        for window in inside - before:
            self._add(key, window, 1)
        if inside:
            self._inside[key] = inside
        return inside != before

    def _add(self, key: bytes, window: Window, count: int) -> None:
        case = self._cases[key]
        for element, counted_as in case.elements:
            cell = _Cell(window, case.measure, element, case.facility_id, case.unit, counted_as)
            self._counts[cell] += count
            if not self._counts[cell]:
                del self._counts[cell]


def _windows(time_zero: datetime, now: datetime) -> frozenset[Window]:
    return frozenset(window for window, length in LENGTHS.items() if now - length < time_zero <= now)


def _rate(cell: _Cell, counts: Counter[str]) -> Rate:
    return Rate(
        measure=cell.measure,
        element=cell.element,
        window=cell.window,
        facility_id=cell.facility_id,
        unit=cell.unit,
        denominator=sum(counts[name] for name in _IN_DENOMINATOR),
        **counts,
    )
