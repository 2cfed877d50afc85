"""A case of one measure, judged: where it stands, what its bundle comes to, and what ends its alerts."""

import pytest

from sepsis_story import SEPSIS
from storyteller import clock_text, play

PED, SEP1, SEVERITY = "nys-ped-1h/spec-2015", "sep1-like/1", "cha-mortality/2012"


def bundle_of(measure, story):
    bundle = play(measure, story).element("bundle")
    return bundle.status, bundle.reason


@pytest.mark.parametrize(
    ("acts", "groups"),
    [
        ("10:00 sepsis documented", ("sepsis",)),
        (
            "10:00 sepsis documented\n 10:10 severe sepsis documented",
            ("severe_sepsis", "severe_sepsis_or_septic_shock"),
        ),
        ("10:00 septic shock documented\n 10:10 sepsis documented", ("septic_shock", "severe_sepsis_or_septic_shock")),
        ("10:00 protocol", ()),
    ],
)
def test_a_case_is_of_the_groups_that_name_its_gravest_charted_act(acts, groups):
    assert play(SEVERITY, acts).case().strata == groups


def test_a_measure_without_groups_has_none():
    assert play(PED, "10:00 protocol\n 10:10 septic shock documented").case().strata == ()


@pytest.mark.parametrize(
    ("story", "status", "reason"),
    [
        ("10:00 protocol", "open", None),
        ("10:00 protocol\n 11:10 quiet", "overdue", None),
        ("10:00 protocol\n 10:20 ceftriaxone iv\n 12:10 quiet", "missed", "blood_culture"),
        ("10:00 protocol\n 11:20 blood culture\n 11:30 ceftriaxone iv\n 13:00 quiet", "missed", "antibiotics"),
    ],
)
def test_a_bundle_stands_as_its_worst_element_and_names_the_first_that_decided(story, status, reason):
    assert bundle_of(PED, story) == (status, reason)


def test_a_bundle_that_cannot_be_assessed_names_the_element_that_cannot():
    given = "10:10 blood culture\n 10:20 ceftriaxone iv\n 10:30 ringer 400 mL completed 10:50\n 13:00 quiet"

    assert bundle_of(PED, f"10:00 protocol\n {given}") == ("cannot_assess", "fluids")


def test_a_met_bundle_gives_no_reason():
    fluids = "10:05 weight 20 kg\n 10:55 ringer 400 mL started 10:30 completed 10:50"
    given = f"10:04 blood culture\n {fluids}\n 10:56 ceftriaxone iv started 10:20"

    assert bundle_of(PED, f"10:00 protocol\n {given}") == ("met", None)


def test_a_measure_that_asks_for_nothing_together_has_a_bundle_that_does_not_apply():
    assert bundle_of(SEVERITY, "10:00 sepsis documented") == ("not_applicable", None)


def test_what_does_not_apply_and_what_stands_outside_are_not_asked_for():
    """Without hypotension no fluids, vasopressor and reassessment; the broad spectrum is shown beside the bundle."""
    bundle = play(SEP1, f"{SEPSIS} 10:20 blood culture\n 10:30 lactate 1.4\n 10:40 gentamicin iv").element("bundle")

    assert (bundle.status, bundle.sentence) == ("met", "Bundle met: 3 of 3 required elements in time.")


def test_a_stay_that_ended_before_it_began_is_dropped():
    told = play(PED, "09:00 admitted\n 10:00 protocol\n 12:00 discharged at 08:00")

    assert (told.case().status, told.case().reason) == ("dropped", "bad_datetime")
    assert {each.status for each in told.case().elements} == {"excluded"}


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("10:20 died\n 10:30 transferred out", "10:20 withdrawn: bundle, died"),
        ("10:20 transferred out\n 10:30 died", "10:20 withdrawn: bundle, transferred"),
        ("10:20 transferred out\n 10:30 died at 10:20", "10:20 withdrawn: bundle, transferred"),
        ("10:20 died\n 10:30 transferred out at 10:20", "10:20 withdrawn: bundle, died"),
    ],
)
def test_the_first_end_of_a_stay_ends_its_alerts(ends, said):
    assert said in play(PED, f"10:00 protocol\n {ends}").said_of("bundle")


def test_a_discharge_of_one_who_died_is_a_death():
    told = play("ssc-hour1/2018", "10:00 triaged\n 10:10 sepsis documented\n 10:20 discharged status 20")

    assert "10:20 withdrawn: bundle, died" in told.said_of("bundle")


def test_a_window_that_runs_is_the_bundles_before_one_that_has_closed():
    told = play("cha/2012", "09:00 weight 20 kg\n 10:00 protocol\n 10:30 quiet")
    due = {each.element.value: clock_text(each.due_at) for each in told.case().elements}

    assert (due["first_bolus"], due["third_bolus"], due["bundle"]) == ("10:15", "11:00", "11:00")


@pytest.mark.parametrize(
    ("story", "due"),
    [("", "13:00"), ("11:00 lactate 3\n 10:30 blood culture\n 10:31 ceftriaxone iv", "16:00")],
)
def test_a_bundle_is_due_when_the_next_of_its_elements_is(story, due):
    """Three hours for the first lactate, the culture and the antibiotic, six for the second lactate."""
    bundle = play(SEP1, f"{SEPSIS} {story}").element("bundle")

    assert clock_text(bundle.due_at) == due
