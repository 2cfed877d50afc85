"""Elements that several measures share, judged from a course as their texts have them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from schemas.clinical import ActName, DrugClass, Quantity, Specimen
from streams.simulator.course import (
    MINUTE,
    BloodTest,
    Course,
    Dose,
    Infusion,
    Part,
    cut_to_minute,
    day_of,
    first_instant,
)
from streams.simulator.observer import SYSTEMIC, Window, antibacterials, before_antibacterial, judge
from streams.simulator.spans import Span
from streams.simulator.texts import texts
from streams.simulator.truth import Deed, Done, Outcome

_DAY = timedelta(days=1)


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def antibiotics(course: Course, within: Window) -> Deed:
    """The first antibacterial by vein or bone."""
    return judge(antibacterials(course), within)


def blood_cultures(course: Course) -> list[Done]:
    """Blood cultures that were drawn; an order alone is none."""
    return [
        Done(culture.collected_at, culture.name, "collected_at", culture.day_only)
        for culture in course.cultures
        if culture.specimen is Specimen.BLOOD and culture.collected_at is not None
    ]


def culture_before_antibiotics(course: Course, within: Window, zero: datetime) -> Deed:
    """A blood culture, not after the first antibacterial of the day before time zero or later."""
    since = zero - hours(texts().look_back.antibiotics)
    return before_antibacterial(course, blood_cultures(course), within, since)


def culture_that_some_antibiotic_follows(course: Course, within: Window, zero: datetime) -> Deed:
    """As printed: without a protocol, a culture counts only where an antibacterial starts in its minute or later.

    A culture known by its day is followed for certain only by a dose after that day.
    """
    drawn = blood_cultures(course)
    if course.said(ActName.PROTOCOL_STARTED):
        return before_antibacterial(course, drawn, within, zero - hours(texts().look_back.antibiotics))
    last_dose = max((cut_to_minute(dose.at) for dose in antibacterials(course) if not dose.day_only), default=None)
    certain = [each for each in drawn if last_dose is not None and _minutes_of(each)[1] <= last_dose]
    possible = [each for each in drawn if last_dose is not None and _minutes_of(each)[0] <= last_dose]
    since = zero - hours(texts().look_back.antibiotics)
    deed = before_antibacterial(course, certain, within, since)
    if deed.done is not None:
        minute = cut_to_minute(deed.done.at)
        following = [each for each in antibacterials(course) if not each.day_only and cut_to_minute(each.at) >= minute]
        deed = replace(deed, needs=tuple(following[:1]))
    if deed.outcome is not Outcome.MET and before_antibacterial(course, possible, within, since).outcome in _DOUBTFUL:
        return Deed(Outcome.CANNOT_ASSESS, deed.done, deed.closes_at)
    return deed


_DOUBTFUL = frozenset({Outcome.MET, Outcome.CANNOT_ASSESS})


def _minutes_of(culture: Done) -> tuple[datetime, datetime]:
    """The first and the last minute in which it may have been drawn."""
    if not culture.day_only:
        return cut_to_minute(culture.at), cut_to_minute(culture.at)
    day = day_of(culture.at)
    return first_instant(day), first_instant(day + _DAY) - MINUTE


def broad_spectrum(course: Course, within: Window, zero: datetime, *, any_before: bool = False) -> Deed:
    """One that is broad enough alone, or one of each list; `any_before`: whatever was given by time zero will do."""
    doses = sorted(
        (
            dose
            for dose in course.doses
            if dose.antibacterial and dose.route in SYSTEMIC and dose.started_at is not None
        ),
        key=lambda dose: (dose.started_at, dose.name),
    )
    deed = judge(_broad_enough(doses, within), within)
    deed = replace(deed, needs=_other_of_the_pair(doses, deed, within))
    if not any_before:
        return deed
    before = judge(antibacterials(course), Window(within.since, zero + MINUTE))
    if Outcome.MET in {deed.outcome, before.outcome}:
        met = [each for each in (deed, before) if each.outcome is Outcome.MET]
        first = min(met, key=lambda each: each.done.at if each.done is not None else within.closes_at)
        return replace(first, closes_at=within.closes_at)
    unsure = Outcome.CANNOT_ASSESS in {deed.outcome, before.outcome}
    return Deed(Outcome.CANNOT_ASSESS if unsure else deed.outcome, deed.done, within.closes_at)


def _broad_enough(doses: list[Dose], within: Window) -> Iterable[Done]:
    """Each dose that is enough alone, and each that completes a pair."""
    lists = texts().broad_spectrum
    first: Done | None = None
    second: Done | None = None
    for dose in doses:
        done = Done(dose.started_at, dose.name, "started_at", dose.day_only) if dose.started_at is not None else None
        if done is None:
            continue
        if dose.drug in lists.alone:
            yield done
        elif not dose.day_only and (within.since is None or done.at >= within.since):
            first = first or (done if dose.drug in lists.first_of_two else None)
            second = second or (done if dose.drug in lists.second_of_two else None)
            if first is not None and second is not None:
                yield max(first, second, key=lambda each: each.at)


def _other_of_the_pair(doses: list[Dose], deed: Deed, within: Window) -> tuple[Done, ...]:
    """The dose without which a narrow one would not have been enough."""
    lists = texts().broad_spectrum
    drug = next((dose.drug for dose in doses if deed.done is not None and dose.name == deed.done.fact), None)
    if drug is None or drug in lists.alone:
        return ()
    other = lists.second_of_two if drug in lists.first_of_two else lists.first_of_two
    found = [
        Done(dose.started_at, dose.name, "started_at")
        for dose in doses
        if dose.drug in other
        and dose.started_at is not None
        and (within.since is None or dose.started_at >= within.since)
    ]
    return tuple(found[:1])


def lactates(course: Course) -> list[BloodTest]:
    """Lactates by collection."""
    drawn = [test for test in course.tests if test.quantity is Quantity.LACTATE]
    return sorted(drawn, key=lambda test: (test.collected_at, test.name))


def initial_lactate(
    course: Course, zero: datetime, look_back: timedelta | None, *, highest_before: bool = False
) -> BloodTest | None:
    """The first from the look-back on; `highest_before`: the highest by time zero's minute, if there is one."""
    drawn = [test for test in lactates(course) if look_back is None or test.collected_at >= zero - look_back]
    before = [test for test in drawn if cut_to_minute(test.collected_at) <= zero]
    if before and highest_before:
        return max(before, key=lambda test: test.value)
    return drawn[0] if drawn else None


def lactate(initial: BloodTest | None, within: Window, clocked: str = "collected_at") -> Deed:
    """The initial lactate, by its collection or by its report."""
    if initial is None:
        return Deed(Outcome.MISSED, None, within.closes_at)
    at = initial.resulted_at if clocked == "resulted_at" else initial.collected_at
    outcome = Outcome.MET if at < within.closes_at else Outcome.MET_LATE
    return Deed(outcome, Done(at, initial.name, clocked), within.closes_at)


def repeat_lactate(course: Course, initial: BloodTest | None, closes_at: datetime) -> Deed:
    """The next lactate, where the initial one was drawn in the window and is elevated."""
    if initial is None or initial.collected_at >= closes_at or initial.value <= texts().thresholds.elevated_lactate:
        return Deed(Outcome.NOT_APPLICABLE)
    later = [
        Done(test.collected_at, test.name, "collected_at")
        for test in lactates(course)
        if test.collected_at > initial.collected_at
    ]
    return judge(later, Window(None, closes_at))


def crystalloids(course: Course) -> list[tuple[Infusion, str, Part]]:
    """Parts of crystalloid infusions, with the name of their fact, by start."""
    parts = [
        (infusion, infusion.part_name(place), part)
        for infusion in course.infusions
        if infusion.drug_class is DrugClass.CRYSTALLOID
        for place, part in enumerate(infusion.parts)
    ]
    return sorted(parts, key=lambda each: (each[2].started_at, each[1]))


def exact(number: float | None) -> Decimal:
    """A number as it is printed: 64.4 kg at 30 mL/kg are 1932 mL, and not a hair more."""
    return Decimal(0) if number is None else Decimal(str(number))


def volume_reached(course: Course, target_ml: Decimal, since: datetime, before: datetime | None = None) -> list[Done]:
    """The parts that bring a volume in, the last of them first; none where it is never in.

    Parts count that start from `since` on, and before `before`, in the order in which they were complete.
    """
    parts = [
        (part.completed_at, name, part)
        for _, name, part in crystalloids(course)
        if part.started_at >= since and (before is None or part.started_at < before)
    ]
    given_ml = Decimal(0)
    used: list[Done] = []
    for completed_at, name, part in sorted(parts, key=lambda each: each[:2]):
        given_ml += exact(part.volume_ml)
        used.append(Done(completed_at, name, "completed_at"))
        if given_ml >= target_ml:
            return used[::-1]
    return []


def fluids_by_weight(course: Course, within: Window, ml_per_kg: float) -> Deed:
    """So many mL/kg of crystalloid, complete; nobody can tell without a weight."""
    if course.weighed_at is None or within.since is None:
        return Deed(Outcome.CANNOT_ASSESS, None, within.closes_at)
    reached = volume_reached(course, exact(ml_per_kg) * exact(course.weight_kg), within.since)
    if not reached:
        return Deed(Outcome.MISSED, None, within.closes_at)
    outcome = Outcome.MET if reached[0].at < within.closes_at else Outcome.MET_LATE
    return Deed(outcome, reached[0], within.closes_at)


def bolus(course: Course, within: Window, number: int, at_least_ml_per_kg: float | None) -> Deed:
    """The start of the so-manieth bolus from the look-back on: crystalloid hung once, in however many parts."""
    if at_least_ml_per_kg is not None and course.weighed_at is None:
        return Deed(Outcome.CANNOT_ASSESS, None, within.closes_at)
    at_least_ml = exact(at_least_ml_per_kg) * exact(course.weight_kg)
    boluses = {
        Done(infusion.started_at, infusion.part_name(0), "started_at"): infusion
        for infusion in course.infusions
        if infusion.drug_class is DrugClass.CRYSTALLOID and exact(infusion.volume_ml) >= at_least_ml
    }
    counted = [done for done in boluses if within.since is None or done.at >= within.since]
    deed = judge(sorted(counted, key=lambda done: (done.at, done.fact))[number - 1 :], within)
    return deed if deed.done is None else replace(deed, needs=_parts_begun(boluses[deed.done]))


def _parts_begun(infusion: Infusion) -> tuple[Done, ...]:
    """The start of each part, whose entry says its volume."""
    return tuple(
        Done(part.started_at, infusion.part_name(place), "started_at") for place, part in enumerate(infusion.parts)
    )


def vasopressors(course: Course, within: Window) -> Deed:
    """The start of a vasopressor, or of another part of one."""
    begun = [
        Done(part.started_at, infusion.part_name(place), "started_at")
        for infusion in course.infusions
        if infusion.drug_class is DrugClass.VASOPRESSOR
        for place, part in enumerate(infusion.parts)
    ]
    return judge(begun, within)


def statements(course: Course, within: Window, span: Span, *acts: ActName, from_minute: datetime | None = None) -> Deed:
    """One of these statements, made in the case itself; `from_minute`: not before that minute."""
    made = [
        Done(each.at, each.name, "happened_at")
        for each in course.said(*acts)
        if span.holds(each.at) and (from_minute is None or each.at >= from_minute)
    ]
    return judge(made, within)
