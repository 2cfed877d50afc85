"""The state of a patient in memory: whoever lets it go has its room at once."""

import gc

from scoring.case_records import take_records
from scoring.rules import load_rules, offered_measures
from scoring.step import step
from scoring.written_state import decode_state, encode_state
from storyteller import read_story

STORY = """
    10:00  protocol
    10:05  lactate 4.5 drawn 10:00
    10:10  systolic bp 80
    10:20  blood culture
    10:30  ceftriaxone iv
    10:35  correct ceftriaxone iv started 10:20
    11:00  ruled out
    12:00  sepsis documented
    12:10  merged into P2
"""


def test_a_state_that_nobody_holds_is_gone_without_pythons_collector():
    """A worker has all of it looked through seldom: each time everything stands still."""
    rules, events = load_rules(offered_measures()), read_story(STORY)
    lived_through(events, rules)
    gc.collect()
    gc.disable()
    try:
        lived_through(events, rules)
        left = gc.collect()
    finally:
        gc.enable()

    assert left == 0


def lived_through(events, rules):
    state = None
    for number, event in enumerate(events):
        state = step(state, event, rules).state
        take_records(state, rules)
        if number % 2:
            state = decode_state(encode_state(state))
    return state.revision
