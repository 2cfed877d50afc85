"""What people read of an element, a bundle, an outcome, a time zero and an alert, word for word."""

import pytest

from storyteller import alert_line, play

PED, SEP1 = "nys-ped-1h/spec-2015", "sep1-like/1"
NIGHT = "23:40  protocol\n"
HALF = "23:45  weight 20 kg\n 23:55  ringer 200 mL started 23:45 completed 23:54\n"
SEVERE = """
    22:00  infection suspected
    22:00  temperature 39.0
    22:00  heart rate 110
    22:00  creatinine 2.4
    22:00  weight 50 kg
"""
LOW = "22:10  systolic bp 80\n 22:20  systolic bp 80\n"
SHOCK = "10:00  arrived\n 10:00  protocol\n 10:05  septic shock documented\n"
CHA = "cha-mortality/2012"


@pytest.mark.parametrize(
    ("measure", "story", "element", "sentence"),
    [
        (PED, "10:00 protocol\n 10:35 ceftriaxone iv", "antibiotics",
         "Antibiotics 10:35, 35 min after time zero 10:00: in time."),
        (PED, "10:00 protocol\n 10:01 blood culture drawn 09:58:30", "blood culture",
         "Blood culture 09:58, 1 min before time zero 10:00: in time."),
        (PED, "10:00 protocol\n 10:01 blood culture drawn 10:00", "blood culture",
         "Blood culture 10:00, 0 min after time zero 10:00: in time."),
        (PED, "00:20 protocol\n 00:30 blood culture drawn 23:50-1", "blood culture",
         "Blood culture 2026-03-01 23:50, 30 min before time zero 2026-03-02 00:20: in time."),
        (PED, "10:00 protocol\n 11:35 ceftriaxone iv", "antibiotics",
         "Antibiotics 11:35, 95 min after time zero 10:00: too late."),
        ("ssc-hour1/2018", "10:00 protocol\n 10:10 ceftriaxone iv\n 10:30 blood culture", "blood culture",
         "Blood culture 10:30, 30 min after time zero 10:00: too late: an antibiotic was given first."),
        (SEP1, f"{SEVERE} {LOW} 23:50 ringer 1500 mL started 22:30 completed 23:45",
         "fluids", "Fluids 22:30, 10 min after hypotension or shock 22:20: in time."),
        (PED, NIGHT, "antibiotics", "Antibiotics due by 2026-03-03 00:40, nothing charted."),
        (PED, NIGHT + HALF, "fluids", "Fluids due by 2026-03-03 00:40, 200 of 400 mL."),
        (PED, f"{NIGHT} 00:50+1 quiet", "antibiotics",
         "Antibiotics overdue, possibly uncharted: window closed 2026-03-03 00:41, nothing in time charted."),
        (PED, f"{NIGHT} {HALF} 00:50+1 quiet", "fluids",
         "Fluids overdue, possibly uncharted: window closed 2026-03-03 00:41, 200 of 400 mL."),
        (PED, f"{NIGHT} 09:50+1 quiet", "antibiotics",
         "Antibiotics missed: window closed 2026-03-03 00:41, nothing in time charted."),
        (PED, f"{NIGHT} 09:50+1 quiet", "fluids", "Fluids cannot be assessed: no weight is charted."),
        (SEP1, SEVERE, "repeat lactate", "Repeat lactate is not due yet: it waits for the initial lactate."),
        (SEP1, SEVERE, "vasopressor", "Vasopressor: not applicable: nothing charted calls for it."),
        (SEP1, f"{SEVERE} 22:10 lactate 1.5", "repeat lactate",
         "Repeat lactate does not apply: the initial lactate is not elevated."),
        (PED, f"{NIGHT} 00:10+1 ruled out", "antibiotics", "Antibiotics: not applicable: sepsis was ruled out."),
        (PED, NIGHT, "bundle", "Bundle open: 0 of 3 required elements in time."),
        (PED, f"{NIGHT} 00:20+1 quiet", "bundle", "Bundle due soon: 0 of 3 required elements in time."),
        (PED, "10:00 protocol\n 10:30 blood culture\n 11:35 ceftriaxone iv", "bundle",
         "Bundle missed for antibiotics: 1 of 3 required elements in time."),
        ("nys-adult-3h/trend-2015", "10:00 protocol\n 10:30 gentamicin iv by day\n 14:00 ceftriaxone iv\n 23:00 quiet",
         "antibiotics",
         "Antibiotics cannot be assessed: one is charted with its day only, which may lie in the window."),
        ("nys-mortality-ped/2015", "10:00 protocol\n 12:00 discharged", "bundle",
         "Bundle excluded: 0 of 0 required elements in time: no birth date."),
        (CHA, SHOCK, "died within 3 days", "Death within 3 days: not so far."),
        (CHA, f"{SHOCK} 12:00+2 died", "died within 3 days", "Death within 3 days: yes, 2026-03-04 12:00."),
        (CHA, f"{SHOCK} 12:00+9 died", "died within 3 days", "Death within 3 days: no: the patient died later."),
        (CHA, f"{SHOCK} 12:00+2 discharged", "died within 3 days",
         "Death within 3 days: cannot assess: the patient left the hospital alive."),
    ],
)  # fmt: skip
def test_how_an_element_stands_is_one_sentence(measure, story, element, sentence):
    assert play(measure, story).element(element).sentence == sentence


def time_zero(measure, story):
    return play(measure, story).case().time_zero_sentence


SIGNS = "heart rate 110/min 22:00, temperature 39 °C 22:00 and creatinine 2.4 mg/dL 22:00."
CULTURE = SEVERE.replace("infection suspected", "blood culture")
NEWBORN = "09:00  born 2026-03-01\n 10:00  protocol\n"
UNHEARD = "is not heard: it lies before the day of birth."


@pytest.mark.parametrize(
    ("measure", "story", "told"),
    [
        (SEP1, SEVERE, f"2026-03-02 22:00: infection suspected 22:00, {SIGNS}"),
        (SEP1, CULTURE, f"2026-03-02 22:00: blood culture 22:00 (alone so far), {SIGNS}"),
        (SEP1, f"{CULTURE} 00:10+1 ceftriaxone iv",
         f"2026-03-02 22:00: blood culture 22:00, ceftriaxone 2026-03-03 00:10, {SIGNS}"),
        (SEP1, SEVERE.replace("22:00  creatinine 2.4", "22:00  bilirubin 2.123456"),
         f"2026-03-02 22:00: infection suspected 22:00, {SIGNS.replace('creatinine 2.4', 'bilirubin 2.123')}"),
        ("ipso/original", "10:00 pews 5.5", "2026-03-02 10:00: pews 5.5 10:00."),
        (PED, "10:00 protocol\n 10:10 time zero was 10:02 by Jones because seen",
         "2026-03-02 10:02: said by Jones 10:10 (seen); the rule says 10:00."),
        (PED, f"{NIGHT} 00:20+1 time zero was 00:10+1 by Jones because seen",
         "2026-03-03 00:10: said by Jones 00:20 (seen); the rule says 2026-03-02 23:40."),
        (PED, f"{NIGHT} 00:20+1 time zero overridden to 23:30",
         "2026-03-02 23:30: said 2026-03-03 00:20; the rule says 23:40."),
        (PED, "10:00 protocol by day\n 10:10 time zero was 10:02 by Jones because seen",
         "2026-03-02 10:02: said by Jones 10:10 (seen); the rule gives none."),
        (PED, f"{NEWBORN} 10:05 time zero was 23:00-2 by Jones because seen",
         f"2026-03-02 10:00: protocol started 10:00. The word of Jones of 2026-03-02 10:05 {UNHEARD}"),
        (PED, f"{NEWBORN} 10:05 time zero overridden to 23:00-2",
         f"2026-03-02 10:00: protocol started 10:00. The word of 2026-03-02 10:05 {UNHEARD}"),
    ],
)  # fmt: skip
def test_a_time_zero_is_told_with_what_says_so(measure, story, told):
    assert play(measure, story).case().time_zero_sentence == f"Time zero {told}"


def test_where_nobody_can_tell_a_time_zero_its_sentence_says_so():
    assert play("cha/2012", "10:00 protocol by day").case().time_zero_sentence == "No time zero can be told."


def test_a_word_that_is_not_heard_is_told_with_the_first_case_only():
    told = play(
        PED,
        """
        09:00  born 2026-03-01
        10:00  protocol
        10:05  time zero was 23:00-2 by Jones because seen
        10:30  ruled out
        11:00  protocol
    """,
    )

    assert told.case("E1#2").time_zero_sentence == "Time zero 2026-03-02 11:00: protocol started 11:00."


def alerts(story, measure=PED):
    """What each alert of a story said, by its line."""
    return {alert_line(alert): alert.sentence for alert in play(measure, story).alerts}


def test_an_alert_says_the_day_where_its_time_lies_on_another_than_time_zero():
    told = alerts(f"""{NIGHT} {HALF}
        00:25+1  quiet
        01:10+1  ceftriaxone iv started 00:50+1
        01:20+1  blood culture drawn 00:10+1
        01:30+1  ringer 200 mL started 01:00+1 completed 01:20+1
    """)

    assert told == {
        "23:40 bundle started: bundle": "Bundle started. Time zero 23:40, by protocol started.",
        "00:20+1 due soon: antibiotics": "Antibiotics due by 2026-03-03 00:40, none charted.",
        "00:20+1 due soon: blood culture": "Blood culture due by 2026-03-03 00:40, none charted.",
        "00:20+1 due soon: fluids": "Fluids due by 2026-03-03 00:40, 200 of 400 mL.",
        "00:35+1 due soon: antibiotics": "Antibiotics due by 2026-03-03 00:40, none charted.",
        "00:35+1 due soon: blood culture": "Blood culture due by 2026-03-03 00:40, none charted.",
        "00:35+1 due soon: fluids": "Fluids due by 2026-03-03 00:40, 200 of 400 mL.",
        "00:41+1 missed: antibiotics": "Window closed 2026-03-03 00:41, no antibiotics charted.",
        "00:41+1 missed: blood culture": "Window closed 2026-03-03 00:41, no blood culture charted.",
        "00:41+1 missed: fluids": "Window closed 2026-03-03 00:41, 200 of 400 mL.",
        "01:10+1 amended: antibiotics, done late": "Antibiotics 2026-03-03 00:50, after the window.",
        "01:20+1 withdrawn: blood culture, met in time": "Taken back: blood culture 2026-03-03 00:10, in time.",
        "01:30+1 amended: fluids, done late": "Fluids 2026-03-03 01:20, after the window.",
    }


def test_an_alert_that_changes_says_why_and_how_things_stand():
    told = alerts(f"{NIGHT} 00:50+1 time zero was 23:10 by Jones because seen\n 01:00+1 ruled out")

    assert told["00:41+1 amended: fluids, cannot assess"] == (
        "Changed: cannot assess. Fluids cannot be assessed: no weight is charted."
    )
    assert told["00:50+1 amended: bundle, time zero moved"] == (
        "Bundle changed: time zero moved. Time zero 2026-03-02 23:10, by a person's word."
    )
    assert told["00:50+1 amended: antibiotics, time zero moved"] == (
        "Changed: time zero moved. Antibiotics overdue, possibly uncharted: window closed 2026-03-03 00:11,"
        " nothing in time charted: the window had closed before this was known."
    )
    assert told["01:00+1 withdrawn: bundle, ruled out"] == "Taken back: bundle: sepsis was ruled out."
    assert told["01:00+1 withdrawn: antibiotics, ruled out"] == "Taken back: antibiotics: sepsis was ruled out."


@pytest.mark.parametrize(
    ("measure", "story", "rule"),
    [
        (PED, "22:00 protocol", "protocol started"),
        (SEP1, CULTURE, "infection suspected, not confirmed yet"),
    ],
)
def test_a_bundle_starts_by_a_rule_in_words(measure, story, rule):
    assert alerts(story, measure)["22:00 bundle started: bundle"] == f"Bundle started. Time zero 22:00, by {rule}."


def test_a_bundle_whose_time_zero_nobody_can_tell_any_more_gives_none():
    told = alerts("10:00 protocol\n 10:05 correct protocol by day at 10:00")

    assert told["10:05 amended: bundle, time zero moved"] == "Bundle changed: time zero moved."
