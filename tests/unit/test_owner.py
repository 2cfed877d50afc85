"""The owner over a store of bytes: nothing counts before it was sent and stored."""

import zlib
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_engine import FakeEngine
from schemas.clinical import Act, ActName, ClockTick
from schemas.rejection import RejectedMessage
from schemas.topics import COMPACTED_TOPICS, Topic
from schemas.translate import translate
from sepsis_feed import ENDS_AT, STARTS_AT, sepsis_feed
from storyteller import read_story
from streams.engine import ScoringEngine
from streams.owner import ForgottenError, Owner, changes_by_partition
from streams.produce import as_message
from streams.records import Record
from streams.stored_state import StoredState, unpack, wake_up_of

LIMIT = 100_000
PED = "nys-ped-1h/spec-2015"


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

    def __init__(self, limit=LIMIT, decoded_bytes=LIMIT, engine=None):
        self.table, self.sent = {}, []
        self.owner = Owner(engine or FakeEngine(), self.table.get, limit, decoded_bytes)

    def live(self, records):
        handled = self.owner.handle(records)
        self.sent += [(each.topic, each.key, each.value) for lived in handled for each in lived.outgoing]
        for changes in changes_by_partition(handled, {record.key: record.partition for record in records}).values():
            self.table |= changes
        self.owner.keep(handled)
        return handled

    def said(self):
        """All that was sent; of the compacted topics what their readers keep."""
        kept = {(topic, key): value for topic, key, value in self.sent if topic in COMPACTED_TOPICS}
        return kept, sorted(each for each in self.sent if each[0] not in COMPACTED_TOPICS)

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
    assert parts.said() == whole.said()


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
    assert rough.said() == smooth.said()


def test_a_new_owner_goes_on_from_the_store():
    records = feed_in_the_log()
    old, new = Kept(), Kept()
    old.live(records[:10])
    new.table |= old.table
    new.live(records[10:])
    smooth = Kept()
    smooth.live(records)

    assert new.table == smooth.table
    new.sent = old.sent + new.sent
    assert new.said() == smooth.said()


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


def last_of(sent, topic):
    """Key and value of the records of one topic, each key's last."""
    return {key: value for each, key, value in sent if each == topic}


def test_a_case_has_one_record_a_batch_and_it_is_the_last():
    whole, single = Kept(), Kept()
    records = logged([protocol(), *(protocol(minute=minute, name=str(minute)) for minute in range(1, 9))])
    whole.live(records)
    for record in records:
        single.live([record])

    assert [each[0] for each in whole.sent].count(Topic.CASES) == 1
    assert last_of(whole.sent, Topic.CASES) == last_of(single.sent, Topic.CASES)


def test_a_batch_that_is_lived_through_in_parts_is_one_batch():
    records = feed_in_the_log()
    whole, parts = Kept(), Kept()
    whole.live(records)
    handled = {}
    for start in range(0, len(records), 7):
        parts.owner.live(records[start : start + 7], handled)
    concluded = [parts.owner.conclude(lived) for lived in handled.values()]

    assert [(each.topic, each.key, each.value) for lived in concluded for each in lived.outgoing] == whole.sent
    assert changes_by_partition(concluded, dict.fromkeys(handled, 0)) == {0: whole.table}


@pytest.mark.parametrize("after", [1, 2])
def test_a_batch_in_which_a_patient_was_forgotten_is_not_concluded(after):
    """Stored so, he would lack what was lived through before."""
    owner, handled = Owner(FakeEngine(), {}.get, LIMIT), {}
    first, second = logged([protocol(), protocol(minute=1, name="q")])
    for place, record in enumerate((first, second), start=1):
        owner.live([record], handled)
        if place == after:
            owner.forget_all()

    with pytest.raises(ForgottenError):
        owner.conclude(handled[first.key])


class Speechless(FakeEngine):
    """Fails on the records of whoever has a fact named `bad`, halfway through a change."""

    def records(self, state):
        told = super().records(state)
        if any(fact_id.endswith("bad") for fact_id in state["facts"]):
            state["facts"].clear()
            raise ZeroDivisionError
        return told


class Asked(FakeEngine):
    """Keeps whose records were asked for."""

    def __init__(self):
        self.asked = []

    def records(self, state):
        self.asked.append(state)
        return super().records(state)


def test_of_a_patient_who_is_not_there_nobody_asks_for_records():
    """The only event was refused."""
    kept = Kept(engine=(engine := Asked()))
    kept.live(logged([protocol(reason="poison")]))

    assert len(kept.rejected()) == 1
    assert engine.asked == []


class Unwritable:
    """A verdict that cannot be written down."""

    key = "F1|P1|unwritable"

    def model_dump_json(self):
        raise UnicodeError


class Mumbling(FakeEngine):
    """Says of a fact named `bad` what cannot be written down."""

    def step(self, state, event):
        said = super().step(state, event)
        return replace(said, verdicts=(Unwritable(),)) if event.fact_id.endswith("bad") else said


@pytest.mark.parametrize(("engine", "error"), [(Speechless, "ZeroDivisionError"), (Mumbling, "UnicodeError")])
def test_an_event_whose_records_the_engine_fails_on_is_refused_alone_and_leaves_no_trace(engine, error):
    """The others of its batch say all that they would have said without it."""
    failing, clean = Kept(engine=engine()), Kept()
    good = [protocol(), protocol(minute=90, name="q"), protocol("P2", minute=5)]
    bad = protocol(minute=9, name="bad")
    handled = failing.live(logged([good[0], bad, *good[1:]]))
    clean.live(logged(good))

    assert [(each.reason, each.detail) for each in failing.rejected()] == [("engine_error", error)]
    assert failing.table == clean.table
    kept, others = failing.said()
    assert (kept, [each for each in others if each[0] != Topic.REJECTED_MESSAGES]) == clean.said()
    assert sum(lived.events for lived in handled) == len(good)


class Faltering(ScoringEngine):
    """Fails on the records of who has had an antibiotic."""

    def records(self, state):
        if "ceftriaxone" in state.facts.versions:
            raise ZeroDivisionError
        return super().records(state)


def test_what_was_said_before_an_event_that_was_refused_is_taken_back_by_whoever_starts_anew():
    """The last event of a batch is refused, so the one before has been lived through twice."""
    protocol, culture, dose, retraction = logged(
        read_story("""
        10:00  protocol
        10:10  blood culture
        10:20  ceftriaxone iv
        10:30  retract blood culture
    """)
    )
    failing, clean = Kept(engine=Faltering([PED]), decoded_bytes=0), Kept(engine=ScoringEngine([PED]))
    for batch in ([protocol], [culture, dose], [retraction]):
        failing.live(batch)
    clean.live([protocol, culture, retraction])

    assert [each.reason for each in failing.rejected()] == ["engine_error"]
    (said,), (expected,) = (last_of(kept.sent, Topic.CASES).values() for kept in (failing, clean))
    assert said == expected


def test_a_case_that_goes_and_comes_back_within_a_batch_ends_with_its_record():
    """Whoever reads the topic takes the last of a key."""
    story = "10:00 protocol\n 10:10 retract protocol\n 10:20 restore protocol\n 10:30 retract protocol"
    back, gone = (Kept(engine=ScoringEngine([PED])) for _ in range(2))
    back.live(logged(read_story(story)[:3]))
    gone.live(logged(read_story(story)))

    assert [value is None for value in last_of(back.sent, Topic.CASES).values()] == [False]
    assert {value is None for value in last_of(back.sent, Topic.ENCOUNTER_VERDICTS).values()} == {False}
    assert [value is None for value in last_of(gone.sent, Topic.CASES).values()] == [True]
    assert {value is None for value in last_of(gone.sent, Topic.ENCOUNTER_VERDICTS).values()} == {True}
    assert len(last_of(gone.sent, Topic.ENCOUNTER_VERDICTS)) == 4


class Counting(ScoringEngine):
    """Counts how often a state is read."""

    reads = 0

    def decode(self, data):
        self.reads += 1
        return super().decode(data)


def test_a_state_of_the_first_format_does_not_stay_decoded_for_nothing_although_nothing_of_it_is_written_anew():
    engine, event = Counting([PED]), protocol()
    kept = Kept(engine=engine, decoded_bytes=0)
    kept.live(logged([event]))
    state = engine.decode(unpack(kept.table[b"F1|P1"]).state)
    kept.table[b"F1|P1"] = StoredState(None, zlib.compress(as_format_1(state))).pack()
    kept.owner.forget_all()
    engine.reads = 0
    kept.live(logged([event]))
    kept.live(logged([event]))

    assert engine.reads == 2


def as_format_1(state):
    facts = [fact.model_dump(mode="json", exclude_none=True) for fact in state.facts.winners()]
    return orjson.dumps({"format": 1, "now": state.now, "revision": state.revision, "facts": facts})
