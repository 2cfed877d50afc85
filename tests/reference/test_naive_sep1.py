"""Severe sepsis and septic shock, worked by hand.

`10:00` is time zero unless the story says otherwise. Read off the measure's text, not off any judge.
"""

import pytest

from reference.story_verdicts import SEP_1, first, judged
from reference.told_stories import ADULT

SEPSIS = "10:00 infection_suspected; 09:00 temperature 39; 09:00 heart_rate 120; 08:00 systolic_bp 80; "
PERSISTS = (
    SEPSIS + "09:50 systolic_bp 80; 09:00 weight 70; 10:05 fluid 2100 until 11:00; "
    "11:00 systolic_bp 85; 12:00 systolic_bp 85; "
)


@pytest.mark.parametrize(
    ("story", "element", "status"),
    [
        ("13:00:59 lactate 2", "lactate", "met"),
        ("13:01 lactate 2", "lactate", "met_late"),
        ("05:00 lactate 2.5; 09:00 lactate 2; 10:30 lactate 3; 15:00 lactate 1", "repeat_lactate", "met"),
        ("09:00 lactate 2; 10:30 lactate 3", "repeat_lactate", "not_applicable"),
        ("11:00 dose ceftriaxone; 11:01 culture", "blood_culture", "met_late"),
        ("11:00 dose ceftriaxone; 11:01 culture; 11:00 culture_delay_accepted", "blood_culture", "met"),
        ("09:00 dose metronidazole", "broad_spectrum", "met"),
        ("10:01 dose metronidazole", "broad_spectrum", "missed"),
        ("09:50 systolic_bp 80", "fluids", "cannot_assess"),
        ("09:50 systolic_bp 80; 09:00 weight 70; 12:50:59 fluid 1890 until 20:00", "fluids", "met"),
        ("09:50 systolic_bp 80; 09:00 weight 70; 12:51 fluid 1890 until 20:00", "fluids", "met_late"),
        ("09:50 systolic_bp 80; 09:00 weight 70; 11:00 fluid 1889.9 until 20:00", "fluids", "missed"),
        ("09:50 systolic_bp 80; 11:00 lesser_volume_ordered 500; 11:00 fluid 500 until 12:00", "fluids", "met"),
        ("10:30 lactate 4; 10:40 reassessment", "reassessment", "met"),
        ("10:30 lactate 4; 16:30:59 reassessment", "reassessment", "met"),
        ("10:30 lactate 4; 16:31 reassessment", "reassessment", "met_late"),
        ("10:30 lactate 4; 10:40 reassessment; 10:41 fluid 100", "reassessment", "missed"),
        ("10:30 lactate 4; 16:30 comfort_care", "reassessment", "excluded"),
        ("10:30 lactate 4; 16:31 comfort_care", "reassessment", "missed"),
        ("10:30 lactate 3.9", "reassessment", "not_applicable"),
    ],
)
def test_severe_sepsis_is_judged_as_sep_1_says(story, element, status):
    assert first(SEP_1, SEPSIS + story, ADULT).elements[element].status == status


def test_a_broad_drug_known_by_a_day_that_would_do_goes_before_a_narrow_one_later_that_day():
    """The day lasts from 05:00 to 05:00, in New York; the window from 03:00 of that day to 06:00 of the next."""
    sepsis = "infection_suspected; 03-03 03:00 temperature 39; 03-03 03:00 heart_rate 120; 03-03 03:00 systolic_bp 80"

    told = first(SEP_1, f"03-03 03:00 {sepsis}; 18:00 dose metronidazole; day 03-02 dose ceftriaxone", ADULT)

    assert told.elements["broad_spectrum"].done % (24 * 60) == 5 * 60


@pytest.mark.parametrize(
    ("story", "minute"),
    [
        ("10:00 infection_suspected; 04:00 temperature 38.4; 05:00 heart_rate 91; 06:00 systolic_bp 89", "10:00"),
        ("10:00 infection_suspected; 03:59 temperature 38.4; 05:00 heart_rate 91; 06:00 systolic_bp 89", None),
        ("10:00 infection_suspected; 10:01 temperature 38.3; 10:02 heart_rate 91; 10:03 systolic_bp 89", None),
        (
            "10:00 infection_suspected; 10:01 temperature 35.9; 10:02 respiratory_rate 21; 16:00 lactate 2.1",
            "16:00",
        ),
        ("10:00 infection_suspected; 10:01 heart_rate 91; 10:02 heart_rate 120; 10:03 lactate 2.1", None),
        (
            "10:00 culture; 03-05 10:00 dose ceftriaxone; 10:01 heart_rate 91; 10:02 temperature 39; 10:03 lactate 2.1",
            "10:03",
        ),
        ("10:00 culture; 10:01 heart_rate 91; 10:02 temperature 39; 10:03 lactate 2.1", "lapsed"),
        (
            "10:00 culture; 03-05 10:01 dose ceftriaxone; 10:01 heart_rate 91; 10:02 temperature 39; 10:03 lactate 2.1",
            "lapsed",
        ),
        (
            "10:00 dose ceftriaxone; 03-03 10:00 culture; 10:01 heart_rate 91; 10:02 temperature 39; 10:03 lactate 2.1",
            "10:03",
        ),
        ("10:00 culture urine_culture; 10:01 heart_rate 91; 10:02 temperature 39; 10:03 lactate 2.1", None),
    ],
)
def test_severe_sepsis_presents_when_the_last_of_three_is_met(story, minute):
    found = [(case.reason, case.zero) for case in judged(SEP_1, story, ADULT)]

    assert [("lapsed" if zero.lapsed else f"{zero.at // 60 % 24:02}:{zero.at % 60:02}") for _, zero in found] == (
        [] if minute is None else [minute]
    )


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        ("16:00 comfort_care", "comfort_care_6h"),
        ("16:01 comfort_care", None),
        ("16:00 died; 20:00 discharge 20", "expired_6h"),
        ("16:01 died; 16:02 discharge 20", None),
        ("16:00 discharge 01", "discharged_6h"),
        ("16:01 discharge 01", None),
        ("02:00 transfer_in", "transfer_in"),
        ("16:00 care_refused", "care_refused_6h"),
        ("16:01 care_refused", None),
        ("10:00 admit; 06-30 10:00 discharge 01", None),
        ("10:00 admit; 06-30 10:01 discharge 01", "stay_over_120_days"),
        ("03-01 09:59 dose vancomycin; 03-01 20:00 dose vancomycin", "antibiotics_over_24h"),
        ("03-01 10:00 dose vancomycin; 03-01 20:00 dose vancomycin", None),
        ("03-01 09:59 dose vancomycin; 10:00 dose vancomycin", None),
        ("03-01 08:00 dose vancomycin; 03-02 08:00 dose vancomycin", "antibiotics_over_24h"),
        ("03-20 08:00 trial_enrolled", "clinical_trial"),
        ("03-01 08:00 pregnancy_documented", "pregnancy"),
        ("10:00 covid19_documented", "covid19"),
    ],
)
def test_sep_1_leaves_out_whom_it_names(story, reason):
    assert first(SEP_1, SEPSIS + story, ADULT).reason == reason
