"""Canonical messages about acts, and later messages about a fact."""

import pytest

from canonical_message import TEN, fact, lactate, message, refused
from schemas.clinical import Act, ActName


def test_an_act_is_told_with_who_and_why():
    act = fact(message("act", act="pews", happened_at=TEN, value=7, reason="score", actor="nurse"))

    assert isinstance(act, Act)
    assert (act.act, act.value, act.reason, act.actor) == (ActName.PEWS, 7, "score", "nurse")


def test_an_act_needs_no_value_and_no_endless_one():
    assert fact(message("act", act="protocol_started", happened_at=TEN)).value is None
    assert refused(message("act", act="pews", happened_at=TEN, value=float("inf"))) == ("bad_value", "value")


@pytest.mark.parametrize(
    ("status", "version", "retracted", "expected"),
    [
        ("final", 0, False, 0),
        ("corrected", 0, False, 1),
        ("corrected", 4, False, 4),
        ("entered_in_error", 0, True, 1),
        ("cancelled", 7, True, 7),
    ],
)
def test_a_later_message_about_a_fact_is_a_version_of_it(status, version, retracted, expected):
    later = fact(lactate(fact_id="draw", status=status, version=version))

    assert (later.fact_id, later.event_id) == ("feed:draw", "feed:m1")
    assert (later.version, later.retracted) == (expected, retracted)
