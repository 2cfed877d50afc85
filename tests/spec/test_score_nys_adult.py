"""The adult bundles of an abstraction file, worked by hand.

Expected: lactate, culture, antibiotics, broad spectrum, then for six hours fluids, vasopressor, repeat lactate; then
the bundle. `-`: not asked for; `?`: the row does not tell.
"""

import pytest

from abstraction_form import CHILD, judge, said_of

ADULT = {
    "facility_id": "F1", "born": "1950-03-02", "admission": "10:40", "discharge": "06-09 12:00", "triage": "10:00",
    "protocol": "11:00", "in_ed": 1, "lactate": "12:30", "obtained": 1, "culture": "11:20", "antibiotics": "12:10",
    "broad_spectrum": 1,
}  # fmt: skip
SHOCK = ADULT | {
    "septic_shock": 1, "fluids_indicated": 1, "adult_fluids": 1, "fluids": "14:00", "vasopressors_indicated": 1,
    "vasopressor": "15:00", "lactate_level": 4.2, "repeat": "15:30",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("all of it in time", {}, "YYYY Y"),
        ("reported three hours after triage", {"lactate": "13:00"}, "YYYY Y"),
        ("a minute later", {"lactate": "13:01"}, "NYYY N"),
        ("antibiotics in the last minute", {"antibiotics": "13:00:59"}, "YYYY Y"),
        ("antibiotics late, though in time from the protocol", {"antibiotics": "13:30"}, "YYNY N"),
        ("an antibiotic that is not broad enough", {"broad_spectrum": 0}, "YYYN N"),
        ("it is not said how broad", {"broad_spectrum": None}, "YYYN N"),
        ("culture after antibiotics", {"culture": "12:11"}, "YNYY N"),
        ("culture in the same minute", {"culture": "12:10"}, "YYYY Y"),
        ("done before triage", {"lactate": "09:00", "culture": "09:00", "antibiotics": "09:00"}, "YYYY Y"),
        (
            "no triage time: arrival does not stand in",
            {"triage": None, "earliest": "09:55"},
            "cannot_assess no_time_zero",
        ),
        ("protocol on the ward", {"in_ed": 0}, "not_in_population protocol_not_in_ed"),
        ("transferred out", {"transfer_out": 1}, "excluded transfer"),
        ("excluded from the protocol", {"excluded": 1}, "excluded protocol_exclusion"),
        ("a day short of eighteen", {"born": "1997-06-02"}, "excluded age"),
        ("eighteen today", {"born": "1997-06-01"}, "YYYY Y"),
    ],
)
def test_a_case_of_three_hours_in_the_public_report(sentence, change, expected):
    assert said_of("nys-adult-3h/public-2015", ADULT | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("counted from the protocol", {"triage": "06:00"}, "YYYY Y"),
        ("three hours after it", {"lactate": "14:00", "antibiotics": "14:00", "culture": "14:00"}, "YYYY Y"),
        ("a minute later", {"antibiotics": "14:01"}, "YYNY N"),
        ("lactate a minute later", {"lactate": "14:01"}, "NYYY N"),
        ("on the ward", {"in_ed": 0}, "YYYY Y"),
        ("transferred in", {"transfer_in": 1}, "YYYY Y"),
        ("no protocol time", {"protocol": None}, "cannot_assess no_time_zero"),
        ("contraindication", {"excluded": 1, "excluded_reason": "contraindication"}, "excluded contraindication"),
        ("directive", {"excluded": 1, "excluded_reason": "advance_directive"}, "YYYY Y"),
        ("died six hours after", {"discharge_status": 20, "discharge": "17:00"}, "excluded expired_6h"),
        ("died a minute later", {"discharge_status": 20, "discharge": "17:01"}, "YYYY Y"),
        ("a child", {"born": "2010-01-01"}, "excluded age"),
    ],
)
def test_a_case_of_three_hours_in_the_trend_figures(sentence, change, expected):
    assert said_of("nys-adult-3h/trend-2015", ADULT | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("all seven in time", {}, "YYYYYYY Y"),
        ("six hours after triage", {"fluids": "16:00", "vasopressor": "16:00", "repeat": "16:00"}, "YYYYYYY Y"),
        ("fluids a minute later", {"fluids": "16:01"}, "YYYYNYY N"),
        ("vasopressor a minute later", {"vasopressor": "16:01"}, "YYYYYNY N"),
        ("repeat lactate a minute later", {"repeat": "16:01"}, "YYYYYYN N"),
        ("the first three hours stay three", {"antibiotics": "13:01"}, "YYNYYYY N"),
        (
            "shock by lactate alone needs no vasopressor",
            {"vasopressors_indicated": 0, "vasopressor": None},
            "YYYYY-Y Y",
        ),
        ("fluids not indicated", {"fluids_indicated": None, "adult_fluids": None, "fluids": None}, "YYYY-YY Y"),
        ("too little fluid", {"adult_fluids": 3}, "YYYYNYY N"),
        ("a lactate of two is not elevated", {"lactate_level": "2.0", "repeat": None}, "YYYYYY- Y"),
        ("a little more is", {"lactate_level": "2.1", "repeat": None}, "YYYYYYN N"),
        ("a reported lactate of unknown value, repeated", {"lactate_level": None}, "YYYYYYY Y"),
        ("and not repeated: the row does not tell", {"lactate_level": None, "repeat": None}, "YYYYYY? ?"),
        ("nor does it with something missed", {"lactate_level": None, "repeat": None, "fluids": None}, "YYYYNY? N"),
        ("never measured, nothing to repeat", {"lactate": None, "lactate_level": None, "repeat": None}, "NYYYYY- N"),
        ("no shock", {"septic_shock": 0}, "not_in_population no_septic_shock"),
        ("ward before shock", {"septic_shock": 0, "in_ed": 0}, "not_in_population protocol_not_in_ed"),
        ("transferred in", {"transfer_in": 1}, "excluded transfer"),
    ],
)
def test_a_case_of_six_hours_in_the_public_report(sentence, change, expected):
    assert said_of("nys-adult-6h/public-2015", SHOCK | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("counted from the protocol", {"triage": "04:00"}, "YYYYYYY Y"),
        ("six hours after it", {"fluids": "17:00", "vasopressor": "17:00", "repeat": "17:00"}, "YYYYYYY Y"),
        ("fluids a minute later", {"fluids": "17:01"}, "YYYYNYY N"),
        ("three hours for the lactate", {"lactate": "14:01"}, "NYYYYYY N"),
        ("no shock", {"septic_shock": None}, "not_in_population no_septic_shock"),
        ("no protocol time", {"protocol": None}, "cannot_assess no_time_zero"),
        ("contraindication", {"excluded": 1, "excluded_reason": "contraindication"}, "excluded contraindication"),
        ("research stays in", {"excluded": 1, "excluded_reason": "research"}, "YYYYYYY Y"),
        ("died six hours after", {"discharge_status": 20, "discharge": "17:00"}, "excluded expired_6h"),
        ("left alive six hours after", {"discharge_status": "01", "discharge": "17:00"}, "YYYYYYY Y"),
    ],
)
def test_a_case_of_six_hours_in_the_trend_figures(sentence, change, expected):
    assert said_of("nys-adult-6h/trend-2015", SHOCK | change) == expected, sentence


@pytest.mark.parametrize(("level", "warned"), [(">15", True), ("nan", True), ("2_1", True), ("4.2", False)])
def test_a_lactate_that_is_no_number_is_pointed_out(level, warned):
    verdict = judge("nys-adult-6h/public-2015", SHOCK | {"lactate_level": level, "repeat": None})

    assert (("unreadable_number", "lactate_level") in verdict.warnings) is warned
    assert verdict.elements["repeat_lactate"] == ("cannot_assess" if warned else "missed")


@pytest.mark.parametrize(
    ("change", "said", "columns"),
    [
        ({"fluids_indicated": None, "vasopressors_indicated": None}, "YYYY--Y Y",
         ["fluids_indicated", "vasopressors_indicated"]),
        ({"fluids_indicated": 0, "vasopressors_indicated": 0}, "YYYY--Y Y", []),
        ({"septic_shock": None}, "not_in_population no_septic_shock", ["septic_shock"]),
        ({"in_ed": None}, "not_in_population protocol_not_in_ed", ["protocol_initiated_in_ed"]),
        ({"septic_shock": 0, "fluids_indicated": None}, "not_in_population no_septic_shock", []),
    ],
)  # fmt: skip
def test_a_blank_that_takes_something_out_of_a_denominator_is_pointed_out(change, said, columns):
    verdict = judge("nys-adult-6h/public-2015", SHOCK | change)

    assert said_of("nys-adult-6h/public-2015", SHOCK | change) == said
    assert list(verdict.warnings) == [("blank_condition", column) for column in columns]


def test_a_child_is_no_adult():
    assert said_of("nys-adult-3h/public-2015", CHILD) == "excluded age"
