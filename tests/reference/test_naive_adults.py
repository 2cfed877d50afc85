"""The adults' measures, worked by hand: New York's bundles, protocol and deaths; hour 1; the triage form.

`10:00` is time zero unless the story says otherwise. Read off the measure's text, not off any judge.
"""

import pytest

from reference.story_verdicts import (
    DEATHS,
    ED,
    FORM,
    HOUR_1,
    PROTOCOL,
    PROTOCOL_ADULT,
    PUBLIC_3H,
    SCREEN,
    TREND_3H,
    TREND_6H,
    TRIAGE,
    first,
)
from reference.told_stories import ADULT

LOW = PROTOCOL + "09:50 systolic_bp 80; 10:10 systolic_bp 80; "


@pytest.mark.parametrize(
    ("measure", "story", "element", "status"),
    [
        (TREND_3H, PROTOCOL + "10:10 lactate 2 resulted 13:00:59", "lactate", "met"),
        (TREND_3H, PROTOCOL + "10:10 lactate 2 resulted 13:01", "lactate", "met_late"),
        (TREND_3H, PROTOCOL + "10:10 lactate 2", "lactate", "missed"),
        (TREND_3H, PROTOCOL + "04:00 lactate 2 resulted 05:00", "lactate", "met"),
        (TREND_3H, PROTOCOL + "03:59 lactate 2 resulted 05:00", "lactate", "missed"),
        (TREND_3H, PROTOCOL + "10:10 dose vancomycin", "broad_spectrum", "missed"),
        (TREND_3H, PROTOCOL + "10:10 dose vancomycin; 13:00:59 dose gentamicin", "broad_spectrum", "met"),
        (TREND_3H, PROTOCOL + "10:10 dose vancomycin; 13:01 dose gentamicin", "broad_spectrum", "met_late"),
        (TREND_3H, PROTOCOL + "13:00 dose meropenem", "broad_spectrum", "met"),
        (PUBLIC_3H, ED + "13:00:59 dose vancomycin", "antibiotics", "met"),
        (PUBLIC_3H, ED + "13:01 dose vancomycin", "antibiotics", "met_late"),
        (TREND_6H, PROTOCOL + "10:10 lactate 4; 16:00:59 lactate 3", "repeat_lactate", "met"),
        (TREND_6H, PROTOCOL + "10:10 lactate 4; 16:01 lactate 3", "repeat_lactate", "met_late"),
        (TREND_6H, PROTOCOL + "11:00 septic_shock_documented; 10:10 lactate 2.0", "repeat_lactate",
         "not_applicable"),
        (TREND_6H, PROTOCOL + "11:00 septic_shock_documented; 10:10 lactate 2.1", "repeat_lactate", "missed"),
        (TREND_6H, PROTOCOL + "11:00 septic_shock_documented; 16:01 lactate 4", "repeat_lactate",
         "not_applicable"),
        (TREND_6H, PROTOCOL + "11:00 septic_shock_documented; 16:00 lactate ?", "repeat_lactate",
         "cannot_assess"),
        (TREND_6H, PROTOCOL + "10:30 lactate 4", "vasopressor", "not_applicable"),
        (TREND_6H, PROTOCOL + "10:30 lactate 4; 09:00 weight 70; 10:00 fluid 2100 until 16:00:59", "fluids",
         "met"),
        (TREND_6H, PROTOCOL + "10:30 lactate 4; 09:00 weight 70; 10:00 fluid 2099 until 16:00:59", "fluids",
         "missed"),
        (TREND_6H, LOW, "vasopressor", "cannot_assess"),
        (TREND_6H, LOW + "09:00 weight 70; "
         "10:20 fluid 2100 until 11:00; 11:00 systolic_bp 85; 12:00 systolic_bp 85; 16:00 dose norepinephrine",
         "vasopressor", "met"),
        (TREND_6H, LOW + "09:00 weight 70; "
         "10:20 fluid 2100 until 11:00; 11:00 systolic_bp 85; 12:01 systolic_bp 85", "vasopressor", "not_applicable"),
        (TREND_6H, LOW + "09:00 weight 70; "
         "10:20 fluid 2100 until 11:00; 11:00 systolic_bp 85; 11:30 systolic_bp 90; 12:00 systolic_bp 85",
         "vasopressor", "not_applicable"),
        (PROTOCOL_ADULT, PROTOCOL + "12:00 discharge 01", "protocol", "met"),
        (PROTOCOL_ADULT, "10:00 arrive; 10:05 sepsis_documented; 12:00 discharge 01", "protocol",
         "missed"),
        (PROTOCOL_ADULT, "10:00 arrive; 10:05 sepsis_documented", "protocol", "open"),
        (PROTOCOL_ADULT, "12:00 discharge 01; 12:01 protocol_started", "protocol", "met_late"),
        (DEATHS, PROTOCOL + "12:00 discharge 20", "died_in_hospital", "met"),
        (DEATHS, PROTOCOL + "11:00 died", "died_in_hospital", "met"),
        (DEATHS, PROTOCOL + "11:00 discharge 01; 03-05 11:00 died", "died_in_hospital", "missed"),
        (DEATHS, PROTOCOL + "11:00 transfer_out", "died_in_hospital", "missed"),
        (DEATHS, PROTOCOL, "died_in_hospital", "open"),
        (HOUR_1, SCREEN + "11:00:59 lactate 4", "lactate", "met"),
        (HOUR_1, SCREEN + "11:01 lactate 4", "lactate", "met_late"),
        (HOUR_1, SCREEN + "10:30 lactate 4; 14:30:59 lactate 2", "repeat_lactate", "met"),
        (HOUR_1, SCREEN + "10:30 lactate 4; 14:31 lactate 2", "repeat_lactate", "met_late"),
        (HOUR_1, SCREEN + "11:00 systolic_bp 89; 11:00:59 fluid 1", "fluids", "met"),
        (HOUR_1, SCREEN + "11:01 systolic_bp 89; 10:10 fluid 1", "fluids", "not_applicable"),
        (HOUR_1, SCREEN + "10:20 fluid 1; 10:20:59 systolic_bp 89; 11:00 dose norepinephrine",
         "vasopressor", "met"),
        (HOUR_1, SCREEN + "10:20 fluid 1; 10:19 systolic_bp 89", "vasopressor",
         "not_applicable"),
        (HOUR_1, "10:00 triage; 10:30 sepsis_documented; 11:01 dose ceftriaxone", "antibiotics", "met_late"),
        (HOUR_1, "08:00 triage; 09:00 admit; 10:00 sepsis_documented; 11:00 dose ceftriaxone", "antibiotics", "met"),
        (TRIAGE, FORM + "11:00:30 dose ceftriaxone", "antibiotics", "met"),
        (TRIAGE, FORM + "11:00:31 dose ceftriaxone", "antibiotics", "met_late"),
        (TRIAGE, FORM + "03-01 01:00 dose ceftriaxone", "antibiotics", "met"),
        (TRIAGE, FORM + "13:00:31 lactate 2", "lactate", "met_late"),
    ],
)  # fmt: skip
def test_adults_of_the_state_and_of_the_campaign_are_judged_as_their_texts_say(measure, story, element, status):
    assert first(measure, story, ADULT).elements[element].status == status
