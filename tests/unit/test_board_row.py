"""Where a case stands on the board, and which clock stands on its left."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from board_story import NOW, case, child
from dashboards.board.board_row import RowGroup, RowMaker
from dashboards.board.case_links import CaseLinks, make_case_links
from dashboards.board.settings import PatientLabel

MAKER = RowMaker(CaseLinks(b"a secret"))
OPEN_AT_ELEVEN = ("antibiotics", "open", {"due": "11:00"})
DUE_SOON_AT_TEN_FIFTY = ("fluids", "due_soon", {"due": "10:50"})
OVERDUE_SINCE_TEN = ("lactate", "overdue", {"due": "10:00"})
OVERDUE_SINCE_NINE = ("repeat_lactate", "overdue", {"due": "09:00"})
MET = ("blood_culture", "met", {"due": "11:00", "done": "10:20"})
NOT_OPEN = ("vasopressor", "not_open", {})


def row(*elements, **more):
    return MAKER.row(case("c1", "ED Peds", list(elements), **more))


@pytest.mark.parametrize(
    ("elements", "group", "next_element"),
    [
        ([OPEN_AT_ELEVEN, DUE_SOON_AT_TEN_FIFTY], RowGroup.RUNNING, "fluids"),
        ([OVERDUE_SINCE_TEN, OPEN_AT_ELEVEN], RowGroup.RUNNING, "antibiotics"),
        ([OVERDUE_SINCE_TEN, OVERDUE_SINCE_NINE, MET], RowGroup.OVERDUE, "repeat_lactate"),
        ([MET, NOT_OPEN], RowGroup.WAITING, None),
        ([("protocol", "open", {})], RowGroup.WAITING, None),
        ([MET], RowGroup.SETTLED, None),
    ],
)
def test_the_clock_on_the_left_is_the_one_to_act_on_next(elements, group, next_element):
    shown = row(*elements)

    assert shown.group is group
    assert (shown.next and shown.next.element) == next_element


@pytest.mark.parametrize(
    ("status", "word"), [("open", "not so far"), ("met", "died"), ("missed", "did not die"), ("excluded", "excluded")]
)
def test_what_became_of_the_patient_is_no_row_and_has_words_of_its_own(status, word):
    shown = row(("died_in_hospital", status, {}))

    assert shown.group is RowGroup.OUTCOME
    assert shown.elements[0].word == word


@pytest.mark.parametrize("status", ["excluded", "not_in_population", "dropped", "cannot_assess"])
def test_a_case_outside_the_denominator_is_folded_away(status):
    assert row(OPEN_AT_ELEVEN, status=status).group is RowGroup.SETTLED


def test_the_bundle_is_not_an_element_and_runs_no_clock_of_its_own():
    shown = row(MET, OPEN_AT_ELEVEN)

    assert [cell.element for cell in shown.elements] == ["blood_culture", "antibiotics"]
    assert shown.bundle.status == "open"


def test_data_age_counts_from_the_newest_fact_received():
    assert MAKER.row(child()).data_at == NOW - timedelta(minutes=7)


def test_a_case_without_facts_is_as_old_as_its_record():
    assert MAKER.row(child(timeline=())).data_at == NOW


def test_rows_of_one_case_share_its_link_and_no_other_case_does():
    ped, adult = MAKER.row(child("c1")), MAKER.row(child("c1", measure="sep1-like/1"))
    other = MAKER.row(child("c2"))

    assert ped.case == adult.case != other.case
    assert len({ped.id, adult.id, other.id}) == 3


def test_links_outlive_a_restart_only_with_a_token():
    with_token = [make_case_links("a long enough token").case("f", "c") for _ in range(2)]
    without = [make_case_links(None).case("f", "c") for _ in range(2)]

    assert len(set(with_token)) == 1
    assert len(set(without)) == 2
    assert make_case_links("another token here").case("f", "c") != with_token[0]


@pytest.mark.parametrize(("encounter", "label"), [("123456", "…3456"), ("1234", "1234"), ("7", "7")])
def test_last_digits_shorten_only_what_is_longer(encounter, label):
    assert RowMaker(CaseLinks(b""), PatientLabel.LAST_DIGITS).name_of(encounter) == label


def test_a_zone_moves_every_time_and_no_instant():
    plain = MAKER.row(child())
    moved = RowMaker(MAKER.links, zone=ZoneInfo("America/New_York")).row(child())

    assert moved.time_zero == plain.time_zero
    assert (plain.time_zero.hour, moved.time_zero.hour) == (10, 6)
    assert moved.next.due_at.hour == 7
