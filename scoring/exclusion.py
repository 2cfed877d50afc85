"""Who is left out of a measure, and whose data cannot be used, each with its reason."""

from datetime import datetime, timedelta
from typing import assert_never

from schemas.clinical import Act, AnyFact, Visit, VisitStep
from scoring.age import age_in_years, birth_date
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


def admitted_at(chart: Chart) -> datetime | None:
    """The first admission, else the first arrival; None where neither is known."""
    for step in (VisitStep.ADMITTED, VisitStep.ARRIVED):
        for moment, _, _ in chart.visits(step)[:1]:
            return moment
    return None


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
        return chart.discharges()
    return deaths(chart) if rule.clocked_by == "death" else expired_discharges(chart)


def passes(limit: Limit, resolution: Resolution, start: datetime, moment: datetime) -> bool:
    """Whether a moment lies within the limit of a start, both cut to the resolution; there is no lower bound."""
    elapsed = resolution.cut(moment) - resolution.cut(start)
    return elapsed <= limit.delta if limit.comparison is Comparison.AT_MOST else elapsed < limit.delta


def _by_age(chart: Chart, rule: AgeExclusion, start: datetime | None) -> bool:
    born, on = birth_date(chart), admitted_at(chart) or start
    if born is None or on is None:
        return False
    age = age_in_years(born, on.date())
    return age >= rule.limit.value if rule.limit.comparison is Comparison.AT_LEAST else age < rule.limit.value


def _by_act(chart: Chart, measure: Measure, rule: ActExclusion, start: datetime | None) -> bool:
    limit = rule.limit
    acts = [
        each
        for each in chart.acts(rule.act)
        if not rule.act_reasons or (isinstance(each.fact, Act) and each.fact.reason in rule.act_reasons)
    ]
    if limit is None:
        return bool(acts)
    return start is not None and any(passes(limit, measure.resolution, start, _last_possible(each)) for each in acts)


def _last_possible(act: Timed) -> datetime:
    """When an act was at the latest: what is known by its day rules nothing out unless every minute of it would."""
    return act.moment + timedelta(days=1) if act.fact.day_only else act.moment


def _by_course(chart: Chart, measure: Measure, rule: CourseExclusion, start: datetime) -> bool:
    """Go back from the start, dose by dose, while no gap is too long."""
    begun = reached = measure.resolution.cut(start)
    doses = [measure.resolution.cut(each.moment) for each in chart.antibiotics() if not each.fact.day_only]
    for dose in reversed(doses):
        if dose <= begun and reached - dose <= rule.gap.delta:
            reached = dose
    return begun - reached > rule.limit.delta


def _by_stay(chart: Chart, measure: Measure, rule: StayExclusion) -> bool:
    admitted, left = admitted_at(chart), chart.discharges()[-1:]
    return admitted is not None and any(
        not passes(rule.limit, measure.resolution, admitted, each.moment) for each in left
    )


def excludes(chart: Chart, measure: Measure, rule: Exclusion, start: datetime | None) -> bool:
    """Whether a rule leaves a case out, counted from `start`; without one, a rule that needs it does not."""
    match rule:
        case AgeExclusion():
            return _by_age(chart, rule, start)
        case ActExclusion():
            return _by_act(chart, measure, rule, start)
        case VisitExclusion():
            return bool(chart.visits(*rule.steps))
        case StayExclusion():
            return _by_stay(chart, measure, rule)
        case EndExclusion():
            ends = _ends(chart, rule)[-1:]
            return start is not None and any(
                passes(rule.limit, measure.resolution, start, each.moment) for each in ends
            )
        case CourseExclusion():
            return start is not None and _by_course(chart, measure, rule, start)
        case _:
            assert_never(rule)


def find_exclusion(chart: Chart, measure: Measure, time_zero: datetime | None) -> str | None:
    """The reason of the first exclusion, in the measure's order, that applies; None where none does."""
    return next((rule.reason for rule in measure.exclusions if excludes(chart, measure, rule, time_zero)), None)


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
