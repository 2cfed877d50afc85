"""The owner over a store of bytes: nothing counts before it was sent and stored."""

from datetime import timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from fake_engine import FakeEngine
from schemas.clinical import Act, ActName, ClockTick
from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from schemas.translate import translate
from sepsis_feed import ENDS_AT, STARTS_AT, sepsis_feed
from streams.owner import Owner, changes_by_partition
from streams.produce import as_message
from streams.records import Record
from streams.stored_state import StoredState, unpack, wake_up_of

LIMIT = 100_000


def logged(events):
    """Events as they stand in one partition of the log."""
    return [
        Record(Topic.ENCOUNTER_EVENTS, 0, offset, event.key.encode(), event.model_dump_json().encode())
        for offset, event in enumerate(events)
    ]


def feed_in_the_log(patients=4):
    """A feed's facts, and a tick for everybody at its end."""
    facts = [
        fact for each in sepsis_feed(patients) for fact in translate(each.topic, as_message(each).value, None).facts
    ]
    owners = {fact.key: fact for fact in facts}.values()
    ticks = [ClockTick(facility_id=f.facility_id, patient_id=f.patient_id, at=ENDS_AT) for f in owners]
    return logged([*facts, *ticks])


def protocol(patient="P1", minute=0, reason=None, name="p"):
    happened_at = STARTS_AT + timedelta(minutes=minute)
    return Act(
        event_id=f"{patient}-{name}",
        fact_id=f"{patient}-{name}",
        source="default",
        facility_id="F1",
        patient_id=patient,
        received_at=happened_at,
        act=ActName.PROTOCOL_STARTED,
        happened_at=happened_at,
        reason=reason,
    )


class Kept:
    """A store, an owner over it, and all that was sent."""

    def __init__(self, limit=LIMIT, decoded_bytes=LIMIT):
        self.table, self.sent = {}, []
        self.owner = Owner(FakeEngine(), self.table.get, limit, decoded_bytes)

    def live(self, records):
        handled = self.owner.handle(records)
        self.sent += [(each.topic, each.key, each.value) for lived in handled for each in lived.outgoing]
        for changes in changes_by_partition(handled, {record.key: record.partition for record in records}).values():
            self.table |= changes
        self.owner.keep(handled)
        return handled

    def rejected(self):
        return [
            RejectedMessage.model_validate_json(each[2]) for each in self.sent if each[0] == Topic.REJECTED_MESSAGES
        ]


@given(cuts=st.sets(st.integers(0, 30)).map(sorted))
def test_batches_of_any_size_send_and_store_the_same_for_each_patient(cuts):
    records = feed_in_the_log()
    whole, parts = Kept(), Kept()
    whole.live(records)
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        parts.live(records[start:end])

    assert parts.table == whole.table
    assert sorted(parts.sent) == sorted(whole.sent)


@given(cuts=st.sets(st.integers(0, 30)).map(sorted))
def test_an_owner_that_lets_no_state_stay_decoded_sends_and_stores_the_same(cuts):
    records = feed_in_the_log()
    kept, let_go = Kept(), Kept(decoded_bytes=0)
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        kept.live(records[start:end])
        let_go.live(records[start:end])

    assert let_go.table == kept.table
    assert let_go.sent == kept.sent


@given(cut=st.integers(0, 30))
def test_what_was_not_sent_or_not_stored_comes_again(cut):
    records = feed_in_the_log()
    smooth, rough = Kept(), Kept()
    smooth.live(records)
    rough.live(records[:cut])
    lost = rough.owner.handle(records[cut:])
    rough.owner.forget(lost)
    rough.live(records[cut:])

    assert rough.table == smooth.table
    assert sorted(rough.sent) == sorted(smooth.sent)


def test_a_new_owner_goes_on_from_the_store():
    records = feed_in_the_log()
    old, new = Kept(), Kept()
    old.live(records[:10])
    new.table |= old.table
    new.live(records[10:])
    smooth = Kept()
    smooth.live(records)

    assert new.table == smooth.table
    assert sorted(old.sent + new.sent) == sorted(smooth.sent)


def test_an_event_the_engine_fails_on_is_refused_and_leaves_no_trace():
    kept, clean = Kept(), Kept()
    poison = protocol(minute=9, reason="poison", name="bad")
    kept.live(logged([protocol(), poison, protocol(minute=5, name="q")]))
    clean.live(logged([protocol(), protocol(minute=5, name="q")]))

    assert [(each.reason, each.detail) for each in kept.rejected()] == [("engine_error", "ZeroDivisionError")]
    assert kept.table == clean.table


def test_a_record_under_anothers_key_is_refused():
    kept = Kept()
    kept.live([Record(Topic.ENCOUNTER_EVENTS, 0, 7, b"F1|P2", protocol().model_dump_json().encode())])

    assert [(each.reason, each.partition, each.offset) for each in kept.rejected()] == [("wrong_key", 0, 7)]
    assert kept.table == {}


def test_a_state_no_engine_can_read_concerns_its_patient_alone():
    kept = Kept()
    kept.table[b"F1|P1"] = StoredState(None, b"{half").pack()
    kept.live(logged([protocol("P1"), protocol("P2")]))

    assert [each.reason for each in kept.rejected()] == ["state_unreadable"]
    assert b"F1|P2" in kept.table
    assert unpack(kept.table[b"F1|P1"]).state == b"{half"


def test_a_state_that_grew_too_large_is_not_stored_and_its_events_are_on_record():
    kept = Kept(limit=10)
    handled = kept.live(logged([protocol()]))

    assert [each.reason for each in kept.rejected()] == ["state_too_large"]
    assert kept.table == {}
    assert handled[0].wake_at is None


def test_the_wake_up_stands_before_the_state():
    kept = Kept()
    kept.live(logged([protocol()]))
    value = kept.table[b"F1|P1"]

    assert wake_up_of(value) == unpack(value).wake_at == STARTS_AT + timedelta(hours=1)
    assert orjson.loads(unpack(value).state)["facts"]


class Sleepless(FakeEngine):
    """Asks at every tick to be woken at that very instant."""

    def step(self, state, event):
        step = super().step(state, event)
        object.__setattr__(step, "wake_at", event.received_at)
        return step


def test_an_engine_that_asks_for_the_past_is_ticked_a_minute_later():
    tick = ClockTick(facility_id="F1", patient_id="P1", at=STARTS_AT)
    handled = Owner(Sleepless(), {}.get, LIMIT).handle(logged([tick]))

    assert handled[0].wake_at == STARTS_AT + timedelta(minutes=1)
