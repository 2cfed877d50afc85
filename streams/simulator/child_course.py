"""The course of a simulated child: sepsis suspected, the three elements of the 1-hour bundle, and the rest."""

from datetime import date, datetime, timedelta

from schemas.clinical import ActName
from streams.simulator.course import cut_to_minute
from streams.simulator.dice import Dice
from streams.simulator.limits_of_care import limit_care, rule_out
from streams.simulator.practice import Practice
from streams.simulator.recognition import recognise, say
from streams.simulator.scene import Scene
from streams.simulator.signs import draw_lactate, press, take_panel, watch
from streams.simulator.together import draw_together
from streams.simulator.treatment import (
    give_antibiotics,
    give_what_does_not_count,
    run_fluids,
    run_vasopressor,
    take_culture,
    take_what_does_not_count,
)

_DAYS_A_YEAR = 365.25
_MONTHS_A_YEAR = 12
_MINUTE = timedelta(minutes=1)


def born_and_weighing(dice: Dice, practice: Practice, arrived_at: datetime) -> tuple[date, float]:
    """Date of birth and weight in kg."""
    age = practice.children.age
    days = dice.whole((1, age.oldest_days))
    born = date.fromordinal(arrived_at.date().toordinal() - days)
    years = days / _DAYS_A_YEAR
    if years < 1:
        mean = age.infant_base_kg + age.infant_kg_per_month * years * _MONTHS_A_YEAR
    elif years < age.older_from_years:
        mean = (int(years) + age.child_base_years) * age.child_kg_per_year
    else:
        mean = age.older_base_kg + age.older_kg_per_year * int(years)
    return born, dice.measured((mean * (1 - age.spread), mean * (1 + age.spread)))


def live_through(scene: Scene) -> None:
    """Draw everything between the beginning and the end of the stay."""
    children, pace, dice, at = scene.practice.children, scene.practice.pace, scene.dice, scene.recognised_at
    recognise(scene, at)
    back_at = rule_out(scene)
    early = dice.chance(children.vital_signs_early)
    first_round_at = scene.in_time(at, pace.child_first_round) if early else at + dice.minutes(pace.child_late_round)
    watch(scene, first_round_at, prompt=early)
    if dice.chance(children.hypotensive):
        press(scene, scene.some_time(at, pace.child_first_low), "low-1", low=True)
        press(scene, scene.some_time(at, pace.child_second_low), "low-2", low=True)
    take_panel(scene, scene.some_time(at, scene.practice.laboratory.panel_minutes), "panel")
    _treat(scene, at)
    limit_care(scene)
    if back_at is not None:
        recognise(scene, back_at, "-back")
        _treat(scene, back_at, "-back")


def _treat(scene: Scene, at: datetime, suffix: str = "") -> None:
    """Draw which elements are done in time, and when each is done."""
    children, dice = scene.practice.children, scene.dice
    shares = {
        "blood_culture": children.blood_culture,
        "antibiotics": children.antibiotics,
        "fluids": children.fluids,
    }
    in_time = draw_together(dice, shares, children.bundle, scene.hospital.children_bundle)
    antibiotic_at = _antibiotic(scene, at, in_time=in_time["antibiotics"])
    culture_at = draw_culture(scene, at, antibiotic_at, children.window.minutes, in_time=in_time["blood_culture"])
    if culture_at is not None:
        take_culture(scene, culture_at, suffix)
    if antibiotic_at is not None:
        give_antibiotics(scene, antibiotic_at, suffix)
    if not suffix:
        take_what_does_not_count(scene, culture_at or at)
        give_what_does_not_count(scene, antibiotic_at or at)
    complete_at = _fluids(scene, at, in_time=in_time["fluids"], suffix=suffix)
    _support(scene, complete_at or at, suffix)
    _lactates(scene, at, suffix)


def _antibiotic(scene: Scene, at: datetime, *, in_time: bool) -> datetime | None:
    children, habits, dice = scene.practice.children, scene.practice.treatment, scene.dice
    limit = children.window.minutes
    if in_time and dice.chance(habits.before_recognition):
        return max(scene.begins_at, at - dice.minutes(habits.before_minutes))
    if in_time:
        return scene.in_time(at, (limit // 4, limit))
    return (
        None
        if dice.chance(children.late.antibiotics_never)
        else scene.too_late(at, limit, children.late.latest_minutes)
    )


def draw_culture(
    scene: Scene, at: datetime, antibiotic_at: datetime | None, limit: int, *, in_time: bool
) -> datetime | None:
    """When the culture is drawn: in time is before the antibiotic too; None: never."""
    dice = scene.dice
    late = scene.practice.children.late if scene.course.is_child else scene.practice.adults.late
    if in_time:
        if antibiotic_at is None or antibiotic_at >= cut_to_minute(at) + timedelta(minutes=limit):
            return scene.in_time(at, (0, limit))
        last = (cut_to_minute(antibiotic_at) - cut_to_minute(at)) // _MINUTE
        return max(scene.begins_at, scene.in_time(at, (min(0, last - limit // 4), last)))
    if dice.chance(late.blood_culture_never):
        return None
    if antibiotic_at is not None and dice.chance(late.blood_culture_after_antibiotics):
        return scene.some_time(antibiotic_at, (1, limit))
    after = at if antibiotic_at is None else max(at, antibiotic_at)
    return scene.too_late(after, limit, late.latest_minutes)


def _fluids(scene: Scene, at: datetime, *, in_time: bool, suffix: str) -> datetime | None:
    """Give boluses; return when the last is in, None where there is none."""
    children, pace, dice = scene.practice.children, scene.practice.pace, scene.dice
    limit, bolus, late = children.window.minutes, children.bolus, children.late
    if dice.chance(scene.practice.treatment.before_recognition):
        small_at = max(scene.begins_at, at - dice.minutes(pace.small_bolus_before))
        small_ml = bolus.too_small_ml_per_kg * scene.course.weight_kg
        run_fluids(scene, small_ml, 1, small_at, small_at + dice.minutes(pace.small_bolus), f"-small{suffix}")
    whole = in_time or not dice.chance(late.fluids_partial)
    if not in_time and whole and dice.chance(late.fluids_never):
        return None
    if in_time or not whole:
        complete_at = scene.in_time(at, (limit // 3, limit))
    else:
        complete_at = scene.too_late(at, limit, late.latest_minutes)
    early = dice.chance(children.first_bolus_early)
    started_at = scene.in_time(at, (0, limit // 4)) if early else scene.some_time(at, (limit // 4 + 1, limit))
    started_at = max(scene.begins_at, min(started_at, complete_at - dice.minutes(pace.last_bolus_at_least)))
    ml_per_kg = bolus.ml_per_kg if whole else bolus.partial_ml_per_kg
    run_fluids(scene, ml_per_kg * scene.course.weight_kg, dice.whole(pace.boluses), started_at, complete_at, suffix)
    return complete_at


def _support(scene: Scene, fluids_at: datetime, suffix: str) -> None:
    children, pace, dice = scene.practice.children, scene.practice.pace, scene.dice
    if dice.chance(children.hypotensive):
        press(
            scene,
            scene.some_time(fluids_at, pace.child_pressure_after_fluids),
            f"after{suffix}",
            low=dice.chance(children.vasopressor),
        )
    if dice.chance(children.vasopressor):
        run_vasopressor(scene, scene.some_time(fluids_at, pace.child_vasopressor_after_fluids), suffix)
    if dice.chance(children.lactate):
        say(scene, ActName.REASSESSMENT, scene.some_time(fluids_at, pace.child_reassessment_after_fluids), suffix)


def _lactates(scene: Scene, at: datetime, suffix: str) -> None:
    adults, children, dice = scene.practice.adults, scene.practice.children, scene.dice
    if not dice.chance(children.lactate) and dice.chance(children.late.lactate_never):
        return
    value = draw_lactate_value(scene)
    drawn_at = draw_lactate(scene, f"lactate{suffix}", value, scene.some_time(at, scene.practice.pace.child_lactate))
    if dice.chance(adults.repeat_lactate):
        again_at = drawn_at + dice.between(scene.practice.lactates.repeat_share, scene.practice.lactates.repeat_minutes)
        draw_lactate(scene, f"repeat-lactate{suffix}", draw_lactate_value(scene), again_at)


def draw_lactate_value(scene: Scene) -> float:
    """A lactate: normal, elevated, or so high that it makes shock."""
    adults, lactates, dice = scene.practice.adults, scene.practice.lactates, scene.dice
    if not dice.chance(adults.lactate_elevated):
        return dice.measured(lactates.normal_mmol_per_l)
    very_high = dice.chance(adults.lactate_very_high)
    return dice.measured(lactates.very_high_mmol_per_l if very_high else lactates.elevated_mmol_per_l)
