"""Facts as they are written down: what is written once, what again, and in which pieces."""

from datetime import timedelta

import pytest

from scoring.fact_store import FactStore
from scoring.written_facts import lines_of
from storyteller import read_story

(SAID,) = read_story("10:00  heart rate 90")


def fact(number, version=0):
    at = SAID.received_at + timedelta(minutes=number + version)
    way = {"fact_id": f"f{number}", "event_id": f"f{number}/{version}", "version": version, "received_at": at}
    return SAID.model_copy(update=way)


def filed(count, store=None):
    store = store or FactStore()
    for number in range(len(store.versions), count):
        store.add(fact(number))
    return store


def written(store):
    store.written.write(list(store.versions.values()))
    return store.written


def sizes(facts):
    return [block.facts for block in facts.blocks], len(facts.lines)


def test_sixteen_facts_are_a_block_and_sixteen_blocks_a_large_one():
    cases = {0: ([], 0), 15: ([], 15), 16: ([16], 0), 17: ([16], 1), 255: ([16] * 15, 15), 256: ([256], 0)}

    assert {count: sizes(written(filed(count))) for count in cases} == cases
    assert sizes(written(filed(600))) == ([256, 256, 16, 16, 16, 16, 16], 8)


def test_however_often_it_was_written_it_is_the_same():
    once, often = filed(600), filed(0)
    for count in range(0, 601, 7):
        written(filed(count, often))
    filed(600, often)

    assert written(often) == written(once)


def test_what_is_written_is_not_written_again():
    facts = written(store := filed(40))
    blocks, lines = list(facts.blocks), list(facts.lines)
    written(filed(42, store))

    assert all(one is other for one, other in zip(blocks, facts.blocks, strict=True))
    assert all(one is other for one, other in zip(lines, facts.lines, strict=False))


@pytest.mark.parametrize("number", [16, 20, 31])
def test_another_version_has_its_block_alone_written_anew(number):
    facts = written(store := filed(50))
    before = list(facts.blocks)
    store.add(fact(number, version=1))
    written(store)

    assert [one is other for one, other in zip(before, facts.blocks, strict=True)] == [True, False, True]
    assert f"f{number}/1".encode() in b"\n".join(lines_of(facts.blocks[1]))
    assert sizes(facts) == ([16, 16, 16], 2)


def test_another_version_of_a_fact_of_no_block_has_its_line_written_anew():
    facts = written(store := filed(40))
    before = list(facts.lines)
    store.add(fact(33, version=1))
    written(store)

    assert [one is other for one, other in zip(before, facts.lines, strict=True)] == [True, False, *[True] * 6]
    assert facts.lines[1].count(b"event_id") == 2


def test_another_version_of_what_is_not_written_yet_is_written_with_it():
    facts = written(store := filed(3))
    filed(5, store)
    store.add(fact(4, version=1))

    assert [line.count(b"event_id") for line in written(store).lines] == [1, 1, 1, 1, 2]
    assert len(facts) == 5


def test_facts_that_have_gone_have_all_written_anew():
    store = filed(40)
    written(store)
    store.drop("f3")

    assert written(store) == written(FactStore(dict(store.versions)))
    assert len(store.written) == 39


def test_its_length_as_text_is_that_of_its_lines():
    facts = written(filed(300))
    lines = [line for block in facts.blocks for line in lines_of(block)] + facts.lines

    assert facts.text_bytes == sum(map(len, lines)) + sum(block.facts - 1 for block in facts.blocks)
