"""History: what is held of a case from now on, put beside what was published last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from schemas.belief import MERGED, Belief, BelievedElement
from schemas.case_record import CaseRecord
from schemas.clinical import AnyFact
from schemas.verdict import Verdict
from scoring.interest import touches
from scoring.measure import Measure
from scoring.patient_state import CaseKey
from scoring.record import evidence


def cause(fact: AnyFact | None, measure: Measure, *, clock_was_due: bool) -> AnyFact | None:
    """What led to a change of belief: the fact that arrived, or None for the clock.

    A fact that arrives at the very instant of a wake-up led to nothing in a measure that it cannot touch.
    This is told from the fact and the stored wake-up alone, so that a worker that starts anew says the same.
    """
    return None if fact is None or (clock_was_due and not touches(measure, fact)) else fact


def belief(record: CaseRecord, changed: Iterable[Verdict], because: AnyFact | None) -> Belief:
    """What is held from this record on; `changed`: its verdicts that differ from those published last."""
    return Belief(
        facility_id=record.facility_id,
        patient_id=record.patient_id,
        case_id=record.case_id,
        measure=record.measure,
        revision=record.revision,
        as_of=record.as_of,
        status=record.status,
        reason=record.reason,
        time_zero=record.time_zero,
        time_zero_rule=record.time_zero_rule,
        time_zero_sentence=record.time_zero_sentence,
        elements=tuple(_believed(verdict) for verdict in changed),
        **_led_to_by(because),
    )


def last_belief(
    key: CaseKey, owner: tuple[str, str], revision: int, now: datetime, because: AnyFact | None, *, merged: bool
) -> Belief:
    """That a case is no more; `owner`: facility and patient."""
    facility_id, patient_id = owner
    case_id, measure = key
    return Belief(
        facility_id=facility_id,
        patient_id=patient_id,
        case_id=case_id,
        measure=measure,
        revision=revision,
        as_of=now,
        reason=MERGED if merged else "corrected",
        **_led_to_by(because),
    )


def _led_to_by(fact: AnyFact | None) -> dict[str, Any]:
    return {} if fact is None else {"because": evidence(fact), "taken_back": fact.retracted}


def _believed(verdict: Verdict) -> BelievedElement:
    return BelievedElement.model_construct(
        element=verdict.element,
        status=verdict.status,
        reason=verdict.reason,
        due_at=verdict.due_at,
        sentence=verdict.sentence,
    )
