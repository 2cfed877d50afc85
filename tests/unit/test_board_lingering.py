"""A case that settles does not vanish from under the eyes: it stays where it stood for a quarter of an hour."""

from datetime import timedelta

from board_story import NOW, at, case
from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.picture import SETTLED_SHOWN, Picture
from dashboards.board.settings import BoardSettings

OPEN = ("fluids", "open", {"due": "11:00"})
OVERDUE = ("fluids", "overdue", {"due": "10:00"})
MET = ("fluids", "met", {"due": "11:00", "done": "10:40"})
MISSED = ("fluids", "missed", {"due": "10:00"})


def show(*steps):
    """Put a case through steps, each an element and when it was judged; give the row after the last."""
    picture = Picture(BoardSettings(), RowMaker(CaseLinks(b"a secret")))
    for revision, (element, judged) in enumerate(steps):
        row = picture.put_case(record(element, judged, revision))
    return row


def record(element, judged, revision, name="c1"):
    return case(name, "ED Peds", [element], revision=revision).model_copy(update={"as_of": at(judged)})


def test_a_case_that_settles_stays_in_its_place_for_a_quarter_of_an_hour():
    lingers = show((OPEN, "10:30"), (MET, "10:41")).lingers

    assert (lingers.word, lingers.until) == ("just settled", at("10:56"))
    assert (lingers.group, lingers.sort_at) == ("running", at("11:00"))


def test_one_that_was_overdue_stays_among_the_overdue():
    lingers = show((OVERDUE, "10:30"), (MISSED, "11:01")).lingers

    assert (lingers.group, lingers.sort_at) == ("overdue", at("11:01"))


def test_news_that_change_no_outcome_do_not_keep_it_longer():
    assert show((OPEN, "10:30"), (MET, "10:41"), (MET, "10:50")).lingers.until == at("10:56")


def test_one_whose_alert_is_taken_back_long_after_it_settled_comes_up_again():
    lingers = show((OVERDUE, "10:30"), (MISSED, "11:01"), (MET, "13:00")).lingers

    assert (lingers.word, lingers.group, lingers.until) == ("just changed", "waiting", at("13:15"))


def test_a_second_change_meanwhile_keeps_its_place_and_starts_the_quarter_anew():
    lingers = show((OVERDUE, "10:30"), (MISSED, "11:01"), (MET, "11:05")).lingers

    assert (lingers.word, lingers.group, lingers.until) == ("just settled", "overdue", at("11:20"))


def test_a_case_first_seen_settled_or_running_again_does_not_linger():
    assert show((MET, "10:41")).lingers is None
    assert show((OPEN, "10:30"), (MET, "10:41"), (OPEN, "10:45")).lingers is None


def test_of_many_settled_cases_the_one_that_just_settled_is_shown_however_old_its_data():
    picture = Picture(BoardSettings(), RowMaker(CaseLinks(b"a secret")))
    picture.put_case(record(OVERDUE, "10:30", 1, "old"))
    for number in range(SETTLED_SHOWN):
        picture.put_case(record(MET, "10:41", 1, f"c{number}"))
    picture.put_case(record(MISSED, "11:01", 2, "old"))

    assert picture.rows[record(MISSED, "11:01", 2, "old").key].data_at < NOW + timedelta(minutes=1)
    assert "enc-old" in [row.label for row in picture.shown_rows()]
