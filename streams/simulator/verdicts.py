"""The truth of one stay under every shipped measure."""

from collections.abc import Callable, Iterable

from streams.simulator import (
    truth_collaboratives,
    truth_hours,
    truth_nys_adults,
    truth_nys_children,
    truth_nys_reports,
    truth_sep1,
)
from streams.simulator.chart import Chart
from streams.simulator.course import Course
from streams.simulator.truth import UNJUDGED, Case, Deed, Outcome, Standing, Truth, bundle_of

FAMILIES: tuple[Callable[[Course], Iterable[Case]], ...] = (
    truth_nys_children.cases,
    truth_nys_adults.cases,
    truth_nys_reports.cases,
    truth_collaboratives.cases,
    truth_hours.cases,
    truth_sep1.cases,
)
"""One function a family of measures: the cases of a stay, judged."""


def cases_of(course: Course) -> list[Case]:
    """Every case of a stay under every shipped measure."""
    return [case for family in FAMILIES for case in family(course)]


def truths_of(course: Course, chart: Chart) -> list[Truth]:
    """The lines of truth of a stay, by case, measure and element."""
    lines = [line for case in cases_of(course) for line in _lines(course, chart, case)]
    return sorted(lines, key=lambda line: (line.case_id, line.measure, line.element))


def _lines(course: Course, chart: Chart, case: Case) -> Iterable[Truth]:
    unjudged = None if case.standing is Standing.DENOMINATOR else UNJUDGED[case.standing]
    late: list[bool] = []
    for name, deed in case.deeds.items():
        is_late = unjudged is None and _charted_late(deed, chart)
        late += [is_late] if deed.in_bundle else []
        yield _line(course, case, name, unjudged or deed.outcome, deed, late=is_late)
    if case.has_bundle:
        asked = [deed.outcome for deed in case.deeds.values() if deed.in_bundle]
        outcome = unjudged or bundle_of(asked)
        yield _line(course, case, "bundle", outcome, None, late=any(late) and outcome is Outcome.MET)


def _line(course: Course, case: Case, element: str, outcome: Outcome, deed: Deed | None, *, late: bool) -> Truth:
    number = "" if case.number == 1 else f"#{case.number}"
    judged = case.standing is Standing.DENOMINATOR
    done = deed.done if deed is not None and judged else None
    return Truth(
        facility_id=course.facility_id,
        case_id=f"{course.encounter_id}{number}",
        measure=case.measure,
        time_zero=case.time_zero,
        element=element,
        outcome=outcome,
        act_at=None if done is None else done.at,
        charted_late=late,
        status=case.standing,
        reason=case.reason,
    )


def _charted_late(deed: Deed, chart: Chart) -> bool:
    """Done in time, and known only after the window had closed."""
    if deed.outcome is not Outcome.MET or deed.done is None or deed.closes_at is None:
        return False
    known = [chart.known_at(done.fact, done.clocked, done.at) for done in (deed.done, *deed.needs)]
    return any(known_at is not None and known_at >= deed.closes_at for known_at in known)
