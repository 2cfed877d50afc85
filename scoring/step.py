"""One step: an event in; verdicts, alerts and the next wake-up out.

Before the event itself, `step` lives through every wake-up that lies before it, each at its
own time. So alerts and verdicts do not depend on how late a ticker is, and a replay of the
log, ticks included, says exactly what was said live. Records of cases are put together only
once somebody asks for them (`scoring.case_records`).
"""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert
from schemas.belief import Belief
from schemas.clinical import AnyFact, ClockTick
from schemas.verdict import Verdict
from scoring.arrival import Arrival, fold
from scoring.outbox import Outbox
from scoring.patient_state import PatientState
from scoring.review import review, say_again
from scoring.rules import Rules


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to.

    Attributes:
        state: The state after it; the same object that came in, changed.
        verdicts: Verdicts that changed, and those that another number may have taken back.
        alerts: To send now, in this order.
        beliefs: What is held of cases now and was not before, in this order.
        removed_cases: Keys of case records that are no more.
        removed_verdicts: Keys of verdicts that are no more.
        forward: Facts that now belong to another patient number.
        wake_at: When a clock will change something next; None where none will.
        changed: The stored state must be written.
    """

    state: PatientState
    verdicts: tuple[Verdict, ...]
    alerts: tuple[Alert, ...]
    beliefs: tuple[Belief, ...]
    removed_cases: tuple[str, ...]
    removed_verdicts: tuple[str, ...]
    forward: tuple[AnyFact, ...]
    wake_at: datetime | None
    changed: bool


def _later(now: datetime | None, moment: datetime) -> datetime:
    """Engine time never goes back."""
    return moment if now is None else max(now, moment)


def _live_until(state: PatientState, rules: Rules, outbox: Outbox, moment: datetime, *, inclusive: bool) -> bool:
    """Live through the wake-ups before `moment`; return whether there were any."""
    woke = False
    while state.wake_at is not None and (state.wake_at < moment or (inclusive and state.wake_at == moment)):
        state.now = state.wake_at
        review(state, rules, outbox, Arrival(), state.now)
        woke = True
    return woke


def step(state: PatientState | None, event: AnyFact | ClockTick, rules: Rules) -> Step:
    """Take one event of one patient into account.

    `state` is None for a patient not seen before. The state is changed in place and returned;
    after an exception it must be read anew from its durable form. What changes nothing leaves
    no trace, not even in the engine's time: a worker that was not told to write the state, and
    dies, is followed by one that goes on from the same.
    """
    state = PatientState() if state is None else state
    outbox = Outbox()
    moment = event.received_at
    changed, is_again = _live_until(state, rules, outbox, moment, inclusive=isinstance(event, ClockTick)), False
    woken_at = state.now
    now = state.now = _later(state.now, moment)
    if not isinstance(event, ClockTick):
        arrival = fold(state, event, rules, outbox)
        if arrival is not None:
            changed = True
            review(state, rules, outbox, arrival, now)
        is_again = arrival is None and bool(event.forwarded_from)
    if changed:
        state.lived += 1
    else:
        state.now = woken_at
    if is_again:
        say_again(state, rules, outbox)
    return Step(
        state,
        tuple(outbox.verdicts),
        tuple(outbox.alerts),
        tuple(outbox.beliefs),
        tuple(outbox.removed_cases),
        tuple(outbox.removed_verdicts),
        tuple(outbox.forward),
        state.wake_at,
        changed,
    )
