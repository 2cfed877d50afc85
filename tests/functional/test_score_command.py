"""`timezero score` as a quality team runs it: what goes in, what comes out, and what is refused."""

import json

import pytest

from abstraction_form import CHILD, SPEC
from scoring.abstraction.shipped_forms import load_form, shipped_forms


def test_one_line_a_row_in_the_order_of_the_file(score):
    stories = [CHILD | {"case_id": f"K{number}"} for number in (7, 3, 5)]

    said, rows = score(stories)

    assert said.code == 0
    assert list(rows[0].values()) == ["K7", "denominator", "", "Y", "Y", "Y", "Y"]
    assert [row["case_id"] for row in rows] == ["K7", "K3", "K5"]
    assert list(rows[0]) == ["case_id", "status", "reason", "antibiotics", "blood_culture", "fluids", "bundle"]


def test_elements_are_blank_outside_of_the_denominator(score):
    _, rows = score([CHILD | {"born": "1990-01-01"}])

    assert list(rows[0].values()) == ["C1", "excluded", "age", "", "", "", ""]


@pytest.mark.parametrize("measure", shipped_forms())
def test_every_measure_scores_a_file_and_needs_its_own_columns_only(score, measure):
    needed = [column.value for column in load_form(measure).columns()]

    said, rows = score([CHILD], measure, columns=needed)
    assert (said.code, len(rows)) == (0, 1)

    for left_out in needed:
        score.out.unlink(missing_ok=True)
        said, rows = score([CHILD], measure, columns=[name for name in needed if name != left_out])
        assert (said.code, rows) == (2, [])
        assert f"the column {left_out}, which {measure} needs" in said.err


def test_the_three_measures_of_the_specification_are_offered():
    assert len(shipped_forms()) == 15


@pytest.mark.parametrize("measure", ["sep1-like/1", "ed-sepsis-triage/mannhardt", "nys-ped-1h", ""])
def test_another_measure_is_refused_and_those_it_can_do_are_named(score, measure):
    said, rows = score([CHILD], measure)

    assert (said.code, rows) == (2, [])
    assert said.err.count("\n") == 1
    assert all(name in said.err for name in shipped_forms())


def test_small_numbers_are_not_shown_unless_asked_for(score):
    eleven = [CHILD | {"facility_id": "large"}] * 11
    ten = [CHILD | {"facility_id": "small"}] * 10
    none = [CHILD | {"facility_id": "other", "born": "1990-01-01"}]
    stories = [*eleven, *ten, *none]

    public = json.loads(score(stories, SPEC, "--json")[0].out)
    internal = json.loads(score(stories, SPEC, "--json", "--internal")[0].out)
    printed = score(stories)[0].out

    assert {name: rates["bundle"]["denominator"] for name, rates in public["facilities"].items()} == {
        "large": 11, "small": "S.S.", "other": "N.C.",
    }  # fmt: skip
    assert {name: rates["bundle"]["numerator"] for name, rates in internal["facilities"].items()} == {
        "large": 11, "small": 10, "other": "N.C.",
    }  # fmt: skip
    assert public["overall"]["bundle"] == {
        "numerator": 21, "denominator": 21, "cannot_assess": 0, "rate_percent": 100.0,
    }  # fmt: skip
    assert (public["reasons"], internal["reasons"]) == ({"excluded.age": "S.S."}, {"excluded.age": 1})
    assert "S.S." in printed
    assert "N.C." in printed
    assert "100.0 %" in printed


def test_a_facility_is_printed_as_it_is_written(score):
    said, _ = score([CHILD | {"facility_id": "[red]North[/]"}] * 11)

    assert "[red]North[/]" in said.out


def test_a_header_alone_is_a_file_without_cases(score):
    said, rows = score([])

    assert (said.code, rows) == (0, [])
    assert "0 rows; none" in said.out
    assert "N.C." in said.out


def test_mortality_is_told_by_severity(score):
    lived = CHILD | {"discharge": "08-01 12:00"}
    stories = [lived | {"severity": word} for word in ("sepsis", "Severe sepsis", "Septic-Shock", "")]

    said, _ = score(stories, "cha-mortality/2012", "--json", "--internal")

    summary = json.loads(said.out)
    counted = {name: rates["died_within_3_days"]["denominator"] for name, rates in summary["strata"].items()}
    assert counted == {"sepsis": 1, "severe_sepsis": 1, "septic_shock": 1, "severe_sepsis_or_septic_shock": 2}
    assert summary["overall"]["died_within_3_days"]["denominator"] == 4
    assert "bundle" not in summary["overall"]


def test_who_is_lost_from_sight_is_counted_apart(score):
    said, rows = score([CHILD, CHILD | {"death": "06-02 10:00"}], "cha-mortality/2012", "--json", "--internal")

    rate = json.loads(said.out)["overall"]["died_within_30_days"]
    assert rate == {"numerator": 1, "denominator": 2, "cannot_assess": 1, "rate_percent": 50.0}
    assert [row["died_within_30_days"] for row in rows] == ["", "Y"]


def test_the_third_bolus_has_two_denominators(score):
    got = CHILD | {"third": "10:50"}

    said, _ = score([got, CHILD], "cha/2012", "--json", "--internal")
    printed, _ = score([got, CHILD], "cha/2012", "--internal")

    overall = json.loads(said.out)["overall"]
    assert (overall["third_bolus"]["denominator"], overall["third_bolus_among"]["denominator"]) == (2, 1)
    assert "third_bolus of those who got a third bolus" in printed.out


def test_what_a_person_should_look_at_is_named_by_its_line(score):
    stories = [CHILD, *[CHILD | {"excluded": 1}] * 11]

    printed, _ = score(stories)

    assert (
        "warning: excluded_without_time in 11 rows, lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ... (excluded_datetime)"
        in printed.out
    )


# What is added to the numbers


def hints(said):
    return json.loads(said.out)["hints"]


def test_who_sees_nothing_but_small_numbers_is_told_of_the_way_to_see_them(score):
    assert hints(score([CHILD] * 10, SPEC, "--json")[0]) == [
        "10 or fewer cases count in all, so no rate is shown; --internal shows it."
    ]
    assert hints(score([CHILD] * 10, SPEC, "--json", "--internal")[0]) == []
    assert hints(score([CHILD] * 11, SPEC, "--json")[0]) == []
    assert hints(score([], SPEC, "--json")[0]) == []


@pytest.mark.parametrize(
    ("hidden", "other"),
    [
        ("a facility", {"facility_id": "F2"}),
        ("a quarter", {"discharge": "08-01 12:00"}),
        ("a status", {"born": "1990-01-01"}),
    ],
)
def test_it_is_said_that_a_hidden_number_follows_from_the_total(score, hidden, other):
    stories = [*[CHILD] * 11, CHILD | other]

    (said,) = hints(score(stories, SPEC, "--json")[0])

    assert said.startswith("S.S. hides a number only where it stands"), hidden
    assert "hint: S.S. hides a number only where it stands" in score(stories)[0].out
    assert hints(score(stories, SPEC, "--json", "--internal")[0]) == []


def test_a_cell_cannot_steer_the_terminal(score):
    said, _ = score([CHILD | {"facility_id": "\x1b[2J\x9bNorth\u202e é"}] * 11)

    assert "\\x1b[2J\\x9bNorth\\u202e é" in said.out
    assert not set("\x1b\x9b\u202e") & set(said.out)


def test_of_a_measure_named_twice_none_is_taken(score):
    said, rows = score([CHILD], SPEC, "--measure", "cha/2012")

    assert (said.code, rows) == (2, [])
    assert "'--measure': it is given more than once" in said.err
