from datetime import UTC, datetime, timedelta

import pytest

from measures_by_rule import remade
from schemas.verdict import Element
from scoring.case_view import CaseView
from scoring.finding import Search
from scoring.rules import load_rules
from scoring.span import Span
from storyteller import clock_text, play

ADULT = "nys-adult-3h/trend-2015"
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


@pytest.mark.parametrize(
    ("time_zero", "day", "stands"),
    [
        ("02:00", "-1", "cannot_assess, day_only"),
        ("02:00", "-2", "missed"),
        ("00:00", "-1", "met, day_only"),
        ("00:00", "-2", "missed"),
    ],
)
def test_of_a_day_that_the_look_back_cuts_nobody_knows_and_one_before_it_does_not_count(time_zero, day, stands):
    """An antibiotic counts from a day before time zero on."""
    told = play(ADULT, f"{time_zero} protocol\n {time_zero} ceftriaxone iv started 12:00{day} by day\n 12:00 quiet")

    assert told.stands("antibiotics") == stands


@pytest.mark.parametrize("after", ["", "23:00 quiet"])
def test_a_dose_too_late_does_not_count_while_one_of_the_day_may_have_been_in_time(after):
    """At once, and no less once late charting is waited for no longer."""
    late = play(ADULT, f"10:00 protocol\n 14:00 ceftriaxone iv\n {after}")
    perhaps = play(ADULT, f"10:00 protocol\n 10:30 gentamicin iv by day\n 14:00 ceftriaxone iv\n {after}")

    assert (late.stands("antibiotics"), perhaps.stands("antibiotics")) == ("met_late", "cannot_assess, day_only")


@pytest.mark.parametrize(("day", "stands"), [("", "cannot_assess, day_only"), ("-1", "missed")])
def test_fluids_of_a_day_before_the_look_back_leave_no_doubt(day, stands):
    """Fluids count from six hours before time zero on."""
    told = play(
        "nys-adult-6h/trend-2015",
        f"""
        10:00  protocol
        10:05  weight 50 kg
        10:10  septic shock documented
        10:20  ringer 1500 mL started 12:00{day} by day
        19:00  quiet
    """,
    )

    assert told.stands("fluids") == stands


def test_what_is_clocked_by_its_result_is_known_with_the_result():
    told = play(
        "nys-adult-6h/trend-2015",
        """
        10:00  protocol
        10:05  septic shock documented
        10:20  lactate drawn 10:10
        10:45  correct lactate 2.0 drawn 10:10 resulted 10:40
    """,
    )

    lactate = told.element("lactate")
    assert (clock_text(lactate.done_at), clock_text(lactate.known_at)) == ("10:40", "10:45")
