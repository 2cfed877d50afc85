"""What goes amiss between a hospital and us: numbers that change, admissions that were none, wrong patients."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent, RawStatus
from schemas.topics import patient_key
from streams.feed_message import FeedMessage
from streams.simulator.chart import Chart, Charted, Drug, Lab
from streams.simulator.charting import CULTURES, LACTATE_LOINC, Scribe
from streams.simulator.course import Course
from streams.simulator.dice import Dice
from streams.simulator.practice import Practice

# UB-04 patient discharge status: admitted as an inpatient to this hospital.
_ADMITTED_HERE = "09"
_CONTINUES_WITHIN = timedelta(hours=6)
"""At most so long may lie between an emergency visit and the stay that it becomes, where nothing links them."""


def number_the_stay(course: Course, dice: Dice, practice: Practice) -> tuple[tuple[datetime, str], ...]:
    """The number of the stay; now and then another one from the admission on."""
    begins_at = min(step.at for step in course.steps)
    first = (begins_at, course.encounter_id)
    arrived_at, admitted_at = course.step_at(AdtEvent.ARRIVE), course.step_at(AdtEvent.ADMIT)
    if (
        course.contradicts_itself
        or arrived_at is None
        or admitted_at is None
        or not dice.chance(practice.faults.changed_number)
    ):
        return (first,)
    return first, (admitted_at, f"{course.encounter_id}-W")


def register(scribe: Scribe) -> None:
    """Say who the patient is, when the stay begins."""
    begins_at, number = scribe.numbers[0]
    born = scribe.course.born
    entry = Charted("register", begins_at, encounter_id=number)
    mrn = f"MRN-{scribe.chart.patient_id}"
    scribe.chart.visit(entry, AdtEvent.REGISTER, begins_at, birth_date=born.isoformat() if born else None, mrn=mrn)


def announce_another_number(scribe: Scribe) -> None:
    """Link the two numbers of a stay, or leave it to the time between them; the first may be closed."""
    if len(scribe.numbers) == 1:
        return
    chart, (_, first), (at, second) = scribe.chart, *scribe.numbers
    faults, dice = chart.practice.faults, chart.dice
    last_step_at = max(step.at for step in scribe.course.steps if step.at < at)
    if dice.chance(faults.announced_by_link) or at - last_step_at > _CONTINUES_WITHIN:
        linked_at = at + dice.minutes(faults.linked_after_minutes)
        entry = Charted("link", linked_at, encounter_id=first)
        chart.visit(entry, AdtEvent.LINK, at, into_encounter_id=second)
    if dice.chance(faults.discharged_in_between):
        entry = Charted("emergency-discharge", at, encounter_id=first)
        chart.visit(entry, AdtEvent.DISCHARGE, at, discharge_status=_ADMITTED_HERE)


def cancel_an_admission(scribe: Scribe) -> None:
    """Announce an admission that is cancelled again, now and then."""
    chart = scribe.chart
    faults, dice = chart.practice.faults, chart.dice
    if not dice.chance(faults.cancelled_admission):
        return
    at = scribe.numbers[0][0] + dice.minutes(faults.cancelled_admission_after_arrival_minutes)
    unit = dice.pick((chart.practice.site.child_ward, chart.practice.site.adult_ward))
    chart.visit(scribe.entry("cancelled-admit", at, at), AdtEvent.ADMIT, at, unit=unit)
    cancelled_at = at + dice.minutes(faults.cancelled_after_minutes)
    entry = scribe.entry("cancelled-admit", at, cancelled_at, 1, RawStatus.CANCELLED)
    chart.visit(entry, AdtEvent.ADMIT, at, unit=unit)


def chart_somebody_else(scribe: Scribe, around: datetime) -> None:
    """Write something of another patient's, and take it back when it is noticed."""
    chart = scribe.chart
    if not chart.dice.chance(chart.practice.corrections.entered_in_error):
        return
    at = max(scribe.numbers[0][0], around + chart.dice.minutes(chart.practice.corrections.wrong_patient_minutes))
    recorded_at = chart.after(at, chart.practice.lag.medications)
    first = scribe.entry("wrong-patient", at, recorded_at)
    known_at = scribe.known_after(max(recorded_at, at))
    taken_back = scribe.entry("wrong-patient", at, known_at, 1, RawStatus.ENTERED_IN_ERROR)
    write = chart.dice.pick(_ERRORS)
    write(chart, first, at)
    write(chart, taken_back, at)


def _wrong_dose(chart: Chart, entry: Charted, at: datetime) -> None:
    chart.medication(entry, Drug(chart.practice.drugs.broad[0], "iv"), {"started_at": at})


def _wrong_culture(chart: Chart, entry: Charted, at: datetime) -> None:
    chart.lab(entry, Lab(next(iter(CULTURES.values())), specimen="blood"), {"collected_at": at})


def _wrong_lactate(chart: Chart, entry: Charted, at: datetime) -> None:
    _, high = chart.practice.lactates.very_high_mmol_per_l
    chart.lab(entry, Lab(LACTATE_LOINC, high, "mmol/L"), {"collected_at": at, "resulted_at": at})


def _wrong_pressure(chart: Chart, entry: Charted, at: datetime) -> None:
    low, _ = chart.practice.vitals.adult.low_systolic_mmhg
    chart.vital(entry, "systolic_bp", low, "mmHg", at)


def _wrong_protocol(chart: Chart, entry: Charted, at: datetime) -> None:
    chart.act(entry, ActName.PROTOCOL_STARTED, at)


def _wrong_comfort_care(chart: Chart, entry: Charted, at: datetime) -> None:
    chart.act(entry, ActName.COMFORT_CARE, at)


_ERRORS: tuple[Callable[[Chart, Charted, datetime], None], ...] = (
    _wrong_dose,
    _wrong_culture,
    _wrong_lactate,
    _wrong_pressure,
    _wrong_protocol,
    _wrong_comfort_care,
)


def merge_numbers(chart: Chart, begins_at: datetime) -> None:
    """Send the first messages under another patient number, now and then, and merge it into this one later.

    A few come under the old number even after that.
    """
    faults, dice = chart.practice.faults, chart.dice
    if not dice.chance(faults.merged):
        return
    own_id, old_id = chart.patient_id, f"{chart.patient_id}-T"
    merged_at = begins_at + dice.minutes(faults.merged_after_minutes)
    chart.messages = [
        _under(message, old_id)
        if message.received_at < merged_at or dice.chance(faults.still_under_the_old_number)
        else message
        for message in chart.messages
    ]
    chart.patient_id = old_id
    chart.visit(Charted("merge", merged_at), AdtEvent.MERGE, merged_at, into_patient_id=own_id)
    chart.patient_id = own_id


def _under(message: FeedMessage, patient_id: str) -> FeedMessage:
    value = {**message.value, "patient_id": patient_id} if isinstance(message.value, dict) else message.value
    return replace(message, key=patient_key(str(message.field("facility_id")), patient_id), value=value)


def repeat_some(chart: Chart) -> None:
    """Send some messages again, later: the same message with another time of receipt."""
    faults, dice = chart.practice.faults, chart.dice
    for message in tuple(chart.messages):
        if isinstance(message.value, dict) and dice.chance(faults.repeated_message):
            received_at = message.received_at + dice.minutes(faults.delayed_minutes)
            value = {**message.value, "received_at": received_at.isoformat()}
            chart.messages.append(FeedMessage(received_at, message.topic, message.key, value))
