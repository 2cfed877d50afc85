"""What to say next: places of the table that no story of a shipped measure reaches by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.alert import AlertKind, AlertReason
from schemas.verdict import ElementStatus
from scoring.alert_decision import STANDING, Decision, Said, Situation, decide_alert, decide_bundle_alert, note

DUE_AT = datetime(2026, 3, 1, 11, tzinfo=UTC)
TIME_ZERO = datetime(2026, 3, 1, 10, tzinfo=UTC)
MOVED = timedelta(minutes=7)

NOTHING = Said(due_at=DUE_AT, time_zero=TIME_ZERO)
WARNED = replace(NOTHING, count=1, kind=AlertKind.DUE_SOON, alert_id="a1", warned=1)
TOLD_MISSED = replace(WARNED, kind=AlertKind.MISSED, missed=True)
DOUBTED = replace(TOLD_MISSED, kind=AlertKind.AMENDED, reason=AlertReason.CANNOT_ASSESS)
TAKEN_BACK = replace(WARNED, kind=AlertKind.WITHDRAWN, warned=0)
STARTED = replace(NOTHING, count=1, kind=AlertKind.BUNDLE_STARTED, alert_id="a1")


def situation(status, **more):
    return Situation(ElementStatus(status), **{"due_at": DUE_AT, "time_zero": TIME_ZERO} | more)


def moved(status, **more):
    """Time zero has moved, and with it when the element is due."""
    return situation(status, due_at=DUE_AT + MOVED, time_zero=TIME_ZERO + MOVED, **more)


def due_later(status, **more):
    """The window is another one, from the same time zero."""
    return situation(status, due_at=DUE_AT + MOVED, **more)


def told(decision):
    """A decision in words."""
    return "nothing" if decision is None else ", ".join(str(each) for each in (decision.kind, decision.reason) if each)


TABLE = {
    "what is met and was never spoken of": (NOTHING, situation("met"), "nothing"),
    "what is met after its withdrawal": (TAKEN_BACK, situation("met"), "nothing"),
    "what is met after a warning": (WARNED, situation("met"), "withdrawn, met_in_time"),
    "what is met after a warning, by a moved time zero": (WARNED, moved("met"), "withdrawn, met_in_time"),
    "what is met after a warning, by a correction": (
        WARNED, situation("met", corrected=True), "withdrawn, met_in_time"
    ),
    "a miss that was none": (TOLD_MISSED, situation("met"), "withdrawn, met_in_time"),
    "a miss that was none, by a correction": (TOLD_MISSED, situation("met", corrected=True), "withdrawn, corrected"),
    "a miss that was none, by a moved time zero": (
        TOLD_MISSED, moved("met", corrected=True), "withdrawn, time_zero_moved"
    ),
    "the first warning": (NOTHING, situation("due_soon", warnings=1), "due_soon"),
    "the second warning": (WARNED, situation("due_soon", warnings=2), "due_soon"),
    "the same warning": (WARNED, situation("due_soon", warnings=1), "nothing"),
    "an element that is open": (NOTHING, situation("open", warnings=1), "nothing"),
    "a warning of what nobody could know in time": (
        NOTHING, situation("due_soon", warnings=1, pushable=False), "nothing"
    ),
    "a warning of what is due": (NOTHING, situation("due_soon", warnings=1, warnable=False), "nothing"),
    "the warning of another window": (WARNED, moved("due_soon", warnings=1), "due_soon"),
    "a warning of a window that has moved out of reach": (WARNED, moved("open"), "withdrawn, time_zero_moved"),
    "a warning of a window that opens later": (WARNED, due_later("not_open"), "withdrawn, corrected"),
    "a warning of a window that is as it was": (WARNED, situation("open"), "nothing"),
    "no warning, and a window that has moved": (NOTHING, moved("open"), "nothing"),
    "a miss whose window is open again": (TOLD_MISSED, due_later("open"), "withdrawn, corrected"),
    "a miss whose window is closing again": (TOLD_MISSED, moved("due_soon", warnings=1), "withdrawn, time_zero_moved"),
    "a miss that is not open yet": (TOLD_MISSED, situation("not_open"), "withdrawn, corrected"),
    "a window that closed": (WARNED, situation("overdue"), "missed"),
    "a window that an antibiotic closed": (
        WARNED, situation("missed", antibiotic_first=True), "missed, antibiotic_first"
    ),
    "a window that closed on what was met": (replace(NOTHING, met=True), situation("overdue"), "missed, late_charting"),
    "a window that closed on what was met, by a correction": (
        replace(NOTHING, met=True), situation("missed", corrected=True), "missed, corrected"
    ),
    "a correction by which an antibiotic closed it": (
        replace(NOTHING, met=True), situation("missed", antibiotic_first=True), "missed, late_charting"
    ),
    "a window that closed on a correction of what was not met": (
        NOTHING, situation("missed", corrected=True), "missed"
    ),
    "a window that had closed before anyone knew": (NOTHING, situation("missed", pushable=False), "nothing"),
    "a warning of what now had closed before anyone knew": (
        WARNED, moved("missed", pushable=False), "withdrawn, time_zero_moved"
    ),
    "a warning of what a correction closed before anyone knew": (
        WARNED, situation("missed", pushable=False), "withdrawn, corrected"
    ),
    "a miss that stands": (TOLD_MISSED, situation("missed"), "nothing"),
    "a miss that nobody would be told of now": (TOLD_MISSED, situation("missed", pushable=False), "nothing"),
    "a miss that was done late": (TOLD_MISSED, situation("met_late"), "amended, done_late"),
    "a miss that was done late, as told": (replace(TOLD_MISSED, late=True), situation("met_late"), "nothing"),
    "a miss of another window": (TOLD_MISSED, moved("missed"), "amended, time_zero_moved"),
    "a miss of another window, of the same time zero": (TOLD_MISSED, due_later("missed"), "amended, late_charting"),
    "a miss of another window, by a correction": (
        TOLD_MISSED, due_later("missed", corrected=True), "amended, corrected"
    ),
    "a miss of another window, by a correction of time zero": (
        TOLD_MISSED, moved("missed", corrected=True), "amended, time_zero_moved"
    ),
    "a miss in doubt that is one": (DOUBTED, situation("missed"), "amended, corrected"),
    "a miss in doubt that was done late": (DOUBTED, situation("met_late"), "amended, corrected"),
    "a miss in doubt that was none": (DOUBTED, situation("met"), "withdrawn, met_in_time"),
    "doubt, and nothing was said": (NOTHING, situation("cannot_assess"), "nothing"),
    "doubt of a warning": (WARNED, situation("cannot_assess"), "amended, cannot_assess"),
    "doubt of a miss": (TOLD_MISSED, situation("cannot_assess"), "amended, cannot_assess"),
    "doubt that was told": (DOUBTED, situation("cannot_assess"), "nothing"),
    "what does not apply and was never spoken of": (NOTHING, situation("not_applicable"), "nothing"),
    "what does not apply any more": (WARNED, situation("not_applicable"), "withdrawn, corrected"),
    "what is excluded by another time zero": (TOLD_MISSED, moved("excluded"), "withdrawn, time_zero_moved"),
    "a death, and nothing was said": (NOTHING, situation("overdue", stop=AlertReason.DIED), "nothing"),
    "a death after a warning": (WARNED, situation("overdue", stop=AlertReason.DIED), "withdrawn, died"),
    "a miss after the patient has left": (NOTHING, situation("missed", silent=True), "nothing"),
    "a miss that was done late, after the patient has left": (
        TOLD_MISSED, situation("met_late", silent=True), "nothing"
    ),
    "a miss that was none, after the patient has left": (
        TOLD_MISSED, situation("met", silent=True), "withdrawn, met_in_time"
    ),
}  # fmt: skip


@pytest.mark.parametrize("shows", TABLE)
def test_what_is_said_next(shows):
    said, now, expected = TABLE[shows]

    assert told(decide_alert(said, now)) == expected


@pytest.mark.parametrize("shows", TABLE)
def test_what_was_said_is_not_said_again(shows):
    """A repeated event repeats no alert; at most one more thing is left to say."""
    said, now, _ = TABLE[shows]
    said_all = []

    while (decision := decide_alert(said, now)) is not None and len(said_all) < 3:
        said_all.append(told(decision))
        said = note(said, now, decision, "a2")

    assert len(said_all) == len(set(said_all)) <= 2
    assert decide_alert(note(said, now, None), now) is None


BUNDLE_TABLE = {
    "a bundle that runs": (NOTHING, situation("open"), True, "bundle_started"),
    "a bundle of which nothing can be met in time": (NOTHING, situation("open"), False, "nothing"),
    "a bundle that runs again": (TAKEN_BACK, situation("open"), True, "bundle_started"),
    "a bundle that was told": (STARTED, situation("open"), True, "nothing"),
    "a bundle of another time zero": (STARTED, moved("open"), True, "amended, time_zero_moved"),
    "a bundle that is due later": (STARTED, due_later("open"), True, "nothing"),
    "a death before any word": (NOTHING, situation("open", stop=AlertReason.DIED), True, "nothing"),
    "a death": (STARTED, situation("open", stop=AlertReason.DIED), True, "withdrawn, died"),
    "a bundle after the patient has left": (NOTHING, situation("open", silent=True), True, "nothing"),
    "a bundle of another time zero after the patient has left": (STARTED, moved("open", silent=True), True, "nothing"),
}


@pytest.mark.parametrize("shows", BUNDLE_TABLE)
def test_what_is_said_next_of_a_bundle(shows):
    said, now, running, expected = BUNDLE_TABLE[shows]

    assert told(decide_bundle_alert(said, now, running=running)) == expected


def test_what_was_withdrawn_is_not_on_the_table():
    assert [kind for kind in AlertKind if kind not in STANDING] == [AlertKind.WITHDRAWN]
    assert not TAKEN_BACK.stands
    assert not NOTHING.stands
    assert WARNED.stands


def test_a_miss_is_noted_until_it_is_taken_back():
    missed = note(Said(), situation("missed", warnings=2), Decision(AlertKind.MISSED), "a1")
    late = note(missed, situation("met_late", warnings=2), Decision(AlertKind.AMENDED, AlertReason.DONE_LATE), "a2")
    gone = note(late, moved("open"), Decision(AlertKind.WITHDRAWN, AlertReason.TIME_ZERO_MOVED), "a3")

    assert missed == Said(1, AlertKind.MISSED, None, "a1", DUE_AT, TIME_ZERO, missed=True, warned=2)
    assert late == replace(
        missed, count=2, kind=AlertKind.AMENDED, reason=AlertReason.DONE_LATE, alert_id="a2", late=True
    )
    assert gone == Said(
        3, AlertKind.WITHDRAWN, AlertReason.TIME_ZERO_MOVED, "a3", DUE_AT + MOVED, TIME_ZERO + MOVED
    )  # fmt: skip


def test_a_warning_is_no_miss():
    warned = note(Said(), situation("due_soon", warnings=1), Decision(AlertKind.DUE_SOON), "a1")

    assert warned == Said(1, AlertKind.DUE_SOON, None, "a1", DUE_AT, TIME_ZERO, warned=1)


def test_after_a_withdrawal_the_same_warning_is_due_again():
    """An act is charted and taken back: what was warned of is warned of again."""
    met = situation("met", warnings=1)
    withdrawn = note(WARNED, met, decide_alert(WARNED, met), "a2")

    assert told(decide_alert(withdrawn, situation("due_soon", warnings=1))) == "due_soon"


def test_looking_without_a_word_notes_only_how_it_stands():
    """When it was due and from when it counted stay those of the last word: against them a move is told."""
    looked = note(WARNED, moved("met", warnings=2), None)

    assert looked == replace(WARNED, met=True)
    assert note(WARNED, moved("met_late"), None) == replace(WARNED, late=True)
    assert note(looked, situation("open"), None) == WARNED
