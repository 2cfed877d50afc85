from lived import stepped
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
        taken = stepped(state, event, RULES)
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
    assert taken.state.now == clock("10:00")


def test_a_tick_at_the_wake_up_is_lived_through_and_written():
    taken = live(
        read_story("""
        10:00  protocol
        10:40  quiet
    """)
    )

    assert taken.changed
    assert {alert.sent_at for alert in taken.alerts} == {clock("10:40")}
    assert taken.state.now == clock("10:40")


def test_a_wake_up_is_lived_through_at_its_own_time_however_late_the_next_event_is():
    taken = live(
        read_story("""
        10:00  protocol
        10:58  heart rate 90
    """)
    )

    assert {f"{alert.sent_at:%H:%M}" for alert in taken.alerts} == {"10:40", "10:55"}
    assert taken.state.now == clock("10:58")


def test_a_fact_that_comes_at_the_instant_of_a_wake_up_is_heard_first():
    """Whoever is done then is not warned."""
    told = play(MEASURE, "10:00 protocol\n 10:40 ceftriaxone iv")

    assert told.said_of("antibiotics") == []


def test_the_time_of_the_engine_never_goes_back():
    taken = live(
        read_story("""
        10:00  protocol
        10:30  ceftriaxone iv
        10:10  blood culture
    """)
    )

    assert taken.state.now == clock("10:30")
    assert [record.as_of for record in taken.cases] == [clock("10:30")]


def test_a_repeat_leaves_no_trace_in_the_time_of_the_engine():
    told, later = read_story("10:00 protocol\n 10:10 heart rate 90")
    taken = live([told, later, told.model_copy(update={"received_at": clock("10:20")})])

    assert not taken.changed
    assert taken.state.now == clock("10:10")


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


def test_every_stay_is_judged_and_those_without_a_case_are_counted():
    state = live(
        read_story("""
        10:00-9  arrived [S1]
        11:00-9  discharged [S1]
        10:00-5  protocol [S2]
        11:00-5  discharged [S2]
        10:00    protocol [S3]
    """)
    ).state
    judged = judge(state, RULES, clock("12:00"))

    assert judged.never_opened == {MEASURE: 1}
    assert [(record.case_id, record.revision) for record in judged.cases] == [("S2", 0), ("S3", 0)]


def test_the_revision_counts_the_changes_lived_through_whether_or_not_anything_is_published():
    """The heart rate is of no case; the clock runs on at 10:40."""
    told = play(
        MEASURE,
        """
        10:00  protocol
        10:10  blood culture
        10:15  heart rate 90 measured 10:12
        10:20  retract protocol
        10:30  restore protocol
        10:45  quiet
    """,
    )

    assert [record.revision for taken in told.steps for record in taken.cases] == [1, 2, 5, 6]
    assert [belief.revision for taken in told.steps for belief in taken.beliefs] == [1, 2, 4, 5, 6]
    assert [taken.removed_cases for taken in told.steps if taken.removed_cases] == [(told.case().key,)]
    assert [sorted(taken.removed_verdicts) for taken in told.steps if taken.removed_verdicts] == [
        sorted(verdict.key for verdict in told.case().elements)
    ]


def test_a_step_that_changes_no_verdict_publishes_none():
    """A move to another ward is on the record alone."""
    told = play(
        MEASURE,
        """
        10:00  protocol
        10:10  moved to PICU
        10:20  blood culture
    """,
    )
    published = [sorted(verdict.element for verdict in taken.verdicts) for taken in told.steps]

    assert published == [["antibiotics", "blood_culture", "bundle", "fluids"], [], ["blood_culture", "bundle"]]
    assert [len(taken.cases) for taken in told.steps] == [1, 1, 1]


def test_beliefs_are_kept_by_case_and_measure():
    state = live(read_story("10:00 protocol\n 10:10 ruled out\n 10:20 protocol (again)")).state

    assert sorted(state.beliefs) == [("E1", MEASURE), ("E1#2", MEASURE)]


def test_a_persons_word_on_a_number_that_nobody_knows_belongs_to_no_stay():
    state = live(read_story("10:00 protocol\n 10:10 time zero was 09:50 by Jones because seen [E9]")).state

    assert judge(state, RULES, clock("10:20")).unplaced == {"time zero/0": Unplaced.NO_STAY}
