"""The store of facts: which versions are kept, which of them holds, and since when what it says is known."""

from itertools import permutations

import pytest

from scoring.act_time import act_time
from scoring.fact_store import FactStore
from storyteller import clock, read_story

(SAID,) = read_story("10:00  lactate 3.1 drawn 09:50")


def version(number, at, **more):
    """A version of one fact, received at an hour."""
    return SAID.model_copy(update={"event_id": f"e{number}", "version": number, "received_at": clock(at)} | more)


def stored(*versions):
    store = FactStore()
    for each in versions:
        store.add(each)
    return store


def kept(store):
    return [each.event_id for each in store.versions[SAID.fact_id]]


def test_of_repeats_the_earliest_receipt_is_kept():
    first, second = version(0, "10:00"), version(0, "10:30")
    store = FactStore()

    assert [store.add(each) for each in (second, first, second, first)] == [True, True, False, False]
    assert store.versions == {SAID.fact_id: (first,)}


def test_a_repeat_of_one_version_leaves_the_others():
    versions = [version(number, "10:30") for number in range(3)]
    earlier = version(1, "10:00")
    store = stored(*versions)

    assert store.add(earlier)
    assert store.versions[SAID.fact_id] == (versions[0], earlier, versions[2])


def test_a_repeat_by_another_way_is_the_same():
    """What was filed under another number before a merge is no other version."""
    store = stored(version(0, "10:00"))

    assert not store.add(version(0, "10:30", forwarded_from=("P9",)))


def test_the_same_words_under_another_event_are_another_version():
    store = stored(version(0, "10:00"))

    assert store.add(version(0, "10:30", event_id="e9"))
    assert kept(store) == ["e0", "e9"]


def test_other_words_under_one_event_are_another_version():
    store = stored(version(0, "10:00"))

    assert store.add(version(0, "10:00", value=9.9))
    assert [each.value for each in store.versions[SAID.fact_id]] == [3.1, 9.9]


RANKED = [
    version(0, "15:00", event_id="the first"),
    version(1, "12:00", event_id="charted at ten", recorded_at=clock("10:00")),
    version(1, "10:30", event_id="received at half past ten"),
    version(1, "11:00", event_id="charted at eleven", recorded_at=clock("11:00"), value=9.0),
    version(1, "11:30", event_id="charted at eleven, received later", recorded_at=clock("11:00")),
    version(1, "10:00", event_id="taken back", retracted=True),
    version(2, "09:00", event_id="the last"),
]


@pytest.mark.parametrize("order", list(permutations(range(len(RANKED)), 2)), ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_of_two_versions_one_holds_whichever_came_first(order):
    """The higher version; then the one that takes back; then the one charted later; then the one received later."""
    higher = RANKED[max(order)]

    assert stored(*(RANKED[place] for place in order)).versions[SAID.fact_id][-1] == higher


def test_what_was_taken_back_does_not_hold():
    other = SAID.model_copy(update={"fact_id": "other", "event_id": "other"})
    store = stored(version(0, "10:00"), version(1, "10:10", retracted=True), other)

    assert store.winner(SAID.fact_id) is None
    assert store.winner("unheard of") is None
    assert store.winner("other") == other
    assert list(store.winners()) == [other]


def test_what_is_said_is_known_since_it_was_said_first():
    """A correction of the value says nothing new of the time; what was taken back in between counts for nothing."""
    store = stored(
        version(0, "10:00"),
        version(1, "10:10", collected_at=clock("09:40")),
        version(2, "09:00", retracted=True),
        version(3, "10:20", value=2.0),
        version(4, "10:30", value=2.0),
    )
    held = store.winner(SAID.fact_id)

    assert store.known_at(held, act_time) == clock("10:00")
    assert store.known_at(held, lambda fact: fact.value) == clock("10:20")


def test_a_fact_that_is_stored_shares_its_set_of_fields():
    """One set of the names of all fields for a kind of fact: a set of its own takes more room than the fact."""
    one, other = version(0, "10:00"), version(1, "10:00")
    stored(one)
    stored(other)

    assert one.model_fields_set is other.model_fields_set
    assert one.model_fields_set == set(type(one).model_fields)
