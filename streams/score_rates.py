"""Numerators and denominators of a scored file: overall, by facility, by quarter of discharge and by stratum."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.case_record import CaseStatus
from schemas.percent import percent_of
from schemas.verdict import Element, ElementStatus
from scoring.abstraction.column import Column
from scoring.abstraction.form_judge import FormVerdict
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.row import AbstractedRow
from scoring.abstraction.warning import Warned

BUNDLE = "bundle"
_MONTHS_IN_A_QUARTER = 3


@dataclass(slots=True)
class FormRate:
    """How often an element was met.

    Attributes:
        numerator: Cases in which it was met.
        denominator: Cases of which it is asked, those that cannot be assessed among them.
        cannot_assess: Cases of the denominator whose row does not tell.
    """

    numerator: int = 0
    denominator: int = 0
    cannot_assess: int = 0

    def count(self, status: ElementStatus) -> None:
        """Take in one case."""
        if status is not ElementStatus.NOT_APPLICABLE:
            self.denominator += 1
            self.numerator += status is ElementStatus.MET
            self.cannot_assess += status is ElementStatus.CANNOT_ASSESS

    @property
    def percent(self) -> float | None:
        """Numerator of denominator in percent, with one decimal; None where there is no denominator."""
        return percent_of(self.numerator, self.denominator)


Rates = dict[str, FormRate]
"""By element, in the measure's order; a second denominator follows its element."""


@dataclass(slots=True)
class ScoreRates:
    """What a scored file adds up to.

    Attributes:
        form: The measure.
        overall: Rates over all facilities.
        facilities: Rates by facility; each facility of the file has its own, also without a case that counts.
        quarters: Rates by quarter of discharge, as `2015Q1`.
        strata: Rates by stratum, where the measure has any.
        statuses: Rows by status.
        reasons: Rows outside of the denominator by status and reason.
        warnings: Line numbers by warning and the column that it is about.
    """

    form: MeasureForm
    overall: Rates = field(init=False)
    facilities: dict[str, Rates] = field(default_factory=dict)
    quarters: dict[str, Rates] = field(default_factory=dict)
    strata: dict[str, Rates] = field(init=False)
    statuses: Counter[CaseStatus] = field(default_factory=Counter)
    reasons: Counter[tuple[CaseStatus, str]] = field(default_factory=Counter)
    warnings: defaultdict[Warned, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.overall = self._empty()
        self.strata = {stratum.title: self._empty() for stratum in self.form.strata}

    def count(self, number: int, row: AbstractedRow, verdict: FormVerdict) -> None:
        """Take in one row and how it stands."""
        self.statuses[verdict.status] += 1
        if verdict.reason is not None:
            self.reasons[verdict.status, verdict.reason] += 1
        self.warn(number, verdict.warnings)
        facility = row.facility
        if not row.misaligned and facility not in self.facilities:
            self.facilities[facility] = self._empty()
        if verdict.status is CaseStatus.DENOMINATOR:
            for rates in self._groups(row, facility):
                _count(rates, verdict)

    def warn(self, number: int, warnings: Iterable[Warned]) -> None:
        """Note the line of a row, once for each warning."""
        for warning in dict.fromkeys(warnings):
            self.warnings[warning].append(number)

    def warnings_in_order(self) -> list[tuple[Warned, list[int]]]:
        """By name, then by column; what is about the row goes first."""
        return sorted(self.warnings.items(), key=lambda each: (each[0].name, each[0].column or ""))

    def _groups(self, row: AbstractedRow, facility: str) -> Iterator[Rates]:
        yield self.overall
        yield self.facilities[facility]
        day = row.instants[Column.DISCHARGE]
        quarter = f"{day.year}Q{(day.month - 1) // _MONTHS_IN_A_QUARTER + 1}"
        if quarter not in self.quarters:
            self.quarters[quarter] = self._empty()
        yield self.quarters[quarter]
        for stratum in self.form.strata:
            if row.codes.get(stratum.column) in stratum.one_of:
                yield self.strata[stratum.title]

    def _empty(self) -> Rates:
        rates: Rates = {}
        for name, element in self.form.elements.items():
            rates[name.value] = FormRate()
            if element.among:
                rates[_among(name)] = FormRate()
        if self.form.has_bundle:
            rates[BUNDLE] = FormRate()
        return rates

    def title(self, name: str) -> str:
        """What to call a rate in print."""
        if not name.endswith(_AMONG):
            return name
        element = Element(name.removesuffix(_AMONG))
        return f"{element} {self.form.elements[element].among_title}"


_AMONG = "_among"


def _among(name: str) -> str:
    return f"{name}{_AMONG}"


def _count(rates: Rates, verdict: FormVerdict) -> None:
    for name, status in verdict.elements.items():
        rates[name].count(status)
        if name in verdict.among:
            rates[_among(name)].count(status)
    if verdict.bundle is not None:
        rates[BUNDLE].count(verdict.bundle)
