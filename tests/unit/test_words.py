"""Keys and silence of the words themselves."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, AlertKind
from schemas.belief import Belief
from schemas.case_record import CaseRecord, CaseStatus
from schemas.clinical import ClockTick
from schemas.topics import joined_key, split_key
from schemas.verdict import Element, ElementStatus, Verdict

TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
CASE = {"facility_id": "north", "case_id": "c1", "encounter_id": "e1", "measure": "sep1-like/1"}
ALERT = Alert(
    **CASE,
    alert_id="a",
    thread_id="t",
    kind=AlertKind.MISSED,
    element=Element.LACTATE,
    patient_id="p1",
    sent_at=TEN,
    sentence="window closed",
)
VERDICT = Verdict(**CASE, element=Element.LACTATE, status=ElementStatus.OPEN, sentence="open")
RECORD = CaseRecord(
    **CASE, patient_id="p1", revision=0, as_of=TEN, status=CaseStatus.DENOMINATOR, settled=False, elements=(VERDICT,)
)
BELIEF = Belief(
    facility_id="north", patient_id="p1", case_id="c1", measure="sep1-like/1", revision=3, as_of=TEN
)  # fmt: skip
TICK = ClockTick(facility_id="north", patient_id="p1", at=TEN)


def test_everything_of_a_patient_meets_one_owner():
    assert ALERT.key == BELIEF.key == TICK.key == "north|p1"
    assert TICK.received_at == TEN


def test_a_verdict_and_a_case_record_are_kept_by_case_and_measure():
    assert VERDICT.key == "north|c1|sep1-like/1|lactate"
    assert RECORD.key == BELIEF.case_key == "north|c1|sep1-like/1"


def test_no_word_repeats_its_values_when_it_is_shown():
    for word in (ALERT, VERDICT, RECORD, BELIEF, TICK):
        assert repr(word) == f"{type(word).__name__}()"


@given(parts=st.lists(st.text(), min_size=1, max_size=4))
def test_a_key_gives_back_what_it_was_made_of(parts):
    assert split_key(joined_key(*parts)) == tuple(parts)


@given(one=st.lists(st.text(), min_size=1, max_size=3), other=st.lists(st.text(), min_size=1, max_size=3))
def test_keys_of_different_parts_differ(one, other):
    assert (joined_key(*one) == joined_key(*other)) == (one == other)
