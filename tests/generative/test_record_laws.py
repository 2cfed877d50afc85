"""Laws of case records: when somebody asks for them changes nothing that is said, and nothing that they end with."""

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generated_patients import END, patients, tick
from judged_patients import RULES
from lived import Lived, judged
from scoring.case_records import take_records
from scoring.judgement import judge
from scoring.step import step
from scoring.written_state import decode_state, encode_state

orders = st.randoms(use_true_random=False)
seeds = st.integers(0, 2**32)
"""Numbers that Hypothesis draws one by one come out alike too often to lead to many places."""
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


@dataclass
class Broker:
    """What was said under each key, the last of each; of cases also where the highest revision wins; all beliefs."""

    beliefs: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    highest: dict = field(default_factory=dict)

    def remove(self, cases, verdicts):
        for key in cases:
            self.last.pop(key, None)
            self.highest.pop(key, None)
        for key in verdicts:
            self.verdicts.pop(key, None)

    def put(self, records):
        for key, text in content({record.key: record for record in records}).items():
            self.last[key] = text
        for record in records:
            if record.key not in self.highest or record.revision > self.highest[record.key][0]:
                self.highest[record.key] = record.revision, self.last[record.key]

    def stands(self):
        highest = {key: text for key, (_, text) in self.highest.items()}
        return dict(self.last), highest, dict(self.verdicts), dict(self.beliefs)


@dataclass
class Owner:
    """Lives through batches that end where told; `heir` lives through what it hands on, once it has sent the rest.

    The heir sometimes lives through it twice, as one does who dies once he has stored it.
    """

    broker: Broker
    heir: "Owner | None" = None
    stored: bytes | None = None

    def live(self, events, pauses, *, stores=True):
        """Live on from what is stored; the last event ends a batch, and the state is stored, or the owner has died."""
        state, onward = None if self.stored is None else decode_state(self.stored), []
        for place, event in enumerate(events):
            taken = step(state, event, RULES)
            state = taken.state
            self.broker.beliefs |= {(each.key, each.revision, each.case_key): each for each in taken.beliefs}
            self.broker.verdicts |= {verdict.key: verdict for verdict in taken.verdicts}
            self.broker.remove(taken.removed_cases, taken.removed_verdicts)
            onward += taken.forward
            if pauses[place].startswith("take") or place == len(events) - 1:
                self.broker.put(take_records(state, RULES))
                for _ in range(0 if not onward else 2 if pauses[place] == "take and restart" else 1):
                    self.heir.live(onward, ["go on"] * len(onward))
                onward = []
            if pauses[place] == "take and restart":
                state = decode_state(encode_state(state))
        if stores and state is not None:
            self.stored = encode_state(state)


def owner():
    broker = Broker()
    return Owner(broker, Owner(broker))


@given(messages=patients(merging=True), random=seeds.map(Random))
def test_what_the_dead_have_said_and_not_stored_is_said_again_or_said_otherwise(messages, random):
    """Who takes over lives through the same events again, and asks for records at moments of his own."""
    random.shuffle(messages)
    events = [*_with_second_thoughts(messages, random), tick(END)]
    steady, stood = owner(), []
    for event in events:
        steady.live([event], ["take"])
        stood.append(steady.broker.stands())
    mortal, stored, dead_at, met = owner(), 0, 0, []
    while stored < len(events):
        begun, dies, stored = stored, stored + random.randint(0, 4), stored + random.randint(1, 4)
        mortal.live(events[begun:dies], _pauses(random), stores=False)
        mortal.live(events[begun:stored], _pauses(random))
        dead_at = max(dead_at, dies)
        if stored >= min(dead_at, len(events)):
            met.append((mortal.broker.stands(), stood[min(stored, len(events)) - 1]))

    assert [stands for stands, _ in met] == [told for _, told in met]


def _with_second_thoughts(messages, random):
    """Some are taken back with the next message, and some of these said again with the next but one."""
    for message in messages:
        thoughts = random.choice([0, 0, 1, 1, 2])
        for number in range(thoughts + 1):
            update = {"event_id": f"{message.event_id}/{number}", "version": 3 * message.version + number}
            yield message.model_copy(update=update | ({"retracted": True} if number == 1 else {}))


def _pauses(random):
    return random.choices(["go on", "go on", "take", "take and restart"], k=4)
