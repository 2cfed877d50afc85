"""Deciding facts: their names, all their times, and which of them are an element's own."""

import pytest

from board_story import at, verdict
from schemas.verdict import Evidence, find_time_zero_evidence, own_evidence

TRIAGE = Evidence(event_id="t1", type="triaged", happened_at=at("10:00"))
CULTURE = Evidence(event_id="c1", type="blood_culture", happened_at=at("10:15"), collected_at=at("10:15"))
DOSE = Evidence(event_id="d1", type="antibacterial", what="ceftriaxone", happened_at=at("10:31"))


def test_every_time_is_told_in_the_order_of_writing_down():
    bolus = Evidence(
        event_id="b1",
        type="crystalloid",
        what="ringer",
        ordered_at=at("10:02"),
        started_at=at("10:10"),
        completed_at=at("10:44"),
        happened_at=at("10:44"),
        recorded_at=at("10:50"),
        received_at=at("10:51"),
    )

    assert [word for word, _ in bolus.times()] == ["ordered", "started", "completed", "charted", "received"]
    assert [word for word, _ in TRIAGE.times()] == ["happened"]
    assert Evidence(event_id="x", type="weight").times() == ()


def test_a_fact_goes_by_its_own_name_where_it_has_one():
    assert (DOSE.name, CULTURE.name) == ("ceftriaxone", "blood culture")


@pytest.mark.parametrize(
    ("evidence", "of_time_zero", "own"),
    [
        ((DOSE, TRIAGE), (TRIAGE,), (DOSE,)),
        ((DOSE, CULTURE, TRIAGE), (TRIAGE,), (DOSE, CULTURE)),
        ((DOSE, CULTURE, TRIAGE), (CULTURE, DOSE, TRIAGE), (DOSE,)),
        ((DOSE, CULTURE), (DOSE, CULTURE), (DOSE,)),
        ((DOSE,), (), (DOSE,)),
        ((DOSE, CULTURE), (TRIAGE,), (DOSE, CULTURE)),
        ((), (TRIAGE,), ()),
    ],
)
def test_what_time_zero_rests_on_is_left_out_but_never_the_act_that_counts(evidence, of_time_zero, own):
    done = verdict("antibiotics", "met", done="10:31").model_copy(update={"evidence": evidence})

    assert own_evidence(done, of_time_zero) == own


def test_an_element_not_done_has_nothing_of_its_own_in_what_time_zero_rests_on():
    waiting = verdict("antibiotics", "open", due="11:00").model_copy(update={"evidence": (TRIAGE,)})

    assert own_evidence(waiting, (TRIAGE,)) == ()


def test_without_a_bundle_time_zero_rests_on_nothing_that_is_told():
    assert find_time_zero_evidence([verdict("antibiotics", "open", due="11:00")]) == ()
