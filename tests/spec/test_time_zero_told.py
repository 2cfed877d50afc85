"""What a time zero is said to rest on, and where a clinician's word or a rival stands beside it."""

import pytest

from storyteller import play

PED = "nys-ped-1h/spec-2015"


@pytest.mark.parametrize(
    ("measure", "story", "sentence"),
    [
        (PED, "09:00 protocol", "Time zero 2026-03-02 09:00: protocol started 09:00."),
        (
            PED,
            "08:00 arrived\n 09:00 sepsis documented",
            "2026-03-02 08:00: arrived 08:00 and sepsis documented 09:00.",
        ),
    ],
)
def test_the_act_that_opened_the_case_is_told_once(measure, story, sentence):
    """With what says the time, where it does not say it itself."""
    assert play(measure, story).case().time_zero_sentence.endswith(sentence)


def dated(story):
    return f"{play('sep1-like/1', story).case().time_zero:%H:%M}"


def test_a_clinicians_word_goes_before_a_presentation_that_nothing_confirms_yet():
    """By a culture alone severe sepsis is provisional from 09:40 on; documented at 11:00 it is severe sepsis then."""
    story = """
        08:00  admitted
        09:20  heart rate 120
        09:20  respiratory rate 30
        09:20  systolic bp 80
        09:40  blood culture
    """

    assert dated(story) == "09:40"
    assert dated(f"{story} 11:00 severe sepsis documented") == "11:00"
    assert dated(f"{story} 10:00 ceftriaxone iv\n 11:00 severe sepsis documented") == "09:40"


def test_a_clinicians_word_at_the_moment_of_the_criteria_changes_nothing():
    criteria = "10:00 infection suspected\n 10:00 temperature 39\n 10:00 heart rate 110\n 10:00 creatinine 2.4"

    record = play("sep1-like/1", f"{criteria}\n 10:00 severe sepsis documented").case()

    assert (f"{record.time_zero:%H:%M}", record.time_zero_rule) == ("10:00", "documented_infection")


def test_a_presentation_that_nothing_confirms_is_no_rival():
    story = """
        08:00  admitted
        09:20  heart rate 120
        09:20  respiratory rate 30
        09:20  systolic bp 80
        09:40  blood culture
        10:00  protocol
    """
    confirmed = play(PED, f"{story} 10:10 ceftriaxone iv").rivals()

    assert "09:40 severe_sepsis" in confirmed
    assert "severe_sepsis" not in str(play(PED, story).rivals())


def under_rivals(measure, story, element):
    """By each rival: an element's status, and when its window would be due and close."""
    told = (each for rival in play(measure, story).case().rivals for each in rival.elements)
    return {
        (each.status, *(at and f"{at:%H:%M}" for at in (each.due_at, each.closes_at)))
        for each in told
        if each.element == element
    }


def test_a_rival_says_when_an_elements_window_would_close():
    assert ("missed", "10:00", "10:01") in under_rivals(PED, "09:00 protocol", "antibiotics")


def test_what_a_rival_would_not_ask_for_has_no_window():
    """A lactate that is not elevated asks for no second one."""
    story = """
        10:00  infection suspected
        10:00  temperature 39.0
        10:00  heart rate 110
        10:00  creatinine 2.4
        10:15  lactate 1.4
    """

    assert under_rivals("sep1-like/1", story, "repeat_lactate") == {("not_applicable", None, None)}


def what_is_told(rival):
    """Of each element: how it would end and why, when it would be due and close, when it was done, after how long."""
    return [
        (
            each.element, each.status, each.reason,
            *(at and f"{at:%H:%M}" for at in (each.due_at, each.closes_at, each.done_at)), each.minutes,
        )
        for each in rival.elements
    ]  # fmt: skip


def the_rival(measure, story, name):
    return next(each for each in play(measure, story).case().rivals if each.name == name)


def test_a_rival_tells_of_every_element_how_it_would_end_and_of_the_bundle_what_decides_it():
    story = """
        07:00  born 2020-03-02
        08:00  arrived
        09:00  protocol
        09:20  blood culture
        09:30  ceftriaxone iv
    """

    assert what_is_told(the_rival(PED, story, "arrival")) == [
        ("antibiotics", "met_late", None, "09:00", "09:01", "09:30", 90),
        ("blood_culture", "met_late", None, "09:00", "09:01", "09:20", 80),
        ("fluids", "cannot_assess", "no_weight", "09:00", "09:01", None, None),
        ("bundle", "missed", "antibiotics", "09:00", "09:01", None, None),
    ]


def test_the_bundle_by_a_rival_that_left_nothing_undone_is_met():
    story = """
        09:00  triage form
        09:30  ceftriaxone iv
        09:40  lactate 2.0
    """

    assert what_is_told(the_rival("ed-sepsis-triage/mannhardt", story, "own"))[-1] == (
        "bundle", "met", None, "12:00", "12:00", None, None,
    )  # fmt: skip


def test_a_rival_that_leaves_the_case_out_says_why_of_every_element():
    story = "07:00 born 2020-03-02\n 09:00 protocol\n 09:30 excluded from protocol"

    assert what_is_told(the_rival(PED, story, "own")) == [
        (element, "excluded", "protocol_exclusion_1h", None, None, None, None)
        for element in ("antibiotics", "blood_culture", "fluids", "bundle")
    ]


def test_a_rival_shows_its_title_and_each_fact_once():
    """The protocol opens the case and gives the time: it is said once."""
    story = "07:00 born 2020-03-02\n 08:00 arrived\n 09:00 protocol\n 10:00 time zero was 08:30 by Jones because seen"
    first, *others = play(PED, story).case().rivals

    assert first.title == "First contact: the earliest of arrival, triage and admission"
    assert [(each.name, each.title, [fact.type for fact in each.evidence]) for each in others] == [
        ("arrival", "Arrival in the emergency department", ["arrived", "protocol_started"]),
        ("overridden", "Said by a person", ["time_zero_overridden"]),
        ("own", "The measure's own rule", ["protocol_started"]),
        ("protocol_start", "Protocol started", ["protocol_started"]),
        ("functional", "Functional time zero", ["protocol_started"]),
    ]


def test_rivals_of_one_minute_are_told_with_what_counts_first():
    """A person's word, then the measure's own rule, then the catalogue."""
    story = "08:00 arrived\n 09:00 protocol\n 10:00 time zero was 09:00 by Jones because right"

    assert [each.name for each in play(PED, story).case().rivals] == [
        "first_contact", "arrival", "overridden", "own", "protocol_start", "functional",
    ]  # fmt: skip


def test_a_rival_counts_from_the_whole_minute():
    story = "09:00:40 protocol\n 09:01:20 ceftriaxone iv"

    assert what_is_told(the_rival(PED, story, "own"))[0][3:] == ("10:00", "10:01", "09:01", 1.3)


ADULT_IN_DEPARTMENT = """
    07:00  born 1960-01-01
    09:05  triaged
    09:30  systolic bp 80
    09:40  systolic bp 81
    20:00  protocol
"""


def test_a_rival_may_put_the_case_outside_of_the_population():
    """By triage there was septic shock, by the protocol eleven hours later there was none."""
    measure = "nys-adult-6h/public-2015"
    of_protocol = what_is_told(the_rival(measure, ADULT_IN_DEPARTMENT, "protocol_start"))

    assert {(status, reason) for _, status, reason, *_ in of_protocol} == {("not_applicable", "no_septic_shock")}
    assert what_is_told(the_rival(measure, ADULT_IN_DEPARTMENT, "triage"))[0][:2] == ("lactate", "missed")
