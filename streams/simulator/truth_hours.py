"""Two measures of the first hours: Surviving Sepsis' hour-1 bundle, and emergency department sepsis triage.

Hour-1: time zero is triage where the case was opened in the emergency department, elsewhere the act that opened it.
Everything is begun within the hour; a lactate above 2 is measured again within 4 h of it. Fluids are asked for with
one low pressure or a lactate of 4 or more, vasopressors with a low pressure on fluids.

Emergency triage: time zero is the first sepsis triage form, kept to the second; there is no lower bound.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.circumstances import Circumstances, find_circumstances
from streams.simulator.course import Course, cut_to_minute
from streams.simulator.elements import (
    antibiotics,
    bolus,
    broad_spectrum,
    culture_before_antibiotics,
    hours,
    initial_lactate,
    lactate,
    minutes,
    repeat_lactate,
    vasopressors,
)
from streams.simulator.observer import Window, window
from streams.simulator.spans import NYS_ADULT_ACTS, Elements, Opened, Span, judged, opened
from streams.simulator.standing import CHILD, in_emergency_department, place
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Outcome

SSC_ACTS = (*NYS_ADULT_ACTS, ActName.SEPSIS_SCREEN_POSITIVE, ActName.SEPSIS_TRIAGE_FORM)


def cases(course: Course) -> Iterator[Case]:
    """Every case of the two measures."""
    for case in opened(course, SSC_ACTS):
        zero = cut_to_minute(_triage_or_opening(course, case))
        placed = place(course, zero, ruled_out=case.ruled_out, exclusions=(CHILD,))
        yield judged("ssc-hour1/2018", case.number, zero, placed, _hour_1(course, case.span))
    for case in opened(course, (ActName.SEPSIS_TRIAGE_FORM,)):
        form_at = case.first.at.replace(microsecond=0)
        placed = place(course, form_at, ruled_out=case.ruled_out)
        yield judged("ed-sepsis-triage/mannhardt", case.number, form_at, placed, _triage(course))


def _triage_or_opening(course: Course, case: Opened) -> datetime:
    if case.after_rule_out or not in_emergency_department(course, case.first.at):
        return case.first.at
    return course.step_at(AdtEvent.TRIAGE) or case.first.at


def _hour_1(course: Course, span: Span) -> Elements:
    back = texts().look_back
    return {
        "lactate": lambda zero: lactate(_found(course, zero, span).lactate, _hour(zero, None)),
        "repeat_lactate": lambda zero: _again(course, _found(course, zero, span)),
        "blood_culture": lambda zero: culture_before_antibiotics(course, _hour(zero, back.blood_culture), zero),
        "antibiotics": lambda zero: antibiotics(course, _hour(zero, back.antibiotics)),
        "broad_spectrum": lambda zero: replace(
            broad_spectrum(course, _hour(zero, back.antibiotics), zero), in_bundle=False
        ),
        "fluids": lambda zero: _fluids(course, zero, span),
        "vasopressor": lambda zero: _vasopressor(course, zero, span),
    }


def _hour(zero: datetime, look_back: float | None) -> Window:
    limit = minutes(texts().ssc.limit_minutes)
    return window(zero, limit, None if look_back is None else hours(look_back))


def _found(course: Course, zero: datetime, span: Span) -> Circumstances:
    return find_circumstances(course, zero, texts().ssc.circulation, span)


def _again(course: Course, found: Circumstances) -> Deed:
    """Within 4 h of the initial lactate; without one there is nothing to repeat."""
    if found.lactate is None:
        return Deed(Outcome.NOT_APPLICABLE)
    start = cut_to_minute(found.lactate.collected_at)
    limit = minutes(texts().ssc.repeat_lactate_minutes)
    return repeat_lactate(course, found.lactate, window(start, limit).closes_at)


def _fluids(course: Course, zero: datetime, span: Span) -> Deed:
    """The start of the first crystalloid, however much of it."""
    found = _found(course, zero, span)
    if found.initial_hypotension is None and found.high_lactate is None:
        return Deed(Outcome.NOT_APPLICABLE)
    return bolus(course, _hour(zero, texts().look_back.fluids), 1, None)


def _vasopressor(course: Course, zero: datetime, span: Span) -> Deed:
    if _found(course, zero, span).hypotension_on_fluids is None:
        return Deed(Outcome.NOT_APPLICABLE)
    return vasopressors(course, _hour(zero, texts().look_back.vasopressor))


def _triage(course: Course) -> Elements:
    text = texts().emergency

    def within(zero: datetime, limit: float) -> Window:
        return window(zero, timedelta(minutes=limit), to_the_second=True)

    return {
        "antibiotics": lambda zero: antibiotics(course, within(zero, text.antibiotics_minutes)),
        "lactate": lambda zero: lactate(initial_lactate(course, zero, None), within(zero, text.lactate_minutes)),
    }
