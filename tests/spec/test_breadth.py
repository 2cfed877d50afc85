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
        (("cefazolin",), "missed"),
        (("metronidazole",), "missed"),
        (("metronidazole", "vancomycin"), "missed"),
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


@pytest.mark.parametrize(
    ("partner", "expected"),
    [
        ("13:00", "cannot_assess, day_only"),  # the last minute of the three hours
        ("13:01", "missed"),
        ("10:00-1", "cannot_assess, day_only"),  # the first minute of the 24 h before
        ("09:59-1", "missed"),
    ],
)
def test_a_dose_known_by_its_day_is_a_doubt_only_where_its_partner_was_given_in_time(partner, expected):
    doses = f"13:10  vancomycin iv started 12:00 by day\n 13:10  gentamicin iv started {partner}"

    assert breadth(ADULT, f"10:00  protocol\n {doses}\n 16:00  quiet") == expected


@pytest.mark.parametrize(("dose", "expected"), [("10:00-1", "met"), ("09:59-1", "missed")])
def test_a_broad_dose_counts_from_a_day_before_time_zero(dose, expected):
    assert breadth(ADULT, f"{dose}  meropenem iv\n 10:00  protocol\n 16:00  quiet") == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("12:00-2", "missed"), ("12:00-1", "cannot_assess, day_only"), ("12:00+1", "missed")],
)
def test_a_broad_dose_known_by_its_day_is_no_doubt_where_no_minute_of_it_counts(day, expected):
    story = f"10:00  protocol\n 13:00+1  meropenem iv started {day} by day\n 14:00+1  quiet"

    assert breadth(ADULT, story) == expected


def test_a_late_broad_dose_is_not_called_late_where_one_known_by_its_day_may_have_been_in_time():
    day = "13:00  meropenem iv started 12:00 by day"

    assert breadth(ADULT, "10:00  protocol\n 13:10  cefepime iv started 13:01\n 16:00  quiet") == "met_late"
    assert (
        breadth(ADULT, f"10:00  protocol\n {day}\n 13:10  cefepime iv started 13:01\n 16:00  quiet")
        == "cannot_assess, day_only"
    )


def test_a_spectrum_that_is_too_narrow_shows_what_was_given():
    evidence = play(ADULT, given("vancomycin", "clindamycin")).element("broad spectrum").evidence

    assert [each.what for each in evidence][:2] == ["vancomycin", "clindamycin"]
