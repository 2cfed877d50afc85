"""Children's collaboratives: the CHA's four process metrics and its mortality, and the two bundles of IPSO.

CHA: time zero is the protocol, else arrival or triage where the case was opened in the emergency department, else the
act that opened it. The assessment is a full set of vital signs measured from time zero on, complete when the last of
them is charted; a value that was put right later counts from the entry that stands.

IPSO: time zero is the earliest recognition; without one, the earliest of the first crystalloid, the first antibiotic
and what a clinician documented; none of it more than a day before the act that opened the case. Its limits are strict.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.clinical import ActName, Quantity
from schemas.raw import AdtEvent
from streams.simulator.course import Course, cut_to_minute
from streams.simulator.elements import antibiotics, bolus, crystalloids, hours, minutes, statements
from streams.simulator.observer import Window, antibacterials, window
from streams.simulator.spans import NYS_CHILD_ACTS, Elements, Opened, Span, judged, opened, opens
from streams.simulator.standing import ADULT, first_contact, in_emergency_department, last_discharge, place
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Done, Outcome

IPSO_ACTS = (*NYS_CHILD_ACTS, ActName.SEPSIS_SCREEN_POSITIVE, ActName.SEPSIS_HUDDLE)
_RECOGNITION = (
    ActName.SEPSIS_SCREEN_POSITIVE,
    ActName.SEPSIS_HUDDLE,
    ActName.ORDER_SET_STARTED,
    ActName.PROTOCOL_STARTED,
    ActName.BEST_PRACTICE_ALERT,
)
_DOCUMENTED = (ActName.SEPSIS_DOCUMENTED, ActName.SEVERE_SEPSIS_DOCUMENTED, ActName.SEPTIC_SHOCK_DOCUMENTED)
_FULL_SET = (
    (Quantity.TEMPERATURE,),
    (Quantity.HEART_RATE,),
    (Quantity.RESPIRATORY_RATE,),
    (Quantity.SYSTOLIC_BP, Quantity.MEAN_ARTERIAL_PRESSURE),
    (Quantity.SPO2,),
)


def cases(course: Course) -> Iterator[Case]:
    """Every case of the four measures."""
    for case in opened(course, NYS_CHILD_ACTS):
        zero = cut_to_minute(case.protocol_at() or _chosen(course, case))
        placed = place(course, zero, ruled_out=case.ruled_out, exclusions=(ADULT,))
        yield judged("cha/2012", case.number, zero, placed, _cha(course))
        yield judged("cha-mortality/2012", case.number, zero, placed, _deaths(course), has_bundle=False)
    for case in opened(course, IPSO_ACTS):
        found = _functional(course, case)
        zero_or_none = None if found is None else cut_to_minute(found)
        placed = place(course, zero_or_none, ruled_out=case.ruled_out, exclusions=(ADULT,))
        text = texts().ipso
        for form, first, drug in (
            ("original", text.original_bolus_minutes, text.original_antibiotics_minutes),
            ("modified", text.modified_bolus_minutes, text.modified_antibiotics_minutes),
        ):
            elements = _ipso(course, case.span, minutes(first), minutes(drug))
            yield judged(f"ipso/{form}", case.number, zero_or_none, placed, elements)


def _chosen(course: Course, case: Opened) -> datetime:
    if not case.after_rule_out and in_emergency_department(course, case.first.at):
        events = (AdtEvent.ARRIVE, AdtEvent.TRIAGE)
        return first_contact(course, case.first, *events, ruled_out_before=False) or case.first.at
    return case.first.at


def _cha(course: Course) -> Elements:
    text, back = texts().cha, texts().look_back

    def so_manieth(number: int, limit: float, zero: datetime) -> Deed:
        return bolus(course, window(zero, minutes(limit), hours(back.fluids)), number, text.bolus_ml_per_kg)

    return {
        "assessment": lambda zero: _assessment(course, window(zero, minutes(text.assessment_minutes), timedelta(0))),
        "first_bolus": lambda zero: so_manieth(1, text.first_bolus_minutes, zero),
        "third_bolus": lambda zero: so_manieth(3, text.third_bolus_minutes, zero),
        "antibiotics": lambda zero: antibiotics(
            course, window(zero, minutes(text.antibiotics_minutes), hours(back.antibiotics))
        ),
    }


def _assessment(course: Course, within: Window) -> Deed:
    """When the last kind of vital sign was charted for the first time, of those measured in the window or later."""
    firsts: list[tuple[datetime, str]] = []
    for kinds in _FULL_SET:
        charted = [
            (reading.stands_at, reading.name)
            for reading in course.readings
            if reading.quantity in kinds and (within.since is None or reading.at >= within.since)
        ]
        if not charted:
            return Deed(Outcome.MISSED, None, within.closes_at)
        firsts.append(min(charted))
    at, name = max(firsts)
    outcome = Outcome.MET if at < within.closes_at else Outcome.MET_LATE
    needs = tuple(Done(first_at, first, "recorded_at") for first_at, first in firsts)
    return Deed(outcome, Done(at, name, "recorded_at"), within.closes_at, needs=needs)


def _deaths(course: Course) -> Elements:
    text = texts().cha
    return {
        "died_within_3_days": lambda zero: _died(course, window(zero, hours(text.early_hours))),
        "died_within_30_days": lambda zero: _died(course, window(zero, hours(text.late_hours))),
    }


def _died(course: Course, within: Window) -> Deed:
    """Whoever left alive before the limit may have died elsewhere: nobody can tell."""
    died_at = course.step_at(AdtEvent.DIED) or last_discharge(course, expired=True)
    if died_at is not None:
        done = Done(died_at, "died", "happened_at")
        return Deed(Outcome.MET if died_at < within.closes_at else Outcome.MISSED, done, within.closes_at)
    return Deed(Outcome.CANNOT_ASSESS if course.ends_at < within.closes_at else Outcome.MISSED, None, within.closes_at)


def _functional(course: Course, case: Opened) -> datetime | None:
    earliest = cut_to_minute(case.first.at) - hours(texts().ipso.recognition_look_back_hours)

    def first(moments: list[datetime]) -> datetime | None:
        counted = [at for at in moments if case.span.holds(at) and cut_to_minute(at) >= earliest]
        return min(counted, default=None)

    recognised = first([each.at for each in course.said(*_RECOGNITION, ActName.PEWS) if opens(each)])
    if recognised is not None:
        return recognised
    begun = [part.started_at for _, _, part in crystalloids(course)]
    begun += [dose.at for dose in antibacterials(course) if not dose.day_only]
    return first(begun + [each.at for each in course.said(*_DOCUMENTED)])


def _ipso(course: Course, span: Span, bolus_limit: timedelta, drug_limit: timedelta) -> Elements:
    text, back = texts().ipso, texts().look_back
    look_back = hours(text.recognition_look_back_hours)
    return {
        "protocol": lambda zero: statements(
            course, window(zero, drug_limit, look_back, strictly=True), span, *_RECOGNITION
        ),
        "first_bolus": lambda zero: bolus(
            course, window(zero, bolus_limit, hours(back.fluids), strictly=True), 1, text.bolus_ml_per_kg
        ),
        "antibiotics": lambda zero: antibiotics(
            course, window(zero, drug_limit, hours(back.antibiotics), strictly=True)
        ),
    }
