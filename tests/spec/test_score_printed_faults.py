"""The nineteen places where the printed pediatric specification is faulty or silent, each with the reading taken."""

import json

import pytest

from abstraction_form import CHILD, judge, said_of, write_cases
from command_line import say

SPEC = "nys-ped-1h/spec-2015"
LITERAL = "nys-ped-1h/spec-2015-literal"
BOUNDED = "nys-ped-1h/spec-2015-bounded"
NO_PROTOCOL = CHILD | {"protocol": None, "triage": "10:00", "admission": "10:05"}


def test_1_null_less_than_is_no_lower_bound():
    early = CHILD | {"antibiotics": "08:00", "culture": "08:00", "fluids": "08:00"}

    assert [said_of(measure, early) for measure in (SPEC, LITERAL, BOUNDED)] == ["YYY Y", "YYY Y", "NNN N"]


@pytest.mark.parametrize("measure", [SPEC, LITERAL])
def test_2_antibiotics_without_a_protocol_are_clocked_from_the_first_contact(measure):
    assert said_of(measure, NO_PROTOCOL | {"antibiotics": "11:00"})[0] == "Y"
    assert said_of(measure, NO_PROTOCOL | {"antibiotics": "11:01"})[0] == "N"


@pytest.mark.parametrize("measure", [SPEC, LITERAL])
def test_3_a_culture_under_a_protocol_needs_its_time(measure):
    """A missing difference would be less than an hour; the order of the two asks for the time."""
    assert said_of(measure, CHILD | {"culture": None}) == "YNY N"
    assert said_of(measure, CHILD | {"culture": None, "antibiotics": None}) == "NNY N"


def test_4_without_a_protocol_the_lost_not_is_put_back():
    untimed = NO_PROTOCOL | {"culture": None}
    alone = NO_PROTOCOL | {"antibiotics": None}

    assert [said_of(SPEC, story) for story in (untimed, alone)] == ["YNY N", "NYY N"]
    assert [said_of(LITERAL, story) for story in (untimed, alone)] == ["YYY Y", "NNY N"]


@pytest.mark.parametrize("measure", [SPEC, LITERAL])
def test_5_a_death_is_clocked_by_the_discharge(measure):
    died = NO_PROTOCOL | {"discharge_status": 20, "discharge": "11:00", "excluded_at": "15:00"}

    assert said_of(measure, died) == "excluded expired_1h"
    assert said_of(measure, died | {"discharge": "11:01", "excluded_at": "10:30"}) == "YYY Y"


def test_6_a_minimum_leaves_out_what_is_blank():
    assert said_of(SPEC, NO_PROTOCOL | {"triage": None, "admission": "10:00"}) == "YYY Y"
    assert said_of(SPEC, NO_PROTOCOL | {"earliest": "09:58"}) == "YYN N"
    assert said_of(SPEC, NO_PROTOCOL | {"admission": None}) == "dropped bad_datetime"


def test_7_prior_to_antibiotics_includes_the_same_minute():
    assert said_of(SPEC, CHILD | {"culture": "10:50:59", "antibiotics": "10:50:00"}) == "YYY Y"
    assert said_of(SPEC, CHILD | {"culture": "10:51"}) == "YNY N"


def test_8_an_hour_is_counted_in_whole_minutes():
    """Both are cut down first, so 60 min 30 s after a whole minute pass, and so do 59 min 31 s after its end."""
    assert said_of(SPEC, CHILD | {"fluids": "11:00:30"}) == "YYY Y"
    assert said_of(SPEC, CHILD | {"protocol": "10:00:59", "fluids": "11:00:59"}) == "YYY Y"
    assert said_of(SPEC, CHILD | {"protocol": "10:00:59", "fluids": "11:01:00"}) == "YYN N"


def test_9_a_culture_without_antibiotics_passes_and_the_bundle_fails():
    assert said_of(SPEC, CHILD | {"antibiotics": None}) == "NYY N"


def test_10_an_exclusion_has_no_lower_bound_and_needs_its_time():
    assert said_of(SPEC, CHILD | {"excluded": 1, "excluded_at": "05:00"}) == "excluded protocol_exclusion_1h"
    assert said_of(BOUNDED, CHILD | {"excluded": 1, "excluded_at": "05:00"}) == "excluded protocol_exclusion_1h"
    assert said_of(SPEC, CHILD | {"excluded": 0, "excluded_at": "10:30"}) == "YYY Y"

    untimed = judge(SPEC, CHILD | {"excluded": 1})

    assert untimed.status == "denominator"
    assert untimed.warnings == (("excluded_without_time", "excluded_datetime"),)


@pytest.mark.parametrize("status", ["40", "41", "42", "01", None])
def test_11_only_status_20_is_a_death(status):
    died = CHILD | {"discharge_status": "20", "discharge": "10:30"}

    assert said_of(SPEC, died) == "excluded expired_1h"
    assert said_of(SPEC, died | {"discharge_status": status}) == "YYY Y"


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1997-06-01", "excluded age"),
        ("1997-06-02", "YYY Y"),
        (None, "dropped no_birth_date"),
        ("1997-06-31", "dropped bad_datetime"),
        ("2015-06-01", "YYY Y"),
    ],
)
def test_12_age_is_counted_by_birthdays(born, expected):
    assert said_of(SPEC, CHILD | {"born": born}) == expected


def test_12_who_was_born_on_29_february_is_eighteen_on_1_march():
    late = {"protocol": None, "antibiotics": None, "culture": None, "fluids": None, "born": "1996-02-29"}

    def said(day):
        return said_of(SPEC, CHILD | late | {"admission": f"2014-{day}T09:00", "discharge": "2014-03-09T09:00"})

    assert (said("02-28"), said("03-01")) == ("NNN N", "excluded age")


@pytest.mark.parametrize(("code", "letter"), [("0", "Y"), ("1", "Y"), ("2", "Y"), ("2.0", "Y"), ("3", "N"), ("", "N")])
def test_13_codes_of_fluids_are_a_set_that_qualifies(code, letter):
    assert said_of(SPEC, CHILD | {"pediatric_fluids": code})[2] == letter


def test_14_who_counts_depends_on_the_document():
    """No protocol, transferred in: the specification keeps the case, the public report does not."""
    story = NO_PROTOCOL | {"in_ed": 0, "transfer_in": 1}

    assert said_of(SPEC, story) == "YYY Y"
    assert said_of("nys-ped-1h/public-2015", story) == "not_in_population protocol_not_in_ed"
    assert said_of("nys-ped-1h/public-2015", story | {"in_ed": 1}) == "excluded transfer"
    assert said_of("nys-ped-1h/trend-2015", story) == "cannot_assess no_time_zero"


def scored(tmp_path, capsys, stories):
    cases = write_cases(tmp_path / "cases.csv", stories)
    said = say(capsys, "score", cases, "--measure", SPEC, "--out", tmp_path / "out.csv", "--internal", "--json")
    assert said.code == 0, said.err
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [tuple(line.split(",")[1:3]) for line in lines], json.loads(said.out)


def test_15_every_record_of_a_conflict_is_left_out(tmp_path, capsys):
    other_day = {"admission": "07-01 09:30", "discharge": "07-03 09:30"}
    rows, _ = scored(
        tmp_path,
        capsys,
        [
            CHILD | {"pcn": "A"},
            CHILD | other_day | {"pcn": "A"},
            CHILD | {"mrn": "B", "upi": "B1"},
            CHILD | other_day | {"mrn": "B", "upi": "B2"},
            CHILD,
        ],
    )

    assert rows == [*[("dropped", "same_pcn")] * 2, *[("dropped", "same_mrn")] * 2, ("denominator", "")]


@pytest.mark.parametrize("discharge", ["09:30", "09:29", None, "06-31 10:00", "soon"])
def test_15_a_stay_must_end_after_it_began(discharge):
    assert said_of(SPEC, CHILD | {"discharge": discharge}) == "dropped bad_datetime"


def test_16_a_case_belongs_to_the_quarter_of_its_discharge(tmp_path, capsys):
    over_new_year = CHILD | {"admission": "12-31 09:30", "discharge": "2016-01-05T12:00"}
    too_late = CHILD | {"discharge": "2017-01-01T00:00"}

    rows, summary = scored(tmp_path, capsys, [CHILD, over_new_year, too_late])

    assert {row[0] for row in rows} == {"denominator"}
    assert sorted(summary["quarters"]) == ["2015Q2", "2016Q1", "2017Q1"]
    assert summary["warnings"] == {"outside_period": {"rows": 1, "lines": [4]}}


def test_17_the_branches_are_one_or_the_other():
    """With a protocol time the first contact plays no part, however much it would help or harm."""
    assert said_of(SPEC, CHILD | {"triage": "06:00"}) == "YYY Y"
    assert said_of(SPEC, CHILD | {"triage": "10:30", "fluids": "11:10"}) == "YYN N"


@pytest.mark.parametrize("missing", ["antibiotics", "culture", "fluids"])
def test_18_the_bundle_is_all_three(missing):
    assert said_of(SPEC, CHILD)[-1] == "Y"
    assert said_of(SPEC, CHILD | {missing: None})[-1] == "N"


def test_19_a_hospital_is_the_facility_that_reports(tmp_path, capsys):
    _, summary = scored(tmp_path, capsys, [CHILD, CHILD, CHILD | {"facility_id": "F2", "fluids": None}])

    assert {name: rates["bundle"] for name, rates in summary["facilities"].items()} == {
        "F1": {"numerator": 2, "denominator": 2, "cannot_assess": 0, "rate_percent": 100.0},
        "F2": {"numerator": 0, "denominator": 1, "cannot_assess": 0, "rate_percent": 0.0},
    }
