"""`timezero score` as a quality team runs it: what goes in, what comes out, and what is refused."""

import csv
import json

import pytest

from abstraction_form import CHILD, COLUMNS, columns_of, write_cases
from command_line import say
from scoring.abstraction.shipped_forms import load_form, shipped_forms

SPEC = "nys-ped-1h/spec-2015"
LATER = {"admission": "07-01 09:30", "discharge": "07-03 09:30", "protocol": "07-01 10:00"}


@pytest.fixture
def score(tmp_path, capsys):
    """Score some stories, or a file that is there; give what was said and the rows written."""

    def run(stories=None, measure=SPEC, *options, columns=COLUMNS):
        cases = tmp_path / "cases.csv"
        if stories is not None:
            write_cases(cases, stories, columns)
        out = tmp_path / "out.csv"
        said = say(capsys, "score", cases, "--measure", measure, "--out", out, *options)
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines(keepends=True))) if out.exists() else []
        return said, rows

    run.cases = tmp_path / "cases.csv"
    run.out = tmp_path / "out.csv"
    return run


def reasons(rows):
    return [row["reason"] for row in rows]


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
    stories = [lived | {"severity": word} for word in ("sepsis", "severe_sepsis", "Septic_Shock", "")]

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

    assert "warning: excluded_without_time in 11 rows, lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ..." in printed.out


# Reading the file


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16", ""), ("utf-16-be", "\ufeff"), ("cp1252", "")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_may_come_from_any_table_program(score, encoding, mark, end, delimiter):
    row = columns_of(CHILD | {"facility_id": "Hôpital Général", "case_id": "K1"})
    lines = [delimiter.join(COLUMNS), delimiter.join(row.get(name, "") for name in COLUMNS), ""]
    score.cases.write_bytes((mark + end.join(lines)).encode(encoding))

    said, rows = score(None, SPEC, "--json")

    assert said.code == 0, said.err
    assert list(json.loads(said.out)["facilities"]) == ["Hôpital Général"]
    assert [(row["case_id"], row["bundle"]) for row in rows] == [("K1", "Y")]


def test_columns_are_found_by_name_and_extra_ones_kept_out_of_the_way(score):
    columns = ["remarks", *reversed(COLUMNS), "mood"]
    score([CHILD], columns=columns)
    text = score.cases.read_text(encoding="utf-8")
    score.cases.write_text(text.replace("protocol_datetime", " Protocol_Datetime "), encoding="utf-8")

    said, rows = score(None, SPEC, "--json")

    assert rows[0]["bundle"] == "Y"
    assert json.loads(said.out)["extra_columns"] == 2


def test_blank_lines_are_no_cases_and_crooked_rows_are_dropped(score):
    score([CHILD, CHILD])
    header, first, second = score.cases.read_text(encoding="utf-8").splitlines()
    crooked = [first.rpartition(",")[0], second + ",more", "F1,only", "F1"]
    lines = [header, "", first, *crooked, "," * (len(COLUMNS) - 1), "   ", second]
    score.cases.write_text("\n".join(lines), encoding="utf-8")

    said, rows = score(None, SPEC, "--json", "--internal")

    assert reasons(rows) == ["", "bad_row", "bad_row", "bad_row", "bad_row", ""]
    assert [row["case_id"] for row in rows] == ["C1", "C1", "C2", "only", "", "C2"]
    assert list(json.loads(said.out)["facilities"]) == ["F1"]


def test_a_field_may_hold_a_line_break(score):
    _, rows = score([CHILD | {"case_id": "a\nb", "severity": 'said "so",\nand more'}, CHILD])

    assert [(row["case_id"], row["bundle"]) for row in rows] == [("a\nb", "Y"), ("C2", "Y")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfeno text\xd8",
        b"these are words\n",
        b'facility_id,"case_id\n1,2',
        b"facility_id,case_id,facility_id\n",
        b"PK\x03\x04\x14\x00\x08\x08\x08\x00 a table program's own file",
        bytes(range(256)),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(score, content):
    score.cases.write_bytes(content)

    said, rows = score(None)

    assert (said.code, said.out, rows) == (2, "", [])
    assert said.err.startswith("timezero: cases.csv ")
    assert said.err.count("\n") == 1


def test_a_file_that_ends_within_a_quoted_field_is_refused_and_leaves_nothing(score):
    score([CHILD])
    score.out.unlink()
    with score.cases.open("a", encoding="utf-8") as stream:
        stream.write('F1,"C2')

    said, rows = score(None)

    assert (said.code, rows) == (2, [])
    assert not score.out.exists()
    assert not score.out.with_name("out.csv.part").exists()


def test_the_files_must_be_files_and_two(score, tmp_path, capsys):
    score([CHILD])
    before = score.cases.read_bytes()
    same = say(capsys, "score", score.cases, "--measure", SPEC, "--out", score.cases)
    folder = say(capsys, "score", tmp_path, "--measure", SPEC, "--out", score.out)
    nowhere = say(capsys, "score", tmp_path / "nowhere.csv", "--measure", SPEC, "--out", score.out)
    below = say(capsys, "score", score.cases, "--measure", SPEC, "--out", tmp_path / "no" / "out.csv")

    assert [each.code for each in (same, folder, nowhere, below)] == [2, 2, 2, 2]
    assert all(each.err.count("\n") == 1 for each in (same, folder, nowhere, below))
    assert score.cases.read_bytes() == before


def test_results_may_go_to_what_is_no_plain_file(score, capsys):
    score([CHILD])

    said = say(capsys, "score", score.cases, "--measure", SPEC, "--out", "/dev/null")

    assert said.code == 0


def test_no_value_of_a_row_is_said_on_the_way_out(score):
    score([CHILD | {"mrn": "marked-mrn", "case_id": "marked-case", "born": "marked-birth"}] * 2)

    said, _ = score(None, SPEC, "--internal")

    assert "marked" not in said.out + said.err


# Times


@pytest.mark.parametrize(
    "text",
    ["06/01/2015 10:00", "2015-06-01", "2015-06-01T", "10h00", "2015-06-31T10:00", "2015-06-01T24:10", "noon", "NULL",
     "2015-W23-1T10:00", "20150601T1000", "2015-06-01T10:00+25:00", "\N{ARABIC-INDIC DIGIT TWO}015-06-01T10:00"],
)  # fmt: skip
def test_a_time_that_cannot_be_read_drops_its_row_alone(score, text):
    said, rows = score([CHILD | {"antibiotics": text}, CHILD])

    assert said.code == 0
    assert reasons(rows) == ["bad_datetime", ""]


@pytest.mark.parametrize(
    "text",
    ["2015-06-01T10:50", "2015-06-01 10:50", "2015-06-01T10:50:59", "2015-06-01t10:50:59.123456", " 2015-06-01T10:50 "],
)  # fmt: skip
def test_a_time_may_be_written_in_these_ways(score, text):
    _, rows = score([CHILD | {"antibiotics": text}])

    assert rows[0]["bundle"] == "Y"


def with_offset(story, offset):
    return {
        name: said + offset if name.endswith("_datetime") and said else said for name, said in columns_of(story).items()
    }


def test_times_with_an_offset_are_instants(score):
    aware = with_offset(CHILD, "-04:00")

    _, rows = score([aware, aware | {"protocol": "2015-06-01T14:00Z"}, aware | {"protocol": "2015-06-01T09:00-04:00"}])

    assert [row["bundle"] for row in rows] == ["Y", "Y", "N"]


def test_naive_times_are_compared_as_written(score):
    """Over the change to summer time, where an hour is lost."""
    night = {
        "admission": "03-08 01:00",
        "protocol": "03-08 01:30",
        "culture": "03-08 02:00",
        "antibiotics": "03-08 02:30",
    }

    _, rows = score([CHILD | night | {"fluids": "03-08 02:31"}])

    assert [rows[0][name] for name in ("antibiotics", "blood_culture", "fluids")] == ["Y", "Y", "N"]


def test_both_in_one_row_drop_it(score):
    aware = with_offset(CHILD, "+00:00")

    _, rows = score([aware | {"antibiotics": "10:50"}, aware, CHILD])

    assert reasons(rows) == ["bad_datetime", "", ""]


# Whose visits they are


@pytest.mark.parametrize(
    ("sentence", "first", "second", "expected"),
    [
        ("same PCN, other MRN", {"pcn": "A"}, {"pcn": "A"}, "same_pcn"),
        ("same PCN, other UPI", {"pcn": "A", "mrn": "M", "upi": "1"}, {"pcn": "A", "mrn": "M", "upi": "2"}, "same_pcn"),
        ("same PCN, one MRN blank", {"pcn": "A", "mrn": "", "upi": ""}, {"pcn": "A", "mrn": "M", "upi": ""}, ""),
        ("same PCN and person", {"pcn": "A", "mrn": "M", "upi": "U"}, {"pcn": "A", "mrn": "M", "upi": "U"}, ""),
        ("same MRN, other UPI", {"mrn": "M"}, {"mrn": "M"}, "same_mrn"),
        ("same MRN, other birth", {"mrn": "M", "upi": "U"}, {"mrn": "M", "upi": "U", "born": "2010-03-03"}, "same_mrn"),
        (
            "a birth written otherwise",
            {"mrn": "M", "upi": "U"},
            {"mrn": "M", "upi": "U", "born": "2010-03-02T00:00"},
            "",
        ),
        ("same MRN, UPI blank", {"mrn": "M", "upi": ""}, {"mrn": "M", "upi": "U"}, ""),
        ("same UPI alone", {"upi": "U"}, {"upi": "U"}, ""),
        ("blank MRN and PCN", {"mrn": "", "pcn": ""}, {"mrn": "", "pcn": ""}, ""),
        ("another facility", {"pcn": "A"}, {"pcn": "A", "facility_id": "F2"}, ""),
        ("a blank facility", {"pcn": "A", "facility_id": ""}, {"pcn": "A", "facility_id": ""}, ""),
    ],
)
def test_records_of_other_days_contradict_each_other_by_name(score, sentence, first, second, expected):
    _, rows = score([CHILD | first, CHILD | LATER | second, CHILD | {"facility_id": "F9"}])

    assert reasons(rows) == [expected, expected, ""], sentence


ONE = {"mrn": "M", "upi": "U"}


@pytest.mark.parametrize(
    ("sentence", "second", "expected"),
    [
        ("the same stay", {}, "duplicate"),
        ("the same but for seconds", {"admission": "09:30:40"}, "duplicate"),
        ("begins within", {"admission": "06-05 11:59", "discharge": "06-09 10:00"}, "overlap"),
        ("begins in the minute of the end", {"admission": "06-05 12:00", "discharge": "06-09 10:00"}, ""),
        ("wholly within", {"admission": "06-02 10:00", "discharge": "06-03 10:00"}, "overlap"),
        ("same begin", {"discharge": "06-03 10:00"}, "overlap"),
        ("with an offset: cannot be compared", with_offset(CHILD, "Z"), ""),
    ],
)
def test_visits_of_one_patient_may_not_share_time(score, sentence, second, expected):
    _, rows = score([CHILD | ONE, CHILD | second | ONE])

    assert reasons(rows) == [expected, expected], sentence


def test_visits_are_compared_by_pcn_where_there_is_no_mrn(score):
    _, rows = score([CHILD | {"pcn": "A", "mrn": "", "upi": ""}] * 2)

    assert reasons(rows) == ["duplicate", "duplicate"]


def test_a_long_stay_overlaps_all_that_lie_within(score):
    days = [("06-01", "06-20"), ("06-02", "06-03"), ("06-05", "06-06"), ("06-20", "06-21")]

    _, rows = score(
        [CHILD | ONE | {"admission": f"{begun} 09:00", "discharge": f"{ended} 09:00"} for begun, ended in days]
    )

    assert reasons(rows) == ["overlap", "overlap", "overlap", ""]


def test_a_row_that_cannot_be_read_is_dropped_for_that(score):
    """And shares no time with others, since nobody knows its own."""
    _, rows = score([CHILD | ONE, CHILD | ONE | {"discharge": "soon"}, CHILD | ONE | {"admission": "06-05 12:00"}])

    assert reasons(rows) == ["", "bad_datetime", "bad_datetime"]
