import pytest
from pydantic import ValidationError

from measures_by_rule import remade
from schemas.clinical import DrugClass, Quantity
from schemas.source_profile import SourceProfiles, shipped_profiles
from schemas.verdict import Element
from scoring.abstraction.shipped_forms import shipped_forms
from scoring.element_interest import CULTURE
from scoring.measure import Measure
from scoring.rules import (
    SiteRules,
    UnknownMeasureError,
    load_conventions,
    load_rules,
    measure,
    measure_files,
    named_rules,
    offered_measures,
    rules_of,
    shipped_measures,
    shipped_texts,
    stream_body,
    with_named_rule,
)


def test_an_unknown_measure_is_refused_with_the_names_of_those_that_ship():
    with pytest.raises(UnknownMeasureError) as refused:
        load_rules(["nys-ped-1h/spec-2015", "sep-9/1"])

    assert "sep-9/1" in str(refused.value)
    assert all(name in str(refused.value) for name in shipped_measures())


def test_a_measure_asked_for_twice_is_judged_once_in_the_order_asked_for():
    rules = load_rules(["sep1-like/1", "nys-ped-1h/spec-2015", "sep1-like/1"])

    assert [measure.identifier for measure in rules.measures] == ["sep1-like/1", "nys-ped-1h/spec-2015"]


def test_a_measure_that_defines_the_bundle_is_refused():
    whole = load_rules(["ed-sepsis-triage/mannhardt"]).measures[0].model_dump(mode="json")
    whole["elements"][Element.BUNDLE.value] = whole["elements"]["lactate"]

    with pytest.raises(ValidationError) as refused:
        Measure.model_validate(whole)

    assert [error["loc"] for error in refused.value.errors()] == [("elements",)]


@pytest.mark.parametrize("name", shipped_measures())
def test_every_number_of_a_shipped_measure_names_its_source(name):
    def numbers(body, path=()):
        if isinstance(body, dict):
            if "value" in body and isinstance(body["value"], int | float | list):
                yield path, body
            for key, inner in body.items():
                yield from numbers(inner, (*path, key))
        if isinstance(body, list):
            for place, inner in enumerate(body):
                yield from numbers(inner, (*path, place))

    found = list(numbers(load_rules([name]).measures[0].model_dump(mode="json")))

    assert found
    assert [path for path, number in found if not number["source"].strip() or not number["unit"]] == []


SHIPPED = measure("ssc-hour1/2018")


def site(*versions):
    return SiteRules(tuple(remade(SHIPPED, version) for version in versions))


def test_a_site_offers_its_own_measures_beside_those_that_ship():
    own = site("z", "a")

    assert offered_measures() == shipped_measures()
    assert offered_measures(own) == tuple(sorted([*shipped_measures(), "ssc-hour1/a", "ssc-hour1/z"]))
    assert [each.identifier for each in load_rules(["ssc-hour1/z", "cha/2012"], own).measures] == [
        "ssc-hour1/z",
        "cha/2012",
    ]


def test_an_unknown_measure_is_refused_with_those_of_the_site():
    with pytest.raises(UnknownMeasureError) as refused:
        load_rules(["sep-9/1"], site("z"))

    names = ", ".join(offered_measures(site("z")))
    assert str(refused.value) == f"there is no measure 'sep-9/1'; these ship or are the site's own: {names}"


def test_an_unknown_measure_is_refused_in_one_sentence():
    with pytest.raises(UnknownMeasureError) as refused:
        load_rules(["sep-9/1"])

    assert str(refused.value) == f"there is no measure 'sep-9/1'; these ship: {', '.join(shipped_measures())}"


def test_the_conventions_of_a_site_hold_instead_of_those_that_ship():
    own = load_conventions().model_copy(update={"outcome": None})

    assert load_rules(["cha/2012"], SiteRules(conventions=own)).conventions is own
    assert load_rules(["cha/2012"]).conventions is load_conventions()


def test_the_profiles_of_a_site_hold_instead_of_those_that_ship():
    own = SourceProfiles(shipped_profiles().by_name)

    assert load_rules(["cha/2012"], SiteRules(profiles=own)).profiles is own
    assert load_rules(["cha/2012"]).profiles == rules_of([SHIPPED]).profiles == shipped_profiles()


def test_a_measure_is_known_as_the_first_rule_of_the_catalogue_that_is_its_own():
    rules = load_rules(["nys-adult-3h/trend-2015", "ipso/original", "nys-ped-1h/spec-2015"])
    twice = rules_of(rules.measures)

    assert {name: rule.name for name, rule in twice.known_as.items()} == {
        "nys-adult-3h/trend-2015": "protocol_start",
        "ipso/original": "functional",
    }
    assert rules.rivals == named_rules()


def test_measures_that_ask_for_the_same_ask_in_the_same_words():
    """So that what a rival would mean is worked out once: the source makes no difference, every number does."""
    source = "somebody else said so"
    same = remade(SHIPPED, "same", elements__antibiotics__limit__source=source, initial_lactate__source=source)
    longer = remade(SHIPPED, "longer", elements__antibiotics__limit__value=2)
    lower = remade(SHIPPED, "lower", hypotension__readings__value=3)
    shock = remade(SHIPPED, "shock", shock__within__value=1)
    lactate = remade(SHIPPED, "lactate", initial_lactate__which="highest_before_else_first")
    seconds = remade(SHIPPED, "seconds", resolution="second")
    asks = rules_of([SHIPPED, same, longer, lower, shock, lactate, seconds]).asks
    words = [asks[f"ssc-hour1/{version}", Element.ANTIBIOTICS] for version in ("2018", "same")]

    assert words[0] == words[1]
    assert len({text for (_, element), text in asks.items() if element is Element.ANTIBIOTICS}) == 6
    assert len({asks["ssc-hour1/2018", element] for element in SHIPPED.elements}) == len(SHIPPED.elements)


def test_two_elements_that_ask_for_the_same_are_told_apart():
    body = measure("cha/2012").model_dump(mode="json")["elements"]["first_bolus"]
    asks = rules_of([remade(measure("cha/2012"), "twice", elements__third_bolus=body)]).asks

    assert asks["cha/twice", Element.FIRST_BOLUS] != asks["cha/twice", Element.THIRD_BOLUS]


def test_a_criterion_asks_for_the_same_whatever_source_it_has():
    """Sources stand in lists, too."""
    low = SHIPPED.model_dump(mode="json", exclude_none=True)["hypotension"]["low"]
    other = [each | {"below": each["below"] | {"source": "ours"}} for each in low]
    asks = rules_of([SHIPPED, remade(SHIPPED, "other", hypotension__low=other)]).asks
    first = low[0] | {"below": low[0]["below"] | {"value": 1}}
    lower = rules_of([remade(SHIPPED, "lower", hypotension__low=[first, *low[1:]])]).asks

    assert asks["ssc-hour1/2018", Element.LACTATE] == asks["ssc-hour1/other", Element.LACTATE]
    assert lower["ssc-hour1/lower", Element.LACTATE] != asks["ssc-hour1/2018", Element.LACTATE]


def test_a_result_is_heard_by_the_measures_that_look_at_it():
    names = ["cha/2012", "sep1-like/1", "nys-adult-3h/public-2015"]
    heard = {of: [each.identifier for each in by] for of, by in load_rules(names).hearers.items()}

    assert set(heard) == {*Quantity, *DrugClass, CULTURE}
    assert heard[CULTURE] == names
    assert heard[Quantity.LACTATE] == names
    assert heard[Quantity.BILIRUBIN] == ["sep1-like/1"]
    assert heard[Quantity.SPO2] == ["cha/2012"]
    assert heard[Quantity.D_DIMER] == []
    assert heard[DrugClass.ANTIBACTERIAL] == names
    assert heard[DrugClass.CRYSTALLOID] == ["cha/2012", "sep1-like/1"]
    assert heard[DrugClass.VASOPRESSOR] == ["sep1-like/1"]


def test_a_file_that_does_not_say_is_judged_from_a_stream():
    streams = {body["id"] for body in measure_files("stream")}
    forms = {body["id"] for body in measure_files("abstraction")}

    assert {"judged_from" in body for body in measure_files("stream")} == {True, False}
    assert "sep1-like" in streams - forms
    assert "nys-ped-1h" in streams & forms


def test_what_is_for_forms_says_nothing_of_a_stream():
    body = {"id": "m", "judged_from": ["stream"], "abstraction": {}}

    assert stream_body(body) == {"id": "m"}


def test_every_file_that_ships_is_there_as_text():
    texts = shipped_texts()

    assert set(texts) == {*shipped_measures(), *shipped_forms()}
    assert all(f'version = "{name.split("/")[1]}"' in text for name, text in texts.items())


def test_a_measure_may_name_a_rule_of_the_catalogue():
    body = {"id": "m", "time_zero": {"rule": "named", "name": "triage"}, "abstraction": {}}

    assert with_named_rule(body)["time_zero"]["first_known"] == [["triaged"]]
    assert "abstraction" not in with_named_rule(body)
