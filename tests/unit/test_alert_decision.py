"""What to say next: places of the table that no story of a shipped measure reaches by itself."""

from datetime import UTC, datetime

from schemas.alert import AlertKind, AlertReason
from schemas.verdict import ElementStatus
from scoring.alert_decision import Decision, Said, Situation, decide_alert, note

DUE_AT = datetime(2026, 3, 1, 11, tzinfo=UTC)
TIME_ZERO = datetime(2026, 3, 1, 10, tzinfo=UTC)


def situation(status):
    return Situation(status, DUE_AT, TIME_ZERO)


def test_a_miss_that_could_not_be_assessed_for_a_while_is_said_again():
    missed = note(Said(), situation(ElementStatus.MISSED), Decision(AlertKind.MISSED), "a1")
    unsure = situation(ElementStatus.CANNOT_ASSESS)
    doubted = note(missed, unsure, decide_alert(missed, unsure), "a2")

    assert decide_alert(doubted, situation(ElementStatus.MISSED)) == Decision(AlertKind.AMENDED, AlertReason.CORRECTED)


def test_what_was_said_again_is_not_said_a_third_time():
    missed = situation(ElementStatus.MISSED)
    doubted = Said(
        kind=AlertKind.AMENDED, reason=AlertReason.CANNOT_ASSESS, due_at=DUE_AT, time_zero=TIME_ZERO, missed=True
    )
    said = note(doubted, missed, decide_alert(doubted, missed), "a3")

    assert decide_alert(said, missed) is None
