"""The children's measures, worked by hand: New York's hour in its readings, CHA, IPSO.

`10:00` is time zero unless the story says otherwise. Read off the measure's text, not off any judge.
"""

import pytest

from reference.story_verdicts import (
    BOUNDED,
    CHA,
    CHA_DEATHS,
    ED,
    HUDDLE,
    IPSO,
    IPSO_MODIFIED,
    LITERAL,
    NYS,
    PROTOCOL,
    PUBLIC,
    TREND,
    first,
)

FULL_SET = "temperature 38 charted {t}; 10:00 heart_rate 90 charted 10:05; 10:00 respiratory_rate 18 charted 10:05; "


@pytest.mark.parametrize(
    ("measure", "story", "element", "status"),
    [
        (NYS, "10:00:30 protocol_started; 11:00:59 dose ceftriaxone", "antibiotics", "met"),
        (NYS, "10:00:30 protocol_started; 11:01 dose ceftriaxone", "antibiotics", "met_late"),
        (NYS, PROTOCOL + "03-01 10:00 dose ceftriaxone", "antibiotics", "met"),
        (NYS, PROTOCOL + "03-01 09:59:59 dose ceftriaxone", "antibiotics", "missed"),
        (NYS, PROTOCOL + "10:10 dose ceftriaxone im", "antibiotics", "missed"),
        (NYS, PROTOCOL + "10:10 dose ceftriaxone io", "antibiotics", "met"),
        (NYS, PROTOCOL + "10:10 dose fluconazole", "antibiotics", "missed"),
        (NYS, PROTOCOL + "day 03-02 dose ceftriaxone", "antibiotics", "cannot_assess"),
        (NYS, "23:59 protocol_started; day 03-02 dose ceftriaxone", "antibiotics", "cannot_assess"),
        (NYS, PROTOCOL + "day 02-27 culture", "blood_culture", "missed"),
        (NYS, PROTOCOL + "day 02-28 culture", "blood_culture", "cannot_assess"),
        (NYS, PROTOCOL + "day 03-01 culture", "blood_culture", "met"),
        (NYS, PROTOCOL + "11:00:59 culture", "blood_culture", "met"),
        (NYS, PROTOCOL + "11:01 culture", "blood_culture", "met_late"),
        (NYS, PROTOCOL + "02-28 10:00 culture", "blood_culture", "met"),
        (NYS, PROTOCOL + "02-28 09:59 culture", "blood_culture", "missed"),
        (NYS, PROTOCOL + "10:20:00 dose ceftriaxone; 10:20:59 culture", "blood_culture", "met"),
        (NYS, PROTOCOL + "10:20 dose ceftriaxone; 10:21 culture", "blood_culture", "met_late"),
        (NYS, PROTOCOL + "03-01 09:59 dose ceftriaxone; 10:21 culture", "blood_culture", "met"),
        (NYS, PROTOCOL + "10:20 culture csf_culture", "blood_culture", "missed"),
        (NYS, PROTOCOL + "09:00 weight 10; 10:05 fluid 200 until 11:00:59", "fluids", "met"),
        (NYS, PROTOCOL + "09:00 weight 10; 10:05 fluid 200 until 11:01", "fluids", "met_late"),
        (NYS, PROTOCOL + "09:00 weight 10; 10:05 fluid 199.9 until 10:40", "fluids", "missed"),
        (NYS, PROTOCOL + "09:00 weight 10; 04:00 fluid 200 until 05:00", "fluids", "met"),
        (NYS, PROTOCOL + "09:00 weight 10; 03:59 fluid 200 until 05:00", "fluids", "missed"),
        (NYS, PROTOCOL + "10:05 fluid 200 until 10:40", "fluids", "cannot_assess"),
        (NYS, PROTOCOL + "09:00 weight 20; 10:00 weight 10; 10:30 weight 30; 10:05 fluid 200 until 10:40", "fluids",
         "met"),
        (NYS, PROTOCOL + "10:30 weight 10; 10:50 weight 30; 10:05 fluid 200 until 10:40", "fluids", "met"),
        (NYS, PROTOCOL + "09:00 weight 8.3; 10:05 fluid 55.4 until 10:20; 10:10 fluid 55.3 until 10:30; "
         "10:20 fluid 55.3 until 10:40", "fluids", "met"),
        (NYS, "10:00 arrive; 09:40 triage; 12:00 sepsis_documented; 10:41 dose ceftriaxone", "antibiotics", "met_late"),
        (NYS, "10:00 arrive; 10:41 dose ceftriaxone; 12:00 protocol_started", "antibiotics", "met"),
        (BOUNDED, PROTOCOL + "10:00:59 dose ceftriaxone", "antibiotics", "met"),
        (BOUNDED, PROTOCOL + "09:59:59 dose ceftriaxone", "antibiotics", "missed"),
        (BOUNDED, PROTOCOL + "09:59 culture; 10:30 culture", "blood_culture", "met"),
        (BOUNDED, PROTOCOL + "09:50 dose ceftriaxone; 10:30 culture", "blood_culture", "met_late"),
        (BOUNDED, PROTOCOL + "09:00 weight 10; 09:59 fluid 200 until 10:40", "fluids", "missed"),
        (LITERAL, "10:00 arrive; 10:05 sepsis_documented; 10:20 culture", "blood_culture", "missed"),
        (LITERAL, "10:00 arrive; 10:05 sepsis_documented; 10:20 culture; 19:00 dose cefepime", "blood_culture", "met"),
        (LITERAL, PROTOCOL + "10:20 culture", "blood_culture", "met"),
        (NYS, "10:00 arrive; 10:05 sepsis_documented; 10:20 culture", "blood_culture", "met"),
        (PUBLIC, ED + "10:50:59 dose ceftriaxone", "antibiotics", "met"),
        (PUBLIC, ED + "10:51 dose ceftriaxone", "antibiotics", "met_late"),
        (TREND, ED + "11:05:59 dose ceftriaxone", "antibiotics", "met"),
        (TREND, ED + "11:06 dose ceftriaxone", "antibiotics", "met_late"),
    ],
)  # fmt: skip
def test_new_york_children_are_judged_as_the_specification_says(measure, story, element, status):
    assert first(measure, story).elements[element].status == status


@pytest.mark.parametrize(
    ("measure", "story", "element", "status"),
    [
        (CHA, PROTOCOL + "10:00 " + FULL_SET.format(t="10:20:59") + "10:00 systolic_bp 90 charted 10:05; "
         "10:00 spo2 97 charted 10:05", "assessment", "met"),
        (CHA, PROTOCOL + "10:00 " + FULL_SET.format(t="10:21") + "10:00 mean_arterial_pressure 90 charted 10:05; "
         "10:00 spo2 97 charted 10:05", "assessment", "met_late"),
        (CHA, PROTOCOL + "09:59 " + FULL_SET.format(t="10:05") + "10:00 systolic_bp 90 charted 10:05; "
         "10:00 spo2 97 charted 10:05", "assessment", "missed"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:15:59 fluid 50", "first_bolus", "met"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:16 fluid 50", "first_bolus", "met_late"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:10 fluid 49.9", "first_bolus", "missed"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:10 fluid 25 of bag; 10:50 fluid 25 of bag", "first_bolus", "met"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:10 fluid 50 of a; 10:20 fluid 50 of a; 10:30 fluid 50", "third_bolus",
         "missed"),
        (CHA, PROTOCOL + "09:00 weight 10; 10:10 fluid 50; 10:20 fluid 50; 11:00 fluid 50", "third_bolus", "met"),
        (CHA, PROTOCOL + "10:10 fluid 50", "first_bolus", "cannot_assess"),
        (CHA, "08:00 triage; 09:00 admit; 10:00 sepsis_documented; 11:00:59 dose ceftriaxone", "antibiotics", "met"),
        (CHA, "08:00 triage; 11:00 admit; 10:00 sepsis_documented; 09:01 dose ceftriaxone", "antibiotics", "met_late"),
        (CHA_DEATHS, PROTOCOL + "03-05 10:00 died", "died_within_3_days", "met"),
        (CHA_DEATHS, PROTOCOL + "03-05 10:01 died", "died_within_3_days", "missed"),
        (CHA_DEATHS, PROTOCOL + "03-05 09:59 discharge 01", "died_within_3_days", "cannot_assess"),
        (CHA_DEATHS, PROTOCOL + "03-05 10:01 discharge 01", "died_within_3_days", "missed"),
        (CHA_DEATHS, PROTOCOL + "03-03 09:59 discharge 01; 04-01 10:00 died", "died_within_30_days", "met"),
        (CHA_DEATHS, PROTOCOL + "04-01 10:01 discharge 20", "died_within_30_days", "missed"),
        (CHA_DEATHS, PROTOCOL, "died_within_30_days", "missed"),
        (IPSO, HUDDLE + "10:59:59 dose ceftriaxone im", "antibiotics", "met"),
        (IPSO, HUDDLE + "11:00 dose ceftriaxone", "antibiotics", "met_late"),
        (IPSO_MODIFIED, HUDDLE + "12:59 dose ceftriaxone", "antibiotics", "met"),
        (IPSO_MODIFIED, HUDDLE + "13:00 dose ceftriaxone", "antibiotics", "met_late"),
        (IPSO, HUDDLE + "09:00 weight 10; 10:19:59 fluid 50", "first_bolus", "met"),
        (IPSO, HUDDLE + "09:00 weight 10; 10:20 fluid 50", "first_bolus", "met_late"),
        (IPSO_MODIFIED, HUDDLE + "09:00 weight 10; 10:59 fluid 50", "first_bolus", "met"),
        (IPSO_MODIFIED, HUDDLE + "09:00 weight 10; 11:00 fluid 50", "first_bolus", "met_late"),
        (IPSO, "10:00 pews 3; 10:59 order_set_started", "protocol", "met"),
        (IPSO, "10:00 pews 3; 11:00 order_set_started", "protocol", "met_late"),
        (IPSO, "10:00 sepsis_documented; 09:40 dose ceftriaxone", "protocol", "missed"),
        (IPSO, "10:00 sepsis_documented; 09:40 dose ceftriaxone; 10:00 dose meropenem", "antibiotics", "met"),
    ],
)  # fmt: skip
def test_the_childrens_collaboratives_are_judged_as_their_texts_say(measure, story, element, status):
    assert first(measure, story).elements[element].status == status
