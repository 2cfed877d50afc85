"""Rates of a replay: for every measure, how many cases met each element, and what stands beside that number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from schemas.case_record import CaseRecord, CaseStatus
from schemas.percent import percent_of
from schemas.verdict import Element, ElementStatus

_ORDER = {element: place for place, element in enumerate(Element)}
_Counts = dict[tuple[str, str, Element], Counter[ElementStatus]]
"""Statuses by measure, group of it (empty: all cases) and element."""
Period = tuple[date | None, date | None]
"""The first and the last day for which a measure was made."""
_PENDING = (ElementStatus.NOT_OPEN, ElementStatus.OPEN, ElementStatus.DUE_SOON, ElementStatus.OVERDUE)


@dataclass(frozen=True, slots=True)
class ElementRate:
    """One element of one measure over all cases of the denominator."""

    measure: str
    element: Element
    statuses: Counter[ElementStatus]
    stratum: str | None = None
    """The group of the measure that it is about; None: all cases."""

    @property
    def numerator(self) -> int:
        """Cases that met it in time."""
        return self.statuses[ElementStatus.MET]

    @property
    def denominator(self) -> int:
        """`met + met_late + missed + cannot_assess`: applicable, not excluded, no clock running."""
        settled = (ElementStatus.MET, ElementStatus.MET_LATE, ElementStatus.MISSED, ElementStatus.CANNOT_ASSESS)
        return sum(self.statuses[status] for status in settled)

    @property
    def pending(self) -> int:
        """Cases whose clock or charting grace still runs."""
        return sum(self.statuses[status] for status in _PENDING)

    @property
    def percent(self) -> float | None:
        """Numerator of denominator in percent, with one decimal; None where there is no denominator."""
        return percent_of(self.numerator, self.denominator)

    def as_json(self) -> dict[str, object]:
        """The rate with all that must be shown beside it."""
        return {
            "measure": self.measure,
            "element": self.element.value,
            **({} if self.stratum is None else {"stratum": self.stratum}),
            "numerator": self.numerator,
            "denominator": self.denominator,
            "rate_percent": self.percent,
            "met": self.numerator,
            "met_late": self.statuses[ElementStatus.MET_LATE],
            "missed": self.statuses[ElementStatus.MISSED],
            "cannot_assess": self.statuses[ElementStatus.CANNOT_ASSESS],
            "excluded": self.statuses[ElementStatus.EXCLUDED],
            "not_applicable": self.statuses[ElementStatus.NOT_APPLICABLE],
            "pending": self.pending,
        }


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """The cases of one measure, by status and by the reason for it, and the rates of its elements."""

    measure: str
    cases: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rates: tuple[ElementRate, ...] = ()
    outside_period: int = 0
    """Cases of days for which the measure was not made; they are judged and counted like all others."""

    def as_json(self) -> dict[str, object]:
        """Counts of cases, every status named."""
        return {
            "measure": self.measure,
            "cases": {status.value: self.cases[status.value] for status in CaseStatus},
            "reasons": {reason: self.reasons[reason] for reason in sorted(self.reasons)},
            "outside_period": self.outside_period,
        }

    def rates_as_json(self) -> list[dict[str, object]]:
        """The rates, bundle last."""
        return [rate.as_json() for rate in self.rates]


@dataclass(slots=True)
class CaseCounts:
    """Cases and elements counted one case at a time; counts of shares of the patients can be added up.

    An element's counts are of cases in the denominator or excluded; cases that were dropped, not
    in the population or without a time zero are counted by status only.
    """

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By measure and status."""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By measure and status with its reason."""
    elements: _Counts = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    """For which days a measure was made; a measure that does not say so is not there."""
    outside_period: Counter[str] = field(default_factory=Counter)
    """Cases of other days, by measure."""

    def count(self, case: CaseRecord) -> None:
        """Count one case."""
        self.cases[case.measure, case.status.value] += 1
        if case.reason:
            self.reasons[case.measure, f"{case.status.value}: {case.reason}"] += 1
        if case.status in {CaseStatus.DENOMINATOR, CaseStatus.EXCLUDED}:
            self._count_elements(case)
        self.outside_period[case.measure] += self._is_of_another_day(case)

    def _is_of_another_day(self, case: CaseRecord) -> bool:
        """Whether the stay ended, or else time zero lies, on a day for which the measure was not made."""
        at = case.closed_at or case.time_zero
        first, last = self.periods.get(case.measure, (None, None))
        return at is not None and bool((first and at.date() < first) or (last and at.date() > last))

    def add(self, other: "CaseCounts") -> None:
        """Add what was counted elsewhere."""
        self.cases.update(other.cases)
        self.reasons.update(other.reasons)
        self.outside_period.update(other.outside_period)
        for key, statuses in other.elements.items():
            self.elements.setdefault(key, Counter()).update(statuses)

    def summaries(self, measures: Sequence[str]) -> tuple[MeasureSummary, ...]:
        """The counts and rates of each measure, in this order."""
        return tuple(
            MeasureSummary(
                measure,
                _of(measure, self.cases),
                _of(measure, self.reasons),
                _rates_of(measure, self.elements),
                self.outside_period[measure],
            )
            for measure in measures
        )

    def _count_elements(self, case: CaseRecord) -> None:
        for verdict in case.elements:
            status = ElementStatus.EXCLUDED if case.status is CaseStatus.EXCLUDED else verdict.status
            for stratum in ("", *case.strata):
                self.elements.setdefault((case.measure, stratum, verdict.element), Counter())[status] += 1


def _of(measure: str, counts: Counter[tuple[str, str]]) -> Counter[str]:
    return Counter({name: count for (whose, name), count in counts.items() if whose == measure})


def _rates_of(measure: str, elements: _Counts) -> tuple[ElementRate, ...]:
    """The rates of all cases, then those of each group."""
    own = sorted((key for key in elements if key[0] == measure), key=lambda key: (key[1], _ORDER[key[2]]))
    return tuple(ElementRate(measure, key[2], elements[key], key[1] or None) for key in own)
