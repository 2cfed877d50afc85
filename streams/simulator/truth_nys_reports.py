"""New York State, protocol initiated and crude mortality, adults and children.

Protocol initiated: whenever in the case; time zero serves the exclusion of early deaths only. Mortality: died in the
stay; nothing is left out but by age. Whoever leaves alive, transferred or not, did not die in the stay.
"""

from collections.abc import Iterator
from datetime import datetime

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.course import MINUTE, Course, cut_to_minute
from streams.simulator.elements import minutes, statements
from streams.simulator.observer import Window
from streams.simulator.spans import NYS_ADULT_ACTS, NYS_CHILD_ACTS, Elements, Opened, Span, judged, opened
from streams.simulator.standing import (
    ADULT,
    CHILD,
    NYS_DROPS,
    died_within,
    first_contact,
    last_discharge,
    place,
    said_within,
)
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Done, Outcome

_CONTACTS = (AdtEvent.ARRIVE, AdtEvent.TRIAGE, AdtEvent.ADMIT)


def cases(course: Course) -> Iterator[Case]:
    """Every case of the four measures."""
    for who, acts in (("adult", NYS_ADULT_ACTS), ("ped", NYS_CHILD_ACTS)):
        for case in opened(course, acts):
            contact = first_contact(course, case.first, *_CONTACTS, ruled_out_before=case.after_rule_out)
            found = case.protocol_at() or contact
            yield _initiated(course, case, found, who)
            yield _mortality(course, case, found or case.first.at, who)


def _initiated(course: Course, case: Opened, found: datetime | None, who: str) -> Case:
    zero = None if found is None else cut_to_minute(found)
    text = texts()
    limit, reason = minutes(text.nys_adults.exclusion_minutes), "expired_6h"
    if who == "ped":
        limit, reason = minutes(text.nys_children.exclusion_minutes), "expired_1h"
    exclusions = (
        CHILD if who == "adult" else ADULT,
        said_within("protocol_exclusion", ActName.EXCLUDED_FROM_PROTOCOL, None),
        died_within(reason, limit),
    )
    placed = place(course, zero, ruled_out=case.ruled_out, drops=NYS_DROPS, exclusions=exclusions)
    elements: Elements = {"protocol": lambda _zero: _protocol(course, case.span)}
    return judged(f"nys-protocol-initiated-{who}/2015", case.number, zero, placed, elements)


def _protocol(course: Course, span: Span) -> Deed:
    """Its window lasts until the stay ends."""
    return statements(course, Window(None, cut_to_minute(course.ends_at) + MINUTE), span, ActName.PROTOCOL_STARTED)


def _mortality(course: Course, case: Opened, found: datetime, who: str) -> Case:
    zero = cut_to_minute(found)
    rule = CHILD if who == "adult" else ADULT
    placed = place(course, zero, ruled_out=case.ruled_out, drops=NYS_DROPS, exclusions=(rule,))
    elements: Elements = {"died_in_hospital": lambda _zero: _died(course)}
    return judged(f"nys-mortality-{who}/2015", case.number, zero, placed, elements, has_bundle=False)


def _died(course: Course) -> Deed:
    died_at = course.step_at(AdtEvent.DIED) or last_discharge(course, expired=True)
    if died_at is None:
        return Deed(Outcome.MISSED)
    return Deed(Outcome.MET, Done(died_at, "died", "happened_at"))
