"""The words on the board, in one place: elements, statuses, alert kinds and reasons."""

from schemas.alert import AlertKind
from schemas.verdict import Element, ElementStatus

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

ALERT_WORDS: dict[AlertKind, str] = {
    AlertKind.BUNDLE_STARTED: "bundle started",
    AlertKind.DUE_SOON: "due soon",
    AlertKind.MISSED: "missed",
    AlertKind.AMENDED: "amended",
    AlertKind.WITHDRAWN: "taken back",
}


def in_words(name: str) -> str:
    """Spell a snake-case name as words: `blood_culture` as `blood culture`."""
    return name.replace("_", " ")


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
