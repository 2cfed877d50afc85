"""The catalogue of time-zero rules: what it takes over from measures, and what a measure takes over from it."""

import pytest

from measures_by_rule import by_rule
from scoring.catalogue import UnknownRuleError, name_rules, read_catalogue, take_over_named
from scoring.rules import measure, named_rules

LIMIT = {"value": 3, "unit": "points", "source": "theirs"}
CRITERIA = [{"criterion": "fever", "above": 38}, {"criterion": "chill", "below": 36}]
MEASURES = {"m/1": {"entry": {"limit": LIMIT, "criteria": CRITERIA}}, "a/1": {}}
ENTRY = {"acts": ["protocol_started"], "acts_source": "ours"}
ZERO = {"rule": "first_known", "first_known": [["arrived"]], "source": "ours"}


def read(rule, **more):
    """What a catalogue of one rule comes to."""
    return read_catalogue({"entry": ENTRY, "rules": [{"name": "r"} | rule], **more}, MEASURES)["r"]


def taken(at, **more):
    return {"same_as": "m/1", "at": at} | more


def test_what_a_measure_has_is_taken_over_wherever_it_stands():
    rule = read({"a": taken("entry.limit"), "b": [1, {"c": taken("entry.limit")}]})

    assert rule == {"name": "r", "entry": ENTRY, "a": LIMIT, "b": [1, {"c": LIMIT}]}


def test_of_criteria_those_that_are_named_are_taken_over():
    assert read({"low": taken("entry.criteria", only=["chill"])})["low"] == [CRITERIA[1]]
    assert read({"low": taken("entry.criteria")})["low"] == CRITERIA


def test_a_rule_may_have_an_entry_of_its_own():
    assert read({"entry": {"acts": []}})["entry"] == {"acts": []}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (taken("entry.acts"), "there is nothing at 'entry.acts' to take over: 'acts' is missing"),
        (taken("exit.acts"), "there is nothing at 'exit.acts' to take over: 'exit' is missing"),
        (taken("entry.limit.value.x"), "there is nothing at 'entry.limit.value.x' to take over: 'x' is missing"),
        (
            {"same_as": "b/1", "at": "entry"},
            "there is no measure 'b/1' to take a value from; these are: a/1, m/1",
        ),
    ],
)
def test_what_is_not_there_is_not_taken_over(link, said):
    with pytest.raises(UnknownRuleError) as refused:
        read({"a": link})

    assert str(refused.value) == said


def test_a_rule_is_a_measure_without_elements():
    catalogue = {"resolution": "second", "resolution_source": "ours", "rules": [], "entry": ENTRY}
    body = {"name": "r", "title": "The rule", "source": "theirs", "entry": ENTRY, "time_zero": ZERO}
    (rule,) = name_rules(catalogue, {"r": body})

    assert (rule.name, rule.title) == ("r", "The rule")
    assert (rule.terms.identifier, rule.terms.title, rule.terms.source) == ("time-zero/r", "The rule", "theirs")
    assert (rule.terms.resolution, rule.terms.resolution_source, rule.terms.elements) == ("second", "ours", {})


def test_a_measure_counts_by_a_rule_whatever_source_it_gives():
    rules = {rule.name: rule for rule in named_rules()}
    own = measure("nys-adult-3h/public-2015")

    assert own.time_zero.source != rules["triage"].terms.time_zero.source
    assert [name for name, rule in rules.items() if rule.is_of(own)] == ["triage"]


RULES = {"r": {"time_zero": ZERO, "shock": {"of": "rule"}, "hypotension": {"of": "rule"}, "title": "The rule"}}


def test_a_measure_takes_the_rule_it_names_and_the_sections_it_has_not():
    body = {"id": "m", "time_zero": {"rule": "named", "name": "r"}, "shock": {"of": "measure"}}

    assert take_over_named(body, RULES) == {
        "id": "m",
        "time_zero": ZERO,
        "shock": {"of": "measure"},
        "hypotension": {"of": "rule"},
    }


@pytest.mark.parametrize("body", [{}, {"time_zero": ZERO}, {"time_zero": "named"}], ids=["none", "own", "text"])
def test_a_measure_that_names_no_rule_stays_as_it_is(body):
    assert take_over_named(body, RULES) is body


@pytest.mark.parametrize("name", ["x", None])
def test_a_rule_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(UnknownRuleError) as refused:
        take_over_named({"time_zero": {"rule": "named"} | ({"name": name} if name else {})}, RULES | {"s": {}})

    assert str(refused.value) == (
        f"time_zero names the rule '{name}', which is not in the catalogue; these are: r, s"
    )  # fmt: skip


def test_a_measure_by_a_rule_of_the_catalogue_is_known_as_it():
    assert [rule.name for rule in named_rules() if rule.is_of(by_rule("septic_shock"))] == ["septic_shock"]
