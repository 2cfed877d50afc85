"""SEP-1-like, with its three clocks: severe sepsis, the earlier of hypotension and septic shock, and septic shock.

| element | asked for | counts from | until |
|---|---|---|---|
| lactate, blood culture, antibiotics | always | severe sepsis | 3 h |
| repeat lactate | the initial one is above 2 | severe sepsis | 6 h |
| fluids | initial hypotension, a lactate of 4 or more, documented shock | hypotension or shock | 3 h |
| vasopressor | hypotension persists after the target volume | shock | 6 h |
| reassessment | hypotension persists, or a lactate of 4 or more | shock | 6 h |

Fluids are the target volume, of infusions begun in the window. An element whose clock never began is not asked for.
Comfort care or death within 6 h of septic shock leaves out what counts from it. A documented reason accepts a culture
after the antibiotics.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.circumstances import Circumstances, find_circumstances, target_ml
from streams.simulator.course import BloodTest, Course, cut_to_minute
from streams.simulator.elements import (
    antibiotics,
    blood_cultures,
    broad_spectrum,
    crystalloids,
    culture_before_antibiotics,
    hours,
    initial_lactate,
    lactate,
    minutes,
    repeat_lactate,
    statements,
    vasopressors,
    volume_reached,
)
from streams.simulator.observer import Window, judge, window
from streams.simulator.presentation import find_presentation
from streams.simulator.spans import Elements, Span, judged, spans
from streams.simulator.standing import (
    CHILD,
    Rule,
    died_within,
    left_within,
    on_antibiotics_for_more_than,
    place,
    said_within,
    stayed_longer_than,
    transferred,
)
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Done, Outcome, Standing

MEASURE = "sep1-like/1"


def cases(course: Course) -> Iterator[Case]:
    """Every case of the measure."""
    number = 0
    for span in spans(course):
        found = find_presentation(course, span)
        if found is None:
            continue
        number += 1
        zero = cut_to_minute(found.at)
        placed: tuple[Standing, str | None] = (Standing.NOT_IN_POPULATION, "not_confirmed")
        if found.confirmed:
            placed = place(course, zero, ruled_out=span.until is not None, exclusions=_exclusions())
        yield judged(MEASURE, number, zero, placed, _elements(course, span))


def _exclusions() -> tuple[Rule, ...]:
    text = texts().sep1
    six = minutes(text.six_hours_minutes)
    return (
        CHILD,
        said_within("comfort_care_6h", ActName.COMFORT_CARE, six),
        died_within("expired_6h", six, by_death=True),
        left_within("discharged_6h", six),
        transferred("transfer_in", AdtEvent.TRANSFER_IN),
        said_within("care_refused_6h", ActName.CARE_REFUSED, six),
        stayed_longer_than("stay_over_120_days", timedelta(days=text.longest_stay_days)),
        on_antibiotics_for_more_than(
            "antibiotics_over_24h", hours(text.earlier_antibiotics_hours), hours(text.course_gap_hours)
        ),
        said_within("clinical_trial", ActName.TRIAL_ENROLLED, None),
        said_within("pregnancy", ActName.PREGNANCY_DOCUMENTED, None),
        said_within("covid19", ActName.COVID19_DOCUMENTED, None),
    )


def _elements(course: Course, span: Span) -> Elements:
    return {
        "lactate": lambda zero: lactate(_initial(course, zero), window(zero, _three_hours())),
        "repeat_lactate": lambda zero: repeat_lactate(
            course, _initial(course, zero), window(zero, _six_hours()).closes_at
        ),
        "blood_culture": lambda zero: _culture(course, zero),
        "antibiotics": lambda zero: antibiotics(course, _drug_window(zero)),
        "broad_spectrum": lambda zero: replace(
            broad_spectrum(course, _drug_window(zero), zero, any_before=True), in_bundle=False
        ),
        "fluids": lambda zero: _fluids(course, _found(course, zero, span)),
        "vasopressor": lambda zero: _vasopressor(course, _found(course, zero, span)),
        "reassessment": lambda zero: _reassessment(course, _found(course, zero, span), span),
    }


def _three_hours() -> timedelta:
    return minutes(texts().sep1.three_hours_minutes)


def _six_hours() -> timedelta:
    return minutes(texts().sep1.six_hours_minutes)


def _initial(course: Course, zero: datetime) -> BloodTest | None:
    return initial_lactate(course, zero, hours(texts().look_back.lactate), highest_before=True)


def _drug_window(zero: datetime) -> Window:
    return window(zero, _three_hours(), hours(texts().look_back.antibiotics))


def _found(course: Course, zero: datetime, span: Span) -> Circumstances:
    return find_circumstances(course, zero, texts().sep1.circulation, span)


def _culture(course: Course, zero: datetime) -> Deed:
    within = window(zero, _three_hours(), hours(texts().look_back.blood_culture))
    if course.said(ActName.CULTURE_DELAY_ACCEPTED):
        return judge(blood_cultures(course), within)
    return culture_before_antibiotics(course, within, zero)


def _fluids(course: Course, found: Circumstances) -> Deed:
    """The target volume, of infusions begun in the window: done when the first of them began.

    Where it takes some that began later, it was done too late: when the last of those needed began.
    """
    begun = [at for at in (found.initial_hypotension, found.shock) if at is not None]
    if not found.needs_fluids or not begun:
        return Deed(Outcome.NOT_APPLICABLE)
    start = cut_to_minute(min(begun))
    within = window(start, _three_hours(), hours(texts().look_back.fluids))
    target = target_ml(course, texts().sep1.circulation)
    if target is None:
        return Deed(Outcome.CANNOT_ASSESS, None, within.closes_at)
    since = start - hours(texts().look_back.fluids)
    completed = volume_reached(course, target, since, within.closes_at)
    if completed:
        first = min(_begun(course, completed), key=lambda done: done.at)
        return Deed(Outcome.MET, first, within.closes_at, needs=tuple(completed[:1]))
    late = _begun(course, volume_reached(course, target, since))
    if late:
        return Deed(Outcome.MET_LATE, max(late, key=lambda done: done.at), within.closes_at)
    return Deed(Outcome.MISSED, None, within.closes_at)


def _begun(course: Course, completed: list[Done]) -> list[Done]:
    """The same parts of infusions, by their start."""
    names = {done.fact for done in completed}
    return [Done(part.started_at, name, "started_at") for _, name, part in crystalloids(course) if name in names]


def _vasopressor(course: Course, found: Circumstances) -> Deed:
    if found.persistent_hypotension is None:
        return Deed(Outcome.CANNOT_ASSESS if found.untold else Outcome.NOT_APPLICABLE)
    look_back = hours(texts().look_back.vasopressor)
    return _from_shock(course, found, lambda start: vasopressors(course, window(start, _six_hours(), look_back)))


def _reassessment(course: Course, found: Circumstances, span: Span) -> Deed:
    """From the start of the first crystalloid on, where there is one; else from septic shock."""
    if found.persistent_hypotension is None and found.high_lactate is None:
        return Deed(Outcome.CANNOT_ASSESS if found.untold else Outcome.NOT_APPLICABLE)

    def made(start: datetime) -> Deed:
        within = window(start, _six_hours(), hours(texts().look_back.fluids))
        since = start - hours(texts().look_back.fluids)
        begun = [cut_to_minute(part.started_at) for _, _, part in crystalloids(course) if part.started_at >= since]
        return statements(course, within, span, ActName.REASSESSMENT, from_minute=begun[0] if begun else start)

    return _from_shock(course, found, made)


def _from_shock(course: Course, found: Circumstances, judge_from: Callable[[datetime], Deed]) -> Deed:
    """Judge what counts from septic shock, unless shock never was or leaves it out."""
    if found.shock is None:
        return Deed(Outcome.NOT_APPLICABLE)
    start = cut_to_minute(found.shock)
    left_out = (
        said_within("comfort_care_6h", ActName.COMFORT_CARE, _six_hours()),
        died_within("expired_6h", _six_hours(), by_death=True),
    )
    if any(rule.applies(course, start) for rule in left_out):
        return Deed(Outcome.EXCLUDED)
    return judge_from(start)
