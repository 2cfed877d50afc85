"""One plain sentence for a verdict, an alert and a time zero: facts and clocks, no orders."""

from datetime import datetime, timedelta

from schemas.alert import AlertKind, AlertReason
from schemas.clinical import Act, AnyFact
from schemas.verdict import OUTCOMES, Element, ElementStatus
from scoring.act_time import act_time
from scoring.alert_decision import Decision
from scoring.assessment import Assessment, required_elements
from scoring.bundle_clock import BundleClock
from scoring.description import describe
from scoring.element_assessment import ElementAssessment
from scoring.element_rule import CountsFrom
from scoring.override import OVERRIDDEN, find_unheard
from scoring.presentation import PROVISIONAL
from scoring.time_zero import TimeZero

WORDS = {
    Element.PROTOCOL: "protocol",
    Element.ASSESSMENT: "assessment",
    Element.LACTATE: "lactate",
    Element.REPEAT_LACTATE: "repeat lactate",
    Element.BLOOD_CULTURE: "blood culture",
    Element.ANTIBIOTICS: "antibiotics",
    Element.BROAD_SPECTRUM: "broad-spectrum antibiotics",
    Element.FLUIDS: "fluids",
    Element.FIRST_BOLUS: "first bolus",
    Element.THIRD_BOLUS: "third bolus",
    Element.VASOPRESSOR: "vasopressor",
    Element.REASSESSMENT: "reassessment",
    Element.DIED_IN_HOSPITAL: "death in the stay",
    Element.DIED_WITHIN_3_DAYS: "death within 3 days",
    Element.DIED_WITHIN_30_DAYS: "death within 30 days",
    Element.BUNDLE: "bundle",
}
"""How an element is called in a sentence."""

REASONS = {
    "not_carried": "this feed does not carry it",
    "not_covered": "the feed does not cover the whole window",
    "no_weight": "no weight is charted",
    "no_value": "the initial lactate has no value",
    "day_only": "one is charted with its day only, which may lie in the window",
    "no_initial_lactate": "no initial lactate was drawn",
    "no_initial_lactate_yet": "it waits for the initial lactate",
    "lactate_not_elevated": "the initial lactate is not elevated",
    "past_when_known": "the window had closed before this was known",
    "antibiotic_first": "an antibiotic was given first",
    "not_confirmed": "suspected infection was not confirmed",
    "ruled_out": "sepsis was ruled out",
    "no_time_zero": "no time zero can be told",
    "not_indicated": "nothing charted calls for it",
    "no_antibiotic_after": "no antibiotic has followed it",
    "left_alive": "the patient left the hospital alive",
    "died_later": "the patient died later",
    "no_septic_shock": "no septic shock is charted",
    "protocol_not_in_ed": "no protocol was started in the emergency department",
}
"""How a reason reads in a sentence; others read as their words."""


RULES = {OVERRIDDEN: "a person's word", PROVISIONAL: "infection suspected, not confirmed yet"}
"""How a rule of time zero reads in a sentence; others read as their words."""


UNIT_WORDS = {"Cel": " °C", "%": " %", "/min": "/min", "ratio": ""}
"""How a unit reads in a sentence; others follow the value after a space."""


def clock(moment: datetime, near: datetime | None = None) -> str:
    """Clock time as charted; with the day where `near` lies on another one."""
    if near is not None and near.date() != moment.date():
        return f"{moment:%Y-%m-%d %H:%M}"
    return f"{moment:%H:%M}"


def minutes_between(earlier: datetime, later: datetime) -> int:
    """Whole minutes from one moment to another, towards zero."""
    return int((later - earlier) / timedelta(minutes=1))


def minutes_after(earlier: datetime, later: datetime) -> float:
    """Minutes from one moment to another, with one decimal."""
    return round((later - earlier) / timedelta(minutes=1), 1)


STARTS = {
    CountsFrom.TIME_ZERO: "time zero",
    CountsFrom.SEPTIC_SHOCK: "septic shock",
    CountsFrom.HYPOTENSION_OR_SHOCK: "hypotension or shock",
    CountsFrom.INITIAL_LACTATE: "the initial lactate",
}
"""From what an element's window counts."""


def _distance(assessed: ElementAssessment, time_zero: datetime, done_at: datetime) -> str:
    start = assessed.start.at if assessed.start else time_zero
    minutes, told = minutes_between(start, done_at), STARTS[assessed.rule.counts_from]
    return f"{abs(minutes)} min {'before' if minutes < 0 else 'after'} {told} {clock(start, done_at)}"


def _because(reason: str | None) -> str:
    return "" if reason is None else f": {REASONS.get(reason, reason.replace('_', ' '))}"


def _undone_sentence(assessed: ElementAssessment, window: BundleClock, near: datetime) -> str:
    """How an element stands that is not done."""
    word, why = WORDS[assessed.element].capitalize(), _because(assessed.reason)
    match assessed.status:
        case ElementStatus.NOT_APPLICABLE:
            return f"{word} does not apply{why}."
        case ElementStatus.NOT_OPEN:
            return f"{word} is not due yet{why}."
        case ElementStatus.CANNOT_ASSESS:
            return f"{word} cannot be assessed{why}."
        case ElementStatus.OVERDUE | ElementStatus.MISSED:
            told = "missed" if assessed.status is ElementStatus.MISSED else "overdue, possibly uncharted"
            so_far = assessed.finding.so_far or "nothing in time charted"
            return f"{word} {told}: window closed {clock(window.closes_at, near)}, {so_far}{why}."
        case _:
            return f"{word} due by {clock(window.due_at, near)}, {assessed.finding.so_far or 'nothing charted'}."


def _outcome_sentence(assessed: ElementAssessment) -> str:
    """What became of the patient."""
    word, done_at = WORDS[assessed.element].capitalize(), assessed.finding.done_at
    match assessed.status:
        case ElementStatus.MET:
            return f"{word}: yes{'' if done_at is None else f', {done_at:%Y-%m-%d %H:%M}'}."
        case ElementStatus.MISSED:
            return f"{word}: no{_because(assessed.reason)}."
        case ElementStatus.OPEN:
            return f"{word}: not so far."
        case _:
            return f"{word}: {assessed.status.replace('_', ' ')}{_because(assessed.reason)}."


def element_sentence(assessed: ElementAssessment, time_zero: datetime | None) -> str:
    """How an element stands, in one sentence."""
    word, done_at = WORDS[assessed.element].capitalize(), assessed.finding.done_at
    if assessed.element in OUTCOMES:
        return _outcome_sentence(assessed)
    if assessed.clock is None or time_zero is None:
        return f"{word}: {assessed.status.replace('_', ' ')}{_because(assessed.reason)}."
    if done_at is None or assessed.status not in {ElementStatus.MET, ElementStatus.MET_LATE}:
        return _undone_sentence(assessed, assessed.clock, time_zero)
    if assessed.finding.facts[0].day_only:
        return f"{word} on {done_at:%Y-%m-%d}, known by its day only: every minute of it was in time."
    told = "in time" if assessed.status is ElementStatus.MET else "too late"
    distance = _distance(assessed, time_zero, done_at)
    return f"{word} {clock(done_at, time_zero)}, {distance}: {told}{_because(assessed.reason)}."


def bundle_sentence(status: ElementStatus, reason: str | None, elements: tuple[ElementAssessment, ...]) -> str:
    """How the bundle stands, in one sentence."""
    required = required_elements(elements)
    met = sum(each.status is ElementStatus.MET for each in required)
    stands = f"Bundle {status.replace('_', ' ')}"
    told = f"{met} of {len(required)} required elements in time"
    if reason in set(Element):
        return f"{stands} for {WORDS[Element(reason)]}: {told}."
    return f"{stands}: {told}{_because(reason)}."


def _told(fact: AnyFact, near: datetime) -> str:
    """One fact of a time zero: what it was, its value and when."""
    _, what, value, unit = describe(fact)
    amount = "" if value is None else f" {value:.4g}{UNIT_WORDS.get(unit, f' {unit}') if unit else ''}"
    moment = act_time(fact)
    return f"{what}{amount}{'' if moment is None else f' {clock(moment, near)}'}"


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def time_zero_sentence(assessment: Assessment) -> str:
    """From when the measure counts and why, in one sentence; in another, which person's word is not heard, and why."""
    chart = assessment.chart
    unheard = find_unheard(chart, assessment.measure) if assessment.case_id == chart.episode.case_id else None
    told = dated_sentence(assessment.time_zero)
    if unheard is None:
        return told
    by = f" of {unheard.actor}" if unheard.actor else ""
    return f"{told} The word{by} of {unheard.happened_at:%Y-%m-%d %H:%M} is not heard: it lies before the day of birth."


def dated_sentence(found: TimeZero) -> str:
    """A time zero and what says so, in one sentence."""
    moment = found.at
    if moment is None:
        return "No time zero can be told."
    if found.computed is not None:
        return (
            f"Time zero {moment:%Y-%m-%d %H:%M}: {_said(found.facts[0], moment)}; {_computed(found.computed, moment)}."
        )
    told = [_told(fact, moment) for fact in found.facts]
    if found.lapses_at is not None:
        told[0] += " (alone so far)"
    return f"Time zero {moment:%Y-%m-%d %H:%M}: {_listed(told)}."


def _said(fact: AnyFact, near: datetime) -> str:
    """Who said a time zero, when and why."""
    act = fact if isinstance(fact, Act) else None
    by = f" by {act.actor}" if act and act.actor else ""
    why = f" ({act.reason})" if act and act.reason else ""
    at = act_time(fact)
    return f"said{by}{'' if at is None else f' {clock(at, near)}'}{why}"


def _computed(found: TimeZero, near: datetime) -> str:
    return "the rule gives none" if found.at is None else f"the rule says {clock(found.at, near)}"


def alert_sentence(decision: Decision, assessed: ElementAssessment, time_zero: datetime | None) -> str:
    """What an alert says of an element."""
    word, window, done_at, why = (
        WORDS[assessed.element],
        assessed.clock,
        assessed.finding.done_at,
        _because(decision.reason),
    )
    done = "" if done_at is None else f"{word} {clock(done_at, time_zero)}"
    match decision.kind:
        case AlertKind.WITHDRAWN if decision.reason is AlertReason.MET_IN_TIME:
            return f"Taken back: {done}, in time."
        case AlertKind.WITHDRAWN:
            return f"Taken back: {word}{why}."
        case AlertKind.MISSED if window is not None:
            told = done or assessed.finding.so_far or f"no {word} charted"
            return f"Window closed {clock(window.closes_at, time_zero)}, {told}{why}."
        case AlertKind.AMENDED if decision.reason is AlertReason.DONE_LATE:
            return f"{done.capitalize()}, after the window."
        case AlertKind.DUE_SOON if window is not None:
            so_far = assessed.finding.so_far or "none charted"
            return f"{word.capitalize()} due by {clock(window.due_at, time_zero)}, {so_far}."
        case _:
            return f"Changed{why}. {element_sentence(assessed, time_zero)}"


def bundle_alert_sentence(decision: Decision, assessment: Assessment) -> str:
    """What an alert says of the whole bundle."""
    moment = assessment.time_zero.at
    told = "" if moment is None else f" Time zero {clock(moment, assessment.judged_at)}, by {_rule(assessment)}."
    match decision.kind:
        case AlertKind.BUNDLE_STARTED:
            return f"Bundle started.{told}"
        case AlertKind.WITHDRAWN:
            return f"Taken back: bundle{_because(decision.reason)}."
        case _:
            return f"Bundle changed{_because(decision.reason)}.{told}"


def _rule(assessment: Assessment) -> str:
    rule = assessment.time_zero.rule
    return RULES.get(rule, rule.replace("_", " "))
