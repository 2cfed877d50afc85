"""Whose visits they are: records that contradict each other, found over the whole file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from scoring.abstraction.row import read_date, read_instant
from scoring.abstraction.warning import NO_CASE_ID, NO_FACILITY_ID, REPEATED_CASE_ID, Warned
from scoring.number import Resolution

SAME_PCN = "same_pcn"
SAME_MRN = "same_mrn"
DUPLICATE = "duplicate"
OVERLAP = "overlap"


class IdentityTexts(NamedTuple):
    """Who and when, as a row has it written; a blank is empty."""

    facility_id: str
    pcn: str
    mrn: str
    upi: str
    date_of_birth: str
    admission_datetime: str
    discharge_datetime: str


@dataclass(frozen=True, slots=True, order=True)
class _Visit:
    begun_at: datetime
    ended_at: datetime
    number: int

    def is_same_time(self, other: "_Visit") -> bool:
        return (self.begun_at, self.ended_at) == (other.begun_at, other.ended_at)


_Record = tuple[int, tuple[str, ...]]


class _Namesakes:
    """Records by a number that several may share; most numbers stand alone and cost little."""

    def __init__(self) -> None:
        self._alone: dict[tuple[str, str], _Record] = {}
        self._shared: defaultdict[tuple[str, str], list[_Record]] = defaultdict(list)

    def learn(self, key: tuple[str, str], record: _Record) -> None:
        first = self._alone.setdefault(key, record)
        if first is not record:
            self._shared[key].append(record)

    def groups(self) -> Iterator[list[tuple[int, IdentityTexts]]]:
        """Records that share a number, two or more each."""
        for key, others in self._shared.items():
            yield [(number, IdentityTexts(*texts)) for number, texts in (self._alone[key], *others)]


class IdentityRecords:
    """Takes in every row of a file once; then says which contradict each other.

    MRN and PCN are compared within a facility. A blank equals nothing and contradicts nothing.
    """

    def __init__(self, resolution: Resolution) -> None:
        """Compare times cut down to `resolution`."""
        self._resolution = resolution
        self._by_pcn = _Namesakes()
        self._by_mrn = _Namesakes()

    def learn(self, number: int, texts: Iterable[str]) -> None:
        """Take in one row, under its number in the file; `texts` in the order of `IdentityTexts`."""
        # A plain tuple of text: the garbage collector lets it be, and there is one a row.
        stripped = tuple(map(str.strip, texts))
        facility, pcn, mrn, *_ = stripped
        if facility and pcn:
            self._by_pcn.learn((facility, pcn), (number, stripped))
        if facility and mrn:
            self._by_mrn.learn((facility, mrn), (number, stripped))

    def conflicts(self) -> dict[int, frozenset[str]]:
        """Every kind of contradiction by the number of the row; rows without one are left out."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for namesakes, kind, fields in (
            (self._by_pcn, SAME_PCN, ("mrn", "upi")),
            (self._by_mrn, SAME_MRN, ("upi", "date_of_birth")),
        ):
            for group in namesakes.groups():
                for field in fields:
                    for number in _differing(group, field):
                        found[number].add(kind)
                for number, clash in self._clashes(group):
                    found[number].add(clash)
        return {number: frozenset(kinds) for number, kinds in found.items()}

    def _clashes(self, group: list[tuple[int, IdentityTexts]]) -> Iterator[tuple[int, str]]:
        visits = [visit for number, texts in group for visit in self._visit(number, texts)]
        for naive in (True, False):
            yield from _shared_time(sorted(each for each in visits if (each.begun_at.tzinfo is None) is naive))

    def _visit(self, number: int, texts: IdentityTexts) -> Iterator[_Visit]:
        """The visit, where its times can be read and compared; the row itself is dropped for them elsewhere."""
        begun_at, ended_at = read_instant(texts.admission_datetime), read_instant(texts.discharge_datetime)
        if begun_at is None or ended_at is None or (begun_at.tzinfo is None) is not (ended_at.tzinfo is None):
            return
        visit = _Visit(self._resolution.cut(begun_at), self._resolution.cut(ended_at), number)
        if visit.begun_at < visit.ended_at:
            yield visit


class CaseIds:
    """Takes in facility and case_id of every row; says which rows nobody can tell from others by them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: set[tuple[str, str]] = set()

    def warnings(self, facility: str, case_id: str) -> Iterator[Warned]:
        """Take in one row, and give what is to be looked at."""
        key = (facility, case_id.strip())
        if not facility:
            yield Warned(NO_FACILITY_ID)
        if not key[1]:
            yield Warned(NO_CASE_ID)
        elif key in self._known:
            yield Warned(REPEATED_CASE_ID)
        self._known.add(key)


def _differing(group: list[tuple[int, IdentityTexts]], field: str) -> list[int]:
    """Rows whose value differs from that of another; one that leaves it blank contradicts nobody."""
    said = {number: _comparable(field, getattr(texts, field)) for number, texts in group if getattr(texts, field)}
    return list(said) if len(set(said.values())) > 1 else []


def _comparable(field: str, text: str) -> str | date:
    return (read_date(text) or text) if field == "date_of_birth" else text


def _shared_time(ordered: list[_Visit]) -> Iterator[tuple[int, str]]:
    """Visits that are the same, or share time; ending in the minute in which the next begins is neither.

    In order of time a visit shares time with a later one exactly if it does with the next.
    """
    ends = accumulate((visit.ended_at for visit in ordered), max)
    for (one, following), latest_end in zip(pairwise(ordered), ends, strict=False):
        if one.is_same_time(following):
            yield from ((each.number, DUPLICATE) for each in (one, following))
        if following.begun_at < one.ended_at:
            yield one.number, OVERLAP
        if following.begun_at < latest_end:
            yield following.number, OVERLAP
