"""The pediatric 1-hour bundle of an abstraction file: the worked examples, and cases worked by hand.

Expected: one letter for antibiotics, blood culture and fluids, then the bundle; or status and reason.
"""

import json

import pytest

from abstraction_form import CHILD, judge, said_of

READINGS = {
    "intended": "nys-ped-1h/spec-2015",
    "literal": "nys-ped-1h/spec-2015-literal",
    "bounded": "nys-ped-1h/spec-2015-bounded",
    "public": "nys-ped-1h/public-2015",
}
EXAMPLE_NAMES = {
    "abx_start": "antibiotics", "bc_obtained": "obtained", "bc_time": "culture", "ped_fluids": "pediatric_fluids",
    "fluids_completed": "fluids", "excluded_time": "excluded_at",
}  # fmt: skip


@pytest.mark.parametrize(("reading", "times"), [("intended", 13), ("literal", 13), ("bounded", 13), ("public", 1)])
def test_the_worked_examples_are_judged_exactly(shared_data, reading, times):
    examples = json.loads((shared_data / "nys_1h_examples.json").read_text("utf-8"))
    told = [example for example in examples if reading in example]

    for example in told:
        story = {"facility_id": "F1", "born": "2010-01-01", "in_ed": 1}
        story |= {EXAMPLE_NAMES.get(name, name): value for name, value in example["input"].items()}
        verdict = judge(READINGS[reading], story)
        wanted = {name: word for name, word in example[reading].items() if name != "why"}
        said = {"status": verdict.status.value, "reason": verdict.reason}
        said |= {name: status == "met" for name, status in verdict.elements.items()}
        said["bundle"] = verdict.bundle == "met"
        assert {name: said[name] for name in wanted} == wanted, example["name"]
    assert len(told) == times


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("all of it in time", {}, "YYY Y"),
        ("everything in the sixtieth minute", {"antibiotics": "11:00", "culture": "11:00", "fluids": "11:00"}, "YYY Y"),
        ("seconds of the sixtieth minute do not count", {"antibiotics": "11:00:59"}, "YYY Y"),
        ("the sixty-first minute is late", {"fluids": "11:01"}, "YYN N"),
        ("culture and antibiotic in the same minute", {"antibiotics": "10:20"}, "YYY Y"),
        ("culture a minute after the antibiotic", {"antibiotics": "10:19"}, "YNY N"),
        ("care before the protocol counts", {"antibiotics": "09:40", "culture": "09:35", "fluids": "09:59"}, "YYY Y"),
        ("excluded in the sixtieth minute", {"excluded": 1, "excluded_at": "11:00"}, "excluded protocol_exclusion_1h"),
        ("excluded a minute later", {"excluded": 1, "excluded_at": "11:01"}, "YYY Y"),
        ("died in the sixtieth minute", {"discharge_status": 20, "discharge": "11:00"}, "excluded expired_1h"),
        ("died a minute later", {"discharge_status": 20, "discharge": "11:01"}, "YYY Y"),
        ("fluids without a code", {"pediatric_fluids": None}, "YYN N"),
        ("no protocol: counted from triage", {"protocol": None, "triage": "09:50", "admission": "13:00"}, "YYN N"),
    ],
)
def test_a_case_of_the_specification(sentence, change, expected):
    assert said_of("nys-ped-1h/spec-2015", CHILD | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("in the minute of time zero", {"antibiotics": "10:00", "culture": "10:00", "fluids": "10:00"}, "YYY Y"),
        ("antibiotics a minute before", {"antibiotics": "09:59", "culture": "09:59"}, "NNY N"),
        ("only the culture a minute before", {"culture": "09:59"}, "YNY N"),
        ("only the fluids a minute before", {"fluids": "09:59"}, "YYN N"),
        ("seconds of the minute before", {"fluids": "09:59:59"}, "YYN N"),
        ("in the sixtieth minute", {"fluids": "11:00"}, "YYY Y"),
        ("a minute late", {"fluids": "11:01"}, "YYN N"),
        ("excluded before time zero", {"excluded": 1, "excluded_at": "08:00"}, "excluded protocol_exclusion_1h"),
        ("antibiotics before time zero and a culture after", {"antibiotics": "09:59", "culture": "10:01"}, "NNY N"),
        ("no protocol: in the minute of triage", {"protocol": None, "triage": "09:30", "fluids": "09:30"}, "NYY N"),
    ],
)
def test_a_case_of_the_bounded_reading(sentence, change, expected):
    assert said_of("nys-ped-1h/spec-2015-bounded", CHILD | change) == expected, sentence


NO_PROTOCOL = {"protocol": None, "triage": "10:00", "admission": "10:05"}


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("with a protocol it is the specification", {}, "YYY Y"),
        ("with a protocol a culture needs its time", {"culture": None}, "YNY N"),
        ("with a protocol no antibiotic is needed", {"antibiotics": None}, "NYY N"),
        ("without: a culture without its time passes", {**NO_PROTOCOL, "culture": None}, "YYY Y"),
        ("without: also when no antibiotic was given", {**NO_PROTOCOL, "culture": None, "antibiotics": None}, "NYY N"),
        ("without: but it must be marked obtained", {**NO_PROTOCOL, "culture": None, "obtained": 0}, "YNY N"),
        ("without: a culture and no antibiotic fails", {**NO_PROTOCOL, "antibiotics": None}, "NNY N"),
        (
            "without: in order and in the sixtieth minute",
            {**NO_PROTOCOL, "culture": "11:00", "antibiotics": "11:00"},
            "YYY Y",
        ),
        ("without: a minute late", {**NO_PROTOCOL, "culture": "11:01", "antibiotics": "11:01"}, "NNY N"),
        ("without: antibiotics as the prose has it", {**NO_PROTOCOL, "antibiotics": "11:01"}, "NYY N"),
    ],
)
def test_a_case_of_the_formulas_as_printed(sentence, change, expected):
    assert said_of("nys-ped-1h/spec-2015-literal", CHILD | change) == expected, sentence


ARRIVED = CHILD | {"earliest": "10:00", "triage": "10:04", "protocol": "11:30"}


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("counted from arrival, not from the protocol", {}, "YYY Y"),
        ("sixty minutes after arrival", {"fluids": "11:00"}, "YYY Y"),
        ("sixty-one after arrival, fifty-seven after triage", {"fluids": "11:01"}, "YYN N"),
        ("triage alone will do", {"earliest": None, "fluids": "11:04"}, "YYY Y"),
        ("neither arrival nor triage", {"earliest": None, "triage": None}, "cannot_assess no_time_zero"),
        ("protocol started on the ward", {"in_ed": 0}, "not_in_population protocol_not_in_ed"),
        ("it is not said where the protocol was started", {"in_ed": None}, "not_in_population protocol_not_in_ed"),
        ("transferred in", {"transfer_in": 1}, "excluded transfer"),
        ("transferred out", {"transfer_out": 1}, "excluded transfer"),
        (
            "excluded, hours later and for any reason",
            {"excluded": 1, "excluded_at": "22:00"},
            "excluded protocol_exclusion",
        ),
        ("a death within the hour stays in", {"discharge_status": 20, "discharge": "10:30"}, "YYY Y"),
        ("eighteen on the day of admission", {"born": "1997-06-01"}, "excluded age"),
    ],
)
def test_a_case_of_the_public_report(sentence, change, expected):
    assert said_of("nys-ped-1h/public-2015", ARRIVED | change) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "change", "expected"),
    [
        ("counted from the protocol", {"earliest": "08:00", "triage": "08:05"}, "YYY Y"),
        ("sixty minutes after the protocol", {"fluids": "11:00"}, "YYY Y"),
        ("sixty-one", {"fluids": "11:01"}, "YYN N"),
        ("no protocol time", {"protocol": None, "triage": "10:00"}, "cannot_assess no_time_zero"),
        ("a protocol on the ward counts", {"in_ed": 0}, "YYY Y"),
        ("transfers stay in", {"transfer_in": 1, "transfer_out": 1}, "YYY Y"),
        (
            "a contraindication at any time",
            {"excluded": 1, "excluded_reason": "contraindication"},
            "excluded contraindication",
        ),
        ("who declined stays in", {"excluded": 1, "excluded_reason": "declined"}, "YYY Y"),
        ("a reason without an exclusion", {"excluded": 0, "excluded_reason": "contraindication"}, "YYY Y"),
        ("died in the sixtieth minute", {"discharge_status": 20, "discharge": "11:00"}, "excluded expired_1h"),
        ("died a minute later", {"discharge_status": 20, "discharge": "11:01"}, "YYY Y"),
        (
            "a contraindication without a protocol",
            {"protocol": None, "excluded": 1, "excluded_reason": "Contraindication"},
            "excluded contraindication",
        ),
    ],
)
def test_a_case_of_the_trend_figures(sentence, change, expected):
    assert said_of("nys-ped-1h/trend-2015", CHILD | change) == expected, sentence


def test_an_exclusion_without_its_reason_is_pointed_out():
    verdict = judge("nys-ped-1h/trend-2015", CHILD | {"excluded": 1})

    assert verdict.status == "denominator"
    assert verdict.warnings == (("excluded_without_reason", "excluded_reason"),)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"excluded": 1, "excluded_reason": "contra-indication"}, "excluded_reason"),
        ({"discharge_status": "Expired", "discharge": "10:30"}, "discharge_status"),
        ({"pediatric_fluids": "banana"}, "pediatric_fluids"),
        ({"pediatric_fluids": "01"}, "pediatric_fluids"),
    ],
)
def test_a_code_that_nothing_names_counts_as_none_and_is_pointed_out(change, column):
    verdict = judge("nys-ped-1h/trend-2015", CHILD | change)

    assert verdict.status == "denominator"
    assert verdict.warnings == (("unknown_code", column),)
