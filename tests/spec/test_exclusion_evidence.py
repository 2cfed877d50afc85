"""Who is left out is told with the facts that decided it: an age by the date of birth and the admission, and so on."""

import pytest

from schemas.verdict import find_time_zero_evidence, own_evidence
from storyteller import play

CHILDREN, SEP1, MORTALITY = "nys-ped-1h/spec-2015", "sep1-like/1", "nys-mortality-ped/2015"
SEVERE_SEPSIS = """
    10:00  infection suspected
    10:00  temperature 39.0
    10:00  heart rate 110
    10:00  creatinine 2.4
"""


def decided_by(told, element="antibiotics"):
    """What an explanation shows of an element beside what time zero rests on."""
    own = own_evidence(told.element(element), find_time_zero_evidence(told.case().elements))
    return [
        (fact.name, *(f"{word} {at:%m-%d %H:%M}" for word, at in fact.times() if word != "received")) for fact in own
    ]


def test_an_age_is_told_by_the_admission_and_the_date_of_birth_last_received():
    told = play(
        CHILDREN,
        """
        09:00  arrived
        09:00  born 2010-01-01
        09:30  admitted
        09:40  born 2001-05-06
        10:00  protocol
    """,
    )

    assert told.status() == "excluded, age"
    assert decided_by(told) == [("admitted", "happened 03-02 09:30"), ("born 2001-05-06",)]


def test_the_admission_is_told_too_where_it_is_time_zero():
    told = play(
        CHILDREN,
        """
        09:00  born 2001-05-06
        09:30  admitted
        10:00  sepsis documented
    """,
    )

    assert decided_by(told) == [("admitted", "happened 03-02 09:30"), ("born 2001-05-06",)]


def test_without_an_admission_the_age_is_that_of_the_arrival_and_without_both_that_of_time_zero():
    told = play(CHILDREN, "09:00  arrived\n09:00  born 2001-05-06\n10:00  protocol")
    assert decided_by(told) == [("arrived", "happened 03-02 09:00"), ("born 2001-05-06",)]

    told = play(CHILDREN, "09:00  born 2001-05-06\n10:00  protocol")
    assert told.status() == "excluded, age"
    assert decided_by(told) == [("born 2001-05-06",)]


def test_a_date_of_birth_that_is_corrected_changes_what_decides():
    told = play(
        CHILDREN,
        """
        09:00  arrived
        09:00  born 2001-05-06
        10:00  protocol
        10:10  born 2001-05-07
    """,
    )

    assert decided_by(told)[-1] == ("born 2001-05-07",)


@pytest.mark.parametrize(
    ("story", "status", "facts"),
    [
        (
            "10:10  comfort care at 17:00\n18:00  comfort care at 10:05",
            "excluded, comfort_care_6h",
            [("comfort care", "happened 03-02 10:05")],
        ),
        (
            "11:00  transferred in at 09:00\n11:00  transferred in at 09:10",
            "excluded, transfer_in",
            [("transferred in", "happened 03-02 09:00")],
        ),
        (
            "12:00  discharged",
            "excluded, discharged_6h",
            [("discharged", "happened 03-02 12:00")],
        ),
        (
            "09:00  admitted\n23:00+121  discharged",
            "excluded, stay_over_120_days",
            [("admitted", "happened 03-02 09:00"), ("discharged", "happened 07-01 23:00")],
        ),
        (
            "09:00-2  vancomycin iv\n08:00-1  vancomycin iv\n04:00  vancomycin iv\n11:00  vancomycin iv",
            "excluded, antibiotics_over_24h",
            [("vancomycin", "started 02-28 09:00"), ("vancomycin", "started 03-02 04:00")],
        ),
        ("10:10  trial enrolled", "excluded, clinical_trial", [("trial enrolled", "happened 03-02 10:10")]),
    ],
)
def test_every_other_exclusion_is_told_by_the_facts_that_decided_it(story, status, facts):
    told = play(SEP1, f"{SEVERE_SEPSIS}{story}")

    assert told.status() == status
    assert decided_by(told, "lactate") == facts


def test_a_case_that_counts_or_is_no_case_of_the_measure_has_no_such_facts():
    assert decided_by(play(CHILDREN, "09:00  born 2015-05-06\n09:30  admitted\n10:00  protocol")) == []
    assert decided_by(play(CHILDREN, "09:00  born 2001-05-06\n10:00  protocol\n11:00  ruled out")) == []


def test_an_element_that_septic_shock_leaves_out_is_told_by_the_fact_that_does():
    told = play(
        SEP1,
        f"""{SEVERE_SEPSIS}
        10:10  weight 50 kg
        10:30  lactate 4.5
        11:00  comfort care at 16:20
        17:00  quiet
    """,
    )

    assert told.stands("reassessment").startswith("excluded")
    assert decided_by(told, "reassessment")[0] == ("comfort care", "happened 03-02 16:20")
