"""Who says sepsis, and when: the acts that open a case, and those that only look like it."""

from datetime import datetime

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.course import Statement
from streams.simulator.scene import Scene


def recognise(scene: Scene, at: datetime, suffix: str = "") -> None:
    """Say what is said when sepsis is suspected at `at`; somebody always says something, or nobody anything at all."""
    recognition, dice = scene.practice.recognition, scene.dice
    _screen(scene, at, suffix)
    if not suffix and dice.chance(recognition.unopened):
        return
    before = len(scene.course.statements)
    initiated = recognition.protocol_children if scene.course.is_child else recognition.protocol_adults
    if dice.chance(initiated):
        say(scene, ActName.PROTOCOL_STARTED, at, suffix)
        scene.protocol_at = at
    for act, share in (
        (ActName.ORDER_SET_STARTED, recognition.order_set_started),
        (ActName.SEPSIS_DOCUMENTED, recognition.sepsis_documented),
        (ActName.BEST_PRACTICE_ALERT, recognition.best_practice_alert),
    ):
        if dice.chance(share):
            say(scene, act, _around(scene, at), suffix)
    if len(scene.course.statements) == before:
        say(scene, ActName.ORDER_SET_STARTED, at, suffix)
    if dice.chance(recognition.infection_documented):
        say(scene, ActName.INFECTION_SUSPECTED, _around(scene, at), suffix)
    _name_the_severity(scene, at, suffix)


def say(
    scene: Scene, act: ActName, at: datetime, suffix: str = "", *, value: float | None = None, reason: str | None = None
) -> None:
    """Make a statement, if the patient is there; it may be what some measure counts from."""
    if scene.goes_on_at(at):
        name = f"{act.value.replace('_', '-')}{suffix}"
        scene.course.statements.append(Statement(name, act, at, value, reason))
        scene.anchors.append(at)


def _around(scene: Scene, at: datetime) -> datetime:
    return max(scene.begins_at, scene.some_time(at, scene.practice.recognition.around_minutes))


def _screen(scene: Scene, at: datetime, suffix: str) -> None:
    """What tells of suspicion without a decision: screens, huddles, early warning scores, the triage form."""
    recognition, dice = scene.practice.recognition, scene.dice
    if dice.chance(recognition.sepsis_screen_positive):
        say(scene, ActName.SEPSIS_SCREEN_POSITIVE, _around(scene, at), suffix)
    if dice.chance(recognition.sepsis_huddle):
        say(scene, ActName.SEPSIS_HUDDLE, _around(scene, at), suffix)
    if scene.course.is_child and dice.chance(recognition.pews):
        value = dice.whole(recognition.pews_value)
        say(scene, ActName.PEWS, _around(scene, at), suffix, value=value)
        if dice.chance(recognition.pews):
            say(
                scene,
                ActName.PEWS,
                _around(scene, at),
                f"{suffix}-again",
                value=dice.whole(recognition.pews_alarm_value),
            )
    triaged_at = scene.course.step_at(AdtEvent.TRIAGE)
    if triaged_at is not None and not suffix and dice.chance(recognition.sepsis_triage_form):
        say(
            scene, ActName.SEPSIS_TRIAGE_FORM, scene.some_time(triaged_at, scene.practice.pace.triage_form_after_triage)
        )


def _name_the_severity(scene: Scene, at: datetime, suffix: str) -> None:
    recognition, dice = scene.practice.recognition, scene.dice
    for act, share in (
        (ActName.SEVERE_SEPSIS_DOCUMENTED, recognition.severe_sepsis_documented),
        (ActName.SEPTIC_SHOCK_DOCUMENTED, recognition.septic_shock_documented),
    ):
        if dice.chance(share):
            say(scene, act, scene.some_time(at, scene.practice.pace.severity_named), suffix)
