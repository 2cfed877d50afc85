"""The rules of time zero that the catalogue has, each by a story, and rivals side by side."""

import pytest

from measures_by_rule import BUNDLE, by_rule, rules_by_rule
from scoring.catalogue import SECTIONS, UnknownRuleError, read_catalogue
from scoring.rule_line import time_zero_line
from scoring.rules import load_rules, named_rules, rules_of, shipped_measures
from scoring.time_zero_rule import moments
from storyteller import play

ABNORMAL, PHOENIX = rules_by_rule("abnormal_vitals"), rules_by_rule("phoenix")
SHOCK = rules_of([by_rule("septic_shock", without=SECTIONS)])
PED = "nys-ped-1h/spec-2015"


def dated(rules, story, case_id="E1"):
    """The time zero of a story's case, or why there is none."""
    told = play(rules, story)
    if not told.records:
        return "no case"
    record = told.case(case_id)
    return record.reason if record.time_zero is None else f"{record.time_zero:%H:%M}"


@pytest.mark.parametrize(
    ("born", "reading", "is_abnormal"),
    [
        ("2026-02-25", "heart rate 181", True),  # 5 days
        ("2026-02-25", "heart rate 180", False),
        ("2026-02-25", "heart rate 99", True),
        ("2026-02-25", "respiratory rate 45", False),
        ("2026-02-23", "respiratory rate 45", True),  # 7 days
        ("2026-02-23", "systolic bp 78", True),
        ("2026-02-03", "systolic bp 78", True),  # one day short of a month
        ("2026-02-02", "systolic bp 78", False),  # a month
        ("2025-03-03", "heart rate 89", True),  # one day short of a year
        ("2025-03-02", "heart rate 89", False),  # a year
        ("2025-03-02", "heart rate 141", True),
        ("2021-03-03", "heart rate 135", False),  # one day short of five
        ("2021-03-02", "heart rate 135", True),
        ("2014-03-03", "respiratory rate 16", False),  # one day short of twelve
        ("2014-03-02", "respiratory rate 16", True),
        ("2014-03-02", "temperature 38.5", False),
        ("2014-03-02", "temperature 38.6", True),
        ("2014-03-02", "temperature 35.9", True),
        ("2008-03-03", "systolic bp 89", True),  # one day short of eighteen
        ("2008-03-02", "systolic bp 89", False),  # adults: vital signs among the SIRS criteria only
        ("2008-03-02", "heart rate 91", True),
        ("2008-03-02", "temperature 38.4", True),
        ("2008-03-02", "respiratory rate 20", False),
    ],
)
def test_the_first_abnormal_vital_sign_goes_by_the_age_of_that_day(born, reading, is_abnormal):
    story = f"07:00 born {born}\n 08:00 {reading}\n 10:00 protocol"

    assert dated(ABNORMAL, story) == ("08:00" if is_abnormal else "no_time_zero")


def test_the_first_abnormal_vital_sign_lies_at_most_a_day_before_the_sign_of_sepsis():
    long_ago = "09:00-1 born 1960-01-01\n 09:59-1 heart rate 120\n 10:00 protocol\n 11:00 heart rate 130"
    in_time = "09:00-1 born 1960-01-01\n 10:00-1 heart rate 120\n 10:00 protocol\n 11:00 heart rate 130"

    assert dated(ABNORMAL, long_ago) == "11:00"
    assert play(ABNORMAL, in_time).case().time_zero.day == 1


@pytest.mark.parametrize("unusable", ["heart rate 120 by day measured 00:00", "heart rate"])
def test_a_vital_sign_without_its_minute_or_value_is_not_abnormal(unusable):
    story = f"07:00 born 1960-01-01\n 08:00 {unusable}\n 09:00 heart rate 120\n 10:00 protocol"

    assert dated(ABNORMAL, story) == "09:00"


def test_without_a_date_of_birth_nobody_can_tell_what_is_abnormal():
    assert dated(ABNORMAL, "08:00 heart rate 120\n 10:00 protocol") == "no_time_zero"
    assert dated(ABNORMAL, "08:00 heart rate 120\n 10:00 protocol\n 11:00 born 1960-01-01") == "08:00"


def test_a_date_of_birth_that_came_late_makes_the_time_zero_known_late():
    told = play(ABNORMAL, "08:00 heart rate 120\n 10:00 protocol\n 11:00 born 1960-01-01\n 11:00 quiet")

    assert f"{told.case().time_zero_known_at:%H:%M}" == "11:00"


def test_a_date_of_birth_that_was_taken_back_leaves_no_time_zero():
    told = play(ABNORMAL, "08:00 heart rate 120\n 09:00 born 1960-01-01\n 10:00 protocol\n 11:00 retract born")

    assert told.status() == "cannot_assess, no_time_zero"


CHILD = "07:00 born 2020-03-02\n 09:00 infection suspected\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("10:00 lactate 11", "10:00"),
        ("10:00 lactate 10.9", "no case"),
        ("10:00 lactate\n 10:05 lactate 11", "10:05"),
        ("10:00 lactate 5\n 11:00 platelets 99", "11:00"),
        ("10:00 lactate 4.9\n 11:00 platelets 99", "no case"),
        ("10:00 platelets 99\n 11:00 inr 1.4", "11:00"),
        ("10:00 platelets 100\n 11:00 inr 1.3\n 12:00 d dimer 2.1", "no case"),
        ("10:00 d dimer 2.1\n 12:00 fibrinogen 99", "12:00"),
        ("10:00 gcs total 10", "no case"),
        ("10:00 pupils fixed", "10:00"),
        ("10:00 norepinephrine", "no case"),
        ("10:00 norepinephrine\n 10:20 epinephrine", "10:20"),
        ("10:00 norepinephrine\n 10:20 phenylephrine", "no case"),
        ("10:00 norepinephrine\n 10:20 norepinephrine", "no case"),
        ("10:00 mean arterial pressure 35", "10:00"),  # six years: below 36 two points, below 49 one
        ("10:00 mean arterial pressure 36", "no case"),
        ("10:00 systolic bp 55\n 10:00 diastolic bp 25", "10:00"),  # mean 35
        ("10:00 systolic bp 55\n 08:59 diastolic bp 25", "no case"),
        ("10:00 mean arterial pressure 60\n 10:00 systolic bp 55\n 10:00 diastolic bp 25", "no case"),
        ("09:50 fio2 0.5\n 10:00 pao2 99\n 10:10 inr 1.4", "10:10"),  # supported by oxygen: one point
        ("09:50 fio2 0.21\n 10:00 pao2 60\n 10:10 inr 1.4", "no case"),  # room air: no support
        ("09:50 fio2 0\n 10:00 pao2 60\n 10:10 inr 1.4", "no case"),
        ("09:50 fio2 0.5\n 10:55 pao2 60\n 11:10 inr 1.4", "no case"),  # the share of oxygen is too old
        ("09:50 fio2 0.5\n 09:55 ventilation\n 10:00 pao2 99", "10:00"),
        ("09:50 fio2 0.5\n 10:05 ventilation\n 10:00 pao2 99", "no case"),
        ("09:50 fio2 0.21\n 09:55 ventilation\n 10:00 spo2 46", "10:00"),
        ("09:50 fio2 0.5\n 10:00 spo2 98\n 10:10 inr 1.4", "no case"),  # above 97 a saturation says nothing
        ("09:50 fio2 0.5\n 10:00 spo2 97\n 10:10 inr 1.4", "10:10"),
    ],
)
def test_phoenix_counts_its_points(values, expected):
    assert dated(PHOENIX, CHILD + values) == expected


def test_phoenix_counts_what_was_measured_in_the_day_before_the_suspicion():
    just = "07:00 born 2020-03-02\n 09:00-1 lactate 11\n 09:00 infection suspected"
    too_old = "07:00 born 2020-03-02\n 08:59-1 lactate 11\n 09:00 infection suspected"

    assert (dated(PHOENIX, just), dated(PHOENIX, too_old)) == ("09:00", "no case")


def test_phoenix_is_reached_within_a_day_of_the_suspicion_by_values_of_one_day():
    assert dated(PHOENIX, CHILD + "09:00+1 lactate 11") == "09:00"
    assert dated(PHOENIX, CHILD + "09:01+1 lactate 11") == "no case"
    assert dated(PHOENIX, CHILD + "08:00 inr 1.4\n 08:01+1 platelets 50") == "no case"
    assert dated(PHOENIX, CHILD + "08:00 inr 1.4\n 08:00+1 platelets 50") == "08:00"


def test_phoenix_is_for_children_whose_date_of_birth_is_known():
    values = "09:00 infection suspected\n 10:00 lactate 11"

    assert dated(PHOENIX, values) == "no case"
    assert dated(PHOENIX, f"07:00 born 2008-03-02\n {values}") == "no case"
    assert dated(PHOENIX, f"07:00 born 2008-03-03\n {values}") == "10:00"
    assert dated(PHOENIX, "07:00 born 2008-03-03\n 09:00 infection suspected\n 08:00+1 lactate 11") == "no case"


def test_phoenix_needs_suspected_infection_and_a_culture_alone_is_provisional():
    alone = play(PHOENIX, "07:00 born 2020-03-02\n 09:00 blood culture\n 10:00 lactate 11\n 10:00+4 quiet")

    assert dated(PHOENIX, "07:00 born 2020-03-02\n 10:00 lactate 11") == "no case"
    assert alone.status() == "not_in_population, not_confirmed"


SEVERE = """
    07:00    infection suspected
    08:00    weight 20
    08:10    temperature 39
    08:10    heart rate 120
    08:20    systolic bp 80
    08:40    systolic bp 80
"""


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        ("", "no case"),
        ("09:00 lactate 4", "09:00"),
        ("09:00 lactate 3.9", "no case"),
        ("09:00 shock documented", "09:00"),
        ("09:30 ringer 600 started 08:45 completed 09:30\n 09:40 systolic bp 80\n 09:50 systolic bp 85", "09:50"),
        ("09:30 ringer 600 started 08:45 completed 09:30\n 09:40 systolic bp 80\n 09:50 systolic bp 95", "no case"),
        ("15:00 lactate 4", "no case"),
    ],
)
def test_septic_shock_is_dated_by_its_own_clock(further, expected):
    assert dated(SHOCK, SEVERE + further) == expected


def test_septic_shock_after_a_rule_out_belongs_to_no_case_before():
    assert dated(SHOCK, f"{SEVERE}\n 09:00 ruled out\n 10:00 lactate 4") == "no case"


def test_a_case_that_an_act_known_by_its_day_opens_takes_no_time_from_a_later_act():
    told = play("ssc-hour1/2018", "09:10 sepsis documented at 09:00 by day\n 11:00 sepsis documented (again)")

    assert told.status() == "cannot_assess, no_time_zero"


def test_a_case_after_a_rule_out_that_an_act_known_by_its_day_opens_takes_no_time_from_a_later_act():
    told = play(PED, """
        07:00    arrived
        10:00    sepsis documented
        10:30    ruled out
        09:10+1  sepsis documented (by day) at 09:00+1 by day
        11:00+1  sepsis documented (again)
    """)  # fmt: skip

    assert told.status("E1#2") == "cannot_assess, no_time_zero"


def test_rivals_stand_side_by_side_with_what_each_would_mean():
    told = play(PED, """
        07:00    born 2020-03-02
        08:00    arrived
        08:05    triaged
        08:10    heart rate 150
        08:30    infection suspected
        09:00    protocol
        09:00    weight 20
        09:20    blood culture
        09:30    ceftriaxone
    """)  # fmt: skip

    assert told.rivals() == [
        "08:00 first_contact", "08:00 arrival", "08:05 triage", "08:10 abnormal_vitals", "08:30 clinician",
        "09:00 own =*", "09:00 protocol_start", "09:00 functional",
    ]  # fmt: skip
    assert told.means("triage", "antibiotics") == "met_late due 09:05 after 85"
    assert told.means("own", "antibiotics") == "met due 10:00 after 30"
    assert told.means("clinician", "blood culture") == "met due 09:30 after 50"
    assert told.means("clinician", "fluids") == "missed due 09:30"
    assert told.means("clinician", "bundle") == "missed due 09:30"
    triage = next(rival for rival in told.case().rivals if rival.name == "triage")
    assert triage.sentence == "Time zero 2026-03-02 08:05: triaged 08:05 and infection suspected 08:30."
    assert [each.type for each in triage.evidence] == ["triaged", "infection_suspected"]


def test_a_rule_that_the_measure_counts_by_is_named_as_the_catalogue_has_it():
    told = play("nys-ped-1h/trend-2015", "08:00 arrived\n 09:00 protocol")

    assert told.rivals() == ["08:00 first_contact", "08:00 arrival", "09:00 protocol_start =*", "09:00 functional"]


@pytest.mark.parametrize(
    ("measure", "story", "status"),
    [
        (PED, "07:00 born 1960-01-01\n 08:00 arrived\n 09:00 protocol", "excluded, age"),
        (PED, "08:00 arrived\n 09:00 protocol\n 10:00 ruled out", "not_in_population, ruled_out"),
        ("nys-adult-3h/public-2015", "09:05 triaged\n 10:00 protocol\n 12:00 discharged", "dropped, no_birth_date"),
    ],
)
def test_a_case_that_is_left_out_whatever_its_time_zero_has_rivals_without_a_meaning(measure, story, status):
    told = play(measure, story)

    assert told.status() == status
    assert {rival.elements for rival in told.case().rivals} == {()}


def test_where_nobody_knows_the_admission_each_rival_tells_the_age_by_its_own_date():
    told = play(PED, "07:00 born 1960-01-01\n 09:00 protocol")

    assert told.status() == "excluded, age"
    assert told.means("own", "antibiotics") == "excluded"


PROVISIONAL = """
    08:00  admitted
    09:20  heart rate 120
    09:20  respiratory rate 30
    09:20  systolic bp 80
    09:40  blood culture
"""


@pytest.mark.parametrize("then", ["12:00 quiet", "12:00 ruled out", "07:00 born 2020-01-01"])
def test_a_case_that_lapses_keeps_its_rivals(then):
    """Confirmed or not, what each time zero would mean is the same: a clock changes no rival."""
    waiting = play("sep1-like/1", f"{PROVISIONAL} {then}").case()
    lapsed = play("sep1-like/1", f"{PROVISIONAL} {then}\n 10:00+4 quiet").case()

    assert lapsed.reason == "not_confirmed"
    assert lapsed.rivals == waiting.rivals


def test_a_case_that_is_excluded_by_its_time_zero_has_rivals_that_are_not():
    """Excluded from the protocol an hour after it began; by first contact nobody had excluded it in time."""
    told = play(PED, "07:00 born 2020-03-02\n 07:00 arrived\n 09:00 protocol\n 09:30 excluded from protocol")

    assert told.means("own", "antibiotics") == "excluded"
    assert told.means("arrival", "antibiotics") == "missed due 08:00"


def test_a_vital_sign_that_no_measure_clocks_moves_a_rival_and_publishes_the_record():
    told = play(PED, "07:00 born 2020-03-02\n 09:00 protocol\n 09:10 heart rate 160 measured 08:40")

    assert [len(step.cases) for step in told.steps] == [0, 1, 1]
    assert "08:40 abnormal_vitals" in told.rivals()


def test_a_waking_clock_finds_the_rivals_as_they_were():
    told = play(PED, "07:00 born 2020-03-02\n 08:00 arrived\n 09:00 protocol")
    before = told.case().rivals
    later = play(PED, "07:00 born 2020-03-02\n 08:00 arrived\n 09:00 protocol\n 09:00+1 quiet")

    assert later.case().rivals == before
    assert later.stands("antibiotics") == "missed"


def test_a_measure_may_name_a_rule_and_takes_its_sections_unless_it_has_its_own():
    own, taken = by_rule("septic_shock"), by_rule("septic_shock", without=SECTIONS)

    assert own.shock.source == BUNDLE["shock"]["source"]
    assert taken.shock == load_rules(["sep1-like/1"]).measures[0].shock
    assert by_rule("phoenix").time_zero.rule == "phoenix"
    assert moments(by_rule("phoenix").time_zero) == frozenset()


def test_a_rule_that_is_not_in_the_catalogue_is_refused_with_those_that_are():
    with pytest.raises(UnknownRuleError) as refused:
        by_rule("sofa")

    assert "'sofa'" in str(refused.value)
    assert all(rule.name in str(refused.value) for rule in named_rules())


@pytest.mark.parametrize(
    ("link", "missing"),
    [
        ({"same_as": "sep-9/1", "at": "entry"}, "sep-9/1"),
        ({"same_as": "a/1", "at": "entry.pews"}, "pews"),
        ({"same_as": "a/1", "at": "entry.acts.first"}, "first"),
    ],
)
def test_a_value_that_is_taken_from_nowhere_is_refused(link, missing):
    with pytest.raises(UnknownRuleError) as refused:
        read_catalogue({"entry": link, "rules": []}, {"a/1": {"entry": {"acts": []}}})

    assert missing in str(refused.value)


def test_no_number_of_a_measure_stands_in_the_catalogue_again():
    severe = next(rule for rule in named_rules() if rule.name == "severe_sepsis").terms
    sep1 = load_rules(["sep1-like/1"]).measures[0]
    shipped = load_rules(shipped_measures()).measures

    assert severe.time_zero == sep1.time_zero
    assert [rule.name for rule in named_rules() if any(rule.is_of(each) for each in shipped)] == [
        "protocol_start", "triage", "functional", "severe_sepsis",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "abnormal_vitals",
            "the first vital sign that is abnormal for the age of that day, nothing more than 24 h",
        ),
        ("phoenix", "the Phoenix score of a child first is 2 points or more, by values within 24 h of each other"),
        ("septic_shock", "Time zero is septic shock, as this measure defines it, after severe sepsis."),
    ],
)
def test_every_rule_is_told_in_words(name, words):
    assert words in time_zero_line(by_rule(name))


def test_a_result_after_a_confirmed_time_zero_counts_for_an_infection_that_is_documented_since():
    """By culture and antibiotic 10:00; documented at 11:30 with signs of its own from 12:00 on, within 6 h of that."""
    told = play("sep1-like/1", """
        04:00    admitted to ICU
        05:00    temperature 39
        05:00    heart rate 120
        10:00    lactate 3
        10:05    blood culture drawn 09:00
        10:10    ceftriaxone started 09:10
        11:30    infection suspected
        12:00    temperature 39.1
        12:01    heart rate 121
    """)  # fmt: skip

    assert f"{told.case().time_zero:%H:%M} {told.case().time_zero_rule}" == "12:01 documented_infection"
