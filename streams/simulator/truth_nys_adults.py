"""New York State, adult 3-hour and 6-hour bundles, public and trend.

Public: time zero is triage, and the protocol was started in the emergency department. Trend: time zero is the
protocol. The 6-hour bundle is of those with septic shock: two low pressures, a lactate of 4 or more, or the clinician
says so. A lactate is clocked by its report, a second one by its collection, fluids by their completion. Vasopressors
are asked for where hypotension persists after the fluids. Whether an antibiotic is broad enough stands outside of the
bundle.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.circumstances import Circumstances, find_circumstances
from streams.simulator.course import Course, cut_to_minute
from streams.simulator.elements import (
    antibiotics,
    broad_spectrum,
    culture_before_antibiotics,
    fluids_by_weight,
    hours,
    initial_lactate,
    lactate,
    minutes,
    repeat_lactate,
    vasopressors,
)
from streams.simulator.observer import window
from streams.simulator.spans import NYS_ADULT_ACTS, Elements, Opened, Span, judged, opened
from streams.simulator.standing import (
    CHILD,
    NYS_DROPS,
    Rule,
    died_within,
    first_contact,
    place,
    protocol_elsewhere,
    said_within,
    transferred,
)
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Outcome


def cases(course: Course) -> Iterator[Case]:
    """Every case of the four measures."""
    for case in opened(course, NYS_ADULT_ACTS):
        yield from _public(course, case)
        yield from _trend(course, case)


def _no_shock(case: Opened) -> Rule:
    """No septic shock, so no 6-hour bundle; without a time zero nobody can tell."""

    def applies(course: Course, zero: datetime | None) -> bool:
        return zero is not None and _found(course, zero, case.span).shock is None

    return Rule("no_septic_shock", applies)


def _public(course: Course, case: Opened) -> Iterator[Case]:
    found = first_contact(course, case.first, AdtEvent.TRIAGE, ruled_out_before=case.after_rule_out)
    zero = None if found is None else cut_to_minute(found)
    exclusions = (
        CHILD,
        transferred("transfer", AdtEvent.TRANSFER_IN, AdtEvent.TRANSFER_OUT),
        said_within("protocol_exclusion", ActName.EXCLUDED_FROM_PROTOCOL, None),
    )
    yield from _both(course, case, zero, "public-2015", (protocol_elsewhere(case),), exclusions)


def _trend(course: Course, case: Opened) -> Iterator[Case]:
    found = case.protocol_at()
    zero = None if found is None else cut_to_minute(found)
    because = "contraindication"
    exclusions = (
        CHILD,
        said_within(because, ActName.EXCLUDED_FROM_PROTOCOL, None, because=because),
        died_within("expired_6h", minutes(texts().nys_adults.exclusion_minutes)),
    )
    yield from _both(course, case, zero, "trend-2015", (), exclusions)


def _both(
    course: Course,
    case: Opened,
    zero: datetime | None,
    form: str,
    outsiders: tuple[Rule, ...],
    exclusions: tuple[Rule, ...],
) -> Iterator[Case]:
    for bundle, out, elements in (
        ("nys-adult-3h", outsiders, _three_hours(course)),
        ("nys-adult-6h", (*outsiders, _no_shock(case)), {**_three_hours(course), **_six_hours(course, case.span)}),
    ):
        placed = place(course, zero, ruled_out=case.ruled_out, drops=NYS_DROPS, outsiders=out, exclusions=exclusions)
        yield judged(f"{bundle}/{form}", case.number, zero, placed, elements)


def _three_hours(course: Course) -> Elements:
    back, limit = texts().look_back, minutes(texts().nys_adults.three_hours_minutes)

    def reported(zero: datetime) -> Deed:
        return lactate(initial_lactate(course, zero, hours(back.lactate)), window(zero, limit), "resulted_at")

    def broad(zero: datetime) -> Deed:
        return replace(broad_spectrum(course, window(zero, limit, hours(back.antibiotics)), zero), in_bundle=False)

    return {
        "lactate": reported,
        "blood_culture": lambda zero: culture_before_antibiotics(
            course, window(zero, limit, hours(back.blood_culture)), zero
        ),
        "antibiotics": lambda zero: antibiotics(course, window(zero, limit, hours(back.antibiotics))),
        "broad_spectrum": broad,
    }


def _six_hours(course: Course, span: Span) -> Elements:
    text, back = texts().nys_adults, texts().look_back
    limit = minutes(text.six_hours_minutes)

    def fluids(zero: datetime) -> Deed:
        if not _found(course, zero, span).needs_fluids:
            return Deed(Outcome.NOT_APPLICABLE)
        return fluids_by_weight(course, window(zero, limit, hours(back.fluids)), text.circulation.ml_per_kg)

    def vasopressor(zero: datetime) -> Deed:
        found = _found(course, zero, span)
        if found.persistent_hypotension is None:
            return Deed(Outcome.CANNOT_ASSESS if found.untold else Outcome.NOT_APPLICABLE)
        return vasopressors(course, window(zero, limit, hours(back.vasopressor)))

    def again(zero: datetime) -> Deed:
        initial = initial_lactate(course, zero, hours(back.lactate))
        return repeat_lactate(course, initial, window(zero, limit).closes_at)

    return {"fluids": fluids, "vasopressor": vasopressor, "repeat_lactate": again}


def _found(course: Course, zero: datetime, span: Span) -> Circumstances:
    return find_circumstances(course, zero, texts().nys_adults.circulation, span)
