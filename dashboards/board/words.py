"""The words on the board, in one place: elements, statuses, rules of time zero, alert kinds, reasons and dates."""

import re

from schemas.alert import AlertKind
from schemas.verdict import OUTCOMES, Element, ElementStatus

STATUS_WORDS: dict[ElementStatus, str] = {
    ElementStatus.NOT_APPLICABLE: "not applicable",
    ElementStatus.NOT_OPEN: "not open yet",
    ElementStatus.OPEN: "open",
    ElementStatus.DUE_SOON: "due soon",
    ElementStatus.OVERDUE: "overdue, possibly uncharted",
    ElementStatus.MET: "met",
    ElementStatus.MET_LATE: "met late",
    ElementStatus.MISSED: "missed",
    ElementStatus.EXCLUDED: "excluded",
    ElementStatus.CANNOT_ASSESS: "cannot assess",
}

OUTCOME_WORDS: dict[ElementStatus, str] = STATUS_WORDS | {
    ElementStatus.OPEN: "not so far",
    ElementStatus.MET: "died",
    ElementStatus.MISSED: "did not die",
}
"""How an outcome stands; nobody met or missed it."""

ALERT_WORDS: dict[AlertKind, str] = {
    AlertKind.BUNDLE_STARTED: "bundle started",
    AlertKind.DUE_SOON: "due soon",
    AlertKind.MISSED: "missed",
    AlertKind.AMENDED: "amended",
    AlertKind.WITHDRAWN: "taken back",
}

RULE_WORDS: dict[str, str] = {
    "protocol_started": "protocol started",
    "pews": "PEWS",
    "arrived": "arrival",
    "triaged": "triage",
    "admitted": "admission",
    "sepsis_triage_form": "sepsis triage form",
    "surrogate_infection": "suspected infection + SIRS + organ dysfunction",
    "surrogate_infection_provisional": "infection suspected, not confirmed yet",
    "overridden": "a person's word",
    "documented_infection": "documented infection + SIRS + organ dysfunction",
    "order_set_started": "order set started",
    "best_practice_alert": "best-practice alert",
    "sepsis_documented": "sepsis documented",
    "sepsis_screen_positive": "positive screen",
    "sepsis_huddle": "huddle",
    "no_contact_time": "none can be told",
}
"""What set time zero, in few words; rules that are not here go by their own."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOURS = re.compile(r"\b(over )?(\d+)h\b")
_DATE = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-(\d\d)\b")


def in_words(name: str) -> str:
    """Spell a snake-case name as words: `blood_culture` as `blood culture`."""
    return name.replace("_", " ")


def reason_in_words(reason: str) -> str:
    """Spell a reason: `expired_6h` as `expired within 6 h`, `antibiotics_over_24h` as `antibiotics over 24 h`."""
    words = in_words(reason).replace("covid19", "COVID-19")
    return _HOURS.sub(lambda hours: f"{'' if hours[1] else 'within '}{hours[1] or ''}{hours[2]} h", words)


def rule_in_words(rule: str) -> str:
    """Say what set time zero; a rule without words of its own is spelled out."""
    return RULE_WORDS.get(rule, in_words(rule))


def sentence_in_words(sentence: str) -> str:
    """Write the dates and rules in a sentence as the rest of the board does: `2 Dec 00:01`, `by arrival`."""
    dated = _DATE.sub(lambda date: f"{int(date[2])} {MONTHS[int(date[1]) - 1]}", sentence)
    for rule, words in RULE_WORDS.items():
        dated = dated.replace(f", by {in_words(rule)}.", f", by {words}.")
    return dated


def status_in_words(element: Element, status: ElementStatus) -> str:
    """Say how an element stands; of an outcome, what became of the patient."""
    return (OUTCOME_WORDS if element in OUTCOMES else STATUS_WORDS)[status]


def element_name(element: Element) -> str:
    """Name an element as a heading: `Blood culture`."""
    return in_words(element.value).capitalize()


def split_measure(measure: str) -> tuple[str, str]:
    """Split a measure's identifier into its name and its version; the version may be empty."""
    name, _, version = measure.partition("/")
    return name, version


def seconds_in_words(seconds: float) -> str:
    """Spell an age roughly: `8 s`, `3 min`, `2 h 5 min`, `3 d`."""
    whole = int(seconds)
    if whole < 60:  # noqa: PLR2004 (seconds in a minute)
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:  # noqa: PLR2004 (minutes in an hour)
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:  # noqa: PLR2004 (two days)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d"
