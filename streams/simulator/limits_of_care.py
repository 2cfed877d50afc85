"""What limits or ends the watch: exclusions, refusals, comfort care, a rule-out and its return."""

from datetime import datetime

from schemas.clinical import ActName
from streams.simulator.recognition import say
from streams.simulator.scene import Scene


def limit_care(scene: Scene) -> None:
    """Say, now and then, what takes a case out of one measure or another."""
    habits, dice = scene.practice.treatment, scene.dice
    excluded = scene.practice.children.excluded if scene.course.is_child else scene.practice.adults.excluded
    if dice.chance(excluded):
        say(scene, ActName.EXCLUDED_FROM_PROTOCOL, _soon(scene), reason=dice.pick(habits.exclusion_reasons))
    for act, share in (
        (ActName.COMFORT_CARE, habits.comfort_care),
        (ActName.CARE_REFUSED, habits.care_refused),
        (ActName.TRIAL_ENROLLED, habits.trial_enrolled),
        (ActName.PREGNANCY_DOCUMENTED, habits.pregnancy_documented),
        (ActName.COVID19_DOCUMENTED, habits.covid19_documented),
        (ActName.CULTURE_DELAY_ACCEPTED, habits.culture_delay_accepted),
    ):
        if not scene.course.is_child and dice.chance(share):
            say(scene, act, _soon(scene))
    if dice.chance(habits.ventilated):
        say(scene, ActName.MECHANICAL_VENTILATION, _soon(scene))


def _soon(scene: Scene) -> datetime:
    return max(scene.begins_at, scene.some_time(scene.recognised_at, scene.practice.treatment.statement_minutes))


def rule_out(scene: Scene) -> datetime | None:
    """Rule sepsis out, now and then; return when it comes back, where it does and the patient is still there."""
    habits, dice = scene.practice.treatment, scene.dice
    if not dice.chance(habits.ruled_out):
        return None
    at = scene.recognised_at + dice.hours(habits.ruled_out_hours)
    say(scene, ActName.SEPSIS_RULED_OUT, at)
    back_at = at + dice.hours(habits.come_back_hours)
    return back_at if dice.chance(habits.come_back) and scene.goes_on_at(back_at) else None
