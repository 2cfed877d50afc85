import pytest

from schemas.clinical import Quantity
from scoring.chart import Chart
from scoring.description import describe
from scoring.episode import Encounter, Episode
from scoring.rules import load_conventions
from storyteller import DAY, read_story

EPISODE = Episode((Encounter("E1", DAY, None, DAY, visited=True),))


def chart_of(story):
    chart = Chart(EPISODE, load_conventions())
    for fact in read_story(story):
        chart.put(fact)
    return chart


def test_links_and_merges_lie_on_no_shelf():
    chart = chart_of("""
        10:00  continues as E2
        10:01  merged into P2
    """)

    assert chart.shelves == {}


def test_a_fact_taken_from_the_chart_leaves_no_trace():
    story = """
        10:00  lactate 2.4
        10:05  heart rate 110
    """
    chart = chart_of(story + "        10:10  ceftriaxone iv from simulated")
    chart.take(chart.antibiotics()[0].fact)

    assert chart.antibiotics() == []
    assert chart.sources == chart_of(story).sources
    assert chart.observations(Quantity.LACTATE) == chart_of(story).observations(Quantity.LACTATE)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("moved to ICU", ("moved", "moved, ICU", None, None)),
        ("pews 4", ("pews", "pews", 4.0, None)),
        ("lactate 2.4", ("lactate", "lactate", 2.4, "mmol/L")),
        ("blood culture", ("blood_culture", "blood culture", None, None)),
        ("ringer 400 mL", ("crystalloid", "ringer", 400.0, "mL")),
        ("ceftriaxone iv", ("antibacterial", "ceftriaxone", None, None)),
        ("covers fluids started 10:00", ("coverage", "coverage", None, None)),
    ],
)
def test_a_fact_in_words(line, words):
    (fact,) = read_story(f"10:00  {line}")

    assert describe(fact) == words
