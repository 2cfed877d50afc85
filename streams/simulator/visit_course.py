"""How a stay begins, goes on and ends: emergency department, ward and intensive care."""

from datetime import datetime, timedelta
from enum import StrEnum

from schemas.raw import AdtEvent
from streams.simulator.course import MINUTE, Course, Step, cut_to_minute
from streams.simulator.dice import Dice
from streams.simulator.practice import Practice
from streams.simulator.scene import Scene

# UB-04 patient discharge status.
EXPIRED = "20"
HOME = "01"
TRANSFERRED = "02"


class Setting(StrEnum):
    """Where sepsis is first suspected."""

    EMERGENCY = "emergency"
    WARD = "ward"
    INTENSIVE_CARE = "intensive_care"


def draw_setting(dice: Dice, practice: Practice) -> Setting:
    """Throw where sepsis is first suspected."""
    if dice.chance(practice.setting.emergency):
        return Setting.EMERGENCY
    ward_of_the_rest = practice.setting.ward / (1 - practice.setting.emergency)
    return Setting.WARD if dice.chance(ward_of_the_rest) else Setting.INTENSIVE_CARE


def begin_stay(
    course: Course, setting: Setting, arrived_at: datetime, dice: Dice, practice: Practice, haste: float
) -> datetime:
    """Bring the patient in; return when sepsis is first suspected, the sooner the more haste."""
    if dice.chance(practice.setting.transferred_in):
        course.steps.append(Step(AdtEvent.TRANSFER_IN, arrived_at))
    if setting is Setting.EMERGENCY:
        triaged_at = _come_to_emergency(course, arrived_at, dice, practice)
        earliest, latest = practice.visit.recognition_minutes
        return triaged_at + dice.minutes((earliest * haste, latest * haste))
    admitted_at = arrived_at
    if dice.coin():
        _come_to_emergency(course, arrived_at, dice, practice)
        admitted_at = arrived_at + dice.hours(practice.visit.emergency_hours)
    unit = ward_of(course, practice) if setting is Setting.WARD else intensive_care_of(course, practice)
    course.steps.append(Step(AdtEvent.ADMIT, admitted_at, unit))
    return admitted_at + dice.hours(practice.visit.ward_recognition_hours)


def _come_to_emergency(course: Course, arrived_at: datetime, dice: Dice, practice: Practice) -> datetime:
    triaged_at = arrived_at + dice.minutes(practice.visit.triage_minutes)
    unit = practice.site.emergency_unit
    course.steps.append(Step(AdtEvent.ARRIVE, arrived_at, unit))
    course.steps.append(Step(AdtEvent.TRIAGE, triaged_at, unit))
    return triaged_at


def ward_of(course: Course, practice: Practice) -> str:
    """The ward of such a patient."""
    return practice.site.child_ward if course.is_child else practice.site.adult_ward


def intensive_care_of(course: Course, practice: Practice) -> str:
    """The intensive care unit of such a patient."""
    return practice.site.child_intensive_care if course.is_child else practice.site.adult_intensive_care


def draw_end(dice: Dice, practice: Practice, arrived_at: datetime, recognised_at: datetime, *, died: bool) -> datetime:
    """When the patient leaves, dead or alive; never before sepsis is suspected."""
    visit = practice.visit
    if dice.chance(visit.edge_of_end):
        minute = cut_to_minute(recognised_at) + MINUTE * dice.pick(visit.edges_of_end_minutes)
        return max(recognised_at, minute + timedelta(seconds=dice.pick(practice.boundaries.seconds)))
    if died and dice.chance(visit.early_death):
        return recognised_at + dice.minutes(visit.early_death_minutes)
    if died:
        return recognised_at + dice.hours(visit.died_hours)
    if dice.chance(visit.long_stay):
        return arrived_at + dice.hours(visit.long_stay_hours)
    if dice.chance(visit.early_leave):
        return recognised_at + dice.hours(visit.early_leave_hours)
    return recognised_at + dice.hours(visit.stay_hours)


def end_stay(scene: Scene, *, died: bool) -> None:
    """Admit whoever is still there, move some, then discharge, alive or not.

    The paper of a death is often done later than the death: the two times differ in every second case.
    """
    course, dice, practice = scene.course, scene.dice, scene.practice
    if course.step(AdtEvent.ADMIT) is None:
        admitted_at = scene.begins_at + dice.hours(practice.visit.emergency_hours)
        if admitted_at < scene.ends_at:
            to_intensive_care = dice.chance(practice.setting.intensive_care)
            unit = intensive_care_of(course, practice) if to_intensive_care else ward_of(course, practice)
            course.steps.append(Step(AdtEvent.ADMIT, admitted_at, unit))
    _move(scene)
    if died:
        paper = dice.minutes(practice.pace.discharge_after_death) if dice.coin() else timedelta(0)
        course.steps.append(Step(AdtEvent.DIED, scene.ends_at))
        course.steps.append(Step(AdtEvent.DISCHARGE, scene.ends_at + paper, discharge_status=EXPIRED))
    elif dice.chance(practice.setting.transferred_out):
        course.steps.append(Step(AdtEvent.TRANSFER_OUT, scene.ends_at))
        course.steps.append(Step(AdtEvent.DISCHARGE, scene.ends_at, discharge_status=TRANSFERRED))
    else:
        course.steps.append(Step(AdtEvent.DISCHARGE, _discharged_at(scene), discharge_status=HOME))


def _discharged_at(scene: Scene) -> datetime:
    """When the patient was discharged; now and then all that anybody ever writes is a time before the admission."""
    admitted_at = scene.course.step_at(AdtEvent.ADMIT)
    if admitted_at is None or not scene.dice.chance(scene.practice.visit.wrong_discharge):
        return scene.ends_at
    return max(scene.begins_at, admitted_at - scene.dice.minutes(scene.practice.pace.wrong_discharge_before_admission))


def _move(scene: Scene) -> None:
    admitted_at = scene.course.step_at(AdtEvent.ADMIT)
    hours = (scene.ends_at - admitted_at) / timedelta(hours=1) if admitted_at is not None else 0
    if admitted_at is None or hours <= 1 or not scene.dice.chance(scene.practice.visit.moves):
        return
    at = admitted_at + scene.dice.hours((1, hours))
    unit = scene.dice.pick((ward_of(scene.course, scene.practice), intensive_care_of(scene.course, scene.practice)))
    scene.course.steps.append(Step(AdtEvent.MOVE, at, unit))
