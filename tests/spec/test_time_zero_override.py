"""A person's word on a time zero: it goes before every rule, and nothing that was computed is lost by it."""

import pytest

from measures_by_rule import NAMES, rules_by_rule
from storyteller import play

PED = "nys-ped-1h/spec-2015"


def test_a_persons_word_goes_before_the_rule_and_the_rule_is_kept():
    told = play(PED, """
        10:00    protocol
        10:30    time zero was 09:40 by Jones because seen_by_the_team
    """)  # fmt: skip
    record = told.case()

    assert (f"{record.time_zero:%H:%M}", record.time_zero_rule) == ("09:40", "overridden")
    assert (f"{record.computed_time_zero:%H:%M}", record.computed_time_zero_rule) == ("10:00", "protocol_started")
    assert (record.override.by, record.override.reason, f"{record.override.at:%H:%M}") == (
        "Jones", "seen_by_the_team", "10:30",
    )  # fmt: skip
    assert record.time_zero_sentence == (
        "Time zero 2026-03-02 09:40: said by Jones 10:30 (seen_by_the_team); the rule says 10:00."
    )
    assert told.rivals() == [
        "09:40 overridden *", "10:00 own =", "10:00 protocol_start", "10:00 functional",
    ]  # fmt: skip


def test_it_moves_what_was_said_like_any_time_zero_that_moves():
    told = play(PED, """
        09:00    born 2020-01-01
        10:00    protocol
        10:30    time zero was 10:20 by Jones because a_child_was_moved
    """)  # fmt: skip

    assert [line for line in told.said if "bundle" in line] == [
        "10:00 bundle started: bundle",
        "10:30 amended: bundle, time zero moved",
    ]
    assert f"{told.element('antibiotics').due_at:%H:%M}" == "11:20"


def test_what_had_closed_before_it_was_said_is_shown_and_never_pushed():
    """Said at 12:00 that time zero was 08:00: nobody could have been told by 09:00."""
    told = play(PED, """
        10:00    protocol
        10:30    ceftriaxone
        10:30    blood culture
        12:00    time zero was 08:00 by Jones because seen_then
        14:00    quiet
    """)  # fmt: skip

    assert told.stands("antibiotics") == "met_late"
    assert [line for line in told.said_of("antibiotics") if line.startswith("12:")] == []


def test_taken_back_it_leaves_the_computed_time_zero_in_force():
    told = play(PED, """
        10:00    protocol
        10:10    ceftriaxone
        10:30    time zero was 08:00 by Jones because seen_then
        10:40    retract time zero
    """)  # fmt: skip

    assert f"{told.case().time_zero:%H:%M} {told.case().time_zero_rule}" == "10:00 protocol_started"
    assert told.case().override is None
    assert told.stands("antibiotics") == "met"
    assert told.rivals() == [
        "10:00 own =*", "10:00 protocol_start", "10:00 functional",
    ]  # fmt: skip


def test_the_last_word_counts_by_when_it_was_said():
    told = play(PED, """
        10:00    protocol
        10:30    time zero was 09:00 by Jones because first
        10:40    time zero (late) was 09:10 by Smith because charted_late at 10:20
    """)  # fmt: skip

    assert told.case().override.by == "Jones"


@pytest.mark.parametrize(("measure", "expected"), [("nys-ped-1h/spec-2015", "09:00"), ("sep-9/1", "10:00")])
def test_a_word_for_one_measure_concerns_no_other(measure, expected):
    told = play(PED, f"""
        10:00    protocol
        10:30    time zero was 09:00 by Jones because seen for {measure}
    """)  # fmt: skip

    assert f"{told.case().time_zero:%H:%M}" == expected


def test_it_opens_no_case():
    told = play(PED, """
        08:00    arrived
        10:30    time zero was 09:00 by Jones because seen
    """)  # fmt: skip

    assert told.records == {}


def test_it_gives_a_time_to_a_case_that_had_none():
    told = play("nys-adult-3h/public-2015", """
        08:00    born 1960-01-01
        09:00    arrived
        10:00    protocol
        10:30    time zero was 09:05 by Jones because triage_was_not_charted
    """)  # fmt: skip

    assert told.status() == "denominator"
    assert told.case().computed_time_zero is None
    assert told.case().time_zero_sentence.endswith("the rule gives none.")


SURROGATE = """
    08:00    admitted to ICU
    08:10    temperature 39
    08:10    heart rate 120
    08:10    lactate 3
    08:20    blood culture
"""


def test_a_provisional_case_that_a_person_dates_is_confirmed():
    """A culture alone lapses after three days, unless somebody says that it was sepsis."""
    alone = play("sep1-like/1", f"{SURROGATE}\n    09:00+4    quiet")
    dated = play("sep1-like/1", f"{SURROGATE}\n    09:00 time zero was 08:15 by Jones because sepsis\n 09:00+4 quiet")

    assert alone.status() == "not_in_population, not_confirmed"
    assert dated.status() == "denominator"
    assert dated.case().settled


def test_each_case_of_a_stay_hears_the_word_on_its_own_time():
    told = play(PED, """
        10:00    protocol
        11:00    ruled out
        15:00    protocol (again)
        16:00    time zero was 14:30 by Jones because of_the_second
        16:10    time zero (first) was 09:30 by Jones because of_the_first
    """)  # fmt: skip

    assert f"{told.case('E1').time_zero:%H:%M} {told.status('E1')}" == "09:30 not_in_population, ruled_out"
    assert f"{told.case('E1#2').time_zero:%H:%M} {told.status('E1#2')}" == "14:30 denominator"
    assert told.rivals("E1") == ["09:30 overridden *", "10:00 own =", "10:00 protocol_start", "10:00 functional"]
    assert told.rivals("E1#2")[:2] == ["14:30 overridden *", "15:00 own ="]


EVERYTHING = """
    00:01    born 2019-01-01
    07:00    arrived
    07:05    triaged
    07:10    temperature 39.5
    07:20    heart rate 150
    07:20    wbc 14
    07:20    weight 20
    07:25    systolic bp 60
    07:30    fio2 0.5
    07:30    pao2 90
    07:32    platelets 50
    07:35    pews 4
    07:40    infection suspected
    07:45    order set
    07:50    lactate 5
    07:55    protocol
    08:00    ceftriaxone
    08:10    blood culture
"""


def again(story):
    """The same a day later, each fact a new one."""
    lines = [line.strip() for line in story.strip().splitlines() if "born" not in line]
    return "\n".join(f"{line[:5]}+1 {line[5:]}" for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_ruled_out_and_returned_sepsis_is_a_second_case_by_every_rule(name):
    """The first case is closed with its own rivals; the second counts from what came after, a word on it included."""
    told = play(rules_by_rule(name), f"""
        {EVERYTHING}
        12:00    ruled out
        {again(EVERYTHING)}
        09:00+1  time zero was 06:30+1 by Jones because it_came_back
    """)  # fmt: skip
    first, second = told.case("E1"), told.case("E1#2")

    assert told.status("E1") == "not_in_population, ruled_out"
    assert first.time_zero.day == 2
    assert first.time_zero == first.computed_time_zero
    assert second.status == "denominator"
    assert (second.time_zero.day, second.computed_time_zero.day) == (3, 3)
    assert f"{second.time_zero:%H:%M}" == "06:30"
    assert {rival.at.day for rival in first.rivals} == {2}
    assert {rival.at.day for rival in second.rivals} == {3}
    assert [rival.name for rival in first.rivals if rival.own] == [name]
    assert [rival.name for rival in second.rivals if rival.own] == [name]


BORN_IN_2020 = """
    08:00    arrived
    08:00    born 2020-01-01
    10:00    protocol
"""


def test_a_word_that_sets_time_zero_before_the_day_of_birth_is_not_heard_and_the_case_says_so():
    told = play(PED, f"""{BORN_IN_2020}
        10:30    time zero was 23:59-2253 by Jones because a_slip_of_the_year
    """)  # fmt: skip
    record = told.case()

    assert (record.time_zero_rule, record.override) == ("protocol_started", None)
    assert record.time_zero_sentence == (
        "Time zero 2026-03-02 10:00: protocol started 10:00. "
        "The word of Jones of 2026-03-02 10:30 is not heard: it lies before the day of birth."
    )
    assert [line for line in told.said if "bundle" in line] == ["10:00 bundle started: bundle"]


def test_on_the_day_of_birth_a_word_is_heard():
    told = play(PED, f"""{BORN_IN_2020}
        10:30    time zero was 00:00-2252 by Jones because ill_from_birth
    """)  # fmt: skip

    assert f"{told.case().time_zero:%Y-%m-%d}" == "2020-01-01"
    assert "not heard" not in told.case().time_zero_sentence


def test_a_word_that_is_not_heard_leaves_the_word_before_it_in_force():
    told = play(PED, f"""{BORN_IN_2020}
        10:20    time zero was 09:40 by Smith because seen_then
        10:30    time zero was 09:40-3000 by Jones because a_slip_of_the_year
    """)  # fmt: skip

    assert (f"{told.case().time_zero:%H:%M}", told.case().override.by) == ("09:40", "Smith")
    assert "The word of Jones" in told.case().time_zero_sentence


def test_a_word_is_heard_until_the_birth_that_it_lies_before_is_known():
    """The child was born three days before; the birth is charted after the word, and dates the case anew."""
    told = play(PED, """
        08:00    arrived
        10:00    protocol
        10:30    time zero was 09:00-4 by Jones because a_slip_of_the_day
        11:00    born 2026-02-27
    """)  # fmt: skip

    assert told.case().time_zero_rule == "protocol_started"
    assert f"{told.case().time_zero_known_at:%H:%M}" == "11:00"


def test_after_a_rule_out_the_later_case_says_nothing_of_a_word_on_the_first():
    told = play(PED, f"""{BORN_IN_2020}
        10:30    time zero was 09:40-3000 by Jones because a_slip_of_the_year
        11:00    ruled out
        12:00    protocol
    """)  # fmt: skip

    assert "not heard" in told.case("E1").time_zero_sentence
    assert "not heard" not in told.case("E1#2").time_zero_sentence


@pytest.mark.parametrize(
    ("story", "earliest"),
    [
        ("08:00  arrived\n10:00  protocol", "2026-03-01 08:00"),
        ("10:00  protocol", "2026-03-01 10:00"),
        ("08:00  arrived\n08:00  born 2026-03-02\n10:00  protocol", "2026-03-02 00:00"),
        ("08:00  arrived\n08:00  born 2026-02-27\n10:00  protocol", "2026-03-01 08:00"),
    ],
)
def test_the_record_says_from_when_on_a_word_can_be_taken(story, earliest):
    """A day before the first event of the stay, and the day of birth."""
    assert f"{play(PED, story).case().words_from:%Y-%m-%d %H:%M}" == earliest
