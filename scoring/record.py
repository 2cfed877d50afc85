"""Records of a case: what is published and shown of an assessment."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from schemas.case_record import CaseRecord, CaseStatus, TimelineEntry
from schemas.clinical import Act, AnyFact, Medication, Observation, Quantity
from schemas.rival import Override
from schemas.verdict import SETTLED, Element, ElementStatus, Evidence, Verdict
from scoring.act_time import act_time
from scoring.assessment import BLANK_STATUS, Assessment, bundle_clock, bundle_status
from scoring.chart import Timed
from scoring.description import describe
from scoring.element_assessment import ElementAssessment
from scoring.element_rule import ElementRule
from scoring.finding import Finding
from scoring.interest import touches
from scoring.sentence import bundle_sentence, element_sentence, time_zero_sentence
from scoring.time_zero import TimeZero

TIMES = ("ordered_at", "collected_at", "started_at", "completed_at", "resulted_at")
"""Times that some kinds of facts have beside when they happened, were charted and were received."""

SHOWN_SHELVES = ("visit:", "act:", "culture:", "antibiotic", f"observation:{Quantity.LACTATE}")
"""Shelves of the chart that every timeline shows; a measure may show more (`touches`)."""


@cache
def _times_of(kind: type[AnyFact]) -> tuple[str, ...]:
    return tuple(name for name in TIMES if name in kind.model_fields)


def evidence(fact: AnyFact, happened_at: datetime | None = None) -> Evidence:
    """One fact as evidence, with every time it has; `happened_at` where the measure clocks another of them."""
    times = {name: moment for name in _times_of(type(fact)) if (moment := getattr(fact, name)) is not None}
    kind, what, value, unit = describe(fact)
    return Evidence(
        event_id=fact.event_id,
        type=kind,
        what=None if what == kind.replace("_", " ") else what,
        happened_at=happened_at or act_time(fact),
        recorded_at=fact.recorded_at,
        value=value,
        unit=unit,
        received_at=fact.received_at,
        **times,
    )


def _clocked(fact: AnyFact, rule: ElementRule) -> datetime | None:
    """The time by which the element clocks the fact, where that is not when it was done."""
    match fact:
        case Medication() if rule.act == "crystalloid_volume" and rule.clocked == "completed":
            return fact.completed_at
        case Observation() if rule.act == "lactate" and rule.clocked == "resulted":
            return fact.resulted_at
        case _:
            return None


def _evidence_of(finding: Finding, rule: ElementRule) -> tuple[Evidence, ...]:
    return tuple(evidence(fact, _clocked(fact, rule)) for fact in finding.facts)


def distinct(items: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Each fact once, where it stands first: one may decide both the act and time zero."""
    once: dict[str, Evidence] = {}
    for item in items:
        once.setdefault(item.event_id, item)
    return tuple(once.values())


def _verdict(
    assessment: Assessment, assessed: ElementAssessment, ids: dict[str, str], of_time_zero: tuple[Evidence, ...]
) -> Verdict:
    found, window = assessment.time_zero, assessed.clock
    applies = assessed.status is not ElementStatus.NOT_APPLICABLE
    return Verdict(
        **ids,
        measure=assessment.measure.identifier,
        element=assessed.element,
        status=assessed.status,
        reason=assessed.reason,
        time_zero=found.at,
        time_zero_rule=found.rule,
        due_at=window.due_at if window and applies else None,
        closes_at=window.closes_at if window and applies else None,
        settles_at=window.settles_at if window and applies else None,
        done_at=assessed.finding.done_at,
        known_at=assessed.finding.known_at,
        evidence=distinct(
            (
                *_evidence_of(assessed.finding, assessed.rule),
                *(evidence(fact) for fact in (assessed.start.facts if assessed.start else ())),
                *of_time_zero,
            )
        ),
        sentence=element_sentence(assessed, found.at),
    )


def _bundle(
    assessment: Assessment, verdicts: tuple[Verdict, ...], ids: dict[str, str], of_time_zero: tuple[Evidence, ...]
) -> Verdict:
    status, reason = bundle_status(assessment.elements)
    if assessment.status is not CaseStatus.DENOMINATOR:
        status, reason = BLANK_STATUS[assessment.status], assessment.reason
    required = [
        verdict
        for verdict, assessed in zip(verdicts, assessment.elements, strict=True)
        if assessed.rule.in_bundle and verdict.status is not ElementStatus.NOT_APPLICABLE
    ]
    done = [verdict.done_at for verdict in required if verdict.done_at is not None]
    known = [verdict.known_at for verdict in required if verdict.known_at is not None]
    is_met = status is ElementStatus.MET
    window = bundle_clock(assessment.elements)
    return Verdict(
        **ids,
        measure=assessment.measure.identifier,
        element=Element.BUNDLE,
        status=status,
        reason=reason,
        time_zero=assessment.time_zero.at,
        time_zero_rule=assessment.time_zero.rule,
        due_at=window.due_at if window else None,
        closes_at=window.closes_at if window else None,
        settles_at=window.settles_at if window else None,
        done_at=max(done, default=None) if is_met else None,
        known_at=max(known, default=None) if is_met else None,
        evidence=of_time_zero,
        sentence=bundle_sentence(status, reason, assessment.elements),
    )


def _shown(case: Assessment) -> Iterator[Timed]:
    """What the measure looks at, around time zero; everything of the stay where there is none."""
    near, time_zero = case.chart.rules.timeline, case.time_zero.at
    for name, shelf in case.chart.shelves.items():
        if name.startswith(SHOWN_SHELVES) or (
            shelf and name.startswith("medication:") and touches(case.measure, shelf[0].fact)
        ):
            if time_zero is None:
                yield from shelf
            else:
                first = bisect_left(shelf, time_zero - near.before.delta, key=_moment)
                yield from shelf[first : bisect_right(shelf, time_zero + near.after.delta, key=_moment)]


def _moment(entry: Timed) -> datetime:
    return entry.moment


def _timeline(case: Assessment) -> Iterator[TimelineEntry]:
    """Facts around time zero, in time order."""
    for moment, event_id, fact in sorted(_shown(case), key=lambda each: (each.moment, each.event_id)):
        kind, what, value, unit = describe(fact)
        yield TimelineEntry.model_construct(
            event_id=event_id,
            type=kind,
            what=what,
            happened_at=moment,
            recorded_at=fact.recorded_at,
            received_at=fact.received_at,
            value=value,
            unit=unit,
        )


def _override(found: TimeZero) -> Override | None:
    """What a person said of the time zero; None where nobody did."""
    said = found.facts[0]
    if found.computed is None or not isinstance(said, Act) or found.at is None:
        return None
    return Override(
        event_id=said.event_id,
        fact_id=said.fact_id,
        time_zero=found.at,
        by=said.actor,
        at=said.happened_at,
        reason=said.reason,
        measure=said.measure,
    )


def case_record(assessment: Assessment, revision: int, as_of: datetime, owner: tuple[str, str]) -> CaseRecord:
    """The record of one case; `owner`: facility and patient."""
    found, chart = assessment.time_zero, assessment.chart
    facility_id, patient_id = owner
    encounter_id = chart.episode.encounter_id_at(found.at or assessment.believed_since)
    ids = {"facility_id": facility_id, "case_id": assessment.case_id, "encounter_id": encounter_id}
    of_time_zero = tuple(evidence(fact) for fact in found.facts)
    verdicts = tuple(_verdict(assessment, assessed, ids, of_time_zero) for assessed in assessment.elements)
    bundle = _bundle(assessment, verdicts, ids, of_time_zero)
    ends = chart.ends()
    is_pending = found.lapses_at is not None and not found.lapsed
    return CaseRecord(
        **ids,
        patient_id=patient_id,
        measure=assessment.measure.identifier,
        revision=revision,
        as_of=as_of,
        status=assessment.status,
        reason=assessment.reason,
        time_zero=found.at,
        time_zero_rule=found.rule,
        time_zero_sentence=time_zero_sentence(assessment),
        time_zero_known_at=assessment.believed_since,
        computed_time_zero=found.by_rule.at,
        computed_time_zero_rule=found.by_rule.rule,
        override=_override(found),
        closed_at=ends[-1][0] if ends else None,
        unit=chart.unit(),
        strata=assessment.strata,
        settled=not is_pending and all(verdict.status in SETTLED for verdict in verdicts),
        elements=(*verdicts, bundle),
        timeline=tuple(_timeline(assessment)),
        rivals=assessment.rivals,
    )
