"""What a case looks at: results with a value, and drugs whose minute is known."""

from schemas.clinical import Quantity
from scoring.case_view import CaseView
from scoring.chart import draw_charts
from scoring.fact_store import FactStore
from scoring.rules import load_rules
from scoring.span import Span
from storyteller import clock, read_story


def view_of(story):
    rules, store = load_rules(["sep1-like/1"]), FactStore()
    for fact in read_story(story):
        store.add(fact)
    (chart,) = draw_charts(store, rules.conventions, rules.profiles).charts
    return CaseView(chart, store, rules.measures[0], Span(), clock("10:00"), clock("12:00"))


def test_a_result_without_a_value_is_not_looked_at():
    view = view_of("09:00 arrived\n 10:00 lactate\n 10:10 lactate 2.4")

    assert [fact.value for fact in view.observed(Quantity.LACTATE)] == [2.4]


def test_a_drug_known_by_its_day_only_is_not_looked_at():
    view = view_of("09:00 arrived\n 10:00 ceftriaxone iv by day\n 10:10 gentamicin iv")

    assert [fact.substance for fact in view.given(view.chart.antibiotics())] == ["gentamicin"]
