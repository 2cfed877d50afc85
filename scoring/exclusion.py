"""Exclusions and data-quality drops of a measure, each with the reason it prints."""

from datetime import date, datetime
from typing import assert_never

from schemas.clinical import AnyFact, Visit, VisitStep
from scoring.chart import Chart, Timed
from scoring.measure import ActExclusion, AgeExclusion, Comparison, EndExclusion, Exclusion, Limit, Measure


def birth_date(chart: Chart) -> date | None:
    """The birth date last received; None where no feed sent one."""
    known = [patient for patient in chart.patients if patient.birth_date is not None]
    return max(known, key=lambda patient: (patient.received_at, patient.event_id)).birth_date if known else None


def age_in_years(born: date, on: date) -> int:
    """Completed years on a day, by birthday; born on 29 February counts on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _admitted_on(chart: Chart, time_zero: datetime) -> datetime:
    for step in (VisitStep.ADMITTED, VisitStep.ARRIVED):
        for moment, _, _ in chart.visits(step)[:1]:
            return moment
    return time_zero


def expired_discharges(chart: Chart) -> list[Timed]:
    """Ends of the stay by death, in time order."""
    return [each for each in chart.discharges() if _is_expired(each.fact, chart)]


def _ends(chart: Chart, rule: EndExclusion) -> list[Timed]:
    if rule.rule == "discharged_within":
        return chart.discharges()
    deaths = chart.visits(VisitStep.DIED) if rule.clocked_by == "death" else []
    return deaths or expired_discharges(chart)


def _is_expired(fact: AnyFact, chart: Chart) -> bool:
    return isinstance(fact, Visit) and fact.discharge_status in chart.rules.outcome.expired_statuses


def _within(measure: Measure, limit: Limit, time_zero: datetime, moment: datetime) -> bool:
    elapsed = measure.resolution.cut(moment) - measure.resolution.cut(time_zero)
    return elapsed <= limit.delta if limit.comparison is Comparison.AT_MOST else elapsed < limit.delta


def _by_age(chart: Chart, rule: AgeExclusion, time_zero: datetime) -> bool:
    born = birth_date(chart)
    if born is None:
        return False
    age = age_in_years(born, _admitted_on(chart, time_zero).date())
    return age >= rule.limit.value if rule.limit.comparison is Comparison.AT_LEAST else age < rule.limit.value


def _excludes(chart: Chart, measure: Measure, rule: Exclusion, time_zero: datetime) -> bool:
    match rule:
        case AgeExclusion():
            return _by_age(chart, rule, time_zero)
        case ActExclusion():
            return any(_within(measure, rule.limit, time_zero, moment) for moment, _, _ in chart.acts(rule.act))
        case EndExclusion():
            return any(_within(measure, rule.limit, time_zero, each.moment) for each in _ends(chart, rule)[-1:])
        case _:
            assert_never(rule)


def find_exclusion(chart: Chart, measure: Measure, time_zero: datetime) -> str | None:
    """The reason of the first exclusion, in the measure's order, that applies; None where none does."""
    return next((rule.reason for rule in measure.exclusions if _excludes(chart, measure, rule, time_zero)), None)


def find_drop(chart: Chart, measure: Measure) -> str | None:
    """Why the case is dropped for its data, where the measure drops cases; None where it is not."""
    discharges = chart.discharges()
    if "bad_datetime" in measure.drops:
        admissions = chart.visits(VisitStep.ADMITTED)
        if admissions and discharges and discharges[-1][0] <= admissions[0][0]:
            return "bad_datetime"
    if "no_birth_date" in measure.drops and discharges and birth_date(chart) is None:
        return "no_birth_date"
    return None
