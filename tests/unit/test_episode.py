"""Which encounter numbers are one stay, when it begins and ends, and which stay holds a moment."""

import pytest

from scoring.episode import Unplaced, find_episodes, place
from scoring.rules import load_conventions
from storyteller import clock, clock_text, read_story

RULES = load_conventions()
VISIT = "10:00 arrived [E1]\n 12:00 discharged [E1]\n"
TWO_NUMBERS = f"{VISIT} 13:00 admitted [E2]\n 15:00 discharged [E2]\n"


def stays(story):
    return find_episodes(read_story(story), RULES)


def numbers(story):
    """The numbers of every stay."""
    return [[each.encounter_id for each in stay.encounters] for stay in stays(story)]


def times(story):
    """When the only number of a story begins and ends, and whether a step of its visit was announced."""
    ((encounter,),) = (stay.encounters for stay in stays(story))
    return clock_text(encounter.starts_at), encounter.ends_at and clock_text(encounter.ends_at), encounter.visited


@pytest.mark.parametrize(
    ("earlier", "last", "later"),
    [
        (VISIT, "18:00", "18:00:01"),
        ("10:00 arrived [E1]\n 11:00 moved to ICU [E1]", "17:00", "17:00:01"),  # no end: from the last step
        ("10:00 lactate 2.4 [E1]\n 11:00 lactate 2.0 [E1]", "16:00", "16:00:01"),  # no step: from the first fact
    ],
)
def test_numbers_at_most_six_hours_apart_are_one_stay(earlier, last, later):
    assert numbers(f"{earlier}\n {last} arrived [E2]") == [["E1", "E2"]]
    assert numbers(f"{earlier}\n {later} arrived [E2]") == [["E1"], ["E2"]]


@pytest.mark.parametrize("link", ["continues as E2 [E1]", "continues as E1 [E2]"])
def test_linked_numbers_are_one_stay_however_far_apart(link):
    assert numbers(f"{VISIT} 12:00+2 arrived [E2]\n 12:01+2 {link}") == [["E1", "E2"]]


def test_several_links_join_several_numbers():
    story = f"{VISIT} 12:00+2 arrived [E2]\n 12:00+4 arrived [E3]\n"

    assert numbers(f"{story} 12:01+4 continues as E2 [E1]\n 12:02+4 continues as E3 [E2]") == [["E1", "E2", "E3"]]


def test_a_number_goes_on_with_any_of_its_stay_and_none_of_the_stay_before():
    assert numbers(
        "10:00 arrived [A]\n 20:00 died [A]\n 11:00 arrived [B]\n 12:00 discharged [B]\n 21:00 arrived [C]"
    ) == [["A", "B", "C"]]
    assert numbers(f"{VISIT} 10:00+2 arrived [E2]\n 11:00+2 discharged [E2]\n 12:00+2 arrived [E3]") == [
        ["E1"],
        ["E2", "E3"],
    ]


@pytest.mark.parametrize(
    "line",
    ["time zero was 09:50 by Jones because seen [E9]", "born 1950-01-01", "continues as E2 [E9]", "lactate 2.4 []"],
)
def test_what_tells_of_no_visit_makes_no_stay(line):
    assert numbers(f"10:00 {line}") == []


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("09:00 lactate 2.4\n 10:00 arrived\n 11:00 admitted", ("10:00", None, True)),
        ("09:00 lactate 2.4\n 10:00 moved to ICU", ("10:00", None, True)),
        ("10:00 moved to ICU\n 11:00 admitted", ("11:00", None, True)),
        ("09:00 lactate 2.4\n 10:00 lactate 2.0", ("09:00", None, False)),
        ("10:00 transferred in\n 12:00 discharged\n 13:00 died", ("10:00", "13:00", True)),
    ],
)
def test_a_number_begins_with_its_first_arrival_and_ends_with_its_last_end(story, expected):
    assert times(story) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("09:59:59-1", Unplaced.NO_STAY),
        ("10:00-1", "E1"),
        ("12:00", "E1"),
        ("12:00:01", Unplaced.NO_STAY),
        ("10:00+1", Unplaced.NO_STAY),
        ("12:00+1", "E2"),
        ("12:00+9", "E2"),
    ],
)
def test_a_moment_belongs_to_the_stay_from_a_day_before_it_until_its_end(moment, expected):
    placed = place(clock(moment), stays(f"{VISIT} 12:00+2 arrived [E2]"), RULES)

    assert (placed if isinstance(placed, Unplaced) else placed.case_id) == expected


def test_a_moment_of_two_stays_belongs_to_neither():
    assert place(clock("11:00"), stays(f"{VISIT} 22:00 arrived [E2]"), RULES) is Unplaced.SEVERAL_STAYS


@pytest.mark.parametrize(
    ("story", "number", "moment", "expected"),
    [
        (TWO_NUMBERS, "E1", "12:00", True),
        (TWO_NUMBERS, "E1", "14:59:59", True),
        (TWO_NUMBERS, "E1", "15:00", False),
        (TWO_NUMBERS, "E2", "15:00", False),
        (TWO_NUMBERS, "E9", "12:00", False),
        (f"{VISIT} 13:00 admitted [E2]", "E1", "12:00", True),
        (
            "10:00 arrived [E1]\n 16:00 discharged [E1]\n 11:00 arrived [E2]\n 15:00 discharged [E2]",
            "E2",
            "15:00",
            False,
        ),
    ],
)
def test_a_stay_goes_on_where_a_later_number_outlasts_the_moment(story, number, moment, expected):
    (stay,) = stays(story)

    assert stay.goes_on(clock(moment), number) is expected


@pytest.mark.parametrize(
    ("moment", "expected"), [("09:00", "E1"), ("12:59:59", "E1"), ("13:00", "E2"), ("20:00", "E2")]
)
def test_the_number_in_force_is_the_last_that_had_begun(moment, expected):
    (stay,) = stays(TWO_NUMBERS)

    assert stay.encounter_id_at(clock(moment)) == expected
