"""Rates of a replay: for every measure, how many cases met each element, and what stands beside that number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemas.case_record import CaseRecord, CaseStatus
from schemas.verdict import Element, ElementStatus

_ORDER = {element: place for place, element in enumerate(Element)}
_Counts = dict[tuple[str, str, Element], Counter[ElementStatus]]
"""Statuses by measure, group of it (empty: all cases) and element."""
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
        if not self.denominator:
            return None
        return round(100 * self.numerator / self.denominator, 1)

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

    def as_json(self) -> dict[str, object]:
        """Counts of cases, every status named."""
        return {
            "measure": self.measure,
            "cases": {status.value: self.cases[status.value] for status in CaseStatus},
            "reasons": {reason: self.reasons[reason] for reason in sorted(self.reasons)},
        }

    def rates_as_json(self) -> list[dict[str, object]]:
        """The rates, bundle last."""
        return [rate.as_json() for rate in self.rates]


def summarise_rates(cases: Iterable[CaseRecord], measures: Sequence[str]) -> tuple[MeasureSummary, ...]:
    """Count cases and elements by measure, in the order of `measures`.

    An element's counts are of cases in the denominator or excluded; cases that were dropped, not
    in the population or without a time zero are counted by status only.
    """
    statuses = {measure: Counter[str]() for measure in measures}
    reasons = {measure: Counter[str]() for measure in measures}
    elements: _Counts = {}
    for case in cases:
        statuses.setdefault(case.measure, Counter())[case.status.value] += 1
        if case.reason:
            reasons.setdefault(case.measure, Counter())[f"{case.status.value}: {case.reason}"] += 1
        if case.status in {CaseStatus.DENOMINATOR, CaseStatus.EXCLUDED}:
            _count_elements(case, elements)
    return tuple(
        MeasureSummary(measure, statuses[measure], reasons[measure], _rates_of(measure, elements))
        for measure in measures
    )


def _count_elements(case: CaseRecord, elements: _Counts) -> None:
    for verdict in case.elements:
        status = ElementStatus.EXCLUDED if case.status is CaseStatus.EXCLUDED else verdict.status
        for stratum in ("", *case.strata):
            elements.setdefault((case.measure, stratum, verdict.element), Counter())[status] += 1


def _rates_of(measure: str, elements: _Counts) -> tuple[ElementRate, ...]:
    """The rates of all cases, then those of each group."""
    own = sorted((key for key in elements if key[0] == measure), key=lambda key: (key[1], _ORDER[key[2]]))
    return tuple(ElementRate(measure, key[2], elements[key], key[1] or None) for key in own)
