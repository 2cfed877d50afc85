"""One simulated patient: a stay, now and then a second one, the messages they make, and the truth about them."""

from dataclasses import dataclass
from datetime import datetime

from streams.feed_message import FeedMessage
from streams.simulator import adult_course, child_course
from streams.simulator.chart import Chart
from streams.simulator.charting import Scribe
from streams.simulator.course import Course
from streams.simulator.dice import Dice
from streams.simulator.faults import (
    announce_another_number,
    cancel_an_admission,
    chart_somebody_else,
    merge_numbers,
    number_the_stay,
    register,
    repeat_some,
)
from streams.simulator.hospital import Hospital
from streams.simulator.practice import Practice
from streams.simulator.scene import Scene
from streams.simulator.truth import Truth
from streams.simulator.verdicts import truths_of
from streams.simulator.visit_course import begin_stay, draw_end, draw_setting, end_stay


@dataclass(frozen=True, slots=True)
class Stay:
    """One patient: the messages in the order of their arrival, and the truth.

    Attributes:
        arrived_at: When the patient came; no message is received earlier.
        courses: What really happened, one a stay.
    """

    arrived_at: datetime
    courses: tuple[Course, ...]
    messages: tuple[FeedMessage, ...]
    truths: tuple[Truth, ...]


def arrival(message: FeedMessage) -> tuple[datetime, str, str]:
    """What a feed is sorted by: when each message is received; its id against ties."""
    return message.received_at, str(message.field("message_id")), str(message.key)


def play_stay(
    name: str, hospital: Hospital, arrived_at: datetime, dice: Dice, practice: Practice, *, is_child: bool
) -> Stay:
    """Draw a patient's course, write it down, and say what a perfect observer says."""
    first = draw_course(f"SIM-E-{name}", hospital, arrived_at, dice, practice, is_child=is_child)
    courses = [first]
    if not first.contradicts_itself and dice.chance(practice.setting.returns):
        again_at = max(step.at for step in first.steps) + dice.hours(practice.setting.returns_after_hours)
        second = draw_course(f"SIM-E-{name}-R", hospital, again_at, dice, practice, is_child=is_child, known=first)
        courses.append(second)
    messages: list[FeedMessage] = []
    truths: list[Truth] = []
    for course in courses:
        chart = Chart(hospital, f"SIM-P-{name}", course.encounter_id, practice, dice)
        _write(chart, course, alone=len(courses) == 1)
        messages += chart.messages
        truths += truths_of(course, chart)
    return Stay(arrived_at, tuple(courses), tuple(sorted(messages, key=arrival)), tuple(truths))


def draw_course(
    encounter_id: str,
    hospital: Hospital,
    arrived_at: datetime,
    dice: Dice,
    practice: Practice,
    *,
    is_child: bool,
    known: Course | None = None,
) -> Course:
    """Draw what happens in one stay; `known`: the patient's earlier one."""
    kind = child_course if is_child else adult_course
    born, weight_kg = kind.born_and_weighing(dice, practice, arrived_at)
    course = Course(hospital.facility_id, encounter_id, is_child, born, weight_kg)
    if known is not None:
        course.born, course.weight_kg = known.born, known.weight_kg
    elif dice.chance(practice.treatment.birth_unknown):
        course.born = None
    haste = practice.setting.haste if dice.chance(practice.setting.hasty) else 1.0
    recognised_at = begin_stay(course, draw_setting(dice, practice), arrived_at, dice, practice, haste)
    died = dice.chance(practice.children.mortality if is_child else practice.adults.mortality)
    ends_at = draw_end(dice, practice, arrived_at, recognised_at, died=died)
    anchors = [step.at for step in course.steps]
    scene = Scene(course, dice, practice, hospital, arrived_at, ends_at, recognised_at, anchors=anchors)
    scene.haste, scene.by_arterial_line = haste, dice.chance(practice.monitoring.arterial_line)
    scene.on_the_edge = dice.chance(practice.boundaries.stays)
    unknown = practice.children.weight_unknown if is_child else practice.adults.weight_unknown
    if not dice.chance(unknown):
        course.weighed_at = min(arrived_at + dice.minutes(practice.visit.triage_minutes), ends_at)
    kind.live_through(scene)
    end_stay(scene, died=died)
    return course


def _write(chart: Chart, course: Course, *, alone: bool) -> None:
    dice, faults = chart.dice, chart.practice.faults
    without_number = alone and not course.contradicts_itself and dice.chance(faults.without_number)
    scribe = Scribe(chart, course, number_the_stay(course, dice, chart.practice), without_number)
    register(scribe)
    scribe.write()
    announce_another_number(scribe)
    cancel_an_admission(scribe)
    begins_at = scribe.numbers[0][0]
    chart_somebody_else(scribe, begins_at if course.weighed_at is None else course.weighed_at)
    if alone:
        merge_numbers(chart, begins_at)
    repeat_some(chart)
