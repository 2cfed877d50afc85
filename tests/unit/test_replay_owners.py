"""The owners of a replay: in what order the history of their patients stands."""

from scoring.rules import load_rules
from storyteller import read_story
from streams.replay.owners import Owners

PED, TREND = "nys-ped-1h/spec-2015", "nys-ped-1h/trend-2015"


def test_what_one_change_led_to_stands_by_case_and_measure():
    """As the beliefs of a live run do where they are sorted; they were said in the order of the measures."""
    owners = Owners(load_rules([TREND, PED]), forward=False)
    for event in read_story("10:00 protocol\n 10:10 ruled out\n 10:20 protocol (again)\n 10:30 merged into P2"):
        owners.feed(event)
    merged = [case for _, _, revision, case, _ in owners.said().history if revision == 4]

    assert merged == [f"F1|E1#2|{PED}", f"F1|E1#2|{TREND}", f"F1|E1|{PED}", f"F1|E1|{TREND}"]


def test_an_owner_put_aside_before_anybody_asked_for_records_says_the_same_afterwards():
    """The case is announced before, and is no more after."""
    rules = load_rules([PED])
    protocol, retraction = read_story("10:00 protocol\n 10:10 retract protocol")
    kept = Owners(rules, forward=False)
    kept.feed(protocol)
    unpacked = Owners.unpack(kept.pack(), rules, forward=False)
    kept.feed(retraction)
    unpacked.feed(retraction)

    assert [alert.kind for _, _, alert in kept.said().alerts] == ["bundle_started", "withdrawn"]
    assert unpacked.said() == kept.said()
