"""The record of a case: which times its facts show, what is on its timeline, and when the bundle was done."""

from datetime import date

import pytest

from lived import Lived
from scoring.rules import load_rules
from sepsis_story import SEPSIS
from storyteller import clock, clock_text, play, read_story

PED, SEP1 = "nys-ped-1h/spec-2015", "sep1-like/1"


def shown(told, element):
    """When each fact of an element's evidence happened, by what it is."""
    return {each.what or each.type: clock_text(each.happened_at) for each in told.element(element).evidence}


def timeline(measure, story):
    """What stands on the timeline of the only case, in its order."""
    return [each.what for each in play(measure, story).case().timeline]


def test_a_fact_happened_when_the_element_clocks_it_or_else_when_it_was_done():
    fluids = "10:05  weight 70 kg\n 10:20  systolic bp 84\n 10:40  systolic bp 82\n"
    lactate = "11:10  lactate 1.4 drawn 10:15 resulted 11:05\n"
    given = "11:51  ringer 2100 mL started 10:50 completed 11:50\n"
    by_start = play(SEP1, f"{SEPSIS} {fluids} {lactate} {given}")
    by_end = play("nys-adult-6h/trend-2015", f"10:00 protocol\n {fluids} {lactate} {given}")

    assert shown(by_start, "lactate")["lactate"] == "10:15"
    assert shown(by_start, "fluids")["ringer"] == "10:50"
    assert shown(by_end, "lactate")["lactate"] == "11:05"


def test_completed_fluids_happened_at_their_end_and_the_weight_when_it_was_measured():
    told = play(PED, "10:00 protocol\n 10:05 weight 10 kg\n 10:50 ringer 200 mL started 10:10 completed 10:44")

    assert shown(told, "fluids") == {
        "ringer": "10:44", "weight": "10:05", "protocol_started": "10:00",
    }  # fmt: skip


def test_a_fact_shows_every_time_it_has_and_no_other():
    told = play(SEP1, f"{SEPSIS} 11:10  lactate 1.4 drawn 10:15 resulted 11:05")
    lactate = told.element("lactate").evidence[0]

    assert (clock_text(lactate.collected_at), clock_text(lactate.resulted_at), lactate.started_at) == (
        "10:15", "11:05", None,
    )  # fmt: skip


def test_a_fact_says_when_it_was_charted():
    case = play(PED, "10:00 protocol\n 10:10 blood culture drawn 10:05 recorded 10:08").case()
    culture = next(each for each in case.elements if each.element == "blood_culture").evidence[0]

    assert (clock_text(culture.recorded_at), clock_text(case.timeline[-1].recorded_at)) == ("10:08", "10:08")


def test_what_began_an_elements_own_clock_is_shown_with_it():
    told = play(SEP1, f"{SEPSIS} 10:05 weight 70 kg\n 10:20 systolic bp 84\n 10:40 systolic bp 82")

    assert [each.type for each in told.element("fluids").evidence][:3] == ["weight", "systolic_bp", "systolic_bp"]


@pytest.mark.parametrize(("seconds", "minutes"), [("", 35), (":30", 34)])
def test_a_verdict_says_how_many_whole_minutes_after_time_zero(seconds, minutes):
    dose = play(PED, f"10:00{seconds} protocol\n 10:35 ceftriaxone iv").element("antibiotics")

    assert dose.sentence == f"Antibiotics 10:35, {minutes} min after time zero 10:00: in time."


def test_a_verdict_says_from_when_it_counts_when_its_window_is_and_when_it_was_done_and_known():
    dose = play(PED, "10:00 protocol\n 10:35 ceftriaxone iv started 10:30").element("antibiotics")
    times = dose.time_zero, dose.due_at, dose.closes_at, dose.settles_at, dose.done_at, dose.known_at

    assert [clock_text(at) for at in times] == ["10:00", "11:00", "11:01", "12:01", "10:30", "10:35"]
    assert (dose.time_zero_rule, dose.facility_id, dose.case_id, dose.encounter_id, dose.measure) == (
        "protocol_started", "F1", "E1", "E1", PED,
    )  # fmt: skip


def test_a_fact_says_its_value_with_its_unit():
    lactate = play(SEP1, f"{SEPSIS} 10:20 lactate 1.4").element("lactate").evidence[0]

    assert (lactate.type, lactate.what, lactate.value, lactate.unit) == ("lactate", None, 1.4, "mmol/L")


def test_the_bundle_was_done_with_the_last_of_what_it_asks_for_and_known_with_what_was_known_last():
    """The broad spectrum stands outside of it, and was complete at 12:30 only."""
    told = play(SEP1, f"""{SEPSIS}
        10:20  blood culture
        11:30  lactate 1.4 drawn 10:30
        11:00  vancomycin iv started 10:50
        12:30  gentamicin iv
    """)  # fmt: skip
    bundle = told.element("bundle")

    assert (bundle.status, clock_text(bundle.done_at), clock_text(bundle.known_at)) == ("met", "10:50", "11:30")


def test_the_bundle_is_due_with_what_is_due_next_and_at_the_end_with_what_was_due_last():
    """A lactate of 2.4 asks for another one by 16:00."""
    drawn = f"{SEPSIS} 10:20 blood culture\n 10:25 lactate 2.4\n"
    given = f"{drawn} 10:30 ceftriaxone iv\n"
    again = f"{given} 11:00 lactate 1.9\n"

    assert [clock_text(play(SEP1, story).element("bundle").due_at) for story in (drawn, given, again)] == [
        "13:00", "16:00", "16:00",
    ]  # fmt: skip


def test_the_bundle_closes_and_settles_with_what_is_due_next():
    bundle = play(SEP1, SEPSIS).element("bundle")

    assert (clock_text(bundle.closes_at), clock_text(bundle.settles_at)) == ("13:01", "14:01")


@pytest.mark.parametrize(
    ("ends", "closed"),
    [
        ("", None),
        ("11:00 died", "11:00"),
        ("11:00 transferred out", "11:00"),
        ("11:00 discharged", "11:00"),
        ("12:00 discharged\n 12:10 died at 11:00", "12:00"),
        ("11:00 transferred out\n 12:00 died", "12:00"),
    ],
)
def test_a_case_is_closed_by_the_last_end_of_its_stay(ends, closed):
    closed_at = play(PED, f"09:00 arrived\n 10:00 protocol\n {ends}").case().closed_at

    assert (closed_at and clock_text(closed_at)) == closed


def test_a_bundle_that_is_not_met_was_never_done():
    bundle = play(SEP1, f"{SEPSIS} 10:20 blood culture").element("bundle")

    assert (bundle.done_at, bundle.known_at) == (None, None)


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [("09:59:59-1", False), ("10:00-1", True), ("10:00+1", True), ("10:00:01+1", False)],
)
def test_the_timeline_has_what_lies_within_a_day_of_time_zero(moment, is_shown):
    early = moment.endswith("-1")
    lines = [f"{moment}  lactate 2.4", "10:00  protocol"]

    assert ("lactate" in timeline(PED, "\n".join(lines if early else reversed(lines)))) is is_shown


def test_the_timeline_shows_of_drugs_only_those_that_the_measure_looks_at():
    story = """
        10:00  protocol
        10:10  ringer 100 mL
        10:20  norepinephrine iv
        10:30  ceftriaxone iv
        10:40  heart rate 110
        10:50  covers fluids started 09:00
    """

    assert timeline(PED, story) == ["protocol started", "ringer", "ceftriaxone"]


def test_a_drug_taken_back_leaves_the_timeline():
    assert timeline(PED, "10:00 protocol\n 10:10 ringer 100 mL\n 10:20 retract ringer") == ["protocol started"]


def test_without_a_time_zero_all_of_the_stay_is_on_the_timeline():
    story = "10:00-9 lactate 2.4\n 10:00 sepsis documented"

    assert timeline("nys-ped-1h/spec-2015-literal", story) == ["lactate", "sepsis documented"]


def test_a_case_is_of_the_number_that_was_in_force_at_its_time_zero():
    story = "10:00 arrived\n 12:00 discharged\n 13:00 admitted [E2]\n 14:00 protocol at 10:30 [E2]"

    assert play(PED, story).case().encounter_id == "E1"


def test_a_provisional_case_is_not_settled_until_it_lapses():
    """Everything that is asked for was done, but the sign of infection stands alone."""
    story = """
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  creatinine 2.4
        10:00  ceftriaxone iv
        10:10  lactate 1.4
    """

    assert not play(SEP1, f"{story} 10:00+1 quiet").case().settled
    assert play(SEP1, f"{story} 10:00+3 quiet").case().settled


def test_a_bundle_says_all_that_an_element_says():
    told = play(PED, "10:00 protocol\n 10:20 ceftriaxone iv\n 12:10 quiet")
    bundle = told.element("bundle")

    assert (bundle.facility_id, bundle.case_id, bundle.encounter_id, bundle.measure) == ("F1", "E1", "E1", PED)
    assert (bundle.status, bundle.reason, clock_text(bundle.time_zero)) == ("missed", "blood_culture", "10:00")
    assert bundle.time_zero_rule == "protocol_started"
    assert [each.type for each in bundle.evidence] == ["protocol_started"]
    assert bundle.sentence == "Bundle missed for blood culture: 1 of 3 required elements in time."


def test_a_bundle_of_an_excluded_case_has_the_cases_reason():
    bundle = play(PED, "09:00 born 2001-05-06\n 09:30 admitted\n 10:00 protocol").element("bundle")

    assert (bundle.status, bundle.reason) == ("excluded", "age")
    assert bundle.sentence == "Bundle excluded: 0 of 3 required elements in time: age."


def test_an_entry_of_the_timeline_says_what_it_was_when_and_when_it_was_known():
    case = play(SEP1, f"{SEPSIS} 10:30 lactate 1.4 drawn 10:20 recorded 10:25 [l1]").case()
    lactate = next(each for each in case.timeline if each.what == "lactate")
    times = lactate.happened_at, lactate.recorded_at, lactate.received_at

    assert [clock_text(at) for at in times] == ["10:20", "10:25", "10:30"]
    assert (lactate.type, lactate.value, lactate.unit) == ("lactate", 1.4, "mmol/L")
    assert lactate.event_id == case.elements[0].evidence[0].event_id


def test_the_timeline_stands_in_time_order_whatever_kind_its_entries_are_of():
    story = "10:00 protocol\n 10:10 ceftriaxone iv\n 10:20 lactate 1.4\n 10:25 blood culture\n 10:40 ringer 100 mL"

    assert timeline(PED, story) == ["protocol started", "ceftriaxone", "lactate", "blood culture", "ringer"]


def test_a_record_says_which_unit_the_patient_is_in_and_which_groups_the_case_is_of():
    case = play("cha-mortality/2012", "09:00 arrived to ED\n 10:00 septic shock documented").case()

    assert (case.unit, case.strata) == ("ED", ("septic_shock", "severe_sepsis_or_septic_shock"))


def test_a_persons_word_is_on_record_beside_what_the_rule_says():
    case = play(PED, "10:00 protocol\n 10:30 time zero was 09:40 by Jones because seen_by_the_team").case()
    word = case.override

    assert (clock_text(case.computed_time_zero), case.computed_time_zero_rule) == ("10:00", "protocol_started")
    assert (clock_text(word.time_zero), word.by, clock_text(word.at), word.reason) == (
        "09:40", "Jones", "10:30", "seen_by_the_team",
    )  # fmt: skip
    assert word.measure is None


def test_a_word_for_one_measure_says_for_which():
    said = "10:30 time zero overridden to 09:50 for nys-ped-1h/spec-2015 reason earlier_triage actor doctor"

    assert play(PED, f"10:00 protocol\n {said}").case().override.measure == PED


def test_without_a_persons_word_none_is_on_record():
    assert play(PED, "10:00 protocol").case().override is None


def test_another_version_under_the_same_message_number_is_told_as_it_is():
    rules, lived = load_rules([PED]), Lived()
    born, *after = read_story("09:00 born 2001-05-06\n 09:30 admitted\n 10:00 protocol")
    corrected = {"birth_date": date(2001, 5, 7), "version": born.version + 1, "received_at": clock("10:10")}
    for event in (born, *after, born.model_copy(update=corrected)):
        lived.take(event, rules)
    (record,) = lived.records.values()
    told = {each.what for verdict in record.elements for each in verdict.evidence if each.event_id == born.event_id}

    assert told == {"born 2001-05-07"}


def test_of_two_measures_each_has_a_timeline_of_what_it_looks_at():
    rules, lived = load_rules([PED, "nys-mortality-ped/2015"]), Lived()
    for event in read_story("10:00 protocol\n 10:10 ringer 100 mL\n 10:20 ceftriaxone iv"):
        lived.take(event, rules)
    told = {record.measure: [each.what for each in record.timeline] for record in lived.records.values()}

    assert told == {
        PED: ["protocol started", "ringer", "ceftriaxone"],
        "nys-mortality-ped/2015": ["protocol started", "ceftriaxone"],
    }


def test_a_record_says_whose_it_is():
    case = play(PED, "10:00 protocol").case()

    assert (case.facility_id, case.patient_id, case.case_id, case.encounter_id) == ("F1", "P1", "E1", "E1")
