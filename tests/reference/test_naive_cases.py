"""Who is a case and who is left out, worked by hand; versions, stays, and sepsis that returns.

`10:00` is time zero unless the story says otherwise. Read off the measure's text, not off any judge.
"""

import pytest

from reference.story_verdicts import (
    CHA,
    DEATHS,
    ED,
    HOUR_1,
    NYS,
    PROTOCOL,
    PROTOCOL_ADULT,
    PROTOCOL_CHILD,
    PUBLIC,
    PUBLIC_3H,
    PUBLIC_6H,
    TREND,
    TREND_3H,
    TREND_6H,
    TRIAGE,
    first,
    judged,
    verdicts,
)
from reference.told_stories import ADULT, CHILD, tell


@pytest.mark.parametrize(
    ("measure", "story", "born", "status", "reason"),
    [
        (NYS, PROTOCOL + "10:00 admit", "1997-03-02", "excluded", "age"),
        (NYS, PROTOCOL + "10:00 admit", "1997-03-03", "denominator", None),
        (NYS, PROTOCOL + "11:00:59 excluded_from_protocol", CHILD, "excluded", "protocol_exclusion_1h"),
        (NYS, PROTOCOL + "11:01 excluded_from_protocol", CHILD, "denominator", None),
        (NYS, PROTOCOL + "11:00 discharge 20", CHILD, "excluded", "expired_1h"),
        (NYS, PROTOCOL + "11:01 discharge 20", CHILD, "denominator", None),
        (NYS, PROTOCOL + "10:30 died", CHILD, "denominator", None),
        (NYS, PROTOCOL + "11:00 discharge 41", CHILD, "denominator", None),
        (NYS, PROTOCOL + "12:00 admit; 12:00 discharge 01", CHILD, "dropped", "bad_datetime"),
        (NYS, PROTOCOL + "12:00 discharge 01", None, "dropped", "no_birth_date"),
        (NYS, PROTOCOL, None, "denominator", None),
        (NYS, PROTOCOL + "11:00 sepsis_ruled_out", CHILD, "not_in_population", "ruled_out"),
        (NYS, "10:00 sepsis_documented", CHILD, "cannot_assess", "no_time_zero"),
        (NYS, "10:00 arrive; 10:30 pews 3", CHILD, "denominator", None),
        (PUBLIC, ED, CHILD, "denominator", None),
        (PUBLIC, ED + "10:04 admit", CHILD, "not_in_population", "protocol_not_in_ed"),
        (PUBLIC, ED + "10:05 admit", CHILD, "denominator", None),
        (PUBLIC, PROTOCOL, CHILD, "not_in_population", "protocol_not_in_ed"),
        (PUBLIC, ED + "15:00 transfer_out", CHILD, "excluded", "transfer"),
        (PUBLIC, ED + "03-05 15:00 excluded_from_protocol", CHILD, "excluded", "protocol_exclusion"),
        (TREND, PROTOCOL + "15:00 excluded_from_protocol directive", CHILD, "denominator", None),
        (TREND, PROTOCOL + "15:00 excluded_from_protocol contraindication", CHILD, "excluded", "contraindication"),
        (TREND, "10:00 arrive; 10:05 sepsis_documented", CHILD, "cannot_assess", "no_time_zero"),
        (TREND, PROTOCOL + "15:00 transfer_out", CHILD, "denominator", None),
        (PROTOCOL_CHILD, PROTOCOL + "11:00 discharge 20", CHILD, "excluded", "expired_1h"),
        (PROTOCOL_ADULT, PROTOCOL + "16:00 discharge 20", ADULT, "excluded", "expired_6h"),
        (PROTOCOL_ADULT, PROTOCOL + "16:01 discharge 20", ADULT, "denominator", None),
        (DEATHS, "10:00 sepsis_documented", ADULT, "denominator", None),
        (DEATHS, PROTOCOL, CHILD, "excluded", "age"),
        (PUBLIC_3H, ED, ADULT, "denominator", None),
        (PUBLIC_3H, "09:50 arrive; 10:05 protocol_started", ADULT, "cannot_assess", "no_time_zero"),
        (TREND_3H, PROTOCOL + "16:00 discharge 20", ADULT, "excluded", "expired_6h"),
        (PUBLIC_6H, ED, ADULT, "not_in_population", "no_septic_shock"),
        (PUBLIC_6H, ED + "16:00:59 septic_shock_documented", ADULT, "denominator", None),
        (PUBLIC_6H, ED + "16:01 septic_shock_documented", ADULT, "not_in_population", "no_septic_shock"),
        (TREND_6H, PROTOCOL + "10:30 lactate 4", ADULT, "denominator", None),
        (TREND_6H, PROTOCOL + "10:30 lactate 3.9", ADULT, "not_in_population", "no_septic_shock"),
        (TREND_6H, PROTOCOL + "10:30 systolic_bp 89; 13:30 systolic_bp 89", ADULT, "denominator", None),
        (TREND_6H, PROTOCOL + "10:30 systolic_bp 89; 13:31 systolic_bp 89", ADULT, "not_in_population",
         "no_septic_shock"),
        (TREND_6H, PROTOCOL + "10:30 systolic_bp 89; 10:30:59 mean_arterial_pressure 50", ADULT,
         "not_in_population", "no_septic_shock"),
        (CHA, PROTOCOL, ADULT, "excluded", "age"),
        (HOUR_1, PROTOCOL, CHILD, "excluded", "age"),
        (TRIAGE, "10:00 sepsis_triage_form; 11:00 sepsis_ruled_out", ADULT, "not_in_population",
         "ruled_out"),
    ],
)  # fmt: skip
def test_a_case_counts_or_not_for_the_reason_that_the_text_gives(measure, story, born, status, reason):
    case = first(measure, story, born)

    assert (case.status, case.reason) == (status, reason)


def test_where_sepsis_returns_after_a_rule_out_the_act_that_opened_it_stands_in_for_arrival():
    first_time = "10:00 arrive; 10:30 sepsis_documented; 11:00 sepsis_ruled_out; "

    ruled_out, second = judged(NYS, first_time + "11:00 pews 7; 15:00 pews 7; 15:59 dose ceftriaxone")

    assert (ruled_out.case_id, ruled_out.reason) == ("E1", "ruled_out")
    assert (second.case_id, second.elements["antibiotics"].status) == ("E1#2", "met")


@pytest.mark.parametrize(("left", "came", "stays"), [("12:00", "18:00", 1), ("12:00", "18:01", 2)])
def test_two_numbers_with_at_most_six_hours_between_are_one_stay(left, came, stays):
    visit = tell(f"10:00 arrive; 10:05 sepsis_documented; {left} discharge 01")
    stay = tell(f"{came} admit; 18:30 sepsis_documented", encounter="E2")
    for place, message in enumerate(stay):
        message |= {"message_id": f"s{place}", "fact_id": f"s{place}"}

    assert len(verdicts(NYS, [*visit, *stay])) == stays


def test_of_versions_the_highest_holds_and_a_retraction_takes_the_fact_away():
    messages = tell("10:00 protocol_started; 10:30 dose ceftriaxone")
    moved = messages[-1] | {
        "message_id": "v1",
        "version": 1,
        "status": "corrected",
        "started_at": "2015-03-02T11:01:00+00:00",
    }
    gone = moved | {"message_id": "v1b", "status": "entered_in_error"}

    stands = [
        verdicts(NYS, sent)[0].elements["antibiotics"].status
        for sent in ([*messages], [moved, *messages], [gone, *messages, moved])
    ]

    assert stands == ["met", "met_late", "missed"]
