"""What the check says of a measure's file: every fault, on its line, at its key, with what to do."""

import pytest

from site_files import changed, said_of, shipped, stories

STORIES = stories()


@pytest.mark.parametrize("story", STORIES, ids=[story.shows for story in STORIES])
def test_of_a_file(story):
    assert said_of(story.text()) == story.said


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        (400, "limit = { value = 999999 | exclusions[2].limit.value: is no amount; write a finite number"),
        (5000, "# New York State, pediat | file: holds a number too long to be read; write fewer digits"),
    ],
)
def test_a_number_may_have_any_number_of_digits_and_is_not_stumbled_over(digits, said):
    assert said_of(changed(shipped("nys-ped-1h"), "value = 60", f"value = {'9' * digits}")) == [said]


def test_a_file_that_ends_in_the_middle_is_looked_at_there():
    """A file whose own identifier is taken cannot be used either."""
    text = 'id = "nys-ped-1h"\ntitle = "'
    taken = {"nys-ped-1h/spec-2015": "the identifier of a measure that ships"}

    assert said_of(text) == ['title = " | file: is not TOML: Unterminated string; look at the end of the file']
    assert said_of(shipped("nys-ped-1h"), taken=taken) == [
        f'version = "spec-2015" | version: {name} is {whose}; choose another version, or another id'
        for name, whose in taken.items()
    ]


def test_what_is_no_word_at_all_is_not_stumbled_over():
    text = changed(shipped("nys-ped-1h"), 'first_known = [["protocol_started"]', "first_known = [[[]]")
    text = changed(text, 'first_known = [["protocol_datetime"]', "first_known = [[{}]")

    assert [line.partition("; ")[0] for line in said_of(text)] == [
        'first_known = [[[]], ["a | time_zero.first_known[1][1]: a list is not allowed',
        'first_known = [[{}], ["e | abstraction.time_zero.first_known[1][1]: a table is not allowed',
    ]


def test_the_stories_tell_of_much():
    assert len(STORIES) > 90
    assert len({story.shows for story in STORIES}) == len(STORIES)
