"""New York State, pediatric 1-hour bundle, in its five forms.

| form | time zero | left out |
|---|---|---|
| `spec-2015`, `-literal`, `-bounded` | protocol, else first contact | excluded, or discharged as dead, within 1 h |
| `public-2015` | presentation | no protocol in the emergency department; transfers; any exclusion |
| `trend-2015` | protocol | contraindication; discharged as dead within 1 h |

First contact is the earliest of arrival, triage and admission, presentation the earlier of arrival and triage.
Eighteen and over are left out of all. Care before time zero counts, as far as the look-back reaches; in `-bounded` it
does not. In `-literal` a culture without a protocol counts only where an antibacterial follows it: the printed text
lost a "Not".
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.clinical import ActName
from schemas.raw import AdtEvent
from streams.simulator.course import Course, cut_to_minute
from streams.simulator.elements import (
    antibiotics,
    culture_before_antibiotics,
    culture_that_some_antibiotic_follows,
    fluids_by_weight,
    hours,
    minutes,
)
from streams.simulator.observer import window
from streams.simulator.spans import NYS_CHILD_ACTS, Elements, Opened, judged, opened
from streams.simulator.standing import (
    ADULT,
    NYS_DROPS,
    died_within,
    first_contact,
    place,
    protocol_elsewhere,
    said_within,
    transferred,
)
from streams.simulator.texts import texts
from streams.simulator.truth import Case

_CONTACTS = (AdtEvent.ARRIVE, AdtEvent.TRIAGE, AdtEvent.ADMIT)


def cases(course: Course) -> Iterator[Case]:
    """Every case of every form."""
    for case in opened(course, NYS_CHILD_ACTS):
        yield from _of_the_specification(course, case)
        yield _public(course, case)
        yield _trend(course, case)


def _cut(at: datetime | None) -> datetime | None:
    return None if at is None else cut_to_minute(at)


def _of_the_specification(course: Course, case: Opened) -> Iterator[Case]:
    contact = first_contact(course, case.first, *_CONTACTS, ruled_out_before=case.after_rule_out)
    zero = _cut(case.protocol_at() or contact)
    limit = minutes(texts().nys_children.exclusion_minutes)
    exclusions = (
        ADULT,
        said_within("protocol_exclusion_1h", ActName.EXCLUDED_FROM_PROTOCOL, limit),
        died_within("expired_1h", limit),
    )
    placed = place(course, zero, ruled_out=case.ruled_out, drops=NYS_DROPS, exclusions=exclusions)
    for form in ("spec-2015", "spec-2015-literal", "spec-2015-bounded"):
        elements = _elements(course, bounded=form.endswith("bounded"), literal=form.endswith("literal"))
        yield judged(f"nys-ped-1h/{form}", case.number, zero, placed, elements)


def _public(course: Course, case: Opened) -> Case:
    """Time zero is the presentation in the emergency department."""
    events = (AdtEvent.ARRIVE, AdtEvent.TRIAGE)
    zero = _cut(first_contact(course, case.first, *events, ruled_out_before=case.after_rule_out))
    placed = place(
        course,
        zero,
        ruled_out=case.ruled_out,
        drops=NYS_DROPS,
        outsiders=(protocol_elsewhere(case),),
        exclusions=(
            ADULT,
            transferred("transfer", AdtEvent.TRANSFER_IN, AdtEvent.TRANSFER_OUT),
            said_within("protocol_exclusion", ActName.EXCLUDED_FROM_PROTOCOL, None),
        ),
    )
    return judged("nys-ped-1h/public-2015", case.number, zero, placed, _elements(course))


def _trend(course: Course, case: Opened) -> Case:
    """Time zero is the protocol, and nothing else."""
    zero = _cut(case.protocol_at())
    because = "contraindication"
    exclusions = (
        ADULT,
        said_within(because, ActName.EXCLUDED_FROM_PROTOCOL, None, because=because),
        died_within("expired_1h", minutes(texts().nys_children.exclusion_minutes)),
    )
    placed = place(course, zero, ruled_out=case.ruled_out, drops=NYS_DROPS, exclusions=exclusions)
    return judged("nys-ped-1h/trend-2015", case.number, zero, placed, _elements(course))


def _elements(course: Course, *, bounded: bool = False, literal: bool = False) -> Elements:
    text, back = texts().nys_children, texts().look_back
    limit = minutes(text.limit_minutes)
    culture = culture_that_some_antibiotic_follows if literal else culture_before_antibiotics

    def look_back(number: float) -> timedelta:
        return timedelta(0) if bounded else hours(number)

    return {
        "antibiotics": lambda zero: antibiotics(course, window(zero, limit, look_back(back.antibiotics))),
        "blood_culture": lambda zero: culture(course, window(zero, limit, look_back(back.blood_culture)), zero),
        "fluids": lambda zero: fluids_by_weight(
            course, window(zero, limit, look_back(back.fluids)), text.fluids_ml_per_kg
        ),
    }
