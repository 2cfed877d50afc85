"""What was worked out of rivals is kept no longer than it holds: after every line, judging all anew says the same."""

import pytest

from lived import Lived, judged, live
from scoring.judgement import judge
from scoring.rules import load_rules
from storyteller import clock, read_story, rival_line

PED, SEP1, ADULT = "nys-ped-1h/spec-2015", "sep1-like/1", "nys-adult-6h/public-2015"


def lived_through(story, *measures):
    return lived_by(read_story(story), *measures)


def lived_by(events, *measures):
    """A patient who is never stored in between, so that all that is kept stays kept."""
    rules, lived = load_rules(measures), Lived()
    for event in events:
        lived.take(event, rules)
        assert lived.final() == judged(judge(lived.state, rules, lived.state.now))
    return lived


def rivals(lived, case_id="E1"):
    """The rivals of a case of the first measure."""
    record = next(each for each in lived.records.values() if each.case_id == case_id)
    return [rival_line(rival) for rival in record.rivals]


SIGNS = """
    07:00  infection suspected
    07:05  protocol
    11:50  temperature 39
    11:55  heart rate 120
"""
SEVERE = f"""{SIGNS}
    12:00  creatinine 2.4
"""
PROVISIONAL = SEVERE.replace("infection suspected", "blood culture drawn 11:00")
LOW = """
    12:15  systolic bp 76
    12:20  systolic bp 77
    12:40  ringer 600 mL started 12:10 completed 12:40
    12:50  systolic bp 75
    13:00  systolic bp 74
"""


@pytest.mark.parametrize(
    ("story", "rival"),
    [
        (f"{SIGNS} 12:10 lactate 4.5 drawn 12:00", "12:00 septic_shock"),
        (f"{SEVERE} 12:10 lactate 4.5", "12:10 septic_shock"),
        (f"{SEVERE} 17:30 lactate 4.5", "17:30 septic_shock"),
        (f"{SIGNS} 12:00 creatinine 2.4 from laboratory\n 17:30 lactate 4.5", "17:30 septic_shock"),
        (f"{SEVERE} 12:10 septic shock documented", "12:10 septic_shock"),
        (f"{SEVERE} 12:10 ringer 600 mL started 12:05\n 12:20 lactate 4.5", "12:20 septic_shock"),
        (f"{PROVISIONAL} 12:10 heart rate 125\n 12:20 lactate 4.5\n 12:30 ceftriaxone iv", "12:20 septic_shock"),
        (f"{SEVERE} 12:05 weight 20 kg\n {LOW}", "13:00 septic_shock"),
        (f"{SEVERE} {LOW} 09:00+1 weight 20 kg", "13:00 septic_shock"),
        (f"{SEVERE} 12:10 lactate 4.5\n 12:20 creatinine 2.4 (early) drawn 11:56", "12:10 septic_shock"),
    ],
    ids=[
        "severe and shock at once", "soon after", "far from the infection", "of a new source", "documented",
        "beside an infusion that runs", "of what a culture alone made provisional",
        "of pressures after fluids", "of a weight long after", "of a severe sepsis that began earlier",
    ],
)  # fmt: skip
def test_septic_shock_hears_of_what_makes_it_however_late(story, rival):
    assert rival in rivals(lived_through(story, PED))


def test_septic_shock_is_heard_of_first_by_a_fact_far_from_the_infection():
    """Nobody has asked since when there was severe sepsis before."""
    told = lived_through("""
        07:00  infection suspected
        11:50  temperature 39
        11:55  heart rate 120
        12:00  creatinine 2.4
        13:00  protocol
        17:30  lactate 4.5
    """, PED)  # fmt: skip

    assert "17:30 septic_shock" in rivals(told)


def test_septic_shock_goes_with_the_severe_sepsis_it_followed():
    told = lived_through("""
        07:00  infection suspected
        11:50  temperature 39
        11:55  heart rate 120
        12:00  creatinine 2.4
        12:30  lactate 4.5
        13:00  protocol
        13:10  retract heart rate
    """, PED)  # fmt: skip

    assert "septic_shock" not in str(rivals(told))


def test_each_case_of_a_stay_has_a_septic_shock_of_its_own():
    told = lived_through(f"""
        {SEVERE}
        12:10    lactate 4.5
        14:00    ruled out
        07:00+1  infection suspected (again)
        07:05+1  protocol (again)
        11:50+1  temperature 39
        11:55+1  heart rate 120
        12:00+1  creatinine 2.4
        12:20+1  systolic bp 70
        12:30+1  septic shock documented
    """, PED)  # fmt: skip

    assert "12:10 septic_shock" in rivals(told)
    assert "12:30+1 septic_shock" in rivals(told, "E1#2")


def test_a_first_severe_sepsis_that_moves_moves_the_shock_that_follows_it():
    told = lived_through(f"""
        {SEVERE}
        12:10  septic shock documented at 11:57
        12:20  creatinine 2.4 (early) drawn 11:56
    """, PED)  # fmt: skip

    assert "11:57 septic_shock" in rivals(told)


CHILD = """
    07:00  born 2020-03-02
    08:00  arrived
    08:05  triaged
    08:10  heart rate 150
    08:30  infection suspected
    09:00  protocol
"""
ADULT_CASE = CHILD.replace("2020", "1950").replace("09:00  protocol", "08:50  temperature 39\n 09:00  protocol")
EACH_KIND = """
    09:10  weight 20 kg
    09:15  blood culture
    09:20  ceftriaxone iv
    09:25  lactate 4.5
    09:30  systolic bp 60
    09:35  systolic bp 61
    09:40  ringer 600 mL started 09:10 completed 09:40
    09:50  systolic bp 59
    10:00  systolic bp 58
    10:10  norepinephrine iv
    10:20  lactate 2.0
    10:25  spo2 90
    10:30  reassessment
    10:35  retract blood culture
    10:40  retract weight
    10:45  retract lactate
"""


@pytest.mark.parametrize(
    ("story", "measures"),
    [(CHILD, [PED, "cha/2012"]), (ADULT_CASE, [ADULT, SEP1, "ssc-hour1/2018"]), (ADULT_CASE, [SEP1, ADULT])],
    ids=["child", "adult", "adult, the other way round"],
)
def test_every_kind_of_fact_is_heard_by_what_looks_at_it(story, measures):
    told = lived_through(f"{story} {EACH_KIND}", *measures)

    assert len(rivals(told)) > len(measures)


def test_a_rival_goes_with_a_vital_sign_that_its_measure_takes_no_notice_of():
    story = "07:00 born 2020-03-02\n 09:00 protocol\n 09:10 heart rate 160 measured 08:40"

    assert "08:40 abnormal_vitals" in rivals(lived_through(story, PED))
    assert "abnormal_vitals" not in str(rivals(lived_through(f"{story}\n 09:20 retract heart rate", PED)))


def test_a_rival_says_what_its_fact_says_now():
    told = lived_through("""
        07:00  born 2020-03-02
        09:00  protocol
        09:10  heart rate 160 measured 08:40
        09:20  correct heart rate 165 measured 08:40
    """, PED)  # fmt: skip
    (record,) = told.records.values()
    abnormal = next(rival for rival in record.rivals if rival.name == "abnormal_vitals")

    assert [each.value for each in abnormal.evidence] == [165, None]


def test_a_result_that_turns_out_to_be_another_ones_moves_the_rivals_of_both():
    """Said to be a lactate, it is a heart rate: no shock any more, and an abnormal vital sign."""
    story = "07:00 born 2020-03-02\n 09:00 protocol\n 09:05 infection suspected\n"
    *before, lactate = read_story(f"{story} 10:00 lactate 11 drawn 09:10")
    (rate,) = read_story("10:10 heart rate 160 measured 08:40")
    rate = rate.model_copy(update={"fact_id": lactate.fact_id, "version": 1})
    as_lactate, as_rate = lived_by([*before, lactate], PED), lived_by([*before, lactate, rate], PED)

    assert "09:10 phoenix" in rivals(as_lactate)
    assert "phoenix" not in str(rivals(as_rate))
    assert "08:40 abnormal_vitals" in rivals(as_rate)


def test_an_element_is_judged_by_what_came_while_there_was_no_case():
    """Severe sepsis is gone while the lactate comes, and is back by the same pressure."""
    told = lived_through("""
        08:00  admitted
        09:20  heart rate 120
        09:20  respiratory rate 30
        09:20  systolic bp 80
        09:40  blood culture
        09:50  ceftriaxone iv
        10:00  retract systolic bp
        10:10  lactate 1.4
        10:20  restore systolic bp
    """, SEP1)  # fmt: skip
    (record,) = told.records.values()
    own = next(rival for rival in record.rivals if rival.own)

    assert next(each.status for each in own.elements if each.element == "lactate") == "met"


def test_a_long_course_of_antibiotics_that_is_charted_late_leaves_the_case_out():
    """By its own rule and by first contact; counted from the first dose of the course it has not lasted yet."""
    told = lived_through("""
        08:00    admitted
        09:20    heart rate 120
        09:20    respiratory rate 30
        09:20    systolic bp 80
        09:40    blood culture
        09:50    ceftriaxone iv
        10:00    ceftriaxone iv (second) started 12:00-1
        10:10    ceftriaxone iv (first) started 12:00-2
    """, SEP1)  # fmt: skip
    (record,) = told.records.values()
    standing = {rival.name: {each.status for each in rival.elements} for rival in record.rivals}

    assert record.status == "excluded"
    assert standing["severe_sepsis"] == standing["first_contact"] == {"excluded"}
    assert "excluded" not in standing["functional"]


LOW_ONLY = f"{ADULT_CASE} 09:30 systolic bp 60\n 09:35 systolic bp 61\n 09:40 blood culture\n"


@pytest.mark.parametrize(
    "story", [LOW_ONLY, f"{LOW_ONLY} 09:50 transferred in", f"{LOW_ONLY} 09:50 retract protocol\n 09:55 order set"]
)
def test_what_rivals_mean_does_not_hang_on_what_is_judged_beside(story):
    """Some of these ask the same, of elements or of shock, and share the answer; others ask otherwise at one time."""
    measures = SEP1, ADULT, "nys-adult-3h/public-2015", "nys-adult-3h/trend-2015", PED
    state = live(read_story(story), load_rules([])).state

    def meant(asked):
        return {each.measure: each.rivals for each in judge(state, load_rules(asked), state.now).cases}

    together = meant(measures)
    assert together == {name: told for measure in measures for name, told in meant([measure]).items()}
    assert len(together) > 1


OUT = "09:10 excluded from protocol"


@pytest.mark.parametrize(
    ("measure", "lines"),
    [
        (PED, f"{OUT}\n 09:20 retract excluded from protocol\n 09:30 restore excluded from protocol"),
        (PED, f"{OUT}\n 09:20 time zero was 08:30 by Jones because seen"),
        (PED, f"{OUT}\n 09:20 time zero was 08:30 by Jones because seen\n 09:30 retract time zero"),
        (ADULT, "08:40 order set\n 09:05 shock documented\n 09:10 transferred in\n 09:20 retract protocol"),
        (ADULT, "09:05 shock documented\n 09:10 retract shock documented\n 09:20 restore shock documented"),
    ],
    ids=["in and out", "a word", "a word taken back", "for another reason", "shock that comes and goes"],
)  # fmt: skip
def test_where_a_case_stands_is_told_anew_by_every_rival(measure, lines):
    born = "1950-01-01" if measure == ADULT else "2020-03-02"
    told = lived_through(f"""
        07:00  born {born}
        08:00  arrived
        08:05  triaged
        08:30  infection suspected
        09:00  protocol
        {lines}
    """, measure)  # fmt: skip

    assert len(rivals(told)) > 1


@pytest.mark.parametrize("other", ["spo2 99", "weight 60 kg", "fio2 0.3", "pao2 90"])
@pytest.mark.parametrize("is_corrected_to", [True, False])
def test_a_result_corrected_to_one_of_another_quantity_is_heard_as_both(other, is_corrected_to):
    """A creatinine that makes severe sepsis, and a result that bears on no sepsis."""
    results = [*read_story("12:00 creatinine 2.4"), *read_story(f"12:00 {other}")]
    first, second = results[:: -1 if is_corrected_to else 1]
    again = {"fact_id": first.fact_id, "event_id": "again", "version": 1, "received_at": clock("12:10")}
    lived = lived_by([*read_story(f"06:00 arrived\n{SIGNS}"), first, second.model_copy(update=again)], PED)

    assert ("12:00 severe_sepsis" in rivals(lived)) is is_corrected_to


@pytest.mark.parametrize("sign", ["heart rate 190", "temperature 40", "respiratory rate 80"])
def test_a_result_corrected_to_an_abnormal_vital_sign_is_heard_as_one(sign):
    story = "06:00 born 2020-01-01\n 06:00 arrived\n 07:00 infection suspected\n 07:05 protocol"
    (creatinine,), (vital_sign,) = read_story("12:00 creatinine 1"), read_story(f"12:00 {sign}")
    again = {"fact_id": creatinine.fact_id, "event_id": "again", "version": 1, "received_at": clock("12:10")}
    lived = lived_by([*read_story(story), creatinine, vital_sign.model_copy(update=again)], PED)

    assert "12:00 abnormal_vitals" in rivals(lived)


def test_shock_may_follow_the_severe_sepsis_of_its_own_case_however_long_ago_that_of_the_case_before_was():
    story = f"""
        06:00  arrived
        {SEVERE}
        13:00  ruled out
        14:00  infection suspected
        14:05  protocol
        14:20  temperature 39
        14:25  heart rate 120
        14:30  creatinine 2.4
        19:00  lactate 4.5
    """

    assert "19:00 septic_shock" in rivals(lived_through(story, PED), "E1#2")
