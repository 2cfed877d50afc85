from scoring.episode import Unplaced
from scoring.judgement import judge
from scoring.rules import load_rules
from scoring.step import step
from storyteller import clock, play, read_story

MEASURE = "nys-ped-1h/spec-2015"
RULES = load_rules([MEASURE])


def live(events):
    state = None
    for event in events:
        taken = step(state, event, RULES)
        state = taken.state
    return taken


def test_a_repeat_received_earlier_places_what_belonged_to_no_stay():
    """An order without a number or a time is placed by its receipt: after discharge first, then during the stay."""
    *stay, order = read_story("""
        10:00  arrived
        12:00  discharged
        15:00  blood culture ordered 15:00 []
    """)
    order = order.model_copy(update={"ordered_at": None})
    earlier = order.model_copy(update={"received_at": clock("11:00")})

    late = live([*stay, order])
    assert judge(late.state, RULES, clock("16:00")).unplaced == {order.event_id: Unplaced.NO_STAY}
    early = step(late.state, earlier, RULES)
    assert judge(early.state, RULES, clock("16:00")).unplaced == {}


def test_what_lies_in_two_stays_belongs_to_neither():
    events = read_story("""
        08:00    arrived [S1]
        20:00    arrived [S2]
        21:00    lactate 2.4 []
    """)

    state = live(events).state

    assert judge(state, RULES, clock("22:00")).unplaced == {"lactate/0": Unplaced.SEVERAL_STAYS}


def test_a_stay_without_a_case_is_counted():
    state = live(read_story("10:00  arrived")).state

    assert judge(state, RULES, clock("12:00")).never_opened == {MEASURE: 1}


def test_a_patient_merged_into_the_one_whose_facts_came_from_here_keeps_those():
    """Two numbers merged into each other: nothing is sent in circles."""
    protocol, merge = read_story("""
        10:00  protocol
        10:10  merged into P2
    """)
    came_from_there = protocol.model_copy(update={"forwarded_from": ("P2",)})

    taken = live([came_from_there, merge])

    assert taken.forward == ()
    assert [record.case_id for record in judge(taken.state, RULES, clock("10:20")).cases] == ["E1"]


def test_a_merge_taken_back_keeps_what_comes_afterwards():
    told = play(
        MEASURE,
        """
        10:00  protocol
        10:10  merged into P2
        10:20  retract merged into P2
        10:30  protocol
        10:40  ceftriaxone iv
    """,
    )

    assert [fact.fact_id for taken in told.steps for fact in taken.forward] == ["protocol"]
    assert told.stands("antibiotics") == "met"


def test_a_tick_before_the_wake_up_writes_nothing():
    taken = live(
        read_story("""
        10:00  protocol
        10:39  quiet
    """)
    )

    assert not taken.changed
    assert taken.wake_at == clock("10:40")


def test_a_tick_for_a_stranger_changes_nothing():
    taken = live(read_story("10:00  quiet"))

    assert (taken.alerts, taken.cases, taken.wake_at, taken.changed) == ((), (), None, False)


def test_sepsis_ruled_out_twice_at_one_instant_is_one_cut():
    """Else nobody could tell from the facts which of two stretches a case began in, nor since when it is known."""
    told = play(
        MEASURE,
        """
        10:00  ruled out
        10:00  ruled out (second)
        10:30  protocol
        11:10  quiet
    """,
    )

    assert told.case().time_zero_known_at == clock("10:30")
