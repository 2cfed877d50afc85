"""Verdicts and record of a case: what is published and shown of an assessment."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import cast

from schemas.case_record import CaseRecord, CaseStatus, TimelineEntry
from schemas.clinical import Act, AnyFact, Medication, Observation, Quantity
from schemas.rival import Override, Rival
from schemas.strict_model import built
from schemas.verdict import SETTLED, Element, ElementStatus, Evidence, Verdict
from scoring.act_time import act_time, place_time
from scoring.assessment import BLANK_STATUS, Assessment, bundle_clock, bundle_status
from scoring.chart import Chart, Timed
from scoring.description import describe
from scoring.element_assessment import ElementAssessment
from scoring.element_rule import ElementRule
from scoring.finding import Finding
from scoring.interest import touches
from scoring.override import words_from
from scoring.sentence import bundle_sentence, element_sentence, time_zero_sentence
from scoring.time_zero import TimeZero

TIMES = ("ordered_at", "collected_at", "started_at", "completed_at", "resulted_at")
"""Times that some kinds of facts have beside when they happened, were charted and were received."""

SHOWN_SHELVES = ("visit:", "act:", "culture:", "antibiotic", f"observation:{Quantity.LACTATE}")
"""Shelves of the chart that every timeline shows; a measure may show more (`touches`)."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a fact: as evidence by the time it is placed by, and on the timeline."""

    evidence: Evidence
    entry: TimelineEntry


def evidence(fact: AnyFact, happened_at: datetime | None = None) -> Evidence:
    """One fact as evidence, with every time it has; `happened_at` where the measure clocks another of them."""
    times = {name: getattr(fact, name, None) for name in TIMES}
    kind, what, value, unit = describe(fact)
    return built(
        Evidence,
        event_id=fact.event_id,
        type=str(kind),
        what=None if what == kind.replace("_", " ") else what,
        happened_at=happened_at or act_time(fact),
        recorded_at=fact.recorded_at,
        value=value,
        unit=unit,
        **times,
        received_at=fact.received_at,
    )


def _told(chart: Chart, fact: AnyFact) -> "_Told":
    """What is said of a fact, put together once for all cases of a stay."""
    known = chart.said.get(fact.event_id)
    if known is None or known[0] is not fact:
        known = chart.said[fact.event_id] = (fact, _Told(evidence(fact), _entry(fact)))
    return cast("_Told", known[1])


def _clocked(fact: AnyFact, rule: ElementRule) -> datetime | None:
    """The time by which the element clocks the fact, where that is not when it was done."""
    match fact:
        case Medication() if rule.act == "crystalloid_volume" and rule.clocked == "completed":
            return fact.completed_at
        case Observation() if rule.act == "lactate" and rule.clocked == "resulted":
            return fact.resulted_at
        case _:
            return None


def _evidence_of(chart: Chart, finding: Finding, rule: ElementRule) -> Iterator[Evidence]:
    for fact in finding.facts:
        clocked = _clocked(fact, rule)
        yield _told(chart, fact).evidence if clocked is None else evidence(fact, clocked)


def distinct(items: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Each fact once, where it stands first: one may decide both the act and time zero."""
    once: dict[str, Evidence] = {}
    for item in items:
        once.setdefault(item.event_id, item)
    return tuple(once.values())


def _verdict(
    assessment: Assessment, assessed: ElementAssessment, ids: dict[str, str], of_time_zero: tuple[Evidence, ...]
) -> Verdict:
    found, window, chart = assessment.time_zero, assessed.clock, assessment.chart
    applies = assessed.status is not ElementStatus.NOT_APPLICABLE
    return built(
        Verdict,
        **ids,
        measure=assessment.measure.identifier,
        element=assessed.element,
        status=assessed.status,
        reason=None if assessed.reason is None else str(assessed.reason),
        time_zero=found.at,
        time_zero_rule=str(found.rule),
        due_at=window.due_at if window and applies else None,
        closes_at=window.closes_at if window and applies else None,
        settles_at=window.settles_at if window and applies else None,
        done_at=assessed.finding.done_at,
        known_at=assessed.finding.known_at,
        evidence=distinct(
            (
                *_evidence_of(chart, assessed.finding, assessed.rule),
                *(_told(chart, fact).evidence for fact in (assessed.start.facts if assessed.start else ())),
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
    return built(
        Verdict,
        **ids,
        measure=assessment.measure.identifier,
        element=Element.BUNDLE,
        status=status,
        reason=None if reason is None else str(reason),
        time_zero=assessment.time_zero.at,
        time_zero_rule=str(assessment.time_zero.rule),
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


_moment = attrgetter("moment")
_in_order = attrgetter("moment", "event_id")


def _entry(fact: AnyFact) -> TimelineEntry:
    kind, what, value, unit = describe(fact)
    return built(
        TimelineEntry,
        event_id=fact.event_id,
        type=str(kind),
        what=what,
        happened_at=act_time(fact) or place_time(fact),
        recorded_at=fact.recorded_at,
        received_at=fact.received_at,
        value=value,
        unit=unit,
    )


def _timeline(case: Assessment) -> tuple[TimelineEntry, ...]:
    """Facts around time zero, in time order; measures that look at the same drugs share it."""
    chart, at = case.chart, case.time_zero.at
    key = (case.measure.watched_drugs, at)
    known = chart.timelines.get(key)
    if known is None:
        shown = sorted(_shown(case), key=_in_order)
        known = chart.timelines[key] = tuple(_told(chart, each.fact).entry for each in shown)
    return cast("tuple[TimelineEntry, ...]", known)


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


def find_verdicts(assessment: Assessment, owner: tuple[str, str]) -> tuple[Verdict, ...]:
    """How every element of a case stands, in the measure's order, the bundle last; `owner`: facility and patient."""
    ids = {"facility_id": owner[0], "case_id": assessment.case_id, "encounter_id": assessment.encounter_id}
    of_time_zero = tuple(_told(assessment.chart, fact).evidence for fact in assessment.time_zero.facts)
    verdicts = tuple(_verdict(assessment, assessed, ids, of_time_zero) for assessed in assessment.elements)
    return (*verdicts, _bundle(assessment, verdicts, ids, of_time_zero))


def case_record(
    assessment: Assessment,
    verdicts: tuple[Verdict, ...],
    rivals: tuple[Rival, ...],
    revision: int,
    owner: tuple[str, str],
) -> CaseRecord:
    """The record of one case, of what was found of it; `owner`: facility and patient."""
    found, chart = assessment.time_zero, assessment.chart
    facility_id, patient_id = owner
    ends = chart.ends()
    is_pending = found.lapses_at is not None and not found.lapsed
    return built(
        CaseRecord,
        facility_id=facility_id,
        patient_id=patient_id,
        case_id=assessment.case_id,
        encounter_id=assessment.encounter_id,
        measure=assessment.measure.identifier,
        revision=revision,
        as_of=assessment.judged_at,
        status=assessment.status,
        reason=None if assessment.reason is None else str(assessment.reason),
        time_zero=found.at,
        time_zero_rule=str(found.rule),
        time_zero_sentence=time_zero_sentence(assessment),
        time_zero_known_at=assessment.believed_since,
        computed_time_zero=found.by_rule.at,
        computed_time_zero_rule=str(found.by_rule.rule),
        override=_override(found),
        words_from=words_from(chart),
        closed_at=ends[-1][0] if ends else None,
        unit=chart.unit(),
        strata=assessment.strata,
        settled=not is_pending and all(each.status in SETTLED for each in assessment.elements),
        elements=verdicts,
        timeline=_timeline(assessment),
        rivals=rivals,
    )
