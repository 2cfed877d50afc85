"""Whose visits they are: records that contradict each other, found over the whole file."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from scoring.abstraction.column import Column
from scoring.abstraction.row import AbstractedRow

SAME_PCN = "same_pcn"
SAME_MRN = "same_mrn"
DUPLICATE = "duplicate"
OVERLAP = "overlap"

_Key = tuple[str, str]


class _Visit(NamedTuple):
    begun_at: datetime
    ended_at: datetime
    number: int


class _Namesakes:
    """Rows that share a number within a facility, and what they say besides it."""

    def __init__(self) -> None:
        self._said: dict[_Key, tuple[set[str | date], ...]] = {}
        self._rows: defaultdict[_Key, list[tuple[int, tuple[bool, ...]]]] = defaultdict(list)

    def learn(self, key: _Key, number: int, *values: str | date | None) -> None:
        said = self._said.setdefault(key, tuple(set() for _ in values))
        for known, value in zip(said, values, strict=True):
            if value:
                known.add(value)
        self._rows[key].append((number, tuple(map(bool, values))))

    def conflicting(self) -> Iterator[int]:
        """Rows whose value differs from that of another; one that leaves it blank contradicts nobody."""
        for key, said in self._said.items():
            differs = [len(known) > 1 for known in said]
            if any(differs):
                yield from (
                    number
                    for number, given in self._rows[key]
                    if any(several and says for several, says in zip(differs, given, strict=True))
                )


class IdentityRecords:
    """Takes in every row of a file once; then says which contradict each other.

    MRN and PCN are compared within a facility. A blank equals nothing and contradicts nothing.
    """

    def __init__(self) -> None:
        self._by_pcn = _Namesakes()
        self._by_mrn = _Namesakes()
        self._visits: defaultdict[tuple[str, str, str, bool], list[_Visit]] = defaultdict(list)

    def learn(self, number: int, row: AbstractedRow) -> None:
        """Take in one row under its number in the file."""
        facility = row.name(Column.FACILITY_ID)
        if row.misaligned or not facility:
            return
        pcn, mrn, upi = row.name(Column.PCN), row.name(Column.MRN), row.name(Column.UPI)
        if pcn:
            self._by_pcn.learn((facility, pcn), number, mrn, upi)
        if mrn:
            self._by_mrn.learn((facility, mrn), number, upi, row.born)
        self._learn_visit(number, row, {Column.PCN: pcn, Column.MRN: mrn}, facility)

    def _learn_visit(self, number: int, row: AbstractedRow, names: dict[Column, str], facility: str) -> None:
        begun_at, ended_at = row.instants.get(Column.ADMISSION), row.instants.get(Column.DISCHARGE)
        if row.unreadable or begun_at is None or ended_at is None or ended_at <= begun_at:
            return
        for column, name in names.items():
            if name:
                key = (facility, column, name, begun_at.tzinfo is None)
                self._visits[key].append(_Visit(begun_at, ended_at, number))

    def conflicts(self) -> dict[int, frozenset[str]]:
        """Every kind of contradiction by the number of the row; rows without one are left out."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for number in self._by_pcn.conflicting():
            found[number].add(SAME_PCN)
        for number in self._by_mrn.conflicting():
            found[number].add(SAME_MRN)
        for visits in self._visits.values():
            for number, kind in _clashes(visits):
                found[number].add(kind)
        return {number: frozenset(kinds) for number, kinds in found.items()}


def _clashes(visits: list[_Visit]) -> Iterator[tuple[int, str]]:
    """Visits of one patient that are the same, or share time; ending when the next begins is neither.

    In order of time a visit shares time with a later one exactly if it does with the next.
    """
    if len(visits) == 1:
        return
    ordered = sorted(visits)
    latest_end = ordered[0].ended_at
    for one, following in pairwise(ordered):
        if one[:-1] == following[:-1]:
            yield from ((each.number, DUPLICATE) for each in (one, following))
        if following.begun_at < one.ended_at:
            yield one.number, OVERLAP
        if following.begun_at < latest_end:
            yield following.number, OVERLAP
        latest_end = max(latest_end, following.ended_at)
