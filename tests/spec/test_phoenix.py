"""Phoenix, at the edges: which values belong together, how long they count, and what an organ can give."""

import pytest

from measures_by_rule import by_rule, remade
from schemas.verdict import find_time_zero_evidence
from scoring.rules import rules_of
from storyteller import clock_text, play

MEASURE = by_rule("phoenix")
CHILD = "07:00 born 2020-03-02\n 09:00 infection suspected\n"


def needing(points):
    """The measure, where a score of more points is needed."""
    return remade(MEASURE, str(points), time_zero__points_needed__value=points)


def dated(story, measure=MEASURE):
    """The time zero of the child's case; None where there is no case."""
    told = play(rules_of([measure]), CHILD + story)
    return clock_text(told.case().time_zero) if told.records else None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("09:30 fio2 0.5\n 10:00 pao2 199\n 10:10 inr 1.4", "10:10"),
        ("09:30 fio2 0.5\n 10:00 pao2 201\n 10:10 inr 1.4", None),  # 402, too much for a point
        ("09:30 fio2 0.5\n 10:30 pao2 60\n 10:40 inr 1.4", "10:40"),
        ("09:30 fio2 0.5\n 10:31 pao2 60\n 10:40 inr 1.4", None),
        ("07:00 fio2 0.5\n 09:30 fio2 0.21\n 10:00 pao2 60\n 10:10 inr 1.4", None),  # room air since
        ("07:00 fio2 0.21\n 09:30 fio2 0.5\n 10:00 pao2 60\n 10:10 inr 1.4", "10:10"),
        ("09:30 fio2 0\n 09:40 pao2 60\n 10:00 fio2 0.5\n 10:10 pao2 60\n 10:20 inr 1.4", "10:20"),
    ],
)
def test_a_ratio_takes_the_last_share_of_oxygen_of_the_hour_before(values, expected):
    assert dated(values) == expected


@pytest.mark.parametrize(
    ("begun", "ratio_at", "expected"),
    [
        ("10:00", "10:00", "10:00"),
        ("10:01", "10:00", None),
        ("10:00-1", "10:00", "10:00"),
        ("09:59-1", "10:00", None),
    ],
)
def test_ventilation_counts_from_its_minute_for_a_day(begun, ratio_at, expected):
    """Ventilated, a ratio below 200 gives the two points that it gives nobody else."""
    line, values = f"{begun} ventilation", f"09:50 fio2 0.5\n {ratio_at} pao2 99"
    story = f"{line}\n {values}" if begun < "10:01" else f"{values}\n {line}"

    assert dated(story) == expected


@pytest.mark.parametrize("unusable", ["platelets", "platelets 50 by day measured 10:00"])
def test_a_result_without_its_value_or_minute_gives_no_point(unusable):
    assert dated("10:00 platelets 50\n 10:10 inr 1.4") == "10:10"
    assert dated(f"10:00 {unusable}\n 10:10 inr 1.4") is None


def test_vasoactives_are_counted_over_a_day_its_first_minute_included():
    assert dated("09:00 norepinephrine\n 09:00+1 epinephrine") == "09:00+1"
    assert dated("08:59 norepinephrine\n 09:00+1 epinephrine") is None


def test_a_mean_pressure_lies_a_third_of_the_way_from_diastolic_to_systolic():
    assert dated("10:00 systolic bp 57.9\n 10:00 diastolic bp 25") == "10:00"
    assert dated("10:00 systolic bp 58\n 10:00 diastolic bp 25") is None


def test_a_pressure_of_the_eighteenth_birthday_has_no_age_to_be_judged_by():
    told = play(
        rules_of([MEASURE]), "07:00 born 2008-03-03\n 09:00 infection suspected\n 08:00+1 mean arterial pressure 20"
    )

    assert told.records == {}


COAGULATION = "10:00 platelets 99\n 10:00 inr 1.4\n 10:00 d dimer 2.1\n 10:00 fibrinogen 99\n"
NEUROLOGIC = "10:00 gcs total 10\n 10:00 pupils fixed\n"


@pytest.mark.parametrize("organ", [COAGULATION, NEUROLOGIC])
def test_no_organ_gives_more_than_it_can(organ):
    """Four points of coagulation, or three of the brain, are two; a third has to come from elsewhere."""
    assert dated(organ) == "10:00"
    assert dated(organ, needing(3)) is None
    assert dated(f"{organ} 10:10 lactate 5", needing(3)) == "10:10"


def test_measures_that_need_other_scores_are_judged_apart():
    told = play(rules_of([MEASURE, needing(3)]), f"{CHILD} 10:00 lactate 11\n 11:00 inr 1.4")

    assert {record.measure: clock_text(record.time_zero) for record in told.records.values()} == {
        "site/phoenix": "10:00", "site/3": "11:00",
    }  # fmt: skip


@pytest.mark.parametrize("last", ["08:30", "09:00"])
@pytest.mark.parametrize("more", ["", "10:00 inr 1.4"])
def test_of_what_was_measured_before_the_suspicion_the_latest_is_the_evidence(last, more):
    told = play(
        rules_of([MEASURE]),
        f"07:00 born 2020-03-02\n 08:00 lactate 11\n {last} lactate 12\n {more}\n 10:10 infection suspected at 09:00",
    )

    assert [each.value for each in find_time_zero_evidence(told.case().elements) if each.type == "lactate"] == [12]
