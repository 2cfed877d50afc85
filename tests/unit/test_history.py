"""What was believed when: one line a change, with what led to it."""

from lived import live
from schemas.belief import changes
from scoring.rules import load_rules
from storyteller import clock_text, play

MEASURE = "nys-ped-1h/spec-2015"


def history(story, case_id="E1"):
    """The history of a case, a line a belief."""
    beliefs = [belief for step in play(MEASURE, story).steps for belief in step.beliefs if belief.case_id == case_id]
    return [_line(change) for change in changes(beliefs)]


def _line(change):
    belief = change.belief
    led = "the clock" if belief.because is None else belief.because.type + (" taken back" if belief.taken_back else "")
    stands = [f"{each.element} {each.status}" for each in change.elements if each.element != "bundle"]
    zero = [f"time zero {clock_text(belief.time_zero)}"] if change.time_zero_is_new and belief.time_zero else []
    told = ", ".join([*zero, *stands]) or belief.reason or "other evidence"
    return f"{clock_text(belief.as_of)} by {led}: {told}"


def test_a_history_says_what_was_held_when_and_why():
    told = history("""
        10:00  protocol
        10:20  blood culture drawn 10:15
        11:10  ceftriaxone iv started 10:35
        11:20  retract blood culture
        13:00  quiet
    """)

    assert told == [
        "10:00 by protocol_started: time zero 10:00, antibiotics open, blood_culture open, fluids open",
        "10:20 by blood_culture: blood_culture met",
        "10:40 by the clock: antibiotics due_soon, fluids due_soon",
        "11:01 by the clock: antibiotics overdue, fluids cannot_assess",
        "11:10 by antibacterial: antibiotics met, blood_culture met",
        "11:20 by blood_culture taken back: blood_culture overdue",
        "12:10 by the clock: blood_culture missed",
    ]


def test_a_time_zero_that_moves_stands_in_the_history():
    told = history("""
        10:00  arrived
        10:30  best practice alert
        10:40  protocol
    """)

    assert [line for line in told if "time zero" in line] == [
        "10:30 by best_practice_alert: time zero 10:00, antibiotics open, blood_culture open, fluids open",
        "10:40 by protocol_started: time zero 10:40, antibiotics open, blood_culture open, fluids open",
    ]


def test_a_case_that_is_no_more_ends_its_history_and_goes_on_when_it_comes_back():
    told = history("""
        10:00  protocol
        10:10  retract protocol
        10:15  restore protocol
    """)

    assert told == [
        "10:00 by protocol_started: time zero 10:00, antibiotics open, blood_culture open, fluids open",
        "10:10 by protocol_started taken back: corrected",
        "10:15 by protocol_started: time zero 10:00, antibiotics open, blood_culture open, fluids open",
    ]


def test_a_merged_patient_ends_the_history_under_the_old_number():
    told = history("""
        10:00  protocol
        10:10  merged into P2
    """)

    assert told[-1] == "10:10 by merge: merged"


def test_what_says_the_same_by_other_evidence_is_told_as_such():
    told = history("""
        10:00  protocol
        10:10  weight 20 kg measured 09:50
        10:20  weight 20 kg measured 09:55
    """)

    assert told[-1] == "10:20 by weight: other evidence"


def test_a_fact_that_nobody_judges_by_leaves_no_line():
    assert len(history("10:00  protocol\n10:10  moved to PICU")) == 1


def test_at_the_instant_of_a_wake_up_the_clock_led_to_what_the_fact_cannot_touch():
    """A potassium level would not: here a heart rate, of which this measure takes no notice."""
    told = history("""
        10:00  protocol
        10:40  heart rate 150
    """)

    assert told[-1] == "10:40 by the clock: antibiotics due_soon, blood_culture due_soon, fluids due_soon"


def test_a_deciding_fact_is_told_with_every_time_it_has():
    told = play(MEASURE, """
        10:00  protocol
        10:05  weight 10 kg measured 09:00
        10:50  ringer 200 mL ordered 10:02 started 10:10 completed 10:44
    """)  # fmt: skip
    fluids, *_ = told.element("fluids").evidence

    times = {name: clock_text(at) for name, at in fluids.model_dump().items() if name.endswith("_at") and at}
    assert times == {
        "happened_at": "10:44", "ordered_at": "10:02", "started_at": "10:10", "completed_at": "10:44",
        "received_at": "10:50",
    }  # fmt: skip


def test_times_that_a_fact_does_not_have_stay_out_of_the_json():
    protocol, *_ = play(MEASURE, "10:00  protocol").element("bundle").evidence

    assert protocol.model_dump(mode="json").keys() == {
        "event_id", "type", "happened_at", "recorded_at", "value", "unit", "received_at",
    }  # fmt: skip


def test_a_case_that_goes_on_under_another_number_does_not_end():
    """The other number lives through the facts as they were received, so its beliefs may be older than the merge."""
    told = play(MEASURE, """
        10:00  protocol
        10:10  merged into P2
    """)  # fmt: skip
    here = [belief for taken in told.steps for belief in taken.beliefs]
    there = live([fact for taken in told.steps for fact in taken.forward], load_rules([MEASURE])).beliefs

    assert [_line(change) for change in changes(here)][-1] == "10:10 by merge: merged"
    assert [_line(change) for change in changes([*there, *here])] == [
        "10:00 by protocol_started: time zero 10:00, antibiotics open, blood_culture open, fluids open",
        "10:00 by protocol_started: other evidence",
    ]


def test_a_belief_says_what_the_record_and_its_verdicts_say():
    told = play(MEASURE, """
        10:00  protocol
        10:10  blood culture
        10:20  ceftriaxone iv
        10:30  excluded from protocol reason contraindication
    """)  # fmt: skip
    case = "status", "reason", "time_zero", "time_zero_rule", "time_zero_sentence"
    element = "element", "status", "reason", "due_at", "sentence"

    def say(each, names):
        return [getattr(each, name) for name in names]

    for taken in told.steps:
        ((record,), (belief,)) = (taken.cases, taken.beliefs)
        assert say(belief, case) == say(record, case)
        assert [say(each, element) for each in belief.elements] == [say(each, element) for each in taken.verdicts]
    assert {belief.reason, *(each.reason for each in belief.elements)} == {record.reason}
    assert belief.reason
