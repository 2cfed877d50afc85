"""Conditions on a row: each at its edge, where a column is blank, and which columns they read."""

from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from scoring.abstraction.column import Column
from scoring.abstraction.condition import Ways, Window, any_way, asks_for_a_limit, columns_of, is_known
from scoring.abstraction.row import AbstractedRow
from scoring.number import Duration, Limit

ZERO = datetime.fromisoformat("2015-06-01T10:00")
TRIAGE, PROTOCOL = Column.TRIAGE, Column.PROTOCOL
LIMIT = Limit(value=60, unit="minutes", comparison="<=", source="made up")
BELOW = Limit(value=60, unit="minutes", comparison="<", source="made up")
BACK = Duration(value=30, unit="minutes", source="made up")


def ways(*written):
    return TypeAdapter(Ways).validate_json(TypeAdapter(tuple).dump_json(written))


def condition(test, **more):
    return {"test": test} | more


def row(**minutes):
    """Times, in minutes from time zero."""
    return AbstractedRow(instants={Column[name]: ZERO + timedelta(minutes=minute) for name, minute in minutes.items()})


@pytest.mark.parametrize(
    ("window", "held", "before"),
    [
        (Window(ZERO, LIMIT), [-9999, -30, 0, 59, 60], [61]),
        (Window(ZERO, BELOW), [-9999, -30, 0, 59], [60, 61]),
        (Window(ZERO, LIMIT, BACK), [-30, 0, 59, 60], [61]),
        (Window(None, LIMIT), [], []),
        (Window(ZERO), [], []),
    ],
    ids=["at most", "below", "with a look-back", "no time zero", "no limit"],
)
def test_a_time_lies_in_the_window_or_beyond_it(window, held, before):
    minutes = [-9999, -31, -30, 0, 59, 60, 61]
    within, beyond = ways([condition("within", column=TRIAGE)]), ways([condition("beyond", column=TRIAGE)])
    expected = sorted({*held, *([-31] if -9999 in held else [])})

    assert [minute for minute in minutes if any_way(within, row(TRIAGE=minute), window)] == expected
    assert [minute for minute in minutes if any_way(beyond, row(TRIAGE=minute), window)] == before


@pytest.mark.parametrize("test", ["within", "beyond"])
def test_a_time_that_is_not_known_lies_nowhere(test):
    assert not any_way(ways([condition(test, column=TRIAGE)]), row(), Window(ZERO, LIMIT))


@pytest.mark.parametrize(
    ("minutes", "holds"),
    [({"TRIAGE": 5, "PROTOCOL": 5}, True), ({"TRIAGE": 6, "PROTOCOL": 5}, True), ({"TRIAGE": 4, "PROTOCOL": 5}, False),
     ({"TRIAGE": 4}, False), ({"PROTOCOL": 4}, False)],
)  # fmt: skip
def test_the_same_minute_is_not_before(minutes, holds):
    asked = ways([condition("not_before", column=TRIAGE, other=PROTOCOL)])

    assert any_way(asked, row(**minutes), Window(ZERO)) is holds


def test_a_column_is_known_wherever_it_was_read():
    known = ways([condition("known", column=TRIAGE)])
    unknown = ways([condition("unknown", column=TRIAGE)])
    codes = AbstractedRow(codes={Column.SEVERITY: "shock"}, numbers={Column.LACTATE_LEVEL: 2.0})

    assert [any_way(known, each, Window(None)) for each in (row(TRIAGE=0), row())] == [True, False]
    assert [any_way(unknown, each, Window(None)) for each in (row(TRIAGE=0), row())] == [False, True]
    assert [is_known(codes, each) for each in (Column.SEVERITY, Column.LACTATE_LEVEL, TRIAGE)] == [True, True, False]


def test_a_code_is_one_of_several_and_a_blank_is_none():
    asked = ways([condition("code", column=Column.SEVERITY, one_of=["sepsis", "shock"])])
    told = [AbstractedRow(codes={Column.SEVERITY: code}) for code in ("sepsis", "shock", "other")]

    assert [any_way(asked, each, Window(None)) for each in (*told, AbstractedRow())] == [True, True, False, False]


def test_a_value_at_the_threshold_is_not_above_it():
    threshold = {"value": 2, "unit": "mmol/L", "source": "made up"}
    asked = ways([condition("above", column=Column.LACTATE_LEVEL, threshold=threshold)])
    told = [AbstractedRow(numbers={Column.LACTATE_LEVEL: value}) for value in (1.9, 2, 2.1)]

    assert [any_way(asked, each, Window(None)) for each in (*told, AbstractedRow())] == [False, False, True, False]


def test_of_several_ways_one_must_hold_with_all_its_conditions():
    asked = ways(
        [condition("known", column=TRIAGE), condition("known", column=PROTOCOL)],
        [condition("known", column=Column.DEATH)],
    )
    told = [row(TRIAGE=0), row(TRIAGE=0, PROTOCOL=0), row(DEATH=0), row(PROTOCOL=0)]

    assert [any_way(asked, each, Window(None)) for each in told] == [False, True, True, False]


def test_ways_tell_which_columns_they_read_and_whether_they_need_a_limit():
    order = ways([condition("not_before", column=TRIAGE, other=PROTOCOL)], [condition("known", column=Column.DEATH)])

    assert columns_of(order) == {TRIAGE, PROTOCOL, Column.DEATH}
    assert not asks_for_a_limit(order)
    for test in ("within", "beyond"):
        assert asks_for_a_limit(ways([condition("known", column=TRIAGE)], [condition(test, column=TRIAGE)]))
