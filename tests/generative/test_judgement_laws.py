"""Laws of the judgement: what must hold of every patient, however their facts arrive."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from generated_patients import END, START, facts, overrides, patients, tick
from lived import Lived, judged, live
from measures_by_rule import by_rule
from schemas.alert import AlertKind
from schemas.clinical import Patient
from schemas.verdict import ElementStatus
from scoring.judgement import judge
from scoring.patient_state import PatientState, decode_state, encode_state
from scoring.rules import load_rules, rules_of, shipped_measures

OWN_FILES = [by_rule(name) for name in ("abnormal_vitals", "phoenix", "septic_shock")]
RULES = rules_of([*load_rules(shipped_measures()).measures, *OWN_FILES])
repeats = st.lists(st.integers(0, 30), max_size=6)
STANDING = {AlertKind.BUNDLE_STARTED, AlertKind.DUE_SOON, AlertKind.MISSED, AlertKind.AMENDED}


def remembered(messages):
    """A state that knows the messages and was never asked."""
    state = PatientState()
    for message in messages:
        state.facts.add(message)
    return state


def with_repeats(messages, places):
    """The messages, some of them again at their end."""
    return [*messages, *(messages[place % len(messages)] for place in places)]


def last_words(alerts):
    """The last alert of each thread."""
    return {alert.thread_id: alert for alert in alerts}


@given(messages=patients(), order=st.randoms(use_true_random=False), places=repeats)
def test_order_and_repetition_leave_no_trace_in_the_judgement(messages, order, places):
    again = with_repeats(messages, places)
    order.shuffle(again)

    assert judged(judge(remembered(again), RULES, END)) == judged(judge(remembered(messages), RULES, END))


@given(messages=patients(), later=st.integers(0, 600).map(lambda minute: timedelta(minutes=minute)))
def test_a_repeat_received_later_leaves_no_trace(messages, later):
    echoes = [message.model_copy(update={"received_at": message.received_at + later}) for message in messages]

    assert judged(judge(remembered([*echoes, *messages]), RULES, END)) == judged(
        judge(remembered(messages), RULES, END)
    )


@given(messages=patients())
def test_step_ends_where_judge_would(messages):
    lived = live([*messages, tick(END)], RULES)

    assert lived.final() == judged(judge(lived.state, RULES, END))


@given(messages=patients(), order=st.randoms(use_true_random=False), places=repeats)
def test_step_ends_where_judge_would_in_any_order(messages, order, places):
    """Also the same as in the order of receipt: what was late in the log is late, whoever was told first."""
    again = with_repeats(messages, places)
    order.shuffle(again)
    lived = live([*again, tick(END)], RULES)

    assert lived.final() == judged(judge(remembered(messages), RULES, END))


@given(messages=patients())
def test_published_records_are_current_after_every_step(messages):
    """Not only at the end: at every moment the records that stand are what `judge` would say then."""
    lived = Lived()
    for message in messages:
        lived.take(message, RULES)

        assert lived.final() == judged(judge(lived.state, RULES, lived.state.now))


@given(messages=patients())
def test_published_verdicts_are_those_of_the_records(messages):
    lived = live([*messages, tick(END)], RULES)
    inside = {verdict.key: verdict for record in lived.records.values() for verdict in record.elements}

    assert lived.verdicts == inside


@given(messages=patients(), share=st.floats(0, 1, exclude_max=True))
def test_nothing_changes_before_the_wake_up(messages, share):
    """The ticker may sleep until `wake_at` without missing anything."""
    lived = live(messages, RULES)
    now = lived.state.now
    until = lived.wake_at or END
    sooner = now + share * (until - now)
    before = judged(judge(lived.state, RULES, now))
    assume(sooner < until)

    assert judged(judge(lived.state, RULES, sooner)) == before
    taken = lived.take(tick(sooner), RULES)
    assert (taken.alerts, taken.cases, taken.verdicts, taken.beliefs, taken.changed) == ((), (), (), (), False)
    assert taken.wake_at == lived.wake_at


@given(messages=patients(), data=st.data())
def test_a_correction_and_its_correction_leave_only_their_trace_in_time(messages, data):
    """Taken back and then said again, a fact counts as it did; only since when may differ.

    Not a birth date: of two, the one last received counts.
    """
    place = data.draw(st.integers(0, len(messages) - 1))
    fact_id = messages[place].fact_id
    state = remembered(messages)
    held = state.facts.versions[fact_id][-1]
    assume(not isinstance(held, Patient))
    late = max(message.received_at for message in messages)
    top = max(version.version for version in state.facts.versions[fact_id])
    retraction = held.model_copy(
        update={"event_id": "gone", "version": top + 1, "retracted": True, "received_at": late}
    )
    again = held.model_copy(
        update={"event_id": f"{held.event_id}, again", "version": top + 2, "received_at": late + timedelta(minutes=1)}
    )
    restored = remembered([*messages, retraction, again])

    assert outcome(judge(restored, RULES, END)) == outcome(judge(state, RULES, END))


def outcome(judgement):
    """What the judgement ends with, whatever was known when."""
    return [
        (
            record.key,
            record.status,
            record.time_zero,
            record.computed_time_zero,
            record.override and record.override.time_zero,
            [(each.element, each.status, each.done_at) for each in record.elements],
            [(rival.name, rival.at, rival.own, rival.in_force, rival.elements) for rival in record.rivals],
        )
        for record in judgement.cases
    ]


@given(messages=patients(), said=facts("said", overrides))
def test_a_persons_word_that_is_taken_back_leaves_every_verdict_as_it_was(messages, said):
    """Only since when a time zero has been known may differ."""
    late = max(message.received_at for message in (*messages, *said))
    undone = said[-1].model_copy(update={"version": 9, "retracted": True, "event_id": "undone", "received_at": late})

    assert outcome(judge(remembered([*messages, *said, undone]), RULES, END)) == outcome(
        judge(remembered(messages), RULES, END)
    )


@given(messages=patients(), said=facts("said", overrides))
def test_a_persons_word_destroys_nothing_that_was_computed(messages, said):
    """It opens no case, closes none, and leaves every rival and every computed time zero where it was."""
    plain = [each for each in messages if getattr(each, "act", None) != "time_zero_overridden"]
    without, with_word = judge(remembered(plain), RULES, END), judge(remembered([*plain, *said]), RULES, END)

    def computed(judgement):
        return [
            (
                record.key,
                record.computed_time_zero,
                record.computed_time_zero_rule,
                [(each.name, each.at, each.own) for each in record.rivals if each.name != "overridden"],
            )
            for record in judgement.cases
        ]

    assert computed(with_word) == computed(without)


@given(messages=patients())
def test_every_case_with_a_time_zero_has_one_rival_in_force_that_means_what_stands(messages):
    """In time order; the one in force is the time zero, and once all is settled it means what the verdicts say."""
    for record in judge(remembered(messages), RULES, END).cases:
        ats = [rival.at for rival in record.rivals]
        in_force = [rival for rival in record.rivals if rival.in_force]
        own = [rival.at for rival in record.rivals if rival.own]

        assert ats == sorted(ats)
        assert [rival.at for rival in in_force] == ([] if record.time_zero is None else [record.time_zero])
        assert own == ([] if record.computed_time_zero is None else [record.computed_time_zero])
        for rival in in_force:
            meant = {each.element: (each.status, each.due_at, each.done_at) for each in rival.elements}
            stands = {each.element: (each.status, each.due_at, each.done_at) for each in record.elements}
            if meant and record.settled and record.reason != "not_confirmed" and "bundle" in stands:
                del meant["bundle"], stands["bundle"]
                assert {element: meant[element] for element in stands} == {
                    element: (status, due_at, done_at if element in meant else None)
                    for element, (status, due_at, done_at) in stands.items()
                }


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


@given(messages=patients())
def test_what_is_stored_reads_back_as_itself(messages):
    state = live(messages, RULES).state

    assert encode_state(decode_state(encode_state(state))) == encode_state(state)


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


@given(messages=patients())
def test_revisions_rise_with_every_publication(messages):
    lived, last = Lived(), 0
    for event in [*messages, tick(END)]:
        revisions = [record.revision for record in lived.take(event, RULES).cases]
        assert all(earlier < later for earlier, later in pairwise([last, *revisions]))
        last = max([last, *revisions])


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

    assert all((one.as_of, one.revision) < (other.as_of, other.revision) for one, other in pairwise(beliefs))


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
