"""How one row stands under one measure: its status, its elements, its bundle."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from schemas.case_record import CaseStatus
from schemas.verdict import Element, ElementStatus
from scoring.abstraction.column import Column
from scoring.abstraction.condition import Unknown, Ways, Window, any_way, codes_of
from scoring.abstraction.measure_form import FormAge, FormElement, FormWarning, MeasureForm
from scoring.abstraction.row import AbstractedRow
from scoring.abstraction.warning import (
    ACT_BEFORE_BIRTH,
    BLANK_CONDITION,
    BLANK_DATETIME,
    BORN_AFTER_ADMISSION,
    DISCHARGE_NOT_AFTER_ADMISSION,
    OUTSIDE_PERIOD,
    UNREADABLE_DATETIME,
    Warned,
)
from scoring.age import age_in_years
from scoring.number import Comparison

BAD_DATETIME = "bad_datetime"
BAD_ROW = "bad_row"
NO_BIRTH_DATE = "no_birth_date"
NO_TIME_ZERO = "no_time_zero"

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
    warnings: tuple[Warned, ...] = ()


def judge_row(row: AbstractedRow, form: MeasureForm, conflicts: Collection[str] = frozenset()) -> FormVerdict:
    """Judge one row.

    Args:
        row: The row, with at least the columns of the form.
        form: The measure.
        conflicts: How the row contradicts others of its file, as `IdentityRecords.conflicts` says.

    """
    if row.misaligned:
        return FormVerdict(CaseStatus.DROPPED, BAD_ROW)
    stay_faults = tuple(_stay_faults(row))
    dropped = _find_drop(row, form, conflicts, stay_faults)
    if dropped is not None:
        return FormVerdict(CaseStatus.DROPPED, dropped, warnings=(*row.warnings, *stay_faults))
    time_zero = find_time_zero(row, form)
    status, reason = _status(row, form, time_zero)
    if status is not CaseStatus.DENOMINATOR:
        blank = _blank_population(row, form, reason) if status is CaseStatus.NOT_IN_POPULATION else ()
        return FormVerdict(status, reason, warnings=(*_warnings(row, form), *blank))
    elements = {name: _judge_element(row, element, time_zero) for name, element in form.elements.items()}
    among = frozenset(_second_denominators(row, form, time_zero))
    warnings = (*_warnings(row, form), *_blank_elements(row, form, elements))
    return FormVerdict(status, reason, elements, _bundle(form, elements), among, warnings)


def find_time_zero(row: AbstractedRow, form: MeasureForm) -> datetime | None:
    """Time zero by the measure's rule; None where the row has none of its times."""
    for group in form.time_zero.first_known if form.time_zero else ():
        known = [row.instants[column] for column in group if column in row.instants]
        if known:
            return min(known)
    return None


def _find_drop(
    row: AbstractedRow, form: MeasureForm, conflicts: Collection[str], stay_faults: Collection[Warned]
) -> str | None:
    faults = set(conflicts)
    if row.unreadable or stay_faults:
        faults.add(BAD_DATETIME)
    if row.born is None:
        faults.add(NO_BIRTH_DATE)
    return next((reason for reason in (*form.drops, BAD_DATETIME) if reason in faults), None)


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


def _stay_faults(row: AbstractedRow) -> Iterator[Warned]:
    """Why admission and discharge make no stay, where both could be read."""
    for column in (Column.ADMISSION, Column.DISCHARGE):
        if column not in row.instants and Warned(UNREADABLE_DATETIME, column) not in row.warnings:
            yield Warned(BLANK_DATETIME, column)
    admitted, discharged = row.instants.get(Column.ADMISSION), row.instants.get(Column.DISCHARGE)
    if not row.unreadable and admitted is not None and discharged is not None and discharged <= admitted:
        yield Warned(DISCHARGE_NOT_AFTER_ADMISSION, Column.DISCHARGE)


def _blank_population(row: AbstractedRow, form: MeasureForm, reason: str | None) -> Iterator[Warned]:
    """What is blank of what the rule asks for that keeps the row out."""
    for rule in form.population:
        if rule.reason == reason:
            yield from _blank_codes(row, rule.any_of)


def _blank_elements(
    row: AbstractedRow, form: MeasureForm, elements: Mapping[Element, ElementStatus]
) -> Iterator[Warned]:
    """What is blank of what would have an element asked for that is not."""
    for name, status in elements.items():
        if status is ElementStatus.NOT_APPLICABLE:
            yield from _blank_codes(row, form.elements[name].applies_when)


def _blank_codes(row: AbstractedRow, ways: Ways) -> Iterator[Warned]:
    for code in codes_of(ways):
        if code.column not in row.codes:
            yield Warned(BLANK_CONDITION, code.column)


def _warnings(row: AbstractedRow, form: MeasureForm) -> Iterator[Warned]:
    yield from row.warnings
    for rule in form.warnings:
        yield from _own_warnings(row, rule)
    if row.born is not None:
        yield from _before_birth(row, row.born)
    day = row.instants[Column.DISCHARGE].date()
    if (form.effective_from and day < form.effective_from) or (form.effective_until and day > form.effective_until):
        yield Warned(OUTSIDE_PERIOD)


def _before_birth(row: AbstractedRow, born: date) -> Iterator[Warned]:
    if born > row.instants[Column.ADMISSION].date():
        yield Warned(BORN_AFTER_ADMISSION, Column.DATE_OF_BIRTH)
    for column, at in row.instants.items():
        if column in _ACTS and born > at.date():
            yield Warned(ACT_BEFORE_BIRTH, column)


def _own_warnings(row: AbstractedRow, rule: FormWarning) -> Iterator[Warned]:
    """A measure's own, with the columns that should not be blank."""
    for way in rule.any_of:
        if any_way((way,), row, Window(None)):
            blank = [condition.column for condition in way if isinstance(condition, Unknown)]
            yield from (Warned(rule.reason, column) for column in blank or (None,))
