"""How one row stands under one measure: its status, its elements, its bundle."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.case_record import CaseStatus
from schemas.verdict import Element, ElementStatus
from scoring.abstraction.column import Column
from scoring.abstraction.condition import Window, any_way
from scoring.abstraction.measure_form import FormAge, FormElement, MeasureForm
from scoring.abstraction.row import AbstractedRow
from scoring.age import age_in_years
from scoring.number import Comparison

BAD_DATETIME = "bad_datetime"
BAD_ROW = "bad_row"
NO_BIRTH_DATE = "no_birth_date"
NO_TIME_ZERO = "no_time_zero"
BORN_AFTER_ADMISSION = "born_after_admission"
"""Warning: the date of birth lies after the day of admission; the texts drop no row for it."""
ACT_BEFORE_BIRTH = "act_before_birth"
"""Warning: something was done before the day of birth; the texts drop no row for it, and it counts as it stands."""
OUTSIDE_PERIOD = "outside_period"
"""Warning: the discharge lies outside of the dates for which the measure was made; it is judged all the same."""


_ACTS = frozenset(column for column in Column if column.is_instant) - {Column.ADMISSION, Column.DISCHARGE}


@dataclass(frozen=True, slots=True)
class FormVerdict:
    """How a row stands.

    Attributes:
        status: Towards the measure.
        reason: Snake case; None in the denominator.
        elements: Each `met`, `missed`, `not_applicable` or `cannot_assess`; empty outside of the denominator.
        bundle: The bundle likewise; None outside of the denominator and where the measure has none.
        among: Elements for whose second denominator the row counts.
        warnings: What a person should look at; it changes no verdict.
    """

    status: CaseStatus
    reason: str | None = None
    elements: Mapping[Element, ElementStatus] = field(default_factory=dict)
    bundle: ElementStatus | None = None
    among: frozenset[Element] = frozenset()
    warnings: tuple[str, ...] = ()


def judge_row(row: AbstractedRow, form: MeasureForm, conflicts: Collection[str] = frozenset()) -> FormVerdict:
    """Judge one row.

    Args:
        row: The row, with at least the columns of the form.
        form: The measure.
        conflicts: How the row contradicts others of its file, as `IdentityRecords.conflicts` says.

    """
    if row.misaligned:
        return FormVerdict(CaseStatus.DROPPED, BAD_ROW)
    dropped = _find_drop(row, form, conflicts)
    if dropped is not None:
        return FormVerdict(CaseStatus.DROPPED, dropped)
    time_zero = find_time_zero(row, form)
    status, reason = _status(row, form, time_zero)
    warnings = tuple(_warnings(row, form))
    if status is not CaseStatus.DENOMINATOR:
        return FormVerdict(status, reason, warnings=warnings)
    elements = {name: _judge_element(row, element, time_zero) for name, element in form.elements.items()}
    among = frozenset(_second_denominators(row, form, time_zero))
    return FormVerdict(status, reason, elements, _bundle(form, elements), among, warnings)


def find_time_zero(row: AbstractedRow, form: MeasureForm) -> datetime | None:
    """Time zero by the measure's rule; None where the row has none of its times."""
    for group in form.time_zero.first_known if form.time_zero else ():
        known = [row.instants[column] for column in group if column in row.instants]
        if known:
            return min(known)
    return None


def _find_drop(row: AbstractedRow, form: MeasureForm, conflicts: Collection[str]) -> str | None:
    faults = set(conflicts)
    admitted, discharged = row.instants.get(Column.ADMISSION), row.instants.get(Column.DISCHARGE)
    if row.unreadable or admitted is None or discharged is None or discharged <= admitted:
        faults.add(BAD_DATETIME)
    if row.born is None:
        faults.add(NO_BIRTH_DATE)
    return next((reason for reason in form.drops if reason in faults), None)


def _status(row: AbstractedRow, form: MeasureForm, time_zero: datetime | None) -> tuple[CaseStatus, str | None]:
    if form.age is not None and _leaves_out(row, form.age):
        return CaseStatus.EXCLUDED, form.age.reason
    for rule in form.population:
        if not any_way(rule.any_of, row, Window(time_zero, rule.limit)):
            return CaseStatus.NOT_IN_POPULATION, rule.reason
    for rule in form.exclusions:
        if any_way(rule.any_of, row, Window(time_zero, rule.limit)):
            return CaseStatus.EXCLUDED, rule.reason
    if form.time_zero is not None and time_zero is None:
        return CaseStatus.CANNOT_ASSESS, NO_TIME_ZERO
    return CaseStatus.DENOMINATOR, None


def _leaves_out(row: AbstractedRow, age: FormAge) -> bool:
    """Age by birthday, on the day of admission as it is written; a row without one was dropped before."""
    if row.born is None:
        return False
    years = age_in_years(row.born, row.instants[Column.ADMISSION].date())
    return years >= age.limit.value if age.limit.comparison is Comparison.AT_LEAST else years < age.limit.value


def _judge_element(row: AbstractedRow, element: FormElement, time_zero: datetime | None) -> ElementStatus:
    window = Window(time_zero, element.limit, element.look_back)
    if element.applies_when and not any_way(element.applies_when, row, window):
        return ElementStatus.NOT_APPLICABLE
    if any_way(element.any_of, row, window):
        return ElementStatus.MET
    if element.told_by and not any_way(element.told_by, row, window):
        return ElementStatus.CANNOT_ASSESS
    return ElementStatus.MISSED


def _second_denominators(row: AbstractedRow, form: MeasureForm, time_zero: datetime | None) -> Iterator[Element]:
    for name, element in form.elements.items():
        if element.among and any_way(element.among, row, Window(time_zero, element.limit)):
            yield name


def _bundle(form: MeasureForm, elements: Mapping[Element, ElementStatus]) -> ElementStatus | None:
    if not form.has_bundle:
        return None
    required = {status for name, status in elements.items() if form.elements[name].in_bundle}
    for worst in (ElementStatus.MISSED, ElementStatus.CANNOT_ASSESS):
        if worst in required:
            return worst
    return ElementStatus.MET


def _warnings(row: AbstractedRow, form: MeasureForm) -> Iterator[str]:
    yield from row.warnings
    for rule in form.warnings:
        if any_way(rule.any_of, row, Window(None)):
            yield rule.reason
    if row.born is not None and row.born > row.instants[Column.ADMISSION].date():
        yield BORN_AFTER_ADMISSION
    if row.born is not None and any(row.born > at.date() for column, at in row.instants.items() if column in _ACTS):
        yield ACT_BEFORE_BIRTH
    day = row.instants[Column.DISCHARGE].date()
    if (form.effective_from and day < form.effective_from) or (form.effective_until and day > form.effective_until):
        yield OUTSIDE_PERIOD
