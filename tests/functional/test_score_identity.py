"""Rows of one file that contradict each other, or that somebody should look at."""

import json

import pytest

from abstraction_form import CHILD, SPEC, reasons, with_offset

LATER = {"admission": "07-01 09:30", "discharge": "07-03 09:30", "protocol": "07-01 10:00"}


@pytest.mark.parametrize(
    ("sentence", "others", "warned"),
    [
        ("twice in a facility", [{"case_id": "K"}, {"case_id": " K "}], {"repeated_case_id": [3]}),
        ("three times", [{"case_id": "K"}] * 3, {"repeated_case_id": [3, 4]}),
        ("in two facilities", [{"case_id": "K"}, {"case_id": "K", "facility_id": "F2"}], {}),
        ("blank", [{"case_id": ""}, {"case_id": " "}], {"no_case_id": [2, 3]}),
        ("without a facility, the same stay", [{"facility_id": "", "mrn": "M"}] * 2, {"no_facility_id": [2, 3]}),
        (
            "born in June after admission",
            [{"born": "2015-06-02"}],
            {"born_after_admission": [2], "act_before_birth": [2]},
        ),
        ("born on the day of admission", [{"born": "2015-06-01"}], {}),
        ("treated before birth", [{"born": "2015-06-01", "culture": "05-31 23:59"}], {"act_before_birth": [2]}),
        ("treated on the day of birth", [{"born": "2015-06-01", "culture": "00:00"}], {}),
    ],
)
def test_what_somebody_should_look_at_is_named_by_its_line_and_changes_nothing(score, sentence, others, warned):
    said, rows = score([CHILD | other for other in others], SPEC, "--json")
    told = {name: each["lines"] for name, each in json.loads(said.out)["warnings"].items()}

    assert told == warned, sentence
    assert [row["bundle"] for row in rows] == ["Y"] * len(others)


def test_a_crooked_row_repeats_nothing(score):
    score([CHILD | {"case_id": "K"}, CHILD | {"case_id": "K"}])
    with score.cases.open("a", encoding="utf-8") as stream:
        stream.write("F1,K\n")

    said, _ = score(None, SPEC, "--json")

    assert json.loads(said.out)["warnings"]["repeated_case_id"]["lines"] == [3]


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
