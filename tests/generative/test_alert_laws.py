"""Laws of what is said: alerts, their threads, and what was said already."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from generated_patients import END, patients, tick
from judged_patients import RULES, last_words
from lived import Lived, judged, live
from schemas.alert import AlertKind
from schemas.verdict import ElementStatus
from scoring.judgement import judge
from scoring.written_state import encode_state

STANDING = {AlertKind.BUNDLE_STARTED, AlertKind.DUE_SOON, AlertKind.MISSED, AlertKind.AMENDED}


@given(messages=patients(), order=st.randoms(use_true_random=False))
def test_the_same_events_say_the_same(messages, order):
    order.shuffle(messages)

    once, again = live([*messages, tick(END)], RULES), live([*messages, tick(END)], RULES)

    assert again.alerts == once.alerts
    assert again.beliefs == once.beliefs
    assert again.records == once.records


@given(messages=patients(), place=st.integers(0, 30))
def test_a_seen_event_again_says_nothing(messages, place):
    lived = live(messages, RULES)
    before = encode_state(lived.state)

    taken = lived.take(messages[place % len(messages)], RULES)

    said = (taken.alerts, taken.cases, taken.verdicts, taken.beliefs, taken.forward)
    assert (said, taken.changed) == (((), (), (), (), ()), False)
    assert encode_state(lived.state) == before


@given(messages=patients(), every=st.integers(1, 200))
def test_a_ticker_leaves_no_trace_in_what_is_said(messages, every):
    """However often it ticks: alerts carry the time at which they were due."""
    busy = Lived()
    for message in messages:
        now = busy.state.now if busy.state else None
        while now is not None and (now := now + timedelta(minutes=every)) < min(
            message.received_at, busy.state.now + timedelta(minutes=every * 20)
        ):
            busy.take(tick(now), RULES)
        busy.take(message, RULES)
    busy.take(tick(END), RULES)
    quiet = live([*messages, tick(END)], RULES)

    assert busy.alerts == quiet.alerts
    assert busy.beliefs == quiet.beliefs
    assert busy.final() == quiet.final()


@given(messages=patients(), ahead=st.lists(st.integers(0, 500), min_size=1, max_size=9))
def test_a_clock_ahead_of_the_feed_leaves_no_trace_in_the_records(messages, ahead):
    """Ticks that come before what was received earlier change what is said when, never how it stands."""
    lived = Lived()
    for place, message in enumerate(messages):
        lived.take(message, RULES)
        lived.take(tick(message.received_at + timedelta(minutes=ahead[place % len(ahead)])), RULES)
        assert lived.final() == judged(judge(lived.state, RULES, lived.state.now))


@given(messages=patients(), order=st.randoms(use_true_random=False))
def test_nothing_stands_that_is_not_so(messages, order):
    """A met or inapplicable element has nothing on the table; a missed alert stands for a missed element."""
    if order.random() < 0.5:
        order.shuffle(messages)
    lived = live([*messages, tick(END)], RULES)
    verdicts = {
        (record.case_id, record.measure, verdict.element): verdict
        for record in lived.records.values()
        for verdict in record.elements
    }
    for alert in last_words(lived.alerts).values():
        if alert.kind in STANDING and alert.element != "bundle":
            status = verdicts[alert.case_id, alert.measure, alert.element].status
            assert status in {
                ElementStatus.MISSED, ElementStatus.MET_LATE, ElementStatus.CANNOT_ASSESS
            }  # fmt: skip


@given(messages=patients(), order=st.randoms(use_true_random=False))
def test_alerts_of_a_patient_never_go_back_in_time(messages, order):
    if order.random() < 0.5:
        order.shuffle(messages)
    sent = [alert.sent_at for alert in live([*messages, tick(END)], RULES).alerts]

    assert all(earlier <= later for earlier, later in pairwise(sent))


@given(messages=patients(), order=st.randoms(use_true_random=False))
def test_a_thread_is_a_chain_of_its_own_alerts(messages, order):
    """Every id once; each alert supersedes the one before it in its thread; nothing is taken back twice."""
    if order.random() < 0.5:
        order.shuffle(messages)
    alerts = live([*messages, tick(END)], RULES).alerts
    threads = {}
    for alert in alerts:
        threads.setdefault(alert.thread_id, []).append(alert)

    assert len({alert.alert_id for alert in alerts}) == len(alerts)
    for thread in threads.values():
        assert [alert.supersedes for alert in thread] == [None, *(alert.alert_id for alert in thread[:-1])]
        for earlier, later in pairwise(thread):
            if later.kind is AlertKind.WITHDRAWN:
                assert earlier.kind in STANDING
