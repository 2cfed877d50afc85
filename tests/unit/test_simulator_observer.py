"""How a perfect observer compares times: the measures' edges, minute by minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.clinical import ActName, DrugClass, Quantity, Specimen
from schemas.raw import AdtEvent
from streams.simulator.circumstances import find_circumstances
from streams.simulator.course import (
    BloodTest,
    Course,
    CultureTaken,
    Dose,
    Infusion,
    Part,
    Reading,
    Statement,
    Step,
)
from streams.simulator.elements import (
    bolus,
    broad_spectrum,
    culture_before_antibiotics,
    fluids_by_weight,
    initial_lactate,
)
from streams.simulator.observer import judge, window
from streams.simulator.presentation import find_presentation
from streams.simulator.spans import Span
from streams.simulator.standing import age_in_years
from streams.simulator.texts import texts
from streams.simulator.truth import Done, Outcome, Standing, bundle_of
from streams.simulator.verdicts import cases_of

ZERO = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WHOLE = Span(None, None)


def at(minutes, seconds=0):
    return ZERO + timedelta(minutes=minutes, seconds=seconds)


def done(minutes, seconds=0, *, day_only=False):
    return Done(at(minutes, seconds), "act", "happened_at", day_only)


def dose(minutes, drug="ceftriaxone", route="iv", name="dose"):
    return Dose(name, drug, route, at(minutes), at(minutes))


def culture(minutes, seconds=0):
    return CultureTaken("culture", Specimen.BLOOD, at(minutes), at(minutes, seconds))


def pressure(minutes, mmhg):
    return Reading(f"sbp-{minutes}", Quantity.SYSTOLIC_BP, mmhg, at(minutes), at(minutes))


def lactate(minutes, value):
    return BloodTest(f"lactate-{minutes}", Quantity.LACTATE, value, at(minutes), at(minutes + 5))


def crystalloid(name, volume_ml, start, end):
    return Infusion(name, "lactated_ringers", DrugClass.CRYSTALLOID, at(start), (Part(at(start), at(end), volume_ml),))


def stay(*, weighed=True, child=True, **things):
    """A stay in the emergency department: arrival 09:00, triage 09:10, discharge two days later."""
    steps = [Step(AdtEvent.ARRIVE, at(-60)), Step(AdtEvent.TRIAGE, at(-50)), Step(AdtEvent.DISCHARGE, at(2880))]
    born = date(2020, 1, 1) if child else date(1960, 1, 1)
    return Course(
        "SIM-NORTH", "E1", child, born, 20.0, at(-50) if weighed else None, things.pop("steps", steps), **things
    )


def outcome_in(course, measure, element):
    (case,) = [case for case in cases_of(course) if case.measure == measure]
    return case.standing if case.standing is not Standing.DENOMINATOR else case.deeds[element].outcome


@pytest.mark.parametrize(
    ("minutes", "seconds", "outcome"),
    [
        (0, 0, Outcome.MET),
        (60, 0, Outcome.MET),
        (60, 59, Outcome.MET),
        (61, 0, Outcome.MET_LATE),
        (-360, 0, Outcome.MET),
        (-361, 59, Outcome.MISSED),
    ],
)
def test_the_whole_last_minute_counts_and_so_does_the_first_of_the_look_back(minutes, seconds, outcome):
    within = window(ZERO, HOUR, 6 * HOUR)

    assert judge([done(minutes, seconds)], within).outcome is outcome


@pytest.mark.parametrize(("minutes", "seconds", "outcome"), [(59, 59, Outcome.MET), (60, 0, Outcome.MET_LATE)])
def test_where_the_limit_is_strict_its_own_minute_is_too_late(minutes, seconds, outcome):
    assert judge([done(minutes, seconds)], window(ZERO, HOUR, strictly=True)).outcome is outcome


@pytest.mark.parametrize(("seconds", "outcome"), [(0, Outcome.MET), (1, Outcome.MET_LATE)])
def test_kept_to_the_second_the_second_after_the_limit_is_too_late(seconds, outcome):
    assert judge([done(60, seconds)], window(ZERO, HOUR, to_the_second=True)).outcome is outcome


def test_what_is_known_by_its_day_counts_where_all_of_the_day_would_do():
    """In New York the 5th of January lasts from 05:00 to 05:00 of the next day, by the clock of this test."""
    day = done(0, day_only=True)

    assert judge([day], window(at(600), 24 * HOUR, 24 * HOUR)).outcome is Outcome.MET
    assert judge([day], window(ZERO, HOUR, 24 * HOUR)).outcome is Outcome.CANNOT_ASSESS
    assert judge([day], window(at(-600), HOUR, 4 * HOUR)).outcome is Outcome.MISSED
    assert judge([day, done(30)], window(ZERO, HOUR)).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("taken", "outcome"),
    [(culture(10, 59), Outcome.MET), (culture(11), Outcome.MET_LATE), (None, Outcome.MISSED)],
)
def test_a_culture_may_be_drawn_in_the_minute_of_the_first_antibiotic_and_not_after_it(taken, outcome):
    course = stay(doses=[dose(10)], cultures=[taken] if taken else [])

    assert culture_before_antibiotics(course, window(ZERO, HOUR, 48 * HOUR), ZERO).outcome is outcome


def test_a_dose_by_mouth_closes_no_culture():
    course = stay(doses=[dose(-30, route="po")], cultures=[culture(20)])

    assert culture_before_antibiotics(course, window(ZERO, HOUR, 48 * HOUR), ZERO).outcome is Outcome.MET


def test_a_culture_that_was_ordered_and_never_drawn_is_none():
    course = stay(cultures=[CultureTaken("culture", Specimen.BLOOD, at(5), None)])

    assert culture_before_antibiotics(course, window(ZERO, HOUR, 48 * HOUR), ZERO).outcome is Outcome.MISSED


def test_two_narrow_drugs_together_are_broad_enough_once_both_have_started():
    within = window(ZERO, HOUR, 24 * HOUR)
    both = [dose(10, "gentamicin", name="one"), dose(55, "ampicillin", name="other")]

    assert broad_spectrum(stay(doses=both[:1]), within, ZERO).outcome is Outcome.MISSED
    assert broad_spectrum(stay(doses=both), within, ZERO).done.at == at(55)


def test_whatever_was_given_by_time_zero_may_be_enough():
    course = stay(doses=[dose(-5, "metronidazole")])

    assert broad_spectrum(course, window(ZERO, HOUR, 24 * HOUR), ZERO, any_before=True).outcome is Outcome.MET


def test_fluids_are_done_when_the_part_ends_that_brings_the_volume_in():
    parts = [crystalloid("one", 200, 5, 20), crystalloid("two", 200, 21, 60)]
    within = window(ZERO, HOUR, 6 * HOUR)

    assert fluids_by_weight(stay(infusions=parts), within, 20).done.at == at(60)
    assert fluids_by_weight(stay(infusions=parts[:1]), within, 20).outcome is Outcome.MISSED
    assert fluids_by_weight(stay(infusions=parts, weighed=False), within, 20).outcome is Outcome.CANNOT_ASSESS


def test_volumes_are_compared_as_they_are_printed():
    """As floats, 30 times 64.4 are more than 1932."""
    course = replace(stay(infusions=[crystalloid("one", 1932, 5, 20)]), weight_kg=64.4)

    assert fluids_by_weight(course, window(ZERO, HOUR, 6 * HOUR), 30).outcome is Outcome.MET


def test_a_bolus_is_what_was_hung_once_if_it_is_enough():
    hung = Infusion(
        "bag",
        "lactated_ringers",
        DrugClass.CRYSTALLOID,
        at(0),
        (Part(at(1), at(3), 60), Part(at(9), at(12), 60)),
    )
    within = window(ZERO, 15 * MINUTE, 6 * HOUR)

    assert bolus(stay(infusions=[hung]), within, 1, 5).done.at == at(1)
    assert bolus(stay(infusions=[hung]), within, 2, 5).outcome is Outcome.MISSED
    assert bolus(stay(infusions=[crystalloid("drip", 99, 1, 3)]), within, 1, 5).outcome is Outcome.MISSED


def test_the_initial_lactate_is_the_first_or_the_highest_before():
    course = stay(tests=[lactate(-200, 2.4), lactate(-100, 3.9), lactate(-50, 3.9), lactate(10, 8.0)])

    assert initial_lactate(course, ZERO, 6 * HOUR).collected_at == at(-200)
    assert initial_lactate(course, ZERO, 6 * HOUR, highest_before=True).collected_at == at(-100)
    assert initial_lactate(course, ZERO, 30 * MINUTE).collected_at == at(10)


def test_hypotension_takes_two_low_readings_of_different_minutes_close_together():
    text = texts().sep1.circulation
    far = stay(child=False, readings=[pressure(0, 85), pressure(181, 85)])
    near = stay(child=False, readings=[pressure(0, 85), pressure(180, 89)])
    normal = stay(child=False, readings=[pressure(0, 85), pressure(60, 90)])

    assert find_circumstances(far, ZERO, text, WHOLE).initial_hypotension is None
    assert find_circumstances(near, ZERO, text, WHOLE).initial_hypotension == at(180)
    assert find_circumstances(normal, ZERO, text, WHOLE).initial_hypotension is None


@pytest.mark.parametrize(("second", "since"), [(100, 100), (101, None)])
def test_hypotension_persists_with_two_low_readings_in_the_hour_after_fluids(second, since):
    """Thirty mL/kg, less a tenth, are in at 10:40; the hour lasts until 11:40."""
    readings = [pressure(0, 85), pressure(10, 85), pressure(41, 84), pressure(second, 84)]
    course = stay(child=False, readings=readings, infusions=[crystalloid("bag", 540, 15, 40)])
    found = find_circumstances(course, ZERO, texts().sep1.circulation, WHOLE)

    assert found.persistent_hypotension == (None if since is None else at(since))


def test_a_normal_reading_between_two_low_ones_ends_it():
    readings = [pressure(0, 85), pressure(10, 85), pressure(45, 84), pressure(50, 90), pressure(55, 84)]
    course = stay(child=False, readings=readings, infusions=[crystalloid("bag", 540, 15, 40)])

    assert find_circumstances(course, ZERO, texts().sep1.circulation, WHOLE).persistent_hypotension is None


def septic(infection, temperature, rate, organ):
    """An adult with two SIRS criteria and a low pressure, each at its minute."""
    fever = Reading("t", Quantity.TEMPERATURE, 38.4, at(temperature), at(temperature))
    heart = Reading("hr", Quantity.HEART_RATE, 91, at(rate), at(rate))
    said = Statement("infection", ActName.INFECTION_SUSPECTED, at(infection))
    return stay(child=False, readings=[fever, heart, pressure(organ, 89)], statements=[said])


@pytest.mark.parametrize(
    ("times", "presentation"),
    [((0, 10, 20, 30), 30), ((360, 0, 5, 10), 360), ((361, 0, 5, 10), None), ((0, 10, 360, 30), 360)],
)
def test_severe_sepsis_is_there_when_the_last_criterion_is_met_within_six_hours(times, presentation):
    found = find_presentation(septic(*times), WHOLE)

    assert (found and found.at) == (None if presentation is None else at(presentation))


def test_a_dose_without_a_culture_opens_a_case_that_is_not_confirmed():
    course = septic(0, 10, 20, 30)
    course.statements.clear()
    course.doses.append(dose(5))

    assert outcome_in(course, "sep1-like/1", "bundle") is Standing.NOT_IN_POPULATION


def test_a_case_of_a_later_suspicion_is_another_one():
    said = [
        Statement("protocol", ActName.PROTOCOL_STARTED, at(0)),
        Statement("out", ActName.SEPSIS_RULED_OUT, at(100)),
        Statement("protocol-back", ActName.PROTOCOL_STARTED, at(900)),
    ]
    cases = [case for case in cases_of(stay(statements=said)) if case.measure == "nys-ped-1h/spec-2015"]

    assert [(case.number, case.time_zero, case.reason) for case in cases] == [
        (1, ZERO, "ruled_out"),
        (2, at(900), None),
    ]


def test_without_a_protocol_the_first_contact_is_time_zero_of_the_specification_and_none_of_the_trend():
    said = [Statement("orders", ActName.ORDER_SET_STARTED, at(0))]
    zeros = {case.measure: (case.time_zero, case.reason) for case in cases_of(stay(statements=said))}

    assert zeros["nys-ped-1h/spec-2015"] == (at(-60), None)
    assert zeros["nys-ped-1h/trend-2015"] == (None, "no_time_zero")
    assert zeros["cha/2012"] == (at(-60), None)
    assert zeros["ipso/original"] == (ZERO, None)
    assert zeros["ssc-hour1/2018"] == (at(-50), "age")


def test_an_expiry_is_clocked_by_the_discharge_and_by_death_where_the_measure_says_so():
    """Died at 10:50, the paper done at 11:01."""
    steps = [
        Step(AdtEvent.ARRIVE, at(-60)),
        Step(AdtEvent.DIED, at(50)),
        Step(AdtEvent.DISCHARGE, at(61), discharge_status="20"),
    ]
    course = stay(steps=steps, statements=[Statement("protocol", ActName.PROTOCOL_STARTED, at(0))])

    assert outcome_in(course, "nys-ped-1h/spec-2015", "antibiotics") is Outcome.MISSED
    assert outcome_in(course, "nys-mortality-ped/2015", "died_in_hospital") is Outcome.MET


def test_a_lactate_of_new_york_is_clocked_by_its_report():
    said = [Statement("protocol", ActName.PROTOCOL_STARTED, at(0))]
    late = BloodTest("lactate", Quantity.LACTATE, 1.0, at(170), at(181))
    course = stay(child=False, statements=said, tests=[late])

    assert outcome_in(course, "nys-adult-3h/trend-2015", "lactate") is Outcome.MET_LATE


def test_whoever_leaves_alive_may_have_died_elsewhere():
    course = stay(statements=[Statement("protocol", ActName.PROTOCOL_STARTED, at(0))])

    assert outcome_in(course, "cha-mortality/2012", "died_within_3_days") is Outcome.CANNOT_ASSESS
    assert outcome_in(course, "nys-mortality-ped/2015", "died_in_hospital") is Outcome.MISSED


def test_an_age_is_told_by_birthdays():
    assert age_in_years(date(2008, 3, 2), date(2026, 3, 1)) == 17
    assert age_in_years(date(2008, 3, 2), date(2026, 3, 2)) == 18
    assert age_in_years(date(2008, 2, 29), date(2026, 2, 28)) == 17


def test_a_bundle_is_all_or_nothing_over_what_is_asked_for():
    assert bundle_of([Outcome.MET, Outcome.NOT_APPLICABLE]) is Outcome.MET
    assert bundle_of([Outcome.MET, Outcome.EXCLUDED]) is Outcome.MET
    assert bundle_of([Outcome.MET, Outcome.MET_LATE]) is Outcome.MISSED
    assert bundle_of([Outcome.MET, Outcome.CANNOT_ASSESS]) is Outcome.CANNOT_ASSESS
    assert bundle_of([Outcome.MISSED, Outcome.CANNOT_ASSESS]) is Outcome.MISSED
    assert bundle_of([Outcome.EXCLUDED, Outcome.EXCLUDED]) is Outcome.EXCLUDED
    assert bundle_of([Outcome.NOT_APPLICABLE]) is Outcome.NOT_APPLICABLE
