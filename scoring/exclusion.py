"""Who is left out of a measure, and whose data cannot be used, each with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from schemas.clinical import Act, AnyFact, Visit, VisitStep
from scoring.age import age_in_years, birth_date, born
from scoring.chart import Chart, Timed
from scoring.exclusion_rule import (
    ActExclusion,
    AgeExclusion,
    CourseExclusion,
    EndExclusion,
    Exclusion,
    StayExclusion,
    VisitExclusion,
)
from scoring.measure import Measure
from scoring.number import Comparison, Limit, Resolution


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a case is left out, and the facts that decided it."""

    reason: str
    facts: tuple[AnyFact, ...]


def _admission(chart: Chart) -> Timed | None:
    steps = (VisitStep.ADMITTED, VisitStep.ARRIVED)
    return next((each for step in steps for each in chart.visits(step)[:1]), None)


def admitted_at(chart: Chart) -> datetime | None:
    """The first admission, else the first arrival; None where neither is known."""
    admission = _admission(chart)
    return None if admission is None else admission.moment


def expired_discharges(chart: Chart) -> list[Timed]:
    """Ends of the stay by death, in time order."""
    return [each for each in chart.discharges() if is_expired(each.fact, chart)]


def deaths(chart: Chart) -> list[Timed]:
    """Deaths as charted; where none is, ends of the stay by death."""
    return chart.visits(VisitStep.DIED) or expired_discharges(chart)


def is_expired(fact: AnyFact, chart: Chart) -> bool:
    """Whether a discharge says that the patient died."""
    return isinstance(fact, Visit) and fact.discharge_status in chart.rules.outcome.expired_statuses


def _ends(chart: Chart, rule: EndExclusion) -> list[Timed]:
    if rule.rule == "discharged_within":
        return chart.departures()
    return deaths(chart) if rule.clocked_by == "death" else expired_discharges(chart)


def passes(limit: Limit, resolution: Resolution, start: datetime, moment: datetime) -> bool:
    """Whether a moment lies within the limit of a start, both cut to the resolution; there is no lower bound."""
    elapsed = resolution.cut(moment) - resolution.cut(start)
    return elapsed <= limit.delta if limit.comparison is Comparison.AT_MOST else elapsed < limit.delta


def _by_age(chart: Chart, rule: AgeExclusion, start: datetime | None) -> tuple[AnyFact, ...]:
    said_by, admission = born(chart), _admission(chart)
    on = start if admission is None else admission.moment
    if said_by is None or said_by.birth_date is None or on is None:
        return ()
    age = age_in_years(said_by.birth_date, on.date())
    applies = age >= rule.limit.value if rule.limit.comparison is Comparison.AT_LEAST else age < rule.limit.value
    if not applies:
        return ()
    return (said_by,) if admission is None else (admission.fact, said_by)


def _by_act(chart: Chart, measure: Measure, rule: ActExclusion, start: datetime | None) -> list[Timed]:
    limit, resolution = rule.limit, measure.resolution
    acts = [
        each
        for each in chart.acts(rule.act)
        if not rule.act_reasons or (isinstance(each.fact, Act) and each.fact.reason in rule.act_reasons)
    ]
    if limit is None:
        return acts[:1]
    if start is None:
        return []
    return [each for each in acts if passes(limit, resolution, start, _latest(each, resolution))][:1]


def _latest(act: Timed, resolution: Resolution) -> datetime:
    """When an act was at the latest: what is known by its day rules nothing out unless every minute of it would."""
    return act.moment + timedelta(days=1) - resolution.unit if act.fact.day_only else act.moment


def _by_course(chart: Chart, measure: Measure, rule: CourseExclusion, start: datetime) -> list[Timed]:
    """Go back from the start, dose by dose, while no gap is too long; the first and the last dose of the course."""
    cut = measure.resolution.cut
    begun = reached = cut(start)
    course: list[Timed] = []
    for dose in reversed([each for each in chart.antibiotics() if not each.fact.day_only]):
        if cut(dose.moment) <= begun and reached - cut(dose.moment) <= rule.gap.delta:
            reached = cut(dose.moment)
            course = [dose, *course[-1:]]
    return course if begun - reached > rule.limit.delta else []


def _by_stay(chart: Chart, measure: Measure, rule: StayExclusion) -> list[Timed]:
    admission, left = _admission(chart), chart.discharges()[-1:]
    if admission is None or all(passes(rule.limit, measure.resolution, admission.moment, each.moment) for each in left):
        return []
    return [admission, *left]


def _by_end(chart: Chart, measure: Measure, rule: EndExclusion, start: datetime) -> list[Timed]:
    last = _ends(chart, rule)[-1:]
    return [each for each in last if passes(rule.limit, measure.resolution, start, each.moment)]


def deciding_facts(chart: Chart, measure: Measure, rule: Exclusion, start: datetime | None) -> tuple[AnyFact, ...]:
    """The facts by which a rule leaves a case out, counted from `start`; none where it does not, or needs a start."""
    match rule:
        case AgeExclusion():
            return _by_age(chart, rule, start)
        case ActExclusion():
            found = _by_act(chart, measure, rule, start)
        case VisitExclusion():
            found = chart.visits(*rule.steps)[:1]
        case StayExclusion():
            found = _by_stay(chart, measure, rule)
        case EndExclusion():
            found = [] if start is None else _by_end(chart, measure, rule, start)
        case CourseExclusion():
            found = [] if start is None else _by_course(chart, measure, rule, start)
        case _:
            assert_never(rule)
    return tuple(each.fact for each in found)


def find_left_out(chart: Chart, measure: Measure, rules: Iterable[Exclusion], start: datetime | None) -> LeftOut | None:
    """By the first of some exclusions that applies, counted from `start`; None where none does."""
    told = ((rule.reason, deciding_facts(chart, measure, rule, start)) for rule in rules)
    return next((LeftOut(reason, facts) for reason, facts in told if facts), None)


def find_exclusion(chart: Chart, measure: Measure, time_zero: datetime | None) -> LeftOut | None:
    """The first exclusion, in the measure's order, that applies; None where none does."""
    return find_left_out(chart, measure, measure.exclusions, time_zero)


def find_drop(chart: Chart, measure: Measure) -> str | None:
    """Why the case is dropped for its data, where the measure drops cases; None where it is not."""
    discharges = chart.discharges()
    if "bad_datetime" in measure.drops:
        admissions, cut = chart.visits(VisitStep.ADMITTED), measure.resolution.cut
        if admissions and discharges and cut(discharges[-1].moment) <= cut(admissions[0].moment):
            return "bad_datetime"
    if "no_birth_date" in measure.drops and discharges and birth_date(chart) is None:
        return "no_birth_date"
    return None
