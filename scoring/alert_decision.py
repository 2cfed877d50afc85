"""What to say next in one thread, given what we said last and how the element stands now.

Pure and free of time: the same `Said` and `Situation` always give the same decision, and
once it is noted the same situation gives none, so that a repeated event repeats no alert.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from schemas.alert import AlertKind, AlertReason
from schemas.verdict import ElementStatus

STANDING = frozenset({AlertKind.BUNDLE_STARTED, AlertKind.DUE_SOON, AlertKind.MISSED, AlertKind.AMENDED})
"""Kinds that stay on the table until they are taken back."""


@dataclass(frozen=True, slots=True)
class Said:
    """What we said last in a thread.

    Attributes:
        count: How many alerts the thread has; it makes the next one's id.
        kind: Kind of the last one.
        missed: A missed window has been announced and not taken back.
        warned: How many warnings of the present `due_at` have been given or are past.
        met: The element was met when we last looked.
        late: It was done too late when we last looked.
    """

    count: int = 0
    kind: AlertKind | None = None
    reason: AlertReason | None = None
    alert_id: str | None = None
    due_at: datetime | None = None
    time_zero: datetime | None = None
    missed: bool = False
    warned: int = 0
    met: bool = False
    late: bool = False

    @property
    def stands(self) -> bool:
        """Whether something is on the table."""
        return self.kind in STANDING


@dataclass(frozen=True, slots=True)
class Situation:
    """How an element stands, as far as alerts ask.

    Attributes:
        pushable: Its window had not closed before anyone could be told.
        warnings: How many warnings are due by now.
        warnable: `due_at` is still to come.
        stop: Why nothing is to be said any more.
        silent: The patient died or left after the window had closed: what stands may be taken back, no more.
        corrected: The fact that decides it was corrected.
        antibiotic_first: Its window was closed by an antibiotic.
    """

    status: ElementStatus
    due_at: datetime | None = None
    time_zero: datetime | None = None
    pushable: bool = True
    warnings: int = 0
    warnable: bool = True
    stop: AlertReason | None = None
    silent: bool = False
    corrected: bool = False
    antibiotic_first: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say."""

    kind: AlertKind
    reason: AlertReason | None = None


def _why_changed(said: Said, now: Situation) -> AlertReason:
    return AlertReason.TIME_ZERO_MOVED if said.time_zero != now.time_zero else AlertReason.CORRECTED


def _when_met(said: Said, now: Situation) -> Decision | None:
    if not said.stands:
        return None
    if said.missed and said.time_zero != now.time_zero:
        return Decision(AlertKind.WITHDRAWN, AlertReason.TIME_ZERO_MOVED)
    if said.missed and now.corrected:
        return Decision(AlertKind.WITHDRAWN, AlertReason.CORRECTED)
    return Decision(AlertKind.WITHDRAWN, AlertReason.MET_IN_TIME)


def _when_running(said: Said, now: Situation) -> Decision | None:
    moved = said.due_at != now.due_at
    if said.missed or (said.stands and moved and now.warnings == 0):
        return Decision(AlertKind.WITHDRAWN, _why_changed(said, now))
    warned = 0 if moved else said.warned
    if now.status is ElementStatus.DUE_SOON and now.pushable and now.warnable and now.warnings > warned:
        return Decision(AlertKind.DUE_SOON)
    return None


def _missed_reason(said: Said, now: Situation) -> AlertReason | None:
    if said.met:
        return AlertReason.CORRECTED if now.corrected else AlertReason.LATE_CHARTING
    return AlertReason.ANTIBIOTIC_FIRST if now.antibiotic_first else None


def _when_too_late(said: Said, now: Situation) -> Decision | None:
    if not said.missed:
        if now.pushable:
            return Decision(AlertKind.MISSED, _missed_reason(said, now))
        return Decision(AlertKind.WITHDRAWN, _why_changed(said, now)) if said.stands else None
    if said.reason is AlertReason.CANNOT_ASSESS:
        return Decision(AlertKind.AMENDED, AlertReason.CORRECTED)
    if now.status is ElementStatus.MET_LATE and not said.late:
        return Decision(AlertKind.AMENDED, AlertReason.DONE_LATE)
    if said.due_at != now.due_at:
        late = said.time_zero == now.time_zero and not now.corrected
        return Decision(AlertKind.AMENDED, AlertReason.LATE_CHARTING if late else _why_changed(said, now))
    return None


def _when_unassessable(said: Said) -> Decision | None:
    if said.stands and said.reason is not AlertReason.CANNOT_ASSESS:
        return Decision(AlertKind.AMENDED, AlertReason.CANNOT_ASSESS)
    return None


def decide_alert(said: Said, now: Situation) -> Decision | None:
    """Decide what to say of an element next; None where nothing is."""
    if now.stop is not None:
        return Decision(AlertKind.WITHDRAWN, now.stop) if said.stands else None
    decision = _decide_by_status(said, now)
    return None if decision is not None and now.silent and decision.kind is not AlertKind.WITHDRAWN else decision


def _decide_by_status(said: Said, now: Situation) -> Decision | None:
    match now.status:
        case ElementStatus.MET:
            return _when_met(said, now)
        case ElementStatus.NOT_OPEN | ElementStatus.OPEN | ElementStatus.DUE_SOON:
            return _when_running(said, now)
        case ElementStatus.OVERDUE | ElementStatus.MISSED | ElementStatus.MET_LATE:
            return _when_too_late(said, now)
        case ElementStatus.CANNOT_ASSESS:
            return _when_unassessable(said)
        case ElementStatus.NOT_APPLICABLE | ElementStatus.EXCLUDED:
            return Decision(AlertKind.WITHDRAWN, _why_changed(said, now)) if said.stands else None
        case _:
            assert_never(now.status)


def decide_bundle_alert(said: Said, now: Situation, *, running: bool) -> Decision | None:
    """Decide what to say of a whole bundle; `running`: something of it can still be met in time."""
    if now.stop is not None:
        return Decision(AlertKind.WITHDRAWN, now.stop) if said.stands else None
    if now.silent:
        return None
    if not said.stands:
        return Decision(AlertKind.BUNDLE_STARTED) if running else None
    if said.time_zero != now.time_zero:
        return Decision(AlertKind.AMENDED, AlertReason.TIME_ZERO_MOVED)
    return None


def note(said: Said, now: Situation, decision: Decision | None, alert_id: str | None = None) -> Said:
    """What we have said once `decision` has gone out (or nothing has)."""
    noted = replace(
        said,
        due_at=now.due_at if decision else said.due_at,
        time_zero=now.time_zero if decision else said.time_zero,
        met=now.status is ElementStatus.MET,
        late=now.status is ElementStatus.MET_LATE,
    )
    if decision is None:
        return noted
    withdrawn = decision.kind is AlertKind.WITHDRAWN
    return replace(
        noted,
        count=said.count + 1,
        kind=decision.kind,
        reason=decision.reason,
        alert_id=alert_id,
        missed=not withdrawn and (said.missed or decision.kind is AlertKind.MISSED),
        warned=0 if withdrawn else now.warnings,
    )
