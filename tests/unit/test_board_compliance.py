"""Rolling compliance: partitions add up, small numbers are marked, nothing is hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board_story import ADULT, PED, rate
from dashboards.board.compliance import COUNTS, add_up, figure, make_compliance_view
from schemas.read_model import Window

RATES = st.builds(
    rate,
    st.sampled_from(["bundle", "antibiotics", "fluids"]),
    st.sampled_from(list(Window)),
    st.integers(0, 50),
    st.integers(0, 50),
    unit=st.sampled_from(["ED Peds", "PICU"]),
    cannot=st.integers(0, 5),
    pending=st.integers(0, 5),
)
PARTITIONS = st.lists(st.lists(RATES, max_size=6), max_size=4)


def total(rates):
    return {count: sum(getattr(one, count) for one in rates) for count in COUNTS}


@given(PARTITIONS)
def test_adding_up_loses_no_case_and_names_each_thing_once(partitions):
    added = add_up(partitions)

    assert total(added) == total([one for partition in partitions for one in partition])
    names = [(one.measure, one.element, one.window, one.facility_id, one.unit) for one in added]
    assert len(set(names)) == len(names)


@given(PARTITIONS)
def test_it_does_not_matter_which_partition_a_case_is_in(partitions):
    assert add_up(partitions) == add_up([[one for partition in reversed(partitions) for one in partition]])


@given(PARTITIONS)
def test_the_units_of_a_facility_add_up_to_it(partitions):
    rates = add_up(partitions)
    shown = [make_compliance_view(rates, "harbor", unit) for unit in (None, "ED Peds", "PICU")]
    whole, *units = [
        sum(one.denominator for measure in view.measures for element in measure.elements for one in element.figures)
        for view in shown
    ]

    assert whole == sum(units)


@pytest.mark.parametrize(("denominator", "small"), [(0, False), (1, True), (10, True), (11, False)])
def test_ten_or_fewer_are_marked_small_and_none_is_no_rate(denominator, small):
    shown = figure(Window.DAY, {"denominator": denominator, "met": denominator})

    assert shown.small is small
    assert shown.percent == (100.0 if denominator else None)


def test_what_cannot_be_assessed_counts_as_not_met_and_what_is_pending_does_not_count():
    (only,) = make_compliance_view([rate("fluids", "24h", 3, 0, cannot=1, pending=9)], None, None).measures
    day = only.elements[0].figures[0]

    assert (day.percent, day.denominator, day.cannot_assess, day.pending) == (75.0, 4, 1, 9)


def test_every_window_stands_there_even_if_nothing_is_in_it():
    (only,) = make_compliance_view([rate("fluids", "30d", 3, 1)], None, None).measures

    assert [(one.window, one.percent) for one in only.elements[0].figures] == [
        ("24h", None),
        ("7d", None),
        ("30d", 75.0),
    ]


def test_the_bundle_comes_first_then_elements_in_the_order_of_care():
    rates = [rate(name, "7d", 1, 1) for name in ("fluids", "antibiotics", "bundle", "lactate")]
    (only,) = make_compliance_view(rates, None, None).measures

    assert [one.name for one in only.elements] == ["Bundle", "Lactate", "Antibiotics", "Fluids"]


def test_a_filter_that_matches_nothing_shows_nothing_and_still_names_the_choices():
    rates = [rate("fluids", "7d", 1, 1), rate("fluids", "7d", 1, 1, measure=ADULT, unit="MICU")]
    view = make_compliance_view(rates, "harbor", "nowhere")

    assert (view.measures, view.units, view.facilities) == ((), ("ED Peds", "MICU"), ("harbor",))
    assert [one.measure for one in make_compliance_view(rates, None, None).measures] == [PED, ADULT]
