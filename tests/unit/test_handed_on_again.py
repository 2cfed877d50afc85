"""A merge that is lived through twice, since its owner died before he stored it, takes nothing from the other number.

Both numbers say what they say of a case under one key, and the merge takes it back under the old one.
"""

import pytest

from scoring.case_records import take_records
from scoring.rules import load_rules
from scoring.step import step
from scoring.written_state import decode_state, encode_state
from storyteller import read_story

RULES = load_rules(["nys-ped-1h/spec-2015"])


def lived(state, events):
    """The steps, and the records that are taken after all of them."""
    steps = []
    for event in events:
        steps.append(step(state, event, RULES))
        state = steps[-1].state
    return steps, take_records(state, RULES), state


@pytest.fixture
def merged():
    """The last step of the old number, and the state of the new one after what came of it."""
    *before, merge = read_story("10:00 protocol\n 10:10 ceftriaxone iv\n 10:30 merged into P2")
    steps, _, _ = lived(None, [*before, merge])
    _, _, state = lived(None, steps[-1].forward)
    return steps[-1], state


@pytest.mark.parametrize("restarted", [False, True])
def test_what_is_handed_on_again_is_said_again(merged, restarted):
    merge, state = merged
    (record,) = state.records.values()
    verdicts = {verdict.key: verdict for verdict in record.elements}
    if restarted:
        state = decode_state(encode_state(state))
    steps, records, _ = lived(state, merge.forward)

    assert merge.removed_cases == (record.key,)
    assert set(merge.removed_verdicts) == set(verdicts)
    assert {verdict.key: verdict for taken in steps for verdict in taken.verdicts} == verdicts
    (again,) = records
    assert again == record.model_copy(update={"as_of": again.as_of})


def test_what_is_handed_on_again_pages_nobody_is_no_history_and_leaves_no_trace(merged):
    """The owner of the new number may himself read it twice, with and without having stored it."""
    merge, state = merged
    before = encode_state(state)
    steps, _, after = lived(state, merge.forward)

    assert encode_state(after) == before

    assert [(taken.alerts, taken.beliefs, taken.changed) for taken in steps] == [((), (), False)] * len(merge.forward)


def test_what_comes_again_and_was_never_handed_on_is_nothing(merged):
    merge, state = merged
    told = [fact.model_copy(update={"forwarded_from": ()}) for fact in merge.forward]
    steps, records, _ = lived(state, told)

    assert [(taken.verdicts, taken.changed) for taken in steps] == [((), False)] * len(told)
    assert records == ()
