"""Rivals beside a case: of which cases they mean anything, and what follows from the time zero of each."""

import pytest

from scoring.rules import named_rules
from storyteller import clock_text, play

PED, SEP1, ADULT = "nys-ped-1h/spec-2015", "sep1-like/1", "nys-adult-6h/trend-2015"
CHILD = "09:00 born 2020-01-01\n"
COMES_OF_AGE_TOMORROW = "09:00 born 2008-03-03\n"


def first_elements(story, measure=PED):
    """Of each rival, what it means for the measure's first element; None where it means nothing."""
    return {
        each.name: each.elements[0].status if each.elements else None for each in play(measure, story).case().rivals
    }


@pytest.mark.parametrize(
    "story",
    [
        f"{CHILD} 10:00 protocol\n 10:30 ruled out",
        "09:00 born 1950-01-01\n 09:30 admitted\n 10:00 protocol",
        f"{CHILD} 09:00 arrived\n 09:30 admitted\n 10:00 protocol\n 10:05 discharged at 09:30",
    ],
)
def test_of_a_case_that_is_left_out_whatever_its_time_zero_no_rival_means_anything(story):
    """Ruled out; too old when admitted; dropped for its dates."""
    assert set(first_elements(story).values()) == {None}


def test_without_an_admission_each_rival_tells_by_its_own_time_whether_the_patient_is_too_old():
    story = f"{COMES_OF_AGE_TOMORROW} 10:00 protocol at 09:50+1\n 10:10 septic shock documented"

    assert first_elements(story) == {
        "clinician": "missed", "severe_sepsis": "missed", "septic_shock": "missed",
        "own": "excluded", "protocol_start": "excluded", "functional": "excluded",
    }  # fmt: skip


def test_a_child_who_comes_of_age_before_a_rival_is_judged_by_that_rival_alone():
    story = f"""{COMES_OF_AGE_TOMORROW}
        10:00  protocol at 09:50+1
        10:10  infection suspected
        10:10  temperature 39.0
        10:10  heart rate 120
        10:20  creatinine 2.4
    """
    told = first_elements(story, SEP1)

    assert (told["severe_sepsis"], told["protocol_start"]) == ("excluded", "missed")


def test_a_rival_so_early_that_septic_shock_came_too_long_after_it_is_of_no_population():
    """The measure is of septic shock, within six hours of time zero."""
    story = "07:00 infection suspected\n 14:00 protocol\n 15:30 lactate 4.5"

    assert first_elements(story, ADULT) == {
        "clinician": "not_applicable", "protocol_start": "missed", "functional": "missed",
    }  # fmt: skip


def test_a_rival_has_the_title_of_its_rule():
    story = "10:00 protocol\n 10:10 infection suspected\n 11:00 time zero was 09:50 by Jones because seen"
    titles = {rule.name: rule.title for rule in named_rules()}

    assert {each.name: each.title for each in play(PED, story).case().rivals} == {
        "own": "The measure's own rule",
        "overridden": "Said by a person",
        **{name: titles[name] for name in ("protocol_start", "functional", "clinician")},
    }


def told_of(measure, story):
    """Each rival's sentence, and of each of its elements the status, reason, due time and minutes."""
    return {
        each.name: (each.sentence, [
            (part.element, part.status, part.reason, part.due_at and clock_text(part.due_at), part.minutes)
            for part in each.elements
        ])
        for each in play(measure, story).case().rivals
    }  # fmt: skip


def test_each_rival_says_why_it_counts_and_what_it_means_by_its_own_time():
    told = told_of(PED, f"{CHILD} 09:30 admitted\n 09:50 infection suspected\n 10:00 protocol\n 10:20 ceftriaxone iv")

    assert told["clinician"] == ("Time zero 2026-03-02 09:50: infection suspected 09:50.", [
        ("antibiotics", "met", None, "10:50", 30),
        ("blood_culture", "missed", "antibiotic_first", "10:20", None),
        ("fluids", "cannot_assess", "no_weight", "10:50", None),
        ("bundle", "missed", "blood_culture", "10:50", None),
    ])  # fmt: skip
    assert told["protocol_start"][1][0] == ("antibiotics", "met", None, "11:00", 20)


def test_what_does_not_apply_by_a_rival_has_no_time():
    signs = "10:00 infection suspected\n 10:00 temperature 39\n 10:00 heart rate 110\n 10:00 creatinine 2.4\n"
    told = told_of(SEP1, f"{signs} 10:10 lactate 1")

    assert told["severe_sepsis"][1][1] == ("repeat_lactate", "not_applicable", "lactate_not_elevated", None, None)
