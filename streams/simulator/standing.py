"""Who is left out of a measure, and why: age, deaths, transfers, what was said, and data that cannot be used."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.course import Course, Statement, cut_to_minute
from streams.simulator.observer import antibacterials
from streams.simulator.spans import Opened
from streams.simulator.texts import texts
from streams.simulator.truth import Standing
from streams.simulator.visit_course import EXPIRED


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to be left out: a reason, and whether it applies to a stay with this time zero (None: unknown)."""

    reason: str
    applies: Callable[[Course, datetime | None], bool]


def place(
    course: Course,
    zero: datetime | None,
    *,
    ruled_out: bool,
    drops: Iterable[Rule] = (),
    outsiders: Iterable[Rule] = (),
    exclusions: Iterable[Rule] = (),
) -> tuple[Standing, str | None]:
    """Where a case stands: the first that applies decides, in the order of the arguments; then a missing time zero."""
    if ruled_out:
        return Standing.NOT_IN_POPULATION, "ruled_out"
    for standing, rules in (
        (Standing.DROPPED, drops),
        (Standing.NOT_IN_POPULATION, outsiders),
        (Standing.EXCLUDED, exclusions),
    ):
        for rule in rules:
            if rule.applies(course, zero):
                return standing, rule.reason
    return (Standing.CANNOT_ASSESS, "no_time_zero") if zero is None else (Standing.DENOMINATOR, None)


def age_in_years(born: date, on: date) -> int:
    """Completed years; born on 29 February counts on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _age(course: Course, zero: datetime | None) -> int | None:
    at = course.step_at(AdtEvent.ADMIT) or course.step_at(AdtEvent.ARRIVE) or zero
    return None if course.born is None or at is None else age_in_years(course.born, at.date())


def _is_child(course: Course, zero: datetime | None) -> bool:
    age = _age(course, zero)
    return age is not None and age < texts().age.adult_from_years


def _is_adult(course: Course, zero: datetime | None) -> bool:
    age = _age(course, zero)
    return age is not None and age >= texts().age.adult_from_years


CHILD = Rule("age", _is_child)
"""Children are left out."""
ADULT = Rule("age", _is_adult)
"""Adults are left out."""


def last_discharge(course: Course, *, expired: bool = False) -> datetime | None:
    """The last end of the stay; `expired`: by death."""
    ends = [
        step.at
        for step in course.steps
        if step.event is AdtEvent.DISCHARGE and (not expired or step.discharge_status == EXPIRED)
    ]
    return max(ends, default=None)


def _left_before_admission(course: Course, _zero: datetime | None) -> bool:
    admitted_at, left_at = course.step_at(AdtEvent.ADMIT), last_discharge(course)
    return admitted_at is not None and left_at is not None and cut_to_minute(left_at) <= cut_to_minute(admitted_at)


def _nobody_knows_the_birth_date(course: Course, _zero: datetime | None) -> bool:
    return course.born is None and last_discharge(course) is not None


NYS_DROPS = (Rule("bad_datetime", _left_before_admission), Rule("no_birth_date", _nobody_knows_the_birth_date))
"""Data that New York State leaves out of everything."""


def within(zero: datetime | None, at: datetime | None, limit: timedelta) -> bool:
    """Whether a moment lies at most so long after time zero, with no lower bound."""
    return zero is not None and at is not None and cut_to_minute(at) - zero <= limit


def said_within(reason: str, act: ActName, limit: timedelta | None, *, because: str | None = None) -> Rule:
    """Something was said within the limit of time zero, with no lower bound; without a limit, whenever it was."""

    def applies(course: Course, zero: datetime | None) -> bool:
        said = [each for each in course.said(act) if because is None or each.reason == because]
        return any(limit is None or within(zero, each.at, limit) for each in said)

    return Rule(reason, applies)


def died_within(reason: str, limit: timedelta, *, by_death: bool = False) -> Rule:
    """The patient died within the limit, by the time of the discharge or, `by_death`, of the death itself."""

    def applies(course: Course, zero: datetime | None) -> bool:
        died_at = course.step_at(AdtEvent.DIED) if by_death else None
        return within(zero, died_at or last_discharge(course, expired=True), limit)

    return Rule(reason, applies)


def left_within(reason: str, limit: timedelta) -> Rule:
    """The stay ended within the limit."""
    return Rule(reason, lambda course, zero: within(zero, last_discharge(course), limit))


def transferred(reason: str, *events: AdtEvent) -> Rule:
    """The patient came from another hospital, or went to one."""
    return Rule(reason, lambda course, _zero: course.step(*events) is not None)


def stayed_longer_than(reason: str, limit: timedelta) -> Rule:
    """From the first admission, else the arrival, to the last discharge it took more than the limit."""

    def applies(course: Course, _zero: datetime | None) -> bool:
        begun, left = course.step_at(AdtEvent.ADMIT) or course.step_at(AdtEvent.ARRIVE), last_discharge(course)
        return begun is not None and left is not None and cut_to_minute(left) - cut_to_minute(begun) > limit

    return Rule(reason, applies)


def on_antibiotics_for_more_than(reason: str, limit: timedelta, gap: timedelta) -> Rule:
    """A course of antibacterials, no gap in it longer than `gap`, had run for more than the limit at time zero."""

    def applies(course: Course, zero: datetime | None) -> bool:
        if zero is None:
            return False
        reached = zero
        doses = [cut_to_minute(dose.at) for dose in antibacterials(course) if not dose.day_only]
        for dose in reversed([dose for dose in doses if dose <= zero]):
            if reached - dose > gap:
                break
            reached = dose
        return zero - reached > limit

    return Rule(reason, applies)


def in_emergency_department(course: Course, at: datetime) -> bool:
    """There was an arrival or a triage, and either no admission or this is not after the first one."""
    admitted_at = course.step_at(AdtEvent.ADMIT)
    came = course.step(AdtEvent.ARRIVE, AdtEvent.TRIAGE) is not None
    return came and (admitted_at is None or cut_to_minute(at) <= cut_to_minute(admitted_at))


def protocol_elsewhere(case: Opened) -> Rule:
    """No protocol was started in the emergency department, in this case."""

    def applies(course: Course, _zero: datetime | None) -> bool:
        started = [each.at for each in course.said(ActName.PROTOCOL_STARTED) if case.span.holds(each.at)]
        return not any(in_emergency_department(course, at) for at in started)

    return Rule("protocol_not_in_ed", applies)


def first_contact(course: Course, opening: Statement, *events: AdtEvent, ruled_out_before: bool) -> datetime | None:
    """The earliest of some steps of the visit; after a rule-out the act that opened the case stands in for them."""
    if ruled_out_before:
        return opening.at
    moments = [at for event in events if (at := course.step_at(event)) is not None]
    return min(moments, default=None)
