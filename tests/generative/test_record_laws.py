"""Laws of case records: when somebody asks for them changes nothing that is said, and nothing that they end with."""

from itertools import groupby
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from generated_patients import END, patients, tick
from judged_patients import RULES
from lived import Lived, judged
from scoring.case_records import take_records
from scoring.judgement import judge
from scoring.patient_state import decode_state, encode_state
from scoring.step import step

orders = st.randoms(use_true_random=False)
pauses = st.lists(st.sampled_from(["go on", "go on", "take", "take and restart"]), min_size=40, max_size=40)


def told(events, pauses):
    """All that is said, the records that stand in the end, and the state; after each event what `pauses` says."""
    state, said, records = None, [], {}
    for event, pause in zip(events, pauses, strict=False):
        taken = step(state, event, RULES)
        state = taken.state
        said.append((taken.alerts, taken.verdicts, taken.beliefs, taken.removed_cases, taken.removed_verdicts))
        said.append((taken.wake_at, taken.changed, state.revision))
        for key in taken.removed_cases:
            records.pop(key, None)
        if pause.startswith("take"):
            records |= {record.key: record for record in take_records(state, RULES)}
        if pause.endswith("restart"):
            state = decode_state(encode_state(state))
    return said, records, state


def content(records):
    """Records as JSON, without revision and hour."""
    return {key: record.model_dump_json(exclude={"revision", "as_of"}) for key, record in records.items()}


@given(messages=patients(merging=True), order=orders, pauses=pauses)
def test_whatever_the_batches_the_same_is_said_and_the_same_records_stand(messages, order, pauses):
    """Taken after every event, after some, by workers that start anew in between, or only at the end."""
    order.shuffle(messages)
    events = [*messages, tick(END)]
    last = len(events) - 1

    said, records, _ = told(events, ["take"] * len(events))
    in_batches = told(events, [*pauses[:last], "take"])
    at_the_end = told(events, [*["go on"] * last, "take"])

    assert in_batches[0] == at_the_end[0] == said
    assert content(in_batches[1]) == content(at_the_end[1]) == content(records)


@given(messages=patients(merging=True), order=orders, restarts=st.lists(st.booleans(), min_size=40, max_size=40))
def test_who_never_asks_for_records_may_start_anew_between_any_two_events(messages, order, restarts):
    """A replay puts states aside without asking: whether a case is there must not hang on its record."""
    order.shuffle(messages)
    events = [*messages, tick(END)]

    said, _, _ = told(events, ["go on"] * len(events))
    restarted, _, _ = told(events, ["restart" if restart else "go on" for restart in restarts])

    assert restarted == said


@given(messages=patients())
def test_verdicts_are_current_after_every_step_though_nobody_asks_for_records(messages):
    state, verdicts = None, {}
    for message in messages:
        taken = step(state, message, RULES)
        state = taken.state
        verdicts |= {verdict.key: verdict for verdict in taken.verdicts}
        for key in taken.removed_verdicts:
            del verdicts[key]
        now = judge(state, RULES, state.now)

        assert verdicts == {verdict.key: verdict for record in now.cases for verdict in record.elements}


@given(messages=patients(merging=True), order=orders, pauses=pauses)
def test_records_taken_late_are_what_judging_anew_says(messages, order, pauses):
    order.shuffle(messages)
    _, records, state = told(messages, [*pauses[: len(messages) - 1], "take"])

    assert content(records) == judged(judge(state, RULES, state.now))


@given(messages=patients(), order=orders)
def test_of_two_records_of_a_case_the_later_has_the_higher_revision(messages, order):
    if order.random() < 0.5:
        order.shuffle(messages)
    lived, records = Lived(), []
    for event in [*messages, tick(END)]:
        records += lived.take(event, RULES).cases

    for _, of_case in groupby(sorted(records, key=attrgetter("key")), key=attrgetter("key")):
        revisions = [record.revision for record in of_case]
        assert sorted(set(revisions)) == revisions


def lived_on(written, events, pauses):
    """What is said of cases from a written state on, records wherever `pauses` takes them and at the end; the state."""
    state, said = None if written is None else decode_state(written), []
    for place, event in enumerate(events):
        taken = step(state, event, RULES)
        state = taken.state
        said += [(key, None) for key in taken.removed_cases]
        if pauses[place].startswith("take") or event is events[-1]:
            said += [(record.key, record) for record in take_records(state, RULES)]
    return said, written if state is None else encode_state(state)


def standing(said):
    """What stands where the last record of each case wins, and where the one of the highest revision does."""
    last, highest = {}, {}
    for key, record in said:
        if record is None:
            last.pop(key, None)
            highest.pop(key, None)
            continue
        last[key] = record
        if key not in highest or record.revision > highest[key].revision:
            highest[key] = record
    return content(last), content(highest)


@given(
    messages=patients(merging=True),
    order=orders,
    places=st.tuples(st.integers(0, 39), st.integers(0, 39)),
    pauses=st.tuples(pauses, pauses),
)
def test_what_was_said_by_who_died_before_he_stored_is_said_again_or_said_otherwise(messages, order, places, pauses):
    """Who takes over lives through the same events again, and asks for records at moments of his own."""
    order.shuffle(messages)
    events = [*messages, tick(END)]
    stored, died = sorted(places)
    before, written = lived_on(None, events[:stored], pauses[0])
    unstored, _ = lived_on(written, events[stored:died], pauses[0])
    again, _ = lived_on(written, events[stored:], pauses[1])
    _, records, _ = told(events, ["take"] * len(events))

    assert standing([*before, *unstored, *again]) == (content(records), content(records))
