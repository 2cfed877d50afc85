"""Vital signs and laboratory panels of a stay: what makes criteria of sepsis, or does not."""

from datetime import datetime, timedelta

from schemas.clinical import Quantity
from schemas.raw import AdtEvent
from streams.simulator.course import BloodTest, Reading
from streams.simulator.lag_table import LagTable
from streams.simulator.practice import Practice
from streams.simulator.scene import Scene
from streams.simulator.stay_numbers import Assay, VitalRanges

FULL_SET = (
    Quantity.HEART_RATE,
    Quantity.RESPIRATORY_RATE,
    Quantity.TEMPERATURE,
    Quantity.SYSTOLIC_BP,
    Quantity.SPO2,
)
"""What a nurse takes on a round; on an arterial line the mean pressure comes with the systolic."""


def ranges_of(scene: Scene) -> VitalRanges:
    """Ranges of such a patient's vital signs."""
    return scene.practice.vitals.child if scene.course.is_child else scene.practice.vitals.adult


def watch(scene: Scene, first_round_at: datetime, *, prompt: bool = False) -> None:
    """Take vital signs at triage, then in rounds from `first_round_at` on.

    `prompt`: the first of them is whole, and charted at once.
    """
    monitoring, dice = scene.practice.monitoring, scene.dice
    triaged_at = scene.course.step_at(AdtEvent.TRIAGE)
    if triaged_at is not None and scene.course.readings == []:
        _round(scene, triaged_at, "triage", at_bedside=dice.chance(monitoring.at_bedside))
    at = first_round_at
    for number in range(dice.whole(monitoring.sets)):
        at_bedside = (prompt and not number) or dice.chance(monitoring.at_bedside)
        _round(scene, at, f"round-{number + 1}-{at:%d%H%M}", at_bedside=at_bedside, whole=prompt and not number)
        at += dice.minutes(monitoring.every_minutes)


def _round(scene: Scene, at: datetime, name: str, *, at_bedside: bool, whole: bool = False) -> None:
    monitoring, dice = scene.practice.monitoring, scene.dice
    left_out = dice.pick(FULL_SET) if not whole and dice.chance(monitoring.incomplete) else None
    for quantity in FULL_SET:
        taken_at = at + dice.minutes(scene.practice.pace.round)
        if quantity is left_out:
            if dice.chance(monitoring.incomplete):
                continue
            taken_at += dice.minutes(monitoring.late_minutes)
        read(scene, quantity, _value(scene, quantity), taken_at, name, at_bedside=at_bedside)
    if scene.by_arterial_line:
        mean = dice.whole(ranges_of(scene).mean_mmhg)
        read(scene, Quantity.MEAN_ARTERIAL_PRESSURE, mean, at + dice.minutes(scene.practice.pace.round), name)


def _value(scene: Scene, quantity: Quantity) -> float:
    ranges, dice = ranges_of(scene), scene.dice
    match quantity:
        case Quantity.HEART_RATE:
            return dice.whole(ranges.heart_rate_per_min)
        case Quantity.RESPIRATORY_RATE:
            return dice.whole(ranges.respiratory_rate_per_min)
        case Quantity.TEMPERATURE:
            return dice.measured(ranges.temperature_cel)
        case Quantity.SPO2:
            return dice.whole(ranges.spo2_percent)
        case _:
            return dice.whole(ranges.systolic_mmhg)


def read(scene: Scene, quantity: Quantity, value: float, at: datetime, name: str, *, at_bedside: bool = False) -> None:
    """Measure one vital sign, if the patient is there; what is charted at the bedside is charted within minutes."""
    if not scene.goes_on_at(at):
        return
    corrections, dice = scene.practice.corrections, scene.dice
    taken = {reading.at for reading in scene.course.readings if reading.quantity is quantity}
    while at in taken:
        at += timedelta(seconds=1)
    charted_at = at + dice.lag(scene.practice.lag.acts if at_bedside else _lag(scene.practice, quantity))
    corrected_at = None
    if dice.chance(corrections.value_corrected):
        corrected_at = charted_at + dice.between(corrections.known_after_share, corrections.known_after_minutes)
    scene.course.readings.append(Reading(f"{name}-{quantity}", quantity, value, at, charted_at, corrected_at))


def _lag(practice: Practice, quantity: Quantity) -> LagTable:
    if quantity in {Quantity.SYSTOLIC_BP, Quantity.MEAN_ARTERIAL_PRESSURE}:
        return practice.lag.pressures
    return practice.lag.temperatures if quantity is Quantity.TEMPERATURE else practice.lag.vitals


def press(scene: Scene, at: datetime, name: str, *, low: bool) -> None:
    """Measure one blood pressure, by cuff or by arterial line; it may begin a clock."""
    ranges, dice = ranges_of(scene), scene.dice
    if scene.by_arterial_line:
        mean = dice.whole(ranges.low_mean_mmhg if low else ranges.mean_mmhg)
        read(scene, Quantity.MEAN_ARTERIAL_PRESSURE, mean, at, name)
    else:
        systolic = dice.whole(ranges.low_systolic_mmhg if low else ranges.systolic_mmhg)
        read(scene, Quantity.SYSTOLIC_BP, systolic, at, name)
    if low:
        scene.anchors.append(at)


def take_panel(scene: Scene, at: datetime, name: str) -> None:
    """Draw blood for white cells and organ function, all at once; a later panel has a name of its own."""
    laboratory, dice = scene.practice.laboratory, scene.dice
    if not dice.chance(laboratory.panel) or not scene.goes_on_at(at):
        return
    ordered_at = max(scene.begins_at, at - dice.lag(scene.practice.lag.orders))
    resulted_at = at + dice.lag(scene.practice.lag.results)
    for quantity, assay in _assays(scene.practice):
        value = dice.measured(assay.abnormal if dice.chance(laboratory.abnormal) else assay.normal)
        test = BloodTest(f"{name}-{quantity}", quantity, value, at, resulted_at, ordered_at)
        scene.course.tests.append(test)
    scene.anchors.append(at)


def _assays(practice: Practice) -> tuple[tuple[Quantity, Assay], ...]:
    laboratory = practice.laboratory
    return (
        (Quantity.WBC, laboratory.wbc),
        (Quantity.CREATININE, laboratory.creatinine),
        (Quantity.BILIRUBIN, laboratory.bilirubin),
        (Quantity.PLATELETS, laboratory.platelets),
        (Quantity.INR, laboratory.inr),
        (Quantity.APTT, laboratory.aptt),
    )


def draw_lactate(scene: Scene, name: str, mmol_per_l: float, resulted_at: datetime) -> datetime:
    """Draw a lactate whose result is out at `resulted_at`; return when the blood was drawn."""
    lags = scene.practice.lag
    collected_at = max(scene.begins_at, resulted_at - scene.dice.lag(lags.lactate_results))
    resulted_at = max(resulted_at, collected_at)
    ordered_at = max(scene.begins_at, collected_at - scene.dice.lag(lags.orders))
    if scene.goes_on_at(collected_at):
        test = BloodTest(name, Quantity.LACTATE, mmol_per_l, collected_at, resulted_at, ordered_at)
        scene.course.tests.append(test)
        scene.anchors.append(collected_at)
    return collected_at
