"""Records that contradict each other: numbers shared, visits that are the same or overlap, to the minute."""

import pytest

from scoring.abstraction.identity import IdentityRecords
from scoring.number import Resolution

FIRST = ("F1", "P1", "M1", "U1", "2010-01-01", "2015-06-01T10:00", "2015-06-01T12:00")
LATER = ("F1", "P1", "M1", "U1", "2010-01-01", "2015-06-02T10:00", "2015-06-02T12:00")
FIELDS = ("facility", "pcn", "mrn", "upi", "born", "begun", "ended")


def changed(record, **more):
    return tuple(more.get(name, text) for name, text in zip(FIELDS, record, strict=True))


def conflicts(*records):
    found = IdentityRecords(Resolution.MINUTE)
    for number, texts in enumerate(records, start=7):
        found.learn(number, texts)
    return {number: sorted(kinds) for number, kinds in found.conflicts().items()}


def both(*kinds):
    return {7: list(kinds), 8: list(kinds)} if kinds else {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"mrn": "M2"}, ("same_pcn",)),
        ({"upi": "U2"}, ("same_mrn", "same_pcn")),
        ({"pcn": "P2", "upi": "U2"}, ("same_mrn",)),
        ({"born": "2010-01-02"}, ("same_mrn",)),
        ({"born": "2010-01-01T00:00"}, ()),
        ({"born": "in spring"}, ("same_mrn",)),
        ({"pcn": "P2", "born": "2010-01-02"}, ("same_mrn",)),
        ({"mrn": "M2", "born": "2010-01-02"}, ("same_pcn",)),
        ({"mrn": ""}, ()),
        ({"upi": ""}, ()),
        ({"pcn": "", "mrn": "M2"}, ()),
        ({"facility": "F2", "upi": "U2"}, ()),
        ({"facility": "", "upi": "U2"}, ()),
        ({"mrn": " M1 ", "upi": " U1"}, ()),
    ],
    ids=str,
)
def test_who_shares_a_number_must_agree_on_the_others(change, expected):
    assert conflicts(FIRST, changed(LATER, **change)) == both(*expected)


@pytest.mark.parametrize(
    ("begun", "ended", "expected"),
    [
        ("2015-06-01T10:00", "2015-06-01T12:00", ("duplicate", "overlap")),
        ("2015-06-01T10:00:40", "2015-06-01T12:00:59", ("duplicate", "overlap")),
        ("2015-06-01T11:59", "2015-06-01T13:00", ("overlap",)),
        ("2015-06-01T12:00", "2015-06-01T13:00", ()),
        ("2015-06-01T09:00", "2015-06-01T10:00", ()),
        ("2015-06-01T09:00", "2015-06-01T10:01", ("overlap",)),
        ("2015-06-01T11:00", "2015-06-01T11:00", ()),
        ("2015-06-01T11:00", "2015-06-01T10:30", ()),
        ("2015-06-01T11:00Z", "2015-06-01T11:30Z", ()),
        ("2015-06-01T11:00", "2015-06-01T11:30Z", ()),
        ("2015-06-01", "2015-06-01T11:30", ()),
        ("2015-06-01T11:00", "", ()),
    ],
)
def test_visits_of_one_patient_do_not_share_time(begun, ended, expected):
    """Ending in the minute in which the next begins is no sharing; what cannot be compared is dropped elsewhere."""
    assert conflicts(FIRST, changed(LATER, begun=begun, ended=ended)) == both(*expected)


def test_visits_with_offsets_are_compared_by_the_instant():
    first = changed(FIRST, begun="2015-06-01T10:00Z", ended="2015-06-01T12:00Z")
    other = changed(FIRST, begun="2015-06-01T12:30+01:00", ended="2015-06-01T13:30+01:00")

    assert conflicts(first, other) == both("overlap")


def test_a_long_visit_shares_time_with_all_in_it():
    """Also with one that begins after another has ended."""
    long = changed(FIRST, ended="2015-06-09T12:00")
    third = changed(FIRST, begun="2015-06-05T10:00", ended="2015-06-05T12:00")
    after = changed(FIRST, begun="2015-06-10T10:00", ended="2015-06-10T12:00")

    assert conflicts(long, LATER, third, after) == {7: ["overlap"], 8: ["overlap"], 9: ["overlap"]}


def test_of_three_that_share_a_number_all_are_named_that_differ_in_what_they_say():
    blank = changed(LATER, upi="", begun="2015-07-01T10:00", ended="2015-07-01T12:00")

    assert conflicts(FIRST, changed(LATER, upi="U2"), blank) == {
        7: ["same_mrn", "same_pcn"],
        8: ["same_mrn", "same_pcn"],
    }


@pytest.mark.parametrize("blank", [{"facility": ""}, {"pcn": "", "mrn": ""}], ids=["facility", "numbers"])
def test_a_blank_equals_no_blank(blank):
    assert conflicts(changed(FIRST, **blank), changed(LATER, **blank, upi="U2")) == {}


def test_a_number_is_compared_as_written_though_it_looks_like_a_date():
    first, later = changed(FIRST, upi="2010-01-01"), changed(LATER, upi="2010-01-01T00:00")

    assert conflicts(first, later) == both("same_mrn", "same_pcn")
