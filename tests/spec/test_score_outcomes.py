"""Protocol started, deaths, and the four metrics of the children's hospitals, worked by hand."""

import pytest

from abstraction_form import CHILD, judge, said_of

ADULT = CHILD | {"born": "1950-03-02"}


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("started", {"protocol_initiated": 1}, "Y Y"),
        ("not started", {"protocol_initiated": 0, "protocol": None}, "N N"),
        ("not said", {"protocol_initiated": None}, "N N"),
        ("on the ward", {"protocol_initiated": 1, "in_ed": 0}, "Y Y"),
        ("transferred in and out", {"protocol_initiated": 1, "transfer_in": 1, "transfer_out": 1}, "Y Y"),
        (
            "excluded",
            {"protocol_initiated": 0, "excluded": 1, "excluded_reason": "research"},
            "excluded protocol_exclusion",
        ),
        (
            "died six hours after",
            {"protocol_initiated": 1, "discharge_status": 20, "discharge": "16:00"},
            "excluded expired_6h",
        ),
        ("a minute later", {"protocol_initiated": 1, "discharge_status": 20, "discharge": "16:01"}, "Y Y"),
        (
            "died six hours after arrival, no protocol",
            {"protocol": None, "discharge_status": 20, "discharge": "15:30"},
            "excluded expired_6h",
        ),
        ("a minute later, no protocol", {"protocol": None, "discharge_status": 20, "discharge": "15:31"}, "N N"),
        ("a child", {"born": "2010-01-01"}, "excluded age"),
    ],
)
def test_a_case_of_the_protocol_in_adults(sentence, change, expected):
    assert said_of("nys-protocol-initiated-adult/2015", ADULT | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("started", {"protocol_initiated": 1}, "Y Y"),
        ("written by a table program", {"protocol_initiated": "1.0"}, "Y Y"),
        ("said in a word", {"protocol_initiated": "Yes"}, "Y Y"),
        ("not started", {"protocol_initiated": 0}, "N N"),
        ("excluded, whenever", {"protocol_initiated": 1, "excluded": 1}, "excluded protocol_exclusion"),
        (
            "died an hour after",
            {"protocol_initiated": 1, "discharge_status": 20, "discharge": "11:00"},
            "excluded expired_1h",
        ),
        ("a minute later", {"protocol_initiated": 1, "discharge_status": 20, "discharge": "11:01"}, "Y Y"),
        (
            "left alive within the hour",
            {"protocol_initiated": 1, "discharge_status": "01", "discharge": "10:30"},
            "Y Y",
        ),
        (
            "died an hour after arrival, no protocol",
            {"protocol": None, "discharge_status": 20, "discharge": "10:30"},
            "excluded expired_1h",
        ),
        ("an adult", {"born": "1997-06-01"}, "excluded age"),
    ],
)
def test_a_case_of_the_protocol_in_children(sentence, change, expected):
    assert said_of("nys-protocol-initiated-ped/2015", CHILD | change) == expected, sentence


@pytest.mark.parametrize("patient", ["adult", "ped"])
@pytest.mark.parametrize(
    ("sentence", "change", "warned"),
    [
        ("said, though wrongly", {"protocol_initiated": "perhaps"}, {"unknown_flag", "blank_condition"}),
        ("not said, and it has a time", {"protocol_initiated": None}, {"blank_condition"}),
        ("not said, and it has none", {"protocol_initiated": None, "protocol": None}, set()),
        ("said, without a time", {"protocol_initiated": 1, "protocol": None}, set()),
        ("no, with a time", {"protocol_initiated": 0}, set()),
    ],
)
def test_a_flag_that_does_not_say_whether_the_protocol_was_started_is_pointed_out(patient, sentence, change, warned):
    verdict = judge(f"nys-protocol-initiated-{patient}/2015", (ADULT if patient == "adult" else CHILD) | change)

    assert verdict.elements["protocol"] == ("met" if change["protocol_initiated"] == 1 else "missed")
    assert set(verdict.warnings) == {(name, "protocol_initiated") for name in warned}, sentence


@pytest.mark.parametrize(("measure", "patient"), [("adult", ADULT), ("ped", CHILD)])
@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("died", {"died_in_hospital": 1}, "Y"),
        ("died months later, in the stay", {"died_in_hospital": 1, "discharge": "12-24 10:00"}, "Y"),
        ("lived", {"died_in_hospital": 0}, "N"),
        ("not said", {"died_in_hospital": None}, "?"),
        ("transferred out", {"died_in_hospital": 0, "transfer_out": 1}, "N"),
        ("excluded from the protocol", {"died_in_hospital": 1, "excluded": 1, "excluded_at": "10:30"}, "Y"),
        ("died within the hour", {"died_in_hospital": 1, "discharge_status": 20, "discharge": "10:30"}, "Y"),
        ("no time zero", {"died_in_hospital": 1, "protocol": None}, "Y"),
        ("no date of birth", {"died_in_hospital": 1, "born": None}, "dropped no_birth_date"),
        ("discharged before admission", {"died_in_hospital": 1, "discharge": "09:00"}, "dropped bad_datetime"),
    ],
)
def test_a_case_of_crude_mortality(measure, patient, sentence, change, expected):
    assert said_of(f"nys-mortality-{measure}/2015", patient | change) == expected, sentence


def test_mortality_is_told_apart_by_age():
    assert said_of("nys-mortality-adult/2015", CHILD) == "excluded age"
    assert said_of("nys-mortality-ped/2015", ADULT) == "excluded age"


METRICS = CHILD | {"assessed": "10:15", "first": "10:10", "third": "10:50", "antibiotics": "10:50"}


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("all four in time", {}, "YYYY Y"),
        (
            "each in its last minute",
            {"assessed": "10:20", "first": "10:15", "third": "11:00", "antibiotics": "11:00"},
            "YYYY Y",
        ),
        ("assessment a minute late", {"assessed": "10:21"}, "NYYY N"),
        ("first bolus a minute late", {"first": "10:16"}, "YNYY N"),
        ("third bolus a minute late", {"third": "11:01"}, "YYNY N"),
        ("antibiotics a minute late", {"antibiotics": "11:01"}, "YYYN N"),
        ("no third bolus", {"third": None}, "YYNY N"),
        ("before time zero", {"assessed": "09:00", "first": "09:00"}, "YYYY Y"),
        ("no protocol: counted from arrival", {"protocol": None, "earliest": "10:00"}, "YYYY Y"),
        ("no time zero but the admission", {"protocol": None}, "cannot_assess no_time_zero"),
        ("a day short of eighteen", {"born": "1997-06-02"}, "YYYY Y"),
        ("eighteen on the day of admission", {"born": "1997-06-01"}, "excluded age"),
        ("no date of birth: as a child", {"born": None}, "YYYY Y"),
        ("excluded from a protocol elsewhere", {"excluded": 1, "excluded_at": "10:01"}, "YYYY Y"),
    ],
)
def test_a_case_of_the_four_metrics(sentence, change, expected):
    assert said_of("cha/2012", METRICS | change) == expected, sentence


STAYED = CHILD | {"discharge": "08-01 12:00", "died_in_hospital": 0, "severity": "septic_shock"}


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("in hospital and alive past both", {}, "NN"),
        ("died 72 hours after", {"death": "06-04 10:00"}, "YY"),
        ("a minute later", {"death": "06-04 10:01"}, "NY"),
        ("died 720 hours after", {"death": "07-01 10:00"}, "NY"),
        ("a minute later still", {"death": "07-01 10:01"}, "NN"),
        ("left alive on the tenth day, then unknown", {"discharge": "06-11 10:00"}, "N?"),
        ("left alive on the first day, then unknown", {"discharge": "06-02 10:00"}, "??"),
        ("left 72 hours after: that minute still counts", {"discharge": "06-04 10:00"}, "??"),
        ("left a minute later", {"discharge": "06-04 10:01"}, "N?"),
        ("died in the stay, clocked by its end", {"died_in_hospital": 1, "discharge": "06-03 10:00"}, "YY"),
        ("died in the stay after both", {"died_in_hospital": 1}, "NN"),
        ("died at home", {"discharge": "06-05 10:00", "death": "06-20 10:00"}, "NY"),
        ("no time zero", {"protocol": None, "death": "06-20 10:00"}, "cannot_assess no_time_zero"),
        ("eighteen on the day of admission", {"born": "1997-06-01"}, "excluded age"),
        ("no date of birth: as a child", {"born": None}, "NN"),
    ],
)
def test_a_case_of_three_and_thirty_day_mortality(sentence, change, expected):
    assert said_of("cha-mortality/2012", STAYED | change) == expected, sentence
