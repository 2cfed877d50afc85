"""A small engine with the real one's shape: one measure, one element, one hour for an antibacterial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from schemas.alert import Alert, AlertKind, AlertReason
from schemas.belief import Belief
from schemas.case_record import CaseRecord, CaseStatus
from schemas.clinical import Act, ActName, ClockTick, DrugClass, Medication
from schemas.verdict import Element, ElementStatus, Verdict

MEASURE = "antibiotics-within-an-hour/1"
WINDOW = timedelta(hours=1)
GRACE = timedelta(hours=1)


@dataclass(frozen=True)
class FakeStep:
    state: dict
    verdicts: tuple = ()
    alerts: tuple = ()
    beliefs: tuple = ()
    removed_cases: tuple = ()
    removed_verdicts: tuple = ()
    forward: tuple = ()
    wake_at: datetime | None = None
    changed: bool = False


class FakeEngine:
    """Opens a case at a protocol, wants an antibacterial within the hour, takes back what it said too early.

    A patient whose id is `poison` makes it fail, halfway through a change.
    """

    def encode(self, state):
        return orjson.dumps(state)

    def decode(self, data):
        return orjson.loads(data)

    def size(self, state):
        return len(self.encode(state))

    def words(self):
        return ()

    def step(self, state, event):
        state = state or {
            "facts": {},
            "now": None,
            "said": [],
            "last": None,
            "since": None,
            "recorded": None,
            "revision": 0,
        }
        before = orjson.dumps(state)
        alerts = []
        now = event.received_at if state["now"] is None else max(event.received_at, _time(state["now"]))
        for wake_at in iter(lambda: _wake_at(state), None):
            if wake_at >= now:
                break
            self._decide(state, event, wake_at, alerts)
        if not isinstance(event, ClockTick):
            known = state["facts"].get(event.fact_id)
            if known is None or event.version > known[0]:
                state["facts"][event.fact_id] = [event.version, *_meaning(event)]
        if getattr(event, "reason", None) == "poison":
            raise ZeroDivisionError
        verdict = self._decide(state, event, now, alerts)
        is_new = verdict is not None and state["last"] != verdict.model_dump_json()
        if is_new:
            state["last"], state["since"] = verdict.model_dump_json(), state["now"]
            state["revision"] += 1
        return FakeStep(
            state=state,
            verdicts=(verdict,) if is_new else (),
            beliefs=(_belief(_case(verdict, state)),) if is_new else (),
            alerts=tuple(alerts),
            wake_at=_wake_at(state),
            changed=orjson.dumps(state) != before,
        )

    def records(self, state):
        if state["last"] == state["recorded"]:
            return ()
        state["recorded"] = state["last"]
        return (_case(Verdict.model_validate_json(state["last"]), state),)

    def _decide(self, state, event, now, alerts):
        state["now"] = now.isoformat()
        time_zero = _first(state, "protocol")
        if time_zero is None:
            return None
        closes_at = time_zero + WINDOW
        done_at = _first(state, "antibacterial")
        status = _status(done_at, closes_at, now)
        if status in {"overdue", "missed"} and state["said"][-1:] != ["missed"]:
            alerts.append(_alert(state, event, now, AlertKind.MISSED, None))
        if status == "met" and state["said"][-1:] == ["missed"]:
            alerts.append(_alert(state, event, now, AlertKind.WITHDRAWN, AlertReason.MET_IN_TIME))
        return Verdict(
            facility_id=event.facility_id,
            case_id=event.patient_id,
            encounter_id=event.patient_id,
            measure=MEASURE,
            element=Element.ANTIBIOTICS,
            status=ElementStatus(status),
            time_zero=time_zero,
            due_at=closes_at,
            closes_at=closes_at,
            settles_at=closes_at + GRACE,
            done_at=done_at,
            sentence="One hour for an antibacterial.",
        )


class MendedEngine(FakeEngine):
    """The same without its fault: no reason makes it fail."""

    def step(self, state, event):
        return super().step(state, event.model_copy(update={"reason": None}) if hasattr(event, "reason") else event)


def _time(text):
    return datetime.fromisoformat(text)


def _meaning(event):
    match event:
        case Act(act=ActName.PROTOCOL_STARTED):
            return ["protocol", event.happened_at.astimezone(UTC).isoformat()]
        case Medication(drug_class=DrugClass.ANTIBACTERIAL) if event.started_at:
            return ["antibacterial", event.started_at.astimezone(UTC).isoformat()]
        case _:
            return ["other", event.received_at.astimezone(UTC).isoformat()]


def _first(state, meaning):
    return min((_time(at) for _, what, at in state["facts"].values() if what == meaning), default=None)


def _status(done_at, closes_at, now):
    if done_at is not None:
        return "met" if done_at < closes_at else "met_late"
    if now < closes_at:
        return "open"
    return "overdue" if now < closes_at + GRACE else "missed"


def _wake_at(state):
    time_zero = _first(state, "protocol")
    if time_zero is None or _first(state, "antibacterial") is not None:
        return None
    now = _time(state["now"])
    return next((at for at in (time_zero + WINDOW, time_zero + WINDOW + GRACE) if at > now), None)


def _alert(state, event, now, kind, reason):
    state["said"].append(str(kind))
    thread = f"{event.key}|{MEASURE}"
    return Alert(
        alert_id=f"{thread}|{len(state['said'])}",
        thread_id=thread,
        kind=kind,
        reason=reason,
        measure=MEASURE,
        element=Element.ANTIBIOTICS,
        facility_id=event.facility_id,
        patient_id=event.patient_id,
        encounter_id=event.patient_id,
        case_id=event.patient_id,
        sent_at=now,
        sentence="Nothing charted.",
    )


def _case(verdict, state):
    return CaseRecord(
        facility_id=verdict.facility_id,
        patient_id=verdict.case_id,
        case_id=verdict.case_id,
        encounter_id=verdict.case_id,
        measure=MEASURE,
        revision=state["revision"],
        as_of=_time(state["since"]),
        status=CaseStatus.DENOMINATOR,
        time_zero=verdict.time_zero,
        settled=verdict.status in {"met", "met_late", "missed"},
        elements=(verdict,),
    )


def _belief(case):
    return Belief(
        facility_id=case.facility_id,
        patient_id=case.patient_id,
        case_id=case.case_id,
        measure=MEASURE,
        revision=case.revision,
        as_of=case.as_of,
        status=case.status,
        time_zero=case.time_zero,
    )
