"""Broad-spectrum antibiotics, beyond the stories: combinations, a site's own lists, and doses known by their day."""

import pytest

from measures_by_rule import remade
from scoring.rules import load_rules, rules_of
from storyteller import play

ADULT, SEP1 = "nys-adult-3h/trend-2015", "sep1-like/1"


def breadth(rules, story):
    return play(rules, story).stands("broad spectrum")


def with_lists(**lists):
    """The adult measure of a site that has lists of its own."""
    changes = {f"elements__broad_spectrum__{name}": value for name, value in lists.items()}
    return rules_of([remade(load_rules([ADULT]).measures[0], "site", **changes)])


def given(*drugs):
    doses = "\n".join(f"11:0{place}  {drug} iv" for place, drug in enumerate(drugs))
    return f"10:00  protocol\n{doses}\n16:00  quiet"


@pytest.mark.parametrize(
    ("drugs", "expected"),
    [
        (("vancomycin", "gentamicin"), "met"),
        (("gentamicin", "vancomycin"), "met"),
        (("gentamicin", "amikacin"), "missed"),
        (("vancomycin", "vancomycin"), "missed"),
    ],
)
def test_a_combination_needs_one_of_each_of_its_parts(drugs, expected):
    assert breadth(ADULT, given(*drugs)) == expected


def test_a_combination_shows_the_dose_that_completes_it_and_the_one_before():
    evidence = play(ADULT, given("vancomycin", "gentamicin")).element("broad spectrum").evidence

    assert [each.what for each in evidence][:2] == ["gentamicin", "vancomycin"]


@pytest.mark.parametrize(
    ("lists", "drugs", "expected"),
    [
        ({"alone": ("vancomycin",)}, ("vancomycin",), "met"),
        ({"alone": ("vancomycin",)}, ("meropenem",), "missed"),
        ({"alone": ("vancomycin",)}, ("clindamycin", "gentamicin"), "missed"),
        ({"together": (("vancomycin",), ("meropenem",))}, ("vancomycin", "meropenem"), "met"),
        ({"together": (("vancomycin",), ("meropenem",))}, ("meropenem",), "missed"),
    ],
)
def test_a_list_of_the_site_stands_for_both_of_the_conventions(lists, drugs, expected):
    assert breadth(with_lists(**lists), given(*drugs)) == expected


def severe_sepsis(at, *more):
    """SEP-1-like with its time zero at a moment, told with further lines in between."""
    signs = ("infection suspected", "temperature 39.0", "heart rate 110", "creatinine 2.4")
    return "\n".join([*(f"{at}  {sign}" for sign in signs), *more, "12:00+2  quiet"])


@pytest.mark.parametrize(("dose", "expected"), [("10:00", "met"), ("10:01", "missed")])
def test_any_antibiotic_is_broad_enough_by_time_zero_its_minute_included(dose, expected):
    assert breadth(SEP1, severe_sepsis("10:00", f"{dose}  vancomycin iv")) == expected


@pytest.mark.parametrize(
    ("at", "day", "expected"),
    [
        ("00:00", "12:00-1", "met, day_only"),  # the day before is over at time zero
        ("00:00", "12:00", "cannot_assess, day_only"),  # midnight itself would do
        ("22:00", "12:00", "cannot_assess, day_only"),  # all of it in the window, but not by time zero
        ("22:00", "00:30+1", "missed"),  # after time zero, whatever the minute
    ],
)
def test_a_narrow_dose_known_by_its_day_is_enough_if_all_of_the_day_lies_by_time_zero(at, day, expected):
    story = severe_sepsis(at, f"13:00+1  vancomycin iv started {day} by day")

    assert breadth(SEP1, story) == expected


@pytest.mark.parametrize(("drug", "expected"), [("vancomycin", "missed"), ("meropenem", "cannot_assess, day_only")])
def test_a_dose_known_by_its_day_is_a_doubt_only_where_the_drug_would_do(drug, expected):
    assert breadth(ADULT, f"10:00  protocol\n 11:00  {drug} iv started 11:00 by day\n 16:00  quiet") == expected
