"""Laws of the judgement: what must hold of every patient, however their facts arrive."""

from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from generated_patients import END, facts, overrides, patients, tick
from judged_patients import RULES, remembered
from lived import Lived, judged, live
from schemas.clinical import Patient
from scoring.judgement import judge

repeats = st.lists(st.integers(0, 30), max_size=6)


def with_repeats(messages, places):
    """The messages, some of them again at their end."""
    return [*messages, *(messages[place % len(messages)] for place in places)]


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
