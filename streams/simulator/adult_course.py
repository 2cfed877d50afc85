"""The course of a simulated adult: criteria of severe sepsis, the 3-hour and 6-hour bundles, shock, and the rest."""

from datetime import date, datetime, timedelta

from schemas.clinical import ActName
from streams.simulator.child_course import draw_culture, draw_lactate_value
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

_MINUTE = timedelta(minutes=1)


def born_and_weighing(dice: Dice, practice: Practice, arrived_at: datetime) -> tuple[date, float]:
    """Date of birth and weight in kg."""
    age = practice.adults.age
    days = dice.whole((age.youngest_days, age.oldest_days))
    return date.fromordinal(arrived_at.date().toordinal() - days), dice.measured(age.weight_kg)


def live_through(scene: Scene) -> None:
    """Draw everything between the beginning and the end of the stay."""
    dice, at = scene.dice, scene.recognised_at
    recognise(scene, at)
    back_at = rule_out(scene)
    watch(scene, at + dice.minutes(scene.practice.pace.adult_first_round))
    take_panel(scene, scene.some_time(at, scene.practice.laboratory.panel_minutes), "panel")
    _treat(scene, at)
    limit_care(scene)
    if back_at is not None:
        recognise(scene, back_at, "-back")
        watch(scene, back_at + dice.minutes(scene.practice.pace.adult_first_round))
        take_panel(scene, back_at + dice.minutes(scene.practice.laboratory.panel_minutes), "panel-back")
        _treat(scene, back_at, "-back")


def _treat(scene: Scene, at: datetime, suffix: str = "") -> None:
    """Draw which elements are done in time, and when each is done."""
    adults, dice = scene.practice.adults, scene.dice
    low_at = None
    if dice.chance(adults.hypotensive):
        low_at = scene.some_time(at, scene.practice.pace.adult_first_low)
        press(scene, low_at, f"low-1{suffix}", low=True)
        press(
            scene,
            low_at + dice.minutes(scene.practice.pace.adult_second_low_after_first),
            f"low-2{suffix}",
            low=dice.chance(adults.fluids),
        )
    shares = {"blood_culture": adults.blood_culture, "antibiotics": adults.antibiotics, "lactate": adults.lactate}
    in_time = draw_together(dice, shares, adults.bundle, scene.hospital.adults_bundle)
    antibiotic_at = _antibiotic(scene, at, in_time=in_time["antibiotics"])
    culture_at = draw_culture(scene, at, antibiotic_at, adults.window.minutes, in_time=in_time["blood_culture"])
    if culture_at is not None:
        take_culture(scene, culture_at, suffix)
    if antibiotic_at is not None:
        give_antibiotics(scene, antibiotic_at, suffix)
    if not suffix:
        take_what_does_not_count(scene, culture_at or at)
        give_what_does_not_count(scene, antibiotic_at or at)
    value = _lactates(scene, at, in_time=in_time["lactate"], suffix=suffix)
    _resuscitate(scene, low_at, at, value, suffix)


def _antibiotic(scene: Scene, at: datetime, *, in_time: bool) -> datetime | None:
    adults, habits, dice = scene.practice.adults, scene.practice.treatment, scene.dice
    limit = adults.window.minutes
    if in_time and dice.chance(habits.before_recognition):
        return max(scene.begins_at, at - dice.minutes(habits.before_minutes))
    if in_time:
        return scene.in_time(at, (scene.practice.pace.adult_antibiotics_from, limit))
    return None if dice.chance(adults.late.antibiotics_never) else scene.too_late(at, limit, adults.late.latest_minutes)


def _lactates(scene: Scene, at: datetime, *, in_time: bool, suffix: str) -> float:
    """Draw lactates, clocked by their report; return the first value, 0 where there is none."""
    adults, lactates, dice = scene.practice.adults, scene.practice.lactates, scene.dice
    if not in_time and dice.chance(adults.late.lactate_never):
        return 0.0
    limit = adults.window.minutes
    reported_at = (
        scene.in_time(at, (scene.practice.pace.adult_lactate_from, limit))
        if in_time
        else scene.too_late(at, limit, adults.late.latest_minutes)
    )
    value = draw_lactate_value(scene)
    drawn_at = draw_lactate(scene, f"lactate{suffix}", value, reported_at)
    if dice.chance(adults.repeat_lactate):
        again_at = drawn_at + dice.between(lactates.repeat_share, lactates.repeat_minutes)
        if in_time:
            again_at = min(again_at, cut_to_minute(at) + adults.window.later_minutes * _MINUTE)
        draw_lactate(scene, f"repeat-lactate{suffix}", draw_lactate_value(scene), max(again_at, drawn_at + _MINUTE))
    elif dice.coin():
        later_at = scene.too_late(at, adults.window.later_minutes, 2 * adults.window.later_minutes)
        draw_lactate(scene, f"repeat-lactate{suffix}", draw_lactate_value(scene), later_at)
    return value


def _resuscitate(scene: Scene, low_at: datetime | None, at: datetime, lactate: float, suffix: str) -> None:
    """Fluids where the pressure is low or the lactate very high, then vasopressors where it stays low."""
    adults, habits, pace, dice = scene.practice.adults, scene.practice.treatment, scene.practice.pace, scene.dice
    documented = bool(scene.course.said(ActName.SEPTIC_SHOCK_DOCUMENTED))
    needed = documented or low_at is not None or lactate >= scene.practice.lactates.very_high_mmol_per_l[0]
    if not needed and not dice.chance(adults.persistent):
        return
    ml_per_kg = adults.bolus.ml_per_kg if needed else adults.bolus.partial_ml_per_kg
    if dice.chance(habits.lesser_volume_ordered):
        ml_per_kg = habits.lesser_ml_per_kg
        target_ml = ml_per_kg * scene.course.weight_kg
        say(
            scene,
            ActName.LESSER_VOLUME_ORDERED,
            scene.some_time(at, scene.practice.pace.lesser_volume),
            suffix,
            value=round(target_ml),
        )
    complete_at = _fluids(scene, at, ml_per_kg, suffix)
    if complete_at is None:
        return
    persists = low_at is not None and dice.chance(adults.persistent)
    _press_after(scene, complete_at, suffix, low=persists)
    if persists or dice.chance(scene.practice.treatment.ventilated):
        _vasopressor(scene, complete_at, suffix)
    if dice.chance(adults.reassessment):
        say(scene, ActName.REASSESSMENT, scene.some_time(complete_at, pace.adult_reassessment_after_fluids), suffix)
    elif dice.coin():
        say(
            scene,
            ActName.REASSESSMENT,
            scene.too_late(complete_at, adults.window.later_minutes, pace.latest_reassessment_after_fluids),
            suffix,
        )


def _fluids(scene: Scene, at: datetime, ml_per_kg: float, suffix: str) -> datetime | None:
    adults, dice = scene.practice.adults, scene.dice
    window, late = adults.window, adults.late
    in_time = dice.chance(adults.fluids)
    if not in_time and dice.chance(late.fluids_never):
        return None
    if not in_time and dice.chance(late.fluids_partial):
        ml_per_kg = adults.bolus.partial_ml_per_kg
    if in_time:
        soon = window.minutes if dice.coin() else window.later_minutes
        complete_at = scene.in_time(at, (scene.practice.pace.adult_fluids_from, soon))
    else:
        complete_at = scene.too_late(at, window.later_minutes, late.latest_minutes)
    count = dice.whole(scene.practice.pace.boluses)
    started_at = complete_at - count * dice.minutes(scene.practice.infusions.adult_bolus_minutes)
    started_at = max(scene.begins_at, started_at)
    run_fluids(scene, ml_per_kg * scene.course.weight_kg, count, started_at, complete_at, suffix)
    return complete_at


def _press_after(scene: Scene, fluids_at: datetime, suffix: str, *, low: bool) -> None:
    """Two pressures in the hour after the fluids; now and then one, or none."""
    dice = scene.dice
    first_at = scene.some_time(fluids_at, scene.practice.pace.adult_pressure_after_fluids)
    for place, at in enumerate(
        (first_at, first_at + dice.minutes(scene.practice.pace.adult_second_pressure_after_first))
    ):
        if not dice.chance(scene.practice.monitoring.incomplete):
            press(scene, at, f"after-{place + 1}{suffix}", low=low)


def _vasopressor(scene: Scene, fluids_at: datetime, suffix: str) -> None:
    adults, pace, dice = scene.practice.adults, scene.practice.pace, scene.dice
    if dice.chance(adults.vasopressor):
        run_vasopressor(scene, scene.some_time(fluids_at, pace.adult_vasopressor_after_fluids), suffix)
    elif dice.coin():
        run_vasopressor(
            scene, scene.too_late(fluids_at, adults.window.later_minutes, pace.latest_vasopressor_after_fluids), suffix
        )
