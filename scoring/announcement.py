"""Alerts of one case: each element's thread is asked what to say next, until nothing is left to say."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from schemas.alert import Alert, AlertReason
from schemas.case_record import CaseStatus
from schemas.topics import joined_key
from schemas.verdict import Element, ElementStatus
from scoring.alert_decision import Decision, Said, Situation, decide_alert, decide_bundle_alert, note
from scoring.assessment import Assessment, bundle_clock, bundle_status, required_elements
from scoring.element_assessment import RUNNING, ElementAssessment
from scoring.outbox import Outbox
from scoring.patient_state import Published
from scoring.sentence import WORDS, alert_sentence, bundle_alert_sentence

WITHDRAWN_FOR = {
    CaseStatus.EXCLUDED: AlertReason.EXCLUDED,
    CaseStatus.DROPPED: AlertReason.EXCLUDED,
}
"""Why alerts of a case that left the denominator are taken back, where its own reason does not say."""


OUTSIDE_FOR = {str(reason): reason for reason in (AlertReason.RULED_OUT, AlertReason.NOT_CONFIRMED)}
"""Why alerts of a case that is not in the population are taken back, by its reason; else it counts as excluded."""


@dataclass(frozen=True, slots=True)
class _Thread:
    """Whose thread an alert belongs to."""

    said: Published
    owner: tuple[str, str]
    element: Element
    now: datetime

    def alert(self, decision: Decision, due_at: datetime | None, sentence: str) -> Alert:
        facility_id, patient_id = self.owner
        whose = joined_key(facility_id, patient_id, self.said.case_id, self.said.measure, self.element)
        thread_id = uuid5(NAMESPACE_URL, whose)
        last = self.said.threads.get(self.element, Said())
        words = (decision.kind, decision.reason or "", due_at.isoformat() if due_at else "")
        return Alert(
            alert_id=str(uuid5(thread_id, joined_key(str(last.count), *words))),
            thread_id=str(thread_id),
            kind=decision.kind,
            reason=decision.reason,
            measure=self.said.measure,
            element=self.element,
            facility_id=facility_id,
            patient_id=patient_id,
            encounter_id=self.said.encounter_id,
            case_id=self.said.case_id,
            unit=self.said.unit,
            sent_at=self.now,
            due_at=due_at,
            supersedes=last.alert_id,
            sentence=sentence,
        )


def _case_stop(case: Assessment) -> AlertReason | None:
    """Why nothing is to be said of the whole case."""
    if case.status is CaseStatus.NOT_IN_POPULATION:
        return OUTSIDE_FOR.get(case.reason or "", AlertReason.EXCLUDED)
    return WITHDRAWN_FOR.get(case.status)


def _stopped(case: Assessment, closes_at: datetime | None) -> AlertReason | None:
    """Why nothing is to be said of a window: death and transfer stop those that were still running."""
    stop = _case_stop(case)
    if stop is None and case.stop is not None and (closes_at is None or closes_at > case.stop.at):
        return AlertReason(case.stop.reason)
    return stop


def _situation(case: Assessment, assessed: ElementAssessment, *, correcting: bool) -> Situation:
    window = assessed.clock
    return Situation(
        status=assessed.status,
        due_at=window.due_at if window else None,
        time_zero=case.time_zero.at,
        pushable=assessed.pushable,
        warnings=window.warnings_by(case.judged_at) if window else 0,
        warnable=window is not None and case.judged_at < window.due_at,
        stop=_stopped(case, window.closes_at if window else None),
        silent=case.stop is not None,
        corrected=correcting,
        antibiotic_first=assessed.reason == AlertReason.ANTIBIOTIC_FIRST,
    )


def _bundle_situation(case: Assessment) -> Situation:
    windows = [each.clock for each in case.elements if each.clock is not None]
    closes_at = max((window.closes_at for window in windows), default=None)
    leading = bundle_clock(case.elements)
    due_at = None if leading is None else leading.due_at
    status, _ = bundle_status(case.elements)
    return Situation(status, due_at, case.time_zero.at, stop=_stopped(case, closes_at), silent=case.stop is not None)


def _announce_element(
    thread: _Thread, case: Assessment, assessed: ElementAssessment, now: Situation, outbox: Outbox
) -> None:
    threads = thread.said.threads
    said = threads.get(assessed.element, Said())
    while (decision := decide_alert(said, now)) is not None:
        sentence = alert_sentence(decision, assessed, case.time_zero.at)
        alert = thread.alert(decision, now.due_at, sentence)
        outbox.alerts.append(alert)
        said = note(said, now, decision, alert.alert_id)
        threads[assessed.element] = said
    if said != (noted := note(said, now, None)):
        threads[assessed.element] = noted


def _announce_bundle(thread: _Thread, case: Assessment, outbox: Outbox) -> None:
    now = _bundle_situation(case)
    running = any(each.status in RUNNING and not each.past_when_known for each in required_elements(case.elements))
    said = thread.said.threads.get(Element.BUNDLE, Said())
    while (decision := decide_bundle_alert(said, now, running=running)) is not None:
        alert = thread.alert(decision, now.due_at, bundle_alert_sentence(decision, case))
        outbox.alerts.append(alert)
        said = note(said, now, decision, alert.alert_id)
        thread.said.threads[Element.BUNDLE] = said


def announce(said: Published, case: Assessment, owner: tuple[str, str], outbox: Outbox, *, correcting: bool) -> None:
    """Say what is new of a case; `owner`: facility and patient; `correcting`: a correction led to it."""
    said.encounter_id, said.unit = case.encounter_id, case.chart.unit()
    _announce_bundle(_Thread(said, owner, Element.BUNDLE, case.judged_at), case, outbox)
    for assessed in case.elements:
        thread = _Thread(said, owner, assessed.element, case.judged_at)
        _announce_element(thread, case, assessed, _situation(case, assessed, correcting=correcting), outbox)


def take_back(said: Published, owner: tuple[str, str], outbox: Outbox, now: datetime, *, merged: bool) -> None:
    """Take back whatever stands of a case that is no more."""
    reason = AlertReason.MERGED if merged else AlertReason.CORRECTED
    gone = Situation(ElementStatus.NOT_APPLICABLE, stop=reason)
    for element, last in said.threads.items():
        decision = decide_alert(last, gone)
        if decision is not None:
            sentence = f"Taken back: {WORDS[element]}: {reason}."
            alert = _Thread(said, owner, element, now).alert(decision, last.due_at, sentence)
            outbox.alerts.append(alert)
            said.threads[element] = note(last, gone, decision, alert.alert_id)
