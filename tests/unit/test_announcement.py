"""Alerts of a case: whose they are, what they are called, and what ends or takes back a thread."""

from uuid import NAMESPACE_URL, uuid5

import pytest

from storyteller import clock, play

MEASURE = "nys-ped-1h/spec-2015"
CHILD = """
    09:00  arrived to ED
    09:00  born 2015-01-01
    09:10  weight 20 kg
    10:00  protocol
"""
SEVERE = """
    07:00  born 1950-01-01
    08:00  admitted to 4W
    09:10  lactate 5.1
    09:20  heart rate 120
    09:20  respiratory rate 30
    09:20  systolic bp 80
    09:40  blood culture
"""
ALL = ["bundle", "antibiotics", "blood culture", "fluids"]


def said_since(at, told):
    """What was said from an hour on, without the hour."""
    return [
        f"{alert.kind}: {alert.element.replace('_', ' ')}{f', {alert.reason}' if alert.reason else ''}"
        for alert in told.alerts
        if alert.sent_at >= clock(at)
    ]


def sentences_since(at, told):
    return [alert.sentence for alert in told.alerts if alert.sent_at >= clock(at)]


def test_an_alert_says_whose_it_is_and_what_it_replaces():
    told = play(MEASURE, f"{CHILD}\n 10:20 moved to PICU\n 10:45 ceftriaxone iv\n 10:50 blood culture drawn 10:05")
    warned, missed, gone = (alert for alert in told.alerts if alert.element == "blood_culture")

    assert gone.model_dump(mode="json", exclude={"alert_id", "thread_id"}) == {
        "kind": "withdrawn",
        "reason": "met_in_time",
        "measure": MEASURE,
        "element": "blood_culture",
        "facility_id": "F1",
        "patient_id": "P1",
        "encounter_id": "E1",
        "case_id": "E1",
        "unit": "PICU",
        "sent_at": "2026-03-02T10:50:00Z",
        "due_at": "2026-03-02T10:45:00Z",
        "supersedes": missed.alert_id,
        "sentence": "Taken back: blood culture 10:05, in time.",
    }
    assert (warned.supersedes, missed.supersedes) == (None, warned.alert_id)
    assert {warned.thread_id, missed.thread_id} == {gone.thread_id}


def test_an_alert_is_called_the_same_in_every_release():
    """By its thread, how often that has spoken, what it says and when that is due: receivers drop what they have."""
    told = play(MEASURE, f"{CHILD}\n 10:45 quiet\n 10:50 ruled out")
    fluids = [alert for alert in told.alerts if alert.element == "fluids"]
    thread = uuid5(NAMESPACE_URL, f"F1|P1|E1|{MEASURE}|fluids")

    assert {alert.thread_id for alert in fluids} == {str(thread)}
    assert [alert.alert_id for alert in fluids] == [
        str(uuid5(thread, "0|due_soon||2026-03-02T11:00:00+00:00")),
        str(uuid5(thread, "1|withdrawn|ruled_out|")),
    ]


def test_every_case_of_a_stay_has_threads_of_its_own():
    told = play(MEASURE, f"{CHILD}\n 10:30 ruled out\n 10:40 protocol\n 10:41 quiet")
    bundles = {alert.case_id: alert.thread_id for alert in told.alerts if alert.element == "bundle"}

    assert set(bundles) == {"E1", "E1#2"}
    assert len(set(bundles.values())) == 2


def test_an_alert_names_the_encounter_of_its_time_zero():
    """Also where the case became known only once the stay went on under another number."""
    told = play(
        MEASURE,
        """
        09:00  arrived to ED [E1]
        09:30  continues as E2 [E1]
        09:30  admitted to PICU [E2]
        09:40  protocol at 09:20 [E2]
        10:05  quiet
        10:10  correct protocol at 09:40 [E2]
    """,
    )

    assert {(f"{alert.sent_at:%H:%M}", alert.encounter_id, alert.case_id) for alert in told.alerts} == {
        ("09:40", "E1", "E1"),
        ("10:00", "E1", "E1"),
        ("10:10", "E2", "E1"),
    }


def test_a_case_that_is_no_more_has_what_stands_taken_back_and_nothing_else():
    told = play(MEASURE, f"{CHILD}\n 10:45 ceftriaxone iv\n 10:46 blood culture drawn 10:05\n 10:50 retract protocol")
    taken = [alert for alert in told.alerts if alert.sent_at == clock("10:50")]

    assert said_since("10:50", told) == ["withdrawn: bundle, corrected", "withdrawn: fluids, corrected"]
    assert [alert.sentence for alert in taken] == ["Taken back: bundle: corrected.", "Taken back: fluids: corrected."]
    assert [alert.due_at for alert in taken] == [clock("11:00"), clock("11:00")]


def test_what_was_taken_back_is_taken_back_once_and_a_case_that_comes_back_is_told_anew():
    told = play(
        MEASURE, f"{CHILD}\n 10:05 retract protocol\n 10:10 lactate 2\n 10:20 restore protocol\n 10:30 retract protocol"
    )
    bundle = [alert for alert in told.alerts if alert.element == "bundle"]

    assert [alert.kind for alert in bundle] == ["bundle_started", "withdrawn", "bundle_started", "withdrawn"]
    assert [alert.supersedes for alert in bundle] == [None, *(alert.alert_id for alert in bundle[:-1])]
    assert len({alert.alert_id for alert in bundle}) == 4


def test_a_merge_is_why_a_case_is_no_more():
    told = play(MEASURE, f"{CHILD}\n 10:05 merged into P2")

    assert said_since("10:05", told) == ["withdrawn: bundle, merged"]
    assert sentences_since("10:05", told) == ["Taken back: bundle: merged."]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("10:50 ruled out", "ruled_out"),
        ("10:50 excluded from protocol", "excluded"),
        ("10:50 died at 10:45", "died"),
        ("10:50 transferred out at 10:45", "transferred"),
    ],
)
def test_what_ends_a_case_takes_back_what_stands(line, reason):
    told = play(MEASURE, f"{CHILD}\n {line}")

    assert said_since("10:50", told)[-len(ALL) :] == [f"withdrawn: {each}, {reason}" for each in ALL]


def test_a_case_whose_data_cannot_be_used_counts_as_excluded():
    told = play(MEASURE, f"{CHILD}\n 09:20 admitted\n 10:50 discharged at 08:50")

    assert told.status() == "dropped, bad_datetime"
    assert said_since("10:50", told) == [f"withdrawn: {each}, excluded" for each in ALL]


def test_a_case_outside_of_the_population_counts_as_excluded():
    """Its own reason says so, where it is none that alerts have."""
    measure = "nys-adult-6h/public-2015"
    shock = """
        07:00  born 1950-01-01
        08:00  arrived to ED
        08:10  triaged
        08:20  protocol
        08:30  septic shock documented
    """
    told = play(measure, f"{shock}\n 08:40 retract septic shock documented")

    assert told.status() == "not_in_population, no_septic_shock"
    assert said_since("08:40", told) == ["withdrawn: bundle, excluded"]


def test_suspected_infection_that_lapses_is_why_a_case_is_taken_back():
    told = play("sep1-like/1", f"{SEVERE}\n 12:00+4 quiet")

    assert told.status() == "not_in_population, not_confirmed"
    assert "withdrawn: bundle, not_confirmed" in said_since("09:00+1", told)


LEAVES = f"{CHILD}\n 11:10 transferred out at"


def test_a_window_that_closed_before_the_patient_left_keeps_its_miss():
    """11:00 counts whole: the window closes at 11:01, and who leaves then has been in it to its end."""
    assert said_since("11:10", play(MEASURE, f"{LEAVES} 11:01")) == []


def test_a_window_that_was_open_when_the_patient_left_is_taken_back():
    left = play(MEASURE, f"{LEAVES} 11:00")

    assert said_since("11:10", left) == [f"withdrawn: {each}, transferred" for each in ALL]


def test_after_the_patient_has_left_a_miss_may_be_taken_back_and_nothing_more_is_said():
    told = play(
        MEASURE,
        f"{LEAVES} 11:05\n 11:20 ceftriaxone iv started 10:50\n 11:30 ringer 400 mL started 10:10 completed 11:09",
    )

    assert said_since("11:10", told) == ["withdrawn: antibiotics, met_in_time"]
    assert told.stands("fluids") == "met_late"


def test_a_bundle_is_told_from_when_to_when_and_by_which_rule():
    (started,) = play(MEASURE, CHILD).alerts

    assert started.due_at == clock("11:00")
    assert started.sentence == "Bundle started. Time zero 10:00, by protocol started."


def test_a_bundle_of_another_time_zero_is_told_again():
    amended = play(MEASURE, f"{CHILD}\n 10:05 correct protocol at 10:04").alerts

    assert [alert.kind for alert in amended] == ["bundle_started", "amended"]
    assert amended[1].sentence == "Bundle changed: time zero moved. Time zero 10:04, by protocol started."
    assert amended[1].due_at == clock("11:04")


def test_a_bundle_of_another_time_zero_is_not_told_to_those_whose_patient_has_left():
    """All windows had closed when the patient left, and none had begun to be watched anew."""
    assert "bundle" not in str(said_since("11:10", play(MEASURE, f"{LEAVES} 11:05\n 11:20 correct protocol at 10:02")))


def test_a_sentence_names_the_day_where_the_window_ends_on_another():
    told = play(MEASURE, CHILD.replace("10:00", "23:30") + "\n 00:15+1 quiet")

    assert told.alerts[-1].sentence == "Fluids due by 2026-03-03 00:30, none charted."


def test_a_bundle_whose_windows_had_closed_before_it_was_known_is_not_started():
    assert play(MEASURE, "09:00 arrived\n 09:00 born 2015-01-01\n 11:01 protocol at 10:00\n 11:30 quiet").said == []


def test_a_bundle_of_which_one_element_alone_can_be_met_in_time_is_started():
    """The fluid was in before anyone knew of the case; the culture was late for the antibiotic."""
    told = play(
        MEASURE,
        """
        09:00  arrived
        09:00  born 2015-01-01
        09:10  weight 20 kg
        10:10  ceftriaxone iv
        10:30  ringer 100 mL started 10:10 completed 10:25
        10:40  protocol at 10:00
    """,
    )

    assert said_since("10:40", told)[0] == "bundle_started: bundle"


def test_what_a_bundle_does_not_ask_for_does_not_start_it():
    """Nobody charted a weight, so fluids cannot be assessed; all else was done when the case was known."""
    told = play(
        MEASURE,
        """
        09:00  arrived
        09:00  born 2015-01-01
        09:10  weight 20 kg
        10:05  blood culture
        10:10  ceftriaxone iv
        10:30  ringer 400 mL started 10:10 completed 10:25
        10:40  protocol at 10:00
    """,
    )

    assert told.stands("bundle") == "met"
    assert told.said == []


def test_a_correction_is_why_a_window_closed_on_what_was_met():
    told = play(MEASURE, f"{CHILD}\n 10:30 ceftriaxone iv\n 11:30 correct ceftriaxone started 11:05")
    late = play(MEASURE, f"{CHILD}\n 10:20 blood culture\n 11:30 ceftriaxone iv started 10:10")

    assert "missed: antibiotics, corrected" in said_since("11:30", told)
    assert said_since("11:30", late) == ["withdrawn: antibiotics, met_in_time", "missed: blood culture, late_charting"]


def test_a_window_that_an_antibiotic_closed_says_so():
    told = play(MEASURE, f"{CHILD}\n 10:35 ceftriaxone iv\n 10:37 quiet")

    assert told.alerts[-1].sentence == "Window closed 10:36, no blood culture charted: an antibiotic was given first."


def test_several_things_may_be_left_to_say_at_one_instant():
    """What was missed is taken back, for its window is another one, and that is about to close."""
    told = play(MEASURE, f"{CHILD}\n 11:05 correct protocol at 10:20")

    assert [line for line in said_since("11:05", told) if "fluids" in line] == [
        "withdrawn: fluids, time_zero_moved",
        "due_soon: fluids",
    ]


def test_a_warning_ends_when_the_element_is_due():
    """The last minute counts, and nobody is warned in it."""
    told = play(MEASURE, "09:00 arrived\n 09:00 born 2015-01-01\n 11:00:20 protocol at 10:00\n 11:00:50 quiet")

    assert told.said == ["11:00:20 bundle started: bundle"]
