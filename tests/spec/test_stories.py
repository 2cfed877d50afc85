"""The stories of every measure: played event by event, and none is missing."""

from itertools import groupby

import pytest

from scoring.rules import shipped_measures
from story_files import (
    FOLDER,
    SITUATIONS,
    as_it_is,
    claimed,
    elements_of,
    file_name,
    play_passages,
    read_story_file,
    story_files,
)

STORIES = [story for file in story_files() for story in file.stories]
HEADINGS = [list(below) for _, below in groupby(STORIES, key=lambda story: (story.measure, story.title))]
WORKED_AT_LEAST = 10
CORRECTIONS = {"correct", "retract", "restore"}
STATUSES = {
    "met": {"met"},
    "late": {"met_late", "missed"},
    "missed": {"missed"},
    "uncharted": {"overdue"},
    "not_applicable": {"not_applicable"},
    "excluded": {"excluded"},
}


def statuses(story, element):
    """How a story claims that an element stands, one way or several."""
    lines = [line.partition(": ") for passage in story.passages for line in passage.claimed]
    return {value.partition(",")[0] for subject, _, value in lines if subject.partition(" of ")[0] == element}


def is_corrected(story):
    return any(line.split()[1] in CORRECTIONS for passage in story.passages for line in passage.told)


@pytest.mark.parametrize("story", STORIES, ids=[story.name for story in STORIES])
def test_a_story(story):
    for passage, told, new_alerts in play_passages(story):
        assert as_it_is(passage, told, new_alerts) == claimed(passage)


@pytest.mark.parametrize("below", HEADINGS, ids=[below[0].name for below in HEADINGS])
def test_the_stories_of_a_heading_claim_what_it_says_they_show(below):
    """A met element is claimed to be met; a corrected one stands one way before the correction and another after."""
    for element, situation in below[0].shows:
        if situation == "corrected":
            assert any(len(statuses(story, element)) > 1 and is_corrected(story) for story in below), element
        else:
            assert any(STATUSES[situation] & statuses(story, element) for story in below), (element, situation)


@pytest.mark.parametrize("measure", shipped_measures())
def test_every_situation_of_every_element_has_a_story_or_a_reason(measure):
    file = read_story_file(measure)
    wanted = {(element, situation) for element in elements_of(measure) for situation in SITUATIONS}

    assert sorted(wanted - set(file.shown) - set(file.cannot_occur)) == []
    assert sorted(set(file.shown) & set(file.cannot_occur)) == []
    assert sorted((set(file.shown) | set(file.cannot_occur)) - wanted) == []


@pytest.mark.parametrize("measure", shipped_measures())
def test_every_measure_has_ten_cases_worked_by_hand(measure):
    assert len(read_story_file(measure).worked) >= WORKED_AT_LEAST


def test_no_title_stands_twice_in_a_file():
    for file in story_files():
        titles = {(story.title, story.number) for story in file.stories}

        assert len(titles) == len(file.stories), file.measure


def test_every_file_tells_of_a_measure_that_ships():
    assert {file.name for file in FOLDER.glob("*--*.md")} <= set(map(file_name, shipped_measures()))
