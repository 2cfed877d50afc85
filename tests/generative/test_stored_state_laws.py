"""Laws of the stored state: who goes on from it says the same."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from generated_patients import END, START, patients, tick
from judged_patients import RULES
from lived import Lived, live
from scoring.fact_store import FactStore
from scoring.patient_state import PatientState
from scoring.written_state import decode_state, encode_state
from storyteller import read_story

(A_FACT,) = read_story("10:00 heart rate 90")


@given(messages=patients(), every=st.integers(1, 4))
def test_storing_and_reading_the_state_changes_nothing(messages, every):
    kept, stored = Lived(), Lived()
    for number, event in enumerate([*messages, tick(END)]):
        if stored.state is not None and number % every == 0:
            stored.state = decode_state(encode_state(stored.state))
        kept.take(event, RULES)
        stored.take(event, RULES)

    assert stored.alerts == kept.alerts
    assert stored.beliefs == kept.beliefs
    assert stored.records == kept.records
    assert stored.wake_at == kept.wake_at


@given(messages=patients(), order=st.randoms(use_true_random=False), ahead=st.lists(st.integers(0, 5000), max_size=9))
def test_who_goes_on_from_what_had_to_be_stored_says_the_same(messages, order, ahead):
    """After every event the worker dies; only what a step said must be written is left of its state."""
    ticks = [tick(START + timedelta(minutes=minute)) for minute in ahead]
    events = [*messages, *messages[::2], *ticks]
    order.shuffle(events)
    kept, restarted, stored = Lived(), Lived(), None
    for event in [*events, tick(END)]:
        kept.take(event, RULES)
        if restarted.take(event, RULES).changed:
            stored = encode_state(restarted.state)
        restarted.state = None if stored is None else decode_state(stored)

    assert restarted.alerts == kept.alerts
    assert restarted.beliefs == kept.beliefs
    assert restarted.records == kept.records


@given(messages=patients(most=14), hours=st.sampled_from([1, 6, 24]), every=st.integers(1, 4))
def test_who_has_lived_through_half_of_what_came_at_one_moment_and_dies_says_the_same(messages, hours, every):
    """Who goes on asks the facts since when a time zero has been believed; who lives on knows it by the order."""
    moments = timedelta(hours=hours)
    received = [each.model_copy(update={"received_at": _next(moments, each.received_at)}) for each in messages]
    kept, restarted = Lived(), Lived()
    for number, event in enumerate([*sorted(received, key=lambda each: each.received_at), tick(END)]):
        if restarted.state is not None and number % every == 0:
            restarted.state = decode_state(encode_state(restarted.state))
        kept.take(event, RULES)
        restarted.take(event, RULES)

    assert restarted.alerts == kept.alerts
    assert restarted.beliefs == kept.beliefs
    assert _shown(restarted.records) == _shown(kept.records)


def _next(step, at):
    return at + (START - at) % step


def _shown(records):
    """All but when they were judged last: who reads a state judges once more than who kept it."""
    return {key: record.model_dump(exclude={"as_of"}) for key, record in records.items()}


@given(messages=patients())
def test_what_is_stored_reads_back_as_itself(messages):
    state = live(messages, RULES).state
    again = decode_state(encode_state(state))
    again.facts.written.forget_all()

    assert encode_state(again) == encode_state(state)


@given(
    steps=st.lists(st.tuples(st.sampled_from("aavdw"), st.integers(0, 400)), max_size=30),
    reads=st.booleans(),
)
def test_what_is_written_hangs_on_the_facts_alone_and_not_on_what_was_written_before(steps, reads):
    """Facts arrive (a), get another version (v) or go (d); now and then all is written down (w), and read again."""
    store = PatientState()
    for number, (what, place) in enumerate(steps):
        _change(store, what, place, number)
        if what == "w":
            store = decode_state(encode_state(store)) if reads else _written(store)

    anew = replace(store, facts=FactStore(dict(store.facts.versions)))
    assert encode_state(store) == encode_state(anew)
    assert list(decode_state(encode_state(store)).facts.versions.items()) == list(anew.facts.versions.items())


def _written(state):
    encode_state(state)
    return state


def _change(state, what, place, number):
    known = list(state.facts.versions)
    if what == "a":
        for more in range(place):
            state.facts.add(_fact(f"{number}/{more}", 0))
    elif what == "v" and known:
        state.facts.add(_fact(known[place % len(known)], number + 1))
    elif what == "d" and known:
        state.facts.drop(known[place % len(known)])


def _fact(name, version):
    return A_FACT.model_copy(update={"fact_id": name, "event_id": f"{name}|{version}", "version": version})
