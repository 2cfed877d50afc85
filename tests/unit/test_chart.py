import pytest

from lived import live
from schemas.clinical import ActName, Quantity
from schemas.source_profile import SourceProfiles, shipped_profiles
from scoring.chart import Chart, Remembered, draw_charts
from scoring.description import describe
from scoring.episode import Encounter, Episode
from scoring.fact_store import FactStore
from scoring.rules import load_conventions, load_rules
from storyteller import DAY, clock, clock_text, read_story

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


def test_the_word_of_a_person_shows_no_source_and_takes_none_away():
    chart = chart_of("09:00  time zero was 09:00 by Jones because seen from simulated")
    assert not chart.sources

    chart = chart_of(
        "09:00  time zero was 09:00 by Jones because seen from simulated\n 09:10 lactate 2.4 from simulated"
    )
    chart.take(chart.acts(ActName.TIME_ZERO_OVERRIDDEN)[0].fact)
    assert set(chart.sources) == {"simulated"}


def test_a_source_feeds_the_chart_until_the_last_of_its_facts_is_taken():
    chart = chart_of("""
        10:00  lactate 2.4 from simulated
        10:05  heart rate 110 from simulated
    """)
    first, second = (chart.observations(each)[0].fact for each in (Quantity.LACTATE, Quantity.HEART_RATE))

    chart.take(first)
    assert "simulated" in chart.sources
    chart.take(second)
    assert "simulated" not in chart.sources


def remembering(story):
    """A chart that remembers something of the time from 10:00 to 11:00."""
    chart = chart_of(story)
    chart.memory["answer"] = Remembered(clock("10:00"), clock("11:00"), 42)
    return chart


@pytest.mark.parametrize(
    ("moment", "is_kept"), [("09:59:59", True), ("10:00", False), ("11:00", False), ("11:00:01", True)]
)
def test_what_is_remembered_of_a_stretch_is_forgotten_with_any_fact_of_it(moment, is_kept):
    (fact,) = read_story(f"{moment}  lactate 2.4")
    filled, emptied = remembering(""), remembering(f"{moment}  lactate 2.4")
    filled.put(fact)
    emptied.take(fact)

    assert ("answer" in filled.memory, "answer" in emptied.memory) == (is_kept, is_kept)


def test_whatever_is_remembered_is_forgotten_once_the_patient_is_another():
    (patient,) = read_story("09:00  born 1950-01-01")
    chart = remembering("")
    chart.put(patient)
    assert chart.memory == {}

    chart = remembering("09:00  born 1950-01-01")
    chart.take(patient)
    assert chart.memory == {}


def test_the_ward_is_the_last_that_a_step_of_the_visit_named():
    assert chart_of("09:00  arrived\n 10:00  moved to ICU\n 11:00  discharged").unit() == "ICU"
    assert chart_of("09:00  arrived").unit() is None


def drawn(story):
    """The chart of the only stay, drawn anew from all that was received."""
    state = live(read_story(story), load_rules(["sep1-like/1"])).state
    (chart,) = draw_charts(state.facts, load_conventions(), shipped_profiles()).charts
    return chart


@pytest.mark.parametrize(
    ("again", "is_amended"),
    [
        ("correct lactate 2.4 drawn 10:00 recorded 10:10", False),
        ("correct lactate 2.6 drawn 10:00", True),
        ("correct lactate 2.4 drawn 10:01", True),
        ("retract lactate\n 10:30 restore lactate", True),
        ("retract lactate", True),
    ],
)
def test_a_chart_is_amended_once_something_was_said_otherwise_of_a_time_or_value(again, is_amended):
    assert (
        drawn(f"09:00 arrived\n 10:00 lactate 2.4\n 10:20 {again}\n 10:40 culture delay accepted").amended is is_amended
    )


def test_who_the_patient_is_what_joins_numbers_and_what_a_person_says_feed_no_chart():
    chart = drawn("""
        09:00  arrived
        09:05  time zero was 09:00 by Jones because seen from simulated
        09:10  born 1950-01-01 from simulated
        09:20  continues as E2 from simulated
        09:30  retract born
    """)

    assert chart.patients == []
    assert "simulated" not in chart.sources


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


@pytest.mark.parametrize("end", ["discharged", "died", "transferred out"])
def test_a_stay_ends_by_discharge_death_or_a_transfer_out(end):
    chart = chart_of(f"09:00  arrived\n 10:00  moved to Picu\n 11:00  {end}")

    assert [clock_text(each.moment) for each in chart.ends()] == ["11:00"]


def test_a_chart_knows_what_the_sources_of_its_site_cover():
    store, own = FactStore(), SourceProfiles(shipped_profiles().by_name)
    store.add(read_story("09:00  arrived")[0])
    (chart,) = draw_charts(store, load_conventions(), own).charts

    assert chart.profiles is own
