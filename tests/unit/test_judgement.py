"""How the cases of a patient stand at a moment asked for."""

from scoring.judgement import judge
from scoring.rules import load_rules
from storyteller import clock, play

PED = "nys-ped-1h/spec-2015"


def test_a_record_says_as_of_when_it_was_judged_and_stands_as_it_stood_then():
    state = play(PED, "10:00 protocol\n 12:00 quiet").state

    early, late = (judge(state, load_rules([PED]), clock(at)).cases[0] for at in ("10:10", "12:00"))
    assert (early.as_of, early.elements[0].status) == (clock("10:10"), "open")
    assert (late.as_of, late.elements[0].status) == (clock("12:00"), "overdue")
