"""What a file is called, when it counts, who is a case and from when: at the edge of what makes sense."""

from datetime import UTC, date, datetime

import pytest

from scoring.measure_file.case_sense import case_faults, header_faults
from scoring.measure_file.part import Part


def header(**body):
    return [str(fault) for fault in header_faults(Part({"id": "m", "version": "1", "title": "t"} | body))]


def case(**body):
    return [str(fault) for fault in case_faults(Part(body))]


@pytest.mark.parametrize(("name", "faults"), [("a-b_c.1", 0), ("9", 0), ("A", 1), ("-a", 1), ("a b", 1), ("", 1)])
@pytest.mark.parametrize("key", ["id", "version"])
def test_a_name_is_small_letters_digits_full_stops_and_hyphens(key, name, faults):
    assert len(header(**{key: name})) == faults


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "x"}, []),
        ({"title": " "}, ["title: is empty"]),
        ({"title": 3}, []),
        ({"effective_from": date(2015, 1, 1), "effective_until": date(2015, 1, 1)}, []),
        ({"effective_from": date(2015, 1, 2), "effective_until": date(2015, 1, 1)}, ["lies before effective_from"]),
        ({"effective_until": date(2015, 1, 1)}, []),
        ({"effective_from": "2015-01-01"}, ["effective_from: must be a date without quotes"]),
        ({"effective_until": datetime(2015, 1, 1, tzinfo=UTC)}, ["effective_until: must be a date without quotes"]),
        ({"effective_from": datetime(2016, 1, 1, tzinfo=UTC), "effective_until": date(2015, 1, 1)}, ["must be a date"]),
        ({"drops": []}, []),
        ({"drops": ["bad_datetime"], "drops_source": "s"}, []),
        (
            {"drops": ["bad_datetime"]},
            ['drops_source: is missing, and drops decides something; add drops_source = "the text, with page"'],
        ),
        ({"drops_source": "s"}, []),
    ],
)
def test_title_dates_and_drops(body, words):
    told = header(**body)

    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, []),
        ({"judged_from": ["stream", "abstraction"], "abstraction": {}}, []),
        ({"judged_from": ["abstraction"], "abstraction": {}}, []),
        ({"judged_from": ["abstraction"], "abstraction": {}, "entry": {}}, ["entry: warning: says how a stream"]),
        ({"judged_from": ["stream"], "entry": {}}, []),
        ({"judged_from": "stream"}, ["judged_from: is no list"]),
        ({"judged_from": []}, ["judged_from: is no list"]),
        ({"judged_from": ["stream", "river"]}, ["judged_from: is no list"]),
        ({"judged_from": ["stream", "abstraction"]}, ["abstraction: is missing"]),
        ({"judged_from": ["abstraction"], "abstraction": 3}, ["abstraction: must be a table"]),
        ({"abstraction": {}}, ["abstraction: is never read"]),
    ],
)
def test_what_a_measure_is_judged_from_is_there_and_nothing_else(body, words):
    told = header(**body)

    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


ENTRY = {"acts": ["protocol_started"]}
THRESHOLD = {"pews_at_least": {"value": 3}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"entry": ENTRY}, []),
        ({"entry": {"acts": []}}, ["entry.acts: is empty: nothing opens a case"]),
        ({"entry": {"acts": ["pews"]}}, ["entry.pews_at_least: is missing"]),
        ({"entry": {"acts": ["pews"]} | THRESHOLD}, []),
        ({"entry": ENTRY | THRESHOLD}, ["entry.pews_at_least: warning: is the threshold of nothing"]),
        ({"entry": ENTRY, "time_zero": {"first_known": [["arrived"], ["pews"]]}}, ["pews_at_least: is missing"]),
        ({"entry": ENTRY | THRESHOLD, "time_zero": {"first_known": [["pews", 3]]}}, []),
        ({"time_zero": {"first_known": [["pews"]]}}, []),
        ({"time_zero": {"first_known": []}}, ["first_known: is empty: there is never a time zero"]),
        ({"time_zero": {"first_known": [["arrived"], []]}}, ["first_known[2]: is empty"]),
        ({"time_zero": {"first_known": [["arrived"], ["entry"]]}}, []),
        ({"time_zero": {"first_known": [["entry"], ["arrived"]]}}, ["first_known[1]: warning: always has a moment"]),
        ({"time_zero": {"first_known": [["triaged"], 3]}}, []),
        (
            {"time_zero": {"first_known": [["entry", {}]], "emergency_contacts_only": True}},
            ["emergency_contacts_only: warning: has no effect"],
        ),
        ({"time_zero": {"first_known": [["entry"]], "emergency_contacts_only": False}}, []),
        ({"time_zero": {"first_known": [["protocol_started"], ["arrived"]], "emergency_contacts_only": True}}, []),
    ],
)
def test_a_case_opens_and_has_a_time_zero(body, words):
    told = case(**body)

    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


def limit(comparison, value=18):
    return {"value": value, "comparison": comparison}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"reason": "a_1"}, []),
        ({"reason": "1a"}, ['"1a" is no reason']),
        ({"reason": "A"}, ['"A" is no reason']),
        ({"steps": []}, ["steps: is empty"]),
        ({"acts": []}, ["acts: is empty"]),
        ({"act_reasons": []}, ["act_reasons: is empty"]),
        ({"steps": ["died"]}, []),
        ({"rule": "act_within"}, ["source: is missing"]),
        ({"rule": "act_within", "source": "s"}, []),
        ({"rule": "act_within", "limit": {}}, []),
        ({"rule": "visit"}, []),
        ({"rule": "age_below", "limit": limit("<")}, []),
        ({"rule": "age_below", "limit": limit(">=")}, ['">=" says the opposite of the rule; write "<"']),
        ({"rule": "age_at_least", "limit": limit("<")}, ['"<" says the opposite of the rule; write ">="']),
        ({"rule": "age_at_least", "limit": limit("<=")}, []),
        ({"rule": "age_at_least"}, []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["population", "exclusions", "strata"])
def test_a_rule_says_what_counts(part, rule, words):
    told = case(**{part: [rule]})

    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


def ages(below, least):
    return {
        "exclusions": [
            {"rule": "age_below", "limit": limit("<", below)},
            {"rule": "age_at_least", "limit": limit(">=", least)},
        ]
    }


@pytest.mark.parametrize(("below", "least", "faults"), [(18, 19, 0), (18, 18, 1), (18, 17, 1)])
def test_somebody_is_left_between_two_ages(below, least, faults):
    told = case(**ages(below, least))

    assert (
        told == ["exclusions[2]: leaves nobody, together with age_below; write a higher age, or take one out"] * faults
    )


def test_an_age_that_is_no_number_leaves_everybody():
    assert case(**ages("x", 1)) == []
    assert case(**ages(18, None)) == []
    assert case(exclusions=ages(18, 17)["exclusions"][:1]) == []


def test_exclusions_of_shock_are_looked_at_too():
    assert case(shock={"exclusions": [{"reason": "A"}]}) == [
        'shock.exclusions[1].reason: "A" is no reason; write small letters, digits and underscores'
    ]


def test_reasons_of_a_form_are_looked_at_too():
    assert case(abstraction={"population": [{"reason": "A"}]}) == [
        'abstraction.population[1].reason: "A" is no reason; write small letters, digits and underscores'
    ]


def opened_by(first_known, **exclusion):
    rule = {"rule": "act_within", "act": "comfort_care", "source": "s"} | exclusion
    return case(
        entry={"acts": ["sepsis_documented", "comfort_care"]},
        time_zero={"first_known": first_known},
        exclusions=[rule],
    )


EVERY = "exclusions[1].act: leaves out every case that comfort_care opens; take it out of [entry] acts, or name another"
SOME = "exclusions[1].act: warning: leaves out cases that comfort_care opens"


@pytest.mark.parametrize(
    ("first_known", "exclusion", "words"),
    [
        ([["arrived"]], {}, [EVERY]),
        ([["comfort_care"], ["arrived"]], {"limit": {}}, [EVERY]),
        ([["entry"]], {"limit": {}}, [EVERY]),
        ([["arrived"]], {"limit": {}}, [SOME]),
        ([["comfort_care", "arrived"]], {"limit": {}}, [SOME]),
        ([], {"limit": {}}, ["first_known: is empty", SOME]),
        ([["arrived"]], {"act_reasons": ["refused"]}, []),
        ([["arrived"]], {"act": "care_refused"}, []),
        ([["arrived"]], {"rule": "another"}, []),
    ],
)
def test_what_opens_a_case_does_not_leave_it_out(first_known, exclusion, words):
    told = opened_by(first_known, **exclusion)

    assert len(told) == len(words), told
    assert all(word in line for word, line in zip(words, told, strict=True))


def test_where_nothing_opens_a_case_nothing_is_left_out_in_vain():
    assert case(exclusions=[{"rule": "act_within", "act": "comfort_care", "limit": {}}]) == []


def test_no_two_groups_have_one_name():
    assert case(strata=[{"name": "a"}, {"name": "b"}, {"name": "a"}, {}, {}]) == [
        'strata[3].name: "a" is the name of another one; write a name of its own: the rates are reported under it'
    ]
