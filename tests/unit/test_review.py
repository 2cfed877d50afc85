"""What is judged again, and what is published again: neither too little nor twice."""

import pytest

from lived import Lived, judged
from scoring.judgement import judge
from scoring.rules import load_rules
from scoring.written_state import decode_state, encode_state
from shock_story import SHOCK
from storyteller import clock, clock_text, play, read_story

PED, TREND, SEP1 = "nys-ped-1h/spec-2015", "nys-ped-1h/trend-2015", "sep1-like/1"


def lived_through(story, *measures):
    """A patient who is never stored in between: after every line, judging all anew says the same."""
    rules, lived = load_rules(measures or [PED]), Lived()
    for event in read_story(story):
        lived.take(event, rules)
        assert lived.final() == judged(judge(lived.state, rules, lived.state.now))
    return lived


def verdict_of(lived, case_id, element):
    record = next(each for each in lived.records.values() if each.case_id == case_id)
    return next(each for each in record.elements if each.element == element)


def test_a_fact_of_the_second_case_of_a_stay_is_heard_though_the_first_has_ended():
    told = lived_through("""
        10:00  protocol
        10:30  ruled out
        14:00  protocol (again)
        14:10  blood culture
    """)  # fmt: skip

    assert verdict_of(told, "E1#2", "blood_culture").status == "met"


@pytest.mark.parametrize(
    ("told_at_half_past", "believed"),
    [
        ("10:30 correct protocol at 09:50\n 10:30 correct protocol at 10:00", "10:00 since 10:00"),  # there and back
        ("10:30 correct protocol at 09:50\n 10:30 correct protocol at 09:40", "09:40 since 10:30"),
        ("10:30 correct protocol at 09:50\n 10:30 quiet", "09:50 since 10:30"),
        ("10:30 quiet\n 10:30 correct protocol at 09:50\n 10:30 correct protocol at 10:00", "10:00 since 10:00"),
        ("10:30 retract protocol\n 10:30 correct protocol at 10:00", "10:00 since 10:00"),  # gone and back
        (
            "10:30 correct protocol at 09:50\n 10:30 correct protocol at 09:40\n 10:30 correct protocol at 09:50",
            "09:50 since 10:30",
        ),
    ],
)
def test_what_is_received_at_one_moment_is_believed_as_a_whole(told_at_half_past, believed):
    told = lived_through(f"09:00 arrived\n 10:00 protocol\n {told_at_half_past}")
    (record,) = told.records.values()

    assert f"{clock_text(record.time_zero)} since {clock_text(record.time_zero_known_at)}" == believed


def test_a_case_that_opens_and_moves_at_one_moment_is_believed_since_then():
    told = lived_through("""
        09:00  arrived
        10:00  protocol at 09:50
        10:00  correct protocol at 09:40
        10:00  correct protocol at 09:50
    """)  # fmt: skip
    (record,) = told.records.values()

    assert (clock_text(record.time_zero), clock_text(record.time_zero_known_at)) == ("09:50", "10:00")


def test_there_and_back_at_one_moment_after_something_late_is_believed_since_when_it_was():
    """What came late has the facts asked, which do not say what was held until the moment."""
    told = lived_through("""
        09:00  arrived
        10:00  protocol
        10:30  correct protocol at 09:50
        10:10  born 2020-01-01
        10:30  correct protocol at 10:00
    """)  # fmt: skip
    (record,) = told.records.values()

    assert (clock_text(record.time_zero), clock_text(record.time_zero_known_at)) == ("10:00", "10:00")


def known_at(story, *measures):
    """Time zero of the only case, and since when it is known."""
    (record,) = lived_through(story, *measures).records.values()
    return f"{clock_text(record.time_zero)} since {clock_text(record.time_zero_known_at)}"


def test_what_comes_late_may_have_had_a_say_in_what_was_held_before():
    """The creatinine of 20:10 has none in the 09:00 that a clinician says, and makes the 20:10 of before it."""
    assert (
        known_at(
            """
        07:00  arrived
        20:00  infection suspected
        20:05  temperature 39.0
        20:06  heart rate 120
        22:30  severe sepsis documented at 09:00
        22:10  creatinine 2.4 measured 20:10
        22:30  retract severe sepsis documented
    """,
            SEP1,
        )
        == "20:10 since 22:10"
    )


def test_a_case_that_gets_another_number_is_believed_since_when_it_was():
    """With the rule-out of 10:30 and an order set before it the case of 14:00 is the second."""
    told = lived_through("""
        09:00  arrived
        10:30  ruled out
        14:00  protocol
        15:00  correct ruled out at 10:30
        16:00  protocol (again) at 10:00
    """)  # fmt: skip

    assert {each.case_id: clock_text(each.time_zero_known_at) for each in told.records.values()} == {
        "E1": "16:00",
        "E1#2": "14:00",
    }


def test_who_reads_the_state_between_what_comes_at_one_moment_believes_the_same():
    rules, lived = load_rules([PED]), Lived()
    for event in read_story("""
        09:00  arrived
        10:00  protocol
        10:30  retract protocol
        10:30  temperature 37.0
        10:30  correct protocol at 10:00
    """):  # fmt: skip
        if event.kind == "observation":
            lived.state = decode_state(encode_state(lived.state))
        lived.take(event, rules)
    (record,) = lived.records.values()

    assert clock_text(record.time_zero_known_at) == "10:00"


@pytest.mark.parametrize(("until", "status"), [("09:59", "open"), ("10:00", "cannot_assess")])
def test_what_a_feed_does_not_cover_is_said_once_a_time_zero_that_was_still_to_come_has_come(until, status):
    """Whoever reads the state anew at 10:00 says so; MIMIC-III covers drugs in intensive care alone."""
    told = lived_through(f"""
        09:00  arrived from mimic3
        09:30  protocol at 10:00 from mimic3
        {until}  quiet
    """)  # fmt: skip

    assert verdict_of(told, "E1", "antibiotics").status == status


def test_a_case_that_begins_after_another_rule_out_than_before_is_believed_since_then():
    """By the correction the second protocol is no second case, and the only one begins after the rule-out."""
    told = lived_through("""
        10:00  protocol
        11:00  ruled out
        12:00  protocol (again)
        13:00  correct ruled out at 09:00
    """)  # fmt: skip
    (record,) = told.records.values()

    assert (clock_text(record.time_zero), clock_text(record.time_zero_known_at)) == ("10:00", "13:00")


def test_a_case_whose_rule_out_is_corrected_is_believed_since_the_correction():
    """Nobody knew before that the second case begins so early."""
    told = lived_through("""
        09:00  arrived
        10:00  protocol
        10:30  ruled out
        11:00  protocol (again)
        11:30  correct ruled out at 10:20
    """)
    record = next(each for each in told.records.values() if each.case_id == "E1#2")

    assert (clock_text(record.time_zero), clock_text(record.time_zero_known_at)) == ("11:00", "11:30")


def test_what_can_change_a_rival_is_asked_of_the_rivals_as_they_are_now():
    """By the protocol of the next day, the latest of all dates, low pressures of that day would ask for fluids."""
    told = lived_through(f"""{SHOCK}
        06:00+1  quiet
        07:00+1  systolic bp 100
        08:00+1  protocol
        10:00+1  systolic bp 60
        10:10+1  systolic bp 61
    """, SEP1)  # fmt: skip
    (record,) = told.records.values()
    rival = next(each for each in record.rivals if each.name == "protocol_start")

    assert {each.element: each.status for each in rival.elements}["fluids"] == "missed"


def test_what_can_change_a_case_is_asked_of_the_case_as_it_is_now():
    """A person dates it a day later: low pressures of that day ask for fluids, which before came too late to matter."""
    told = lived_through(f"""{SHOCK}
        06:00+1  quiet
        10:00+1  systolic bp 100
        10:05+1  time zero was 09:00+1 by Jones because seen
        10:10+1  systolic bp 60
        10:20+1  systolic bp 61
    """, SEP1)  # fmt: skip

    assert verdict_of(told, "E1", "fluids").status == "open"


def test_a_case_that_a_late_message_opens_is_believed_since_it_was_received():
    rules, lived = load_rules([PED]), Lived()
    arrived, protocol, later = read_story("10:00 arrived\n 10:10 protocol\n 10:30 heart rate 150")
    for event in (arrived, later, protocol):
        lived.take(event, rules)
    (record,) = lived.records.values()

    assert clock_text(record.time_zero_known_at) == "10:10"


@pytest.mark.parametrize("line", ["lactate 2 drawn 10:00-5 []", "heart rate 150", "lactate 2"])
def test_a_clock_that_is_due_as_a_fact_arrives_has_run_on(line):
    told = lived_through(f"10:00 protocol\n 10:40 {line}")

    assert verdict_of(told, "E1", "antibiotics").status == "due_soon"


def test_what_says_the_same_after_a_restart_is_not_published_again():
    rules, lived = load_rules([PED]), Lived()
    for event in read_story("10:00 protocol\n 10:10 heart rate 150 measured 10:05"):
        lived.state = lived.state and decode_state(encode_state(lived.state))
        taken = lived.take(event, rules)

    assert (taken.cases, taken.verdicts, taken.beliefs, taken.alerts) == ((), (), (), ())


def test_what_several_measures_say_of_one_change_has_one_revision():
    *_, culture = both_lived("10:00 protocol\n 10:10 blood culture")

    assert [(belief.measure, belief.revision) for belief in culture.beliefs] == [(PED, 2), (TREND, 2)]
    assert [(record.measure, record.revision) for record in culture.cases] == [(PED, 2), (TREND, 2)]


def test_a_repeat_is_no_change():
    lived = lived_through("10:00 protocol\n 10:10 blood culture")
    lived.take(read_story("10:00 protocol")[0], load_rules([PED]))

    assert lived.state.revision == 2


def test_a_case_that_was_gone_is_believed_since_it_came_back():
    told = lived_through("""
        09:00  arrived
        10:00  protocol
        10:10  retract protocol
        10:15  restore protocol
    """)  # fmt: skip
    (record,) = told.records.values()

    assert (clock_text(record.time_zero), clock_text(record.time_zero_known_at)) == ("10:00", "10:15")


def test_after_a_merge_what_came_from_the_other_number_is_judged_without_what_went_there():
    """The protocol had come from the number that everything is merged into: it stays, the culture goes."""
    rules, lived = load_rules([PED]), Lived()
    protocol, culture, merge = read_story("10:00 protocol\n 10:10 blood culture\n 10:20 merged into P2")
    for event in (protocol.model_copy(update={"forwarded_from": ("P2",)}), culture, merge):
        lived.take(event, rules)

    assert lived.final() == judged(judge(lived.state, rules, lived.state.now))
    assert verdict_of(lived, "E1", "blood_culture").status == "open"


def both_lived(story):
    """What each event of a story led to under two measures."""
    rules, lived = load_rules([PED, TREND]), Lived()
    return [lived.take(event, rules) for event in read_story(story)]


def test_what_changes_under_two_measures_is_published_of_both():
    *_, culture = both_lived("10:00 protocol\n 10:10 blood culture")

    assert [verdict.measure for verdict in culture.verdicts if verdict.element == "blood_culture"] == [PED, TREND]


def test_two_cases_that_are_no_more_are_both_taken_away_with_their_verdicts():
    *_, retraction = both_lived("10:00 protocol\n 10:10 retract protocol")

    assert retraction.removed_cases == (f"F1|E1|{PED}", f"F1|E1|{TREND}")
    assert {key.rpartition("|")[0] for key in retraction.removed_verdicts} == {f"F1|E1|{PED}", f"F1|E1|{TREND}"}
    assert f"F1|E1|{PED}|bundle" in retraction.removed_verdicts


def test_the_first_alert_of_a_case_says_of_which_encounter_it_is():
    (first,) = play(PED, "10:00 protocol").alerts

    assert (first.kind, first.encounter_id, first.case_id) == ("bundle_started", "E1", "E1")


def test_what_was_received_earlier_than_known_was_believed_earlier():
    """A copy of the protocol's message, received before it, comes last."""
    rules, lived = load_rules([PED]), Lived()
    arrived, protocol, later = read_story("10:00 arrived\n 10:30 protocol at 10:05\n 10:40 heart rate 150")
    for event in (arrived, protocol, later, protocol.model_copy(update={"received_at": clock("10:10")})):
        lived.take(event, rules)
    (record,) = lived.records.values()

    assert clock_text(record.time_zero_known_at) == "10:10"


def test_an_alert_that_a_correction_led_to_says_so():
    told = play(PED, """
        10:00  protocol
        10:10  ceftriaxone iv
        10:20  blood culture drawn 10:05
        11:30  correct blood culture drawn 10:15
    """)  # fmt: skip

    assert "11:30 missed: blood culture, corrected" in told.said_of("blood culture")


def test_a_low_pressure_of_the_second_case_is_heard_though_it_comes_days_after_the_first():
    told = lived_through("""
        10:00    protocol
        10:00    septic shock documented
        11:00    ruled out
        14:00+3  protocol (again)
        14:00+3  septic shock documented (again)
        14:10+3  systolic bp 84
        14:30+3  systolic bp 82
    """, "nys-adult-6h/trend-2015")  # fmt: skip

    assert verdict_of(told, "E1#2", "fluids").due_at is not None


def test_a_late_copy_of_a_result_is_asked_for_since_when_a_provisional_time_zero_is_believed():
    rules, lived = load_rules([SEP1]), Lived()
    *before, lactate, pulse = read_story("""
        10:00  ceftriaxone iv
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  creatinine 2.4
        10:10  correct creatinine 2.5
        17:20  lactate 2.4 drawn 17:15
        17:30  heart rate 100
    """)  # fmt: skip
    for event in (*before, pulse, lactate):
        lived.take(event, rules)

    assert lived.final() == judged(judge(lived.state, rules, lived.state.now))
