from scoring.chart import Chart
from scoring.episode import Encounter, Episode
from scoring.rules import load_conventions
from scoring.span import Span, spans
from storyteller import DAY, clock, read_story

TEN, NOON = clock("10:00"), clock("12:00")


def test_the_moment_of_a_rule_out_belongs_to_the_case_that_was_ruled_out():
    assert Span(None, TEN).holds(TEN)
    assert not Span(TEN, None).holds(TEN)
    assert not Span(None, TEN).holds(clock("10:00:01"))
    assert Span(TEN, NOON).holds(clock("10:00:01"))


def test_a_stay_is_cut_at_every_rule_out_once():
    chart = Chart(Episode((Encounter("E1", DAY, None, DAY, visited=True),)), load_conventions())
    for fact in read_story("10:00 ruled out\n 10:05 ruled out (again) at 10:00\n 12:00 ruled out (later)"):
        chart.put(fact)

    assert list(spans(chart)) == [Span(None, TEN), Span(TEN, NOON), Span(NOON, None)]
