"""History: what is held of a case from now on, put beside what was published last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from schemas.belief import MERGED, Belief, BelievedElement
from schemas.clinical import AnyFact
from schemas.verdict import Verdict
from scoring.assessment import Assessment
from scoring.interest import touches
from scoring.measure import Measure
from scoring.patient_state import CaseKey
from scoring.record import evidence
from scoring.sentence import time_zero_sentence


def cause(fact: AnyFact | None, measure: Measure, *, clock_was_due: bool) -> AnyFact | None:
    """What led to a change of belief: the fact that arrived, or None for the clock.

    A fact that arrives at the very instant of a wake-up led to nothing in a measure that it cannot touch.
    This is told from the fact and the stored wake-up alone, so that a worker that starts anew says the same.
    """
    return None if fact is None or (clock_was_due and not touches(measure, fact)) else fact


def belief(
    case: Assessment, owner: tuple[str, str], revision: int, changed: Iterable[Verdict], because: AnyFact | None
) -> Belief:
    """What is held from this judgement on; `changed`: the verdicts that differ from those published last."""
    facility_id, patient_id = owner
    return Belief(
        facility_id=facility_id,
        patient_id=patient_id,
        case_id=case.case_id,
        measure=case.measure.identifier,
        revision=revision,
        as_of=case.judged_at,
        status=case.status,
        reason=None if case.reason is None else str(case.reason),
        time_zero=case.time_zero.at,
        time_zero_rule=str(case.time_zero.rule),
        time_zero_sentence=time_zero_sentence(case),
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
