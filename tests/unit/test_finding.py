from datetime import UTC, datetime, timedelta

import pytest

from measures_by_rule import remade
from schemas.verdict import Element
from scoring.case_view import CaseView
from scoring.finding import Search
from scoring.rules import load_rules
from scoring.span import Span

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("element", [Element.LACTATE, Element.REPEAT_LACTATE])
@pytest.mark.parametrize("measure", ["sep1-like/1", "nys-adult-6h/public-2015", "ssc-hour1/2018"])
def test_whichever_clock_a_lactate_has_it_is_looked_for_from_the_look_back_of_the_initial_one_on(measure, element):
    rules = load_rules([measure])
    view = CaseView(None, None, rules.measures[0], Span(), TEN, TEN)
    search = Search(view, view.measure.elements[element], TEN + timedelta(hours=1))

    assert search.since == TEN - timedelta(hours=6)


@pytest.mark.parametrize("element", [Element.LACTATE, Element.REPEAT_LACTATE])
def test_without_a_look_back_of_the_initial_one_a_lactate_has_no_lower_bound(element):
    measure = remade(load_rules(["sep1-like/1"]).measures[0], "unbounded", initial_lactate__look_back=None)
    view = CaseView(None, None, measure, Span(), TEN, TEN)

    assert Search(view, measure.elements[element], TEN).since is None
