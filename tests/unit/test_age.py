"""Ages in completed days, months and years, by the birth date last received."""

from datetime import date

import pytest

from schemas.source_profile import shipped_profiles
from scoring.age import age_in_years, birth_date, has_reached
from scoring.chart import draw_charts
from scoring.fact_store import FactStore
from scoring.number import Age
from scoring.rules import load_conventions
from storyteller import clock, read_story

BORN = date(2015, 3, 10)


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2015, 3, 10), 0),
        (date(2018, 3, 9), 2),
        (date(2018, 3, 10), 3),
        (date(2018, 2, 28), 2),
        (date(2018, 4, 1), 3),
    ],
    ids=str,
)
def test_a_year_is_complete_on_the_birthday(on, years):
    assert age_in_years(BORN, on) == years


def test_born_on_29_february_a_year_is_complete_on_1_march():
    leap = date(2016, 2, 29)

    assert [age_in_years(leap, date(2017, *day)) for day in ((2, 28), (3, 1))] == [0, 1]
    assert age_in_years(leap, date(2020, 2, 29)) == 4


@pytest.mark.parametrize(
    ("value", "unit", "first"),
    [
        (0, "days", date(2015, 3, 10)),
        (7, "days", date(2015, 3, 17)),
        (1, "months", date(2015, 4, 10)),
        (10, "months", date(2016, 1, 10)),
        (24, "months", date(2017, 3, 10)),
        (2, "years", date(2017, 3, 10)),
    ],
)
def test_an_age_is_reached_on_its_first_day(value, unit, first):
    age = Age(value=value, unit=unit, source="made up")
    before = date.fromordinal(first.toordinal() - 1)

    assert [has_reached(age, BORN, day) for day in (before, first)] == [False, True]


def chart(*facts):
    store = FactStore()
    for fact in (*read_story("08:00 arrived"), *facts):
        store.add(fact)
    return draw_charts(store, load_conventions(), shipped_profiles()).charts[0]


def test_of_several_birth_dates_the_one_last_received_counts():
    """However they were told, and a message about the patient that has none says nothing."""
    early, late, unsaid = read_story("09:00 born 2015-03-10\n 10:00 born 2014-03-10\n 11:00 born 2013-03-10")
    unsaid = unsaid.model_copy(update={"birth_date": None})

    assert birth_date(chart(late, unsaid, early)) == date(2014, 3, 10)
    assert birth_date(chart(unsaid)) is None
    assert birth_date(chart()) is None


def test_of_two_birth_dates_received_at_once_the_same_counts_every_time():
    (fact,) = read_story("09:00 born 2015-03-10")
    other = fact.model_copy(update={"fact_id": "z", "event_id": "z", "birth_date": date(2014, 3, 10)})
    earlier = other.model_copy(update={"received_at": clock("08:30"), "fact_id": "zz", "event_id": "zz"})

    assert birth_date(chart(fact, other, earlier)) == birth_date(chart(other, earlier, fact)) == date(2014, 3, 10)
