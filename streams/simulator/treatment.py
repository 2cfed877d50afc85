"""What is given and taken: antibiotics, cultures, fluids and vasopressors, with what only looks like them."""

import math
from datetime import datetime, timedelta
from itertools import pairwise

from schemas.clinical import ActName, DrugClass, Specimen
from streams.simulator.course import CultureTaken, Dose, Infusion, Part
from streams.simulator.scene import Scene


def give_antibiotics(scene: Scene, at: datetime, suffix: str = "") -> None:
    """Begin antibiotics at `at`, with what comes along and after it."""
    habits, drugs, dice = scene.practice.treatment, scene.practice.drugs, scene.dice
    route = "io" if dice.chance(habits.intraosseous) else "iv"
    day_only = False
    if not dice.chance(habits.narrow_drug):
        first: tuple[str, ...] = (dice.pick(drugs.broad),)
        day_only = _may_be_known_by_day(scene) and dice.chance(habits.day_only_dose)
    elif dice.coin():
        first = drugs.combined
    else:
        first = (dice.pick(drugs.narrow),)
    for place, drug in enumerate(first):
        started_at = at + timedelta(minutes=dice.whole(habits.second_drug_minutes) * place)
        name = f"combined{suffix}" if place else f"antibiotic{suffix}"
        _give(scene, drug, route, started_at, name, day_only=day_only)
    if dice.chance(habits.second_drug):
        _give(scene, dice.pick(drugs.added), route, at + dice.minutes(habits.second_drug_minutes), f"added{suffix}")
    if dice.chance(habits.second_dose):
        _give(scene, first[0], route, at + dice.hours(habits.second_dose_hours), f"second-dose{suffix}")
    scene.anchors.append(at)


def _may_be_known_by_day(scene: Scene) -> bool:
    """Only where infection is documented, once and for all: no text says how a sign of infection counts by its day."""
    course = scene.course
    documented = course.said(ActName.INFECTION_SUSPECTED, ActName.SEPSIS_DOCUMENTED)
    return bool(documented) and not course.said(ActName.SEPSIS_RULED_OUT)


def _give(scene: Scene, drug: str, route: str, at: datetime, name: str, *, day_only: bool = False) -> None:
    if scene.goes_on_at(at):
        ordered_at = max(scene.begins_at, at - scene.dice.lag(scene.practice.lag.orders))
        scene.course.doses.append(Dose(name, drug, route, min(ordered_at, at), at, day_only=day_only))


def give_what_does_not_count(scene: Scene, around: datetime) -> None:
    """Antibiotics by mouth, drugs against fungi, doses ordered and never given."""
    habits, drugs, dice, course = scene.practice.treatment, scene.practice.drugs, scene.dice, scene.course
    orders = scene.practice.lag.orders
    if dice.chance(habits.oral_before):
        at = max(scene.begins_at, around + dice.minutes(habits.oral_minutes))
        course.doses.append(Dose("by-mouth", dice.pick(drugs.oral), "po", at, at))
    if dice.chance(habits.antifungal):
        at = around + dice.minutes(habits.second_drug_minutes)
        course.doses.append(Dose("antifungal", dice.pick(drugs.antifungals), "iv", at, at, antibacterial=False))
    if dice.chance(habits.ordered_never_given):
        at = around + dice.lag(orders)
        course.doses.append(Dose("never-given", dice.pick(drugs.broad), "iv", at, None))
    if dice.chance(habits.earlier_course):
        at, drug = around - dice.hours(habits.earlier_course_hours), dice.pick(drugs.broad)
        while at < around:
            _give(scene, drug, "iv", at, f"earlier-{at:%d%H%M%S}")
            at += dice.hours(habits.earlier_course_every_hours)


def take_culture(scene: Scene, at: datetime, suffix: str = "") -> None:
    """Draw a blood culture at `at`, now and then a second set."""
    habits, dice = scene.practice.treatment, scene.dice
    day_only = _may_be_known_by_day(scene) and dice.chance(habits.day_only_culture)
    _take(scene, at, Specimen.BLOOD, f"culture{suffix}", day_only=day_only)
    if dice.chance(habits.second_culture):
        later = at + dice.minutes(habits.second_culture_minutes)
        _take(scene, later, Specimen.BLOOD, f"second-culture{suffix}", day_only=day_only)
    scene.anchors.append(at)


def take_what_does_not_count(scene: Scene, around: datetime) -> None:
    """Cultures of other sites, and blood cultures ordered and never drawn."""
    habits, dice = scene.practice.treatment, scene.dice
    if dice.chance(habits.other_culture):
        _take(scene, around + dice.minutes(habits.second_culture_minutes), Specimen.OTHER, "urine-culture")
    if dice.chance(habits.ordered_never_drawn):
        ordered_at = around + dice.minutes(habits.second_culture_minutes)
        scene.course.cultures.append(CultureTaken("never-drawn", Specimen.BLOOD, ordered_at, None))


def _take(scene: Scene, at: datetime, specimen: Specimen, name: str, *, day_only: bool = False) -> None:
    if scene.goes_on_at(at):
        ordered_at = max(scene.begins_at, at - scene.dice.lag(scene.practice.lag.orders))
        scene.course.cultures.append(CultureTaken(name, specimen, min(ordered_at, at), at, day_only))


def run_fluids(
    scene: Scene, volume_ml: float, count: int, started_at: datetime, completed_at: datetime, suffix: str = ""
) -> None:
    """Give a volume as `count` boluses, one after the other, the last of them complete at `completed_at`."""
    whole_ml = math.ceil(volume_ml)
    each_ml = math.ceil(whole_ml / count)
    length = max(completed_at - started_at, timedelta(minutes=count)) / count
    for place in range(count):
        begins_at = completed_at - length * (count - place)
        ends_at = completed_at if place == count - 1 else begins_at + length
        bolus_ml = each_ml if place < count - 1 else whole_ml - each_ml * (count - 1)
        _run_bolus(scene, f"bolus{suffix}-{place + 1}", bolus_ml, _whole(begins_at), _whole(ends_at))


def _run_bolus(scene: Scene, name: str, volume_ml: int, started_at: datetime, completed_at: datetime) -> None:
    habits, dice = scene.practice.infusions, scene.dice
    if not (scene.goes_on_at(started_at) and scene.goes_on_at(completed_at)):
        return
    parts: tuple[Part, ...] = (Part(started_at, completed_at, volume_ml),)
    length = (completed_at - started_at) / timedelta(minutes=1)
    _, longest_pause = habits.paused_minutes
    rewritten = dice.chance(habits.rewritten)
    if length > 2 * longest_pause and (rewritten or dice.chance(habits.paused)):
        paused_at = _whole(started_at + (completed_at - started_at) / 3)
        first_ml = volume_ml // 3
        resumed_at = paused_at + dice.minutes(habits.paused_minutes)
        parts = (Part(started_at, paused_at, first_ml), Part(resumed_at, completed_at, volume_ml - first_ml))
    ordered_at = max(scene.begins_at, started_at - dice.lag(scene.practice.lag.orders))
    drug = dice.pick(scene.practice.drugs.crystalloids)
    infusion = Infusion(name, drug, DrugClass.CRYSTALLOID, ordered_at, parts, rewritten and len(parts) > 1)
    scene.course.infusions.append(infusion)
    scene.anchors.append(completed_at)


def run_vasopressor(scene: Scene, started_at: datetime, suffix: str = "") -> None:
    """Start a vasopressor; it runs for hours, its rate changed again and again."""
    habits, dice = scene.practice.infusions, scene.dice
    if not scene.goes_on_at(started_at):
        return
    ends_at = min(scene.ends_at, started_at + dice.hours(habits.vasopressor_hours))
    count = dice.whole(habits.vasopressor_parts)
    length = (ends_at - started_at) / count
    edges = [_whole(started_at + length * place) for place in range(count)] + [ends_at]
    parts = tuple(Part(begins_at, until) for begins_at, until in pairwise(edges))
    ordered_at = max(scene.begins_at, started_at - dice.lag(scene.practice.lag.orders))
    drug = dice.pick(scene.practice.drugs.vasopressors)
    scene.course.infusions.append(
        Infusion(f"vasopressor{suffix}", drug, DrugClass.VASOPRESSOR, ordered_at, parts, dice.chance(habits.rewritten))
    )
    scene.anchors.append(started_at)


def _whole(at: datetime) -> datetime:
    """To the second."""
    return at.replace(microsecond=0)
