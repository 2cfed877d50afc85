"""Severe sepsis presentation, as SEP-1 has it: infection, two SIRS criteria and an organ dysfunction within 6 h.

All within 6 h of each other; the last of them gives the time. Infection is what a clinician documented in the case,
else a culture of blood or another sterile site and a systemic antibacterial, given from 24 h before to 72 h after it:
the earlier of the two. What was documented goes before, unless these had made a presentation more than 6 h before its
own. One sign without the other opens a case that lapses. Severe sepsis or septic shock that a clinician documents is
the presentation where it comes first, or where nothing confirmed does. All times are cut to the minute before they are
compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.clinical import ActName, Quantity, Specimen
from streams.simulator.course import Course, cut_to_minute, day_of, first_instant, measured_at
from streams.simulator.elements import hours
from streams.simulator.observer import antibacterials
from streams.simulator.spans import Span
from streams.simulator.texts import texts

DOCUMENTED = (ActName.INFECTION_SUSPECTED, ActName.SEPSIS_DOCUMENTED)
SEVERE = (ActName.SEVERE_SEPSIS_DOCUMENTED, ActName.SEPTIC_SHOCK_DOCUMENTED)


@dataclass(frozen=True, slots=True)
class Presentation:
    """When severe sepsis was there; `confirmed` is False where a sign of infection stayed without its partner."""

    at: datetime
    confirmed: bool


def find_presentation(course: Course, span: Span) -> Presentation | None:
    """The presentation of the case in a span; None where there is none."""
    met = _by_criteria(course, span)
    severe = [each.at for each in course.said(*SEVERE) if span.holds(each.at)]
    if severe and (met is None or not met.confirmed or min(severe) < met.at):
        return Presentation(min(severe), confirmed=True)
    return met


def _by_criteria(course: Course, span: Span) -> Presentation | None:
    pairs, alone = _surrogates(course)
    said = [each.at for each in course.said(*DOCUMENTED) if span.holds(each.at)]
    told = _earliest(course, said, span, confirmed=True)
    held = _earliest(course, [at for at in pairs if span.holds(at)], span, confirmed=True)
    if told is not None and (held is None or _apart(held.at, told.at) <= hours(texts().sep1.within_hours)):
        return told
    return held or _first(course, [at for at in alone if span.holds(at)], span)


def _earliest(course: Course, onsets: list[datetime], span: Span, *, confirmed: bool) -> Presentation | None:
    met = [at for onset in onsets if (at := _met(course, onset)) is not None and span.holds(at)]
    return Presentation(min(met), confirmed) if met else None


def _first(course: Course, onsets: list[datetime], span: Span) -> Presentation | None:
    """Of signs that stayed alone, the first that opened a case."""
    for onset in sorted(onsets):
        met = _met(course, onset)
        if met is not None and span.holds(met):
            return Presentation(met, confirmed=False)
    return None


def _surrogates(course: Course) -> tuple[list[datetime], list[datetime]]:
    """Onsets that a culture and an antibacterial make together, and signs that stayed alone."""
    text = texts().sep1
    before, after = hours(text.antibiotic_before_culture_hours), hours(text.antibiotic_after_culture_hours)
    sterile = {Specimen.BLOOD, Specimen.STERILE}
    cultures = [
        culture.collected_at
        for culture in course.cultures
        if culture.specimen in sterile and culture.collected_at is not None and not culture.day_only
    ]
    doses = [dose.at for dose in antibacterials(course) if not dose.day_only]
    partners = [(culture, dose) for culture in cultures for dose in doses if -before <= _apart(culture, dose) <= after]
    by_day = [dose for dose in doses if any(_confirms(day, dose, before, after) for day in _culture_days(course))]
    paired = {at for pair in partners for at in pair} | set(by_day)
    return [*(min(pair) for pair in partners), *by_day], [at for at in (*cultures, *doses) if at not in paired]


def _culture_days(course: Course) -> list[datetime]:
    """Days, by their first instant, of cultures that are known by their day only."""
    sterile = {Specimen.BLOOD, Specimen.STERILE}
    drawn = [culture for culture in course.cultures if culture.specimen in sterile and culture.day_only]
    return [first_instant(day_of(culture.collected_at)) for culture in drawn if culture.collected_at is not None]


def _confirms(day: datetime, dose: datetime, before: timedelta, after: timedelta) -> bool:
    """Whether a culture of any minute of that day would be the partner of a dose; the onset is then the dose's."""
    last = day + timedelta(days=1) - timedelta(minutes=1)
    return last - before <= cut_to_minute(dose) <= day + after


def _apart(first: datetime, second: datetime) -> timedelta:
    return cut_to_minute(second) - cut_to_minute(first)


def _met(course: Course, onset: datetime) -> datetime | None:
    """The first moment from an onset on at which all criteria are met within reach of each other."""
    within = hours(texts().sep1.within_hours)
    start = cut_to_minute(onset)
    sirs, organs = list(_sirs(course)), list(_organ_dysfunction(course))
    moments = {start} | {cut_to_minute(at) for _, at in sirs} | {cut_to_minute(at) for at in organs}
    for now in sorted(at for at in moments if start <= at <= start + within):
        kinds = {kind for kind, at in sirs if now - within <= cut_to_minute(at) <= now}
        failing = any(now - within <= cut_to_minute(at) <= now for at in organs)
        if failing and len(kinds) >= texts().sep1.sirs_needed:
            return max(now, onset)
    return None


def _sirs(course: Course) -> Iterator[tuple[str, datetime]]:
    """Values that meet a SIRS criterion, with its name."""
    limit = texts().thresholds
    for quantity, low, high in (
        (Quantity.TEMPERATURE, limit.temperature_below, limit.temperature_above),
        (Quantity.HEART_RATE, None, limit.heart_rate_above),
        (Quantity.RESPIRATORY_RATE, None, limit.respiratory_rate_above),
        (Quantity.WBC, limit.wbc_below, limit.wbc_above),
    ):
        for value in course.measured(quantity):
            if value.value > high or (low is not None and value.value < low):
                yield quantity.value, measured_at(value)


def _organ_dysfunction(course: Course) -> Iterator[datetime]:
    """When a value, or new ventilation, told of a failing organ."""
    limit = texts().thresholds
    for quantity, below in (
        (Quantity.SYSTOLIC_BP, limit.low_systolic_mmhg),
        (Quantity.MEAN_ARTERIAL_PRESSURE, limit.low_mean_mmhg),
        (Quantity.PLATELETS, limit.platelets_below),
    ):
        yield from (measured_at(value) for value in course.measured(quantity) if value.value < below)
    for quantity, above in (
        (Quantity.CREATININE, limit.creatinine_above),
        (Quantity.BILIRUBIN, limit.bilirubin_above),
        (Quantity.INR, limit.inr_above),
        (Quantity.APTT, limit.aptt_above),
        (Quantity.LACTATE, limit.elevated_lactate),
    ):
        yield from (measured_at(value) for value in course.measured(quantity) if value.value > above)
    yield from (each.at for each in course.said(ActName.MECHANICAL_VENTILATION))
