"""Laws of what was held when, and of what is handed to another number."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from generated_patients import END, facts, patients, tick
from judged_patients import RULES, last_words, remembered
from lived import Lived, judged, live
from schemas.alert import AlertKind
from scoring.judgement import judge


@given(messages=patients(), order=st.randoms(use_true_random=False))
def test_a_history_ends_with_what_stands(messages, order):
    """Whoever reads it from its beginning knows of every element what the last record says, and of no other case."""
    if order.random() < 0.5:
        order.shuffle(messages)
    lived = live([*messages, tick(END)], RULES)
    told = {belief.case_key: lived.history(belief.case_key) for belief in lived.beliefs}

    assert {key for key, history in told.items() if history[-1].belief.status is not None} == lived.records.keys()
    for key, record in lived.records.items():
        last = told[key][-1].belief
        words = {each.element: each.sentence for change in told[key] for each in change.belief.elements}
        assert (last.status, last.reason, last.time_zero) == (record.status, record.reason, record.time_zero)
        assert last.time_zero_sentence == record.time_zero_sentence
        assert words == {verdict.element: verdict.sentence for verdict in record.elements}


@given(messages=patients(merging=True), order=st.randoms(use_true_random=False))
def test_a_history_never_goes_back_and_tells_nothing_twice(messages, order):
    order.shuffle(messages)
    beliefs = live([*messages, tick(END)], RULES).beliefs

    assert all((one.as_of, one.revision) <= (other.as_of, other.revision) for one, other in pairwise(beliefs))
    assert len({(each.revision, each.case_key) for each in beliefs}) == len(beliefs)


@given(messages=patients(merging=True), order=st.randoms(use_true_random=False))
def test_merged_facts_end_with_the_other_number_and_nothing_stands_here(messages, order):
    """Whatever the order, the other number gets every fact but the merge, each version once or more."""
    order.shuffle(messages)
    lived, forwarded = Lived(), []
    for event in [*messages, tick(END)]:
        forwarded += lived.take(event, RULES).forward
    retracted = lived.state.facts.versions["merge"][-1].retracted
    other = live([*forwarded], RULES)

    assume(not retracted)
    assert {alert.alert_id for alert in other.alerts}.isdisjoint(alert.alert_id for alert in lived.alerts)
    assert {fact.patient_id for fact in forwarded} <= {"P2"}
    assert {fact.event_id for fact in forwarded} == {m.event_id for m in messages if m.fact_id != "merge"}
    assert lived.records == {}
    assert {alert.kind for alert in last_words(lived.alerts).values()} <= {AlertKind.WITHDRAWN}
    if forwarded:
        plain = [m.model_copy(update={"patient_id": "P2"}) for m in messages if m.fact_id != "merge"]
        assert judged(judge(other.state, RULES, END)) == judged(judge(remembered(plain), RULES, END))


@given(messages=patients(most=4), extra=facts("late"))
def test_what_is_received_later_was_not_known_before(messages, extra):
    """A judgement of then does not change by what is received afterwards."""
    now = max(message.received_at for message in messages)
    later = [each.model_copy(update={"received_at": each.received_at + (END - now)}) for each in extra]
    assume(all(each.received_at > now for each in later))
    lived = live(messages, RULES)
    before = lived.final()

    for each in later[:1]:
        opened = {
            record.key: record.time_zero_known_at for record in lived.take(each, RULES).cases if record.key in before
        }
        assert all(known_at is None or known_at <= each.received_at for known_at in opened.values())
