"""What a judgement follows: each thing that is said of an arrival, where another answer would judge too little."""

import pytest

from lived import live
from scoring.arrival import Arrival, fold, merge_of
from scoring.outbox import Outbox
from scoring.patient_state import PatientState
from scoring.rules import load_rules
from storyteller import clock, read_story

RULES = load_rules(["nys-ped-1h/spec-2015"])
LEFT = "10:30  discharged\n"
STAY = """
    09:00  arrived
    10:00  protocol
"""


def arrive(story, *, now=None, outbox=None, given=lambda fact: fact):
    """The arrival of the last line of a story, and the state it came into."""
    *before, last = read_story(story)
    state = live(before, RULES).state if before else PatientState()
    last = given(last)
    state.now = clock(now) if now else last.received_at
    return fold(state, last, RULES, outbox or Outbox()), state


def the_chart(state):
    (chart,) = state.charts.charts
    return chart


def test_what_was_said_before_is_no_arrival():
    *told, last = read_story(f"{STAY} 10:10 lactate 2")
    state = live([*told, last], RULES).state

    assert fold(state, last, RULES, Outbox()) is None


def test_a_fact_of_a_known_stay_concerns_its_chart_alone():
    found, state = arrive(f"{STAY} 10:10 lactate 2")

    assert found.chart is the_chart(state)
    assert found.versions == (found.fact,)
    assert (found.in_order, found.correcting, found.regrouped, found.merged) == (True, False, False, False)


@pytest.mark.parametrize(
    ("line", "now", "in_order"),
    [
        ("10:00:01 lactate 2", None, True),
        ("10:00 lactate 2", None, True),
        ("09:59 lactate 2", "10:00", False),
        ("10:10 lactate 2", "10:11", False),
    ],
    ids=["later", "at the same instant", "earlier", "after a tick"],
)
def test_in_order_is_what_nothing_was_received_after(line, now, in_order):
    found, _ = arrive(f"{STAY} {line}", now=now)

    assert found.in_order is in_order


def test_of_the_first_fact_nobody_knows_whether_it_is_in_order():
    """The state may have been read anew: what came before it is not remembered."""
    found, state = arrive("10:00 protocol")

    assert not found.in_order
    assert state.latest_receipt == clock("10:00")


def test_what_comes_late_does_not_set_the_latest_receipt_back():
    _, late = arrive(f"{STAY} 09:30 lactate 2", now="10:00")
    _, then = arrive(f"{STAY} 10:30 lactate 2")

    assert (late.latest_receipt, then.latest_receipt) == (clock("10:00"), clock("10:30"))


@pytest.mark.parametrize(
    ("told", "again", "correcting"),
    [
        ("lactate 3.1 drawn 09:50", "correct lactate 3.1 drawn 09:40", True),
        ("lactate 3.1 drawn 09:50", "correct lactate 2 drawn 09:50", True),
        ("lactate 3.1 drawn 09:50", "correct lactate drawn 09:50", True),
        ("lactate 3.1 drawn 09:50", "retract lactate", True),
        ("lactate drawn 09:50", "correct lactate 3.1 drawn 09:50", False),
        ("lactate 3.1 drawn 09:50", "correct lactate 3.1 drawn 09:50 resulted 10:20", False),
        ("lactate 3.1 drawn 09:50", "correct lactate 3.1 drawn 09:50 recorded 10:20", False),
        ("ringer 100 mL started 10:05", "correct ringer 200 mL started 10:05 completed 10:20", False),
        ("ringer 100 mL started 10:05", "correct ringer 200 mL started 10:06", True),
        ("ringer 100 mL started 10:05 completed 10:09", "correct ringer 200 mL started 10:05 completed 10:09", True),
        ("ringer 100 mL started 10:05 completed 10:09", "correct ringer 100 mL started 10:05 completed 10:20", True),
    ],
)
def test_a_correction_says_otherwise_than_before(told, again, correcting):
    """What was not said before is an addition; an infusion that runs has no final volume."""
    found, _ = arrive(f"{STAY} 10:10 {told}\n 10:30 {again}")

    assert found.correcting is correcting
    assert len(found.versions) == 2


def test_what_was_taken_back_and_is_said_again_is_a_correction():
    found, _ = arrive(f"{STAY} 10:10 lactate 2 drawn 09:50\n 10:20 retract lactate\n 10:30 restore lactate")

    assert found.correcting


def test_a_chart_holds_the_version_that_holds():
    found, state = arrive(f"{STAY} 10:10 lactate 2 drawn 09:50\n 10:30 correct lactate 3 drawn 09:40")

    assert found.chart is the_chart(state)
    assert [entry.fact.value for entry in the_chart(state).observations("lactate")] == [3]


@pytest.mark.parametrize(
    "line",
    [
        "10:30 triaged",
        "10:30 born 2015-01-01",
        "10:30 continues as E2",
        "10:30 lactate 2 [E9]",
        "10:30 correct lactate 2 from laboratory [E9]",
        "10:30 correct lactate 2 from laboratory []",
        "10:30 heart rate 90 from monitor",
        "10:30 retract lactate",
    ],
    ids=[
        "a step of the visit", "who it is", "a link", "a new encounter", "moved to another", "moved to none",
        "a source that is new", "a source that is no more",
    ],
)  # fmt: skip
def test_what_changes_stays_or_sources_may_concern_all(line):
    """Stays are drawn anew; with a source comes, or goes, what a feed covers."""
    found, _ = arrive(f"{STAY} 10:10 lactate 2 from laboratory\n {line}")

    assert found.chart is None


def test_what_was_a_step_of_the_visit_and_is_a_result_now_no_longer_begins_the_stay():
    """A feed that gives two messages one identity: the last one holds, of whatever kind it is."""
    found, state = arrive(
        f"{STAY} 10:10 lactate 2 drawn 09:50", given=lambda fact: fact.model_copy(update={"fact_id": "arrived"})
    )

    assert found.chart is None
    assert the_chart(state).episode.encounters[0].starts_at == clock("09:50")


def test_a_new_encounter_has_a_chart_of_its_own():
    _, state = arrive(f"{STAY} 10:30+3 lactate 2 [E9]")

    assert [chart.episode.case_id for chart in state.charts.charts] == ["E1", "E9"]


def test_a_result_that_was_filed_under_another_stay_leaves_no_trace_in_it():
    stays = "09:00 arrived [E1]\n 09:10 discharged [E1]\n 20:00+1 arrived [E2]\n 20:10+1 lactate 2 [E1]"
    found, state = arrive(f"{stays}\n 20:20+1 correct lactate 2 drawn 20:10+1 [E2]")

    assert (found.chart, found.regrouped) == (None, True)
    assert [len(chart.fact_ids) for chart in state.charts.charts] == [2, 2]


def test_what_changes_stays_is_told_with_all_there_is_to_know():
    found, state = arrive(f"{STAY} 10:30 correct arrived at 08:00")
    versions = state.facts.versions["arrived"]

    assert found == Arrival(versions[-1], versions, None, in_order=True, correcting=True, regrouped=True)
    assert len(versions) == 2


@pytest.mark.parametrize(
    "line",
    ["10:30 heart rate 90", "10:30 lactate 2 (other) []", "10:30 correct lactate 3", "08:00 lactate 2 (early)"],
    ids=["a result", "of no encounter", "a correction", "before all else"],
)
def test_what_changes_no_stay_concerns_one_chart(line):
    found, state = arrive(f"{STAY} 10:10 lactate 2\n {line}", now="10:30")

    assert found.chart is the_chart(state)


FACTS_ONLY = """
    10:00  protocol
    10:10  lactate 2
"""


@pytest.mark.parametrize(
    ("line", "alone"),
    [
        ("10:30 heart rate 90 measured 10:00", True),
        ("10:30 heart rate 90 measured 09:59", False),
        ("10:30 correct lactate 3", False),
    ],
    ids=["since it began", "before it began", "another version"],
)
def test_an_encounter_that_nobody_announced_begins_with_its_first_fact(line, alone):
    found, _ = arrive(f"{FACTS_ONLY} {line}")

    assert (found.chart is not None) is alone


def test_an_order_without_a_number_that_is_said_again_may_belong_elsewhere():
    found, _ = arrive(f"{STAY} 10:10 blood culture ordered 10:05 []\n 10:20 correct blood culture drawn 10:15 []")

    assert found.chart is None
    assert found.regrouped


def test_facts_that_belong_to_another_episode_than_before_are_regrouped():
    two = "09:00 arrived [E1]\n 09:10 discharged [E1]\n 20:00+1 arrived [E2]\n 20:10+1 lactate 2 [E2]\n"
    linked, _ = arrive(f"{two} 20:20+1 continues as E2 [E1]")
    triaged, _ = arrive(f"{two} 20:20+1 triaged [E2]")

    assert linked.regrouped
    assert not triaged.regrouped


def test_what_a_patient_was_merged_into_gets_every_version_and_the_way_it_came():
    outbox = Outbox()
    found, state = arrive(
        f"{STAY} 10:10 lactate 2\n 10:20 correct lactate 3\n 10:30 merged into P2", outbox=outbox
    )  # fmt: skip

    assert found.merged
    assert found.fact.event_id == "merged into/0"
    assert found.versions == ()
    assert state.is_merged
    assert [fact.event_id for fact in outbox.forward] == ["arrived/0", "protocol/0", "lactate/0", "lactate/1"]
    assert {(fact.patient_id, fact.forwarded_from) for fact in outbox.forward} == {("P2", ("P1",))}
    assert list(state.facts.versions) == ["merged into"]
    assert state.charts.charts == ()


def test_what_comes_after_a_merge_goes_the_same_way():
    outbox = Outbox()
    found, state = arrive(
        f"{STAY} 10:30 merged into P2\n 10:40 lactate 2",
        outbox=outbox,
        given=lambda fact: fact.model_copy(update={"forwarded_from": ("P0",)}),
    )

    assert found.merged
    assert [fact.forwarded_from for fact in outbox.forward] == [("P0", "P1")]
    assert "lactate" not in state.facts.versions


def test_what_came_from_where_it_would_go_stays():
    outbox = Outbox()
    _, state = arrive(
        f"{STAY} 10:30 merged into P2\n 10:40 lactate 2",
        outbox=outbox,
        given=lambda fact: fact.model_copy(update={"forwarded_from": ("P2",)}),
    )

    assert outbox.forward == []
    assert "lactate" in state.facts.versions


def test_a_patient_merged_into_itself_keeps_all():
    outbox = Outbox()
    found, state = arrive(f"{STAY} 10:30 merged into P1", outbox=outbox)

    assert (found.merged, state.is_merged) == (False, False)
    assert outbox.forward == []
    assert set(state.facts.versions) == {"arrived", "protocol", "merged into"}


def test_of_two_merges_the_later_one_holds():
    state = live(read_story("10:00 merged into P2\n 09:00 merged into P3"), RULES).state
    same = live(read_story("10:00 merged into P2\n 10:00 merged into P3"), RULES).state

    assert merge_of(state).into_patient_id == "P2"
    assert merge_of(same).event_id == max(fact.event_id for fact in same.facts.winners())
    assert merge_of(PatientState()) is None


def test_a_merge_taken_back_no_longer_holds():
    _, state = arrive("10:00 protocol\n 10:30 merged into P2\n 10:40 retract merged into P2")

    assert not state.is_merged


def test_a_fact_that_is_corrected_to_one_of_no_stay_is_missed_where_it_was():
    """It is an arrival of no stay, but not one that concerns nothing."""
    found, _ = arrive(f"{STAY} 10:10 blood culture\n {LEFT} 10:40 correct blood culture drawn 10:10+40 []")

    assert (found.chart, found.is_unplaced) == (None, False)


def test_what_was_never_of_any_stay_concerns_nothing():
    found, _ = arrive(f"{STAY} {LEFT} 10:40 blood culture drawn 10:10+40 []")

    assert (found.chart, found.is_unplaced) == (None, True)
