"""Rules as plain lines: each says the act, the clock, the limit and its comparison, the look-back, the condition."""

import pytest

from measures_by_rule import by_rule, remade
from schemas.clinical import ActName, Quantity, VisitStep
from schemas.verdict import Element
from scoring.circulation_rule import Circumstance
from scoring.element_rule import CountsFrom
from scoring.exclusion_rule import AgeExclusion, CourseExclusion
from scoring.measure import Measure
from scoring.number import Number
from scoring.rule_line import (
    act_phrase,
    circumstance_words,
    element_line,
    element_sources,
    entry_line,
    exclusion_line,
    population_line,
    resolution_line,
    time_zero_line,
)
from scoring.rule_words import ACT_WORDS, CLOCK_WORDS, STEP_WORDS, moment_words, ordinal, quantity_words
from scoring.rules import measure, shipped_measures
from scoring.time_zero_rule import Moment

ELEMENTS = """
nys-ped-1h/spec-2015 antibiotics
    A systemic antibacterial starts at most 60 min after time zero, or up to 24 h before it.
ipso/modified antibiotics
    An antibacterial by vein, bone or muscle starts less than 180 min after time zero, or up to 24 h before
    it.
ed-sepsis-triage/mannhardt lactate
    The initial lactate is drawn at most 180 min after time zero, or any time before it.
nys-adult-3h/public-2015 lactate
    The initial lactate is reported at most 180 min after time zero, or up to 6 h before it.
ssc-hour1/2018 repeat_lactate
    After an initial lactate above 2 mmol/L the next one is drawn at most 240 min after the collection of the
    initial lactate.
nys-ped-1h/spec-2015-bounded fluids
    20 mL/kg crystalloid is completed at most 60 min after time zero, and not before it.
sep1-like/1 fluids
    The first of the infusions that bring in 90% of 30 mL/kg crystalloid (or less, as stated, with a
    documented reason for less volume) starts at most 180 min after the earlier of initial hypotension and
    septic shock, or up to 6 h before it; asked for only with initial hypotension, an initial lactate of 4
    mmol/L or more or documented septic shock.
sep1-like/1 blood_culture
    A blood culture is drawn, not after the first systemic antibacterial (of those from 24 h before on) unless
    there is an accepted reason for a later culture, at most 180 min after time zero, or up to 48 h before it.
nys-ped-1h/spec-2015-literal blood_culture
    A blood culture is drawn, not after the first systemic antibacterial (of those from 24 h before on),
    without the start of a protocol only if an antibacterial follows, at most 60 min after time zero, or up to
    48 h before it.
sep1-like/1 broad_spectrum
    Broad-spectrum antibacterials start (one that is enough alone, or one of each group together), or any
    systemic antibacterial by time zero, at most 180 min after time zero, or up to 24 h before it.
sep1-like/1 reassessment
    A documented reassessment of volume status and tissue perfusion is charted, not before the first
    crystalloid, at most 360 min after septic shock, or up to 6 h before it; asked for only with hypotension
    that persists after the target volume or an initial lactate of 4 mmol/L or more.
ssc-hour1/2018 vasopressor
    A vasopressor starts at most 60 min after time zero, or up to 6 h before it; asked for only with a low
    blood pressure after fluids began.
cha/2012 third_bolus
    The third crystalloid bolus of 5 mL/kg or more starts at most 60 min after time zero, or up to 6 h before
    it.
cha/2012 assessment
    A full set of vital signs (temperature, heart rate, respiratory rate, systolic blood pressure or mean
    arterial pressure, SpO2) is charted at most 20 min after time zero, and not before it.
cha-mortality/2012 died_within_3_days
    The patient dies at most 72 h after time zero.
nys-mortality-ped/2015 died_in_hospital
    The patient dies before the stay ends.
nys-protocol-initiated-ped/2015 protocol
    The start of a protocol is charted before the stay ends, or any time before time zero.
"""

TIME_ZEROS = """
nys-ped-1h/spec-2015
    Time zero is the start of a protocol; without it, the earliest of arrival, triage and admission.
cha/2012
    Time zero is the start of a protocol; without it, the earliest of arrival and triage; without it, the act
    that opened the case; arrival, triage and admission count only where the case was opened in the emergency
    department.
ipso/original
    Time zero is the earliest of a positive sepsis screen, a sepsis huddle, the start of an order set, the
    start of a protocol, a best-practice alert and a PEWS; without it, the earliest of the start of a
    crystalloid, the start of a systemic antibacterial, documented sepsis, documented severe sepsis and
    documented septic shock; nothing more than 24 h before the act that opened the case counts.
sep1-like/1
    Time zero is when the last of these is met, all within 6 h of each other: suspected infection, 2 different
    SIRS criteria, and one organ dysfunction; or before that, documented severe sepsis or documented septic shock.
"""


def told(text):
    """Pairs of a heading and the line that stands indented below it."""
    pairs = []
    for row in text.strip().splitlines():
        if not row.startswith(" "):
            pairs.append((row, []))
        pairs[-1][1].append(row.strip())
    return [(heading, " ".join(rows[1:])) for heading, rows in pairs]


def changed(name, **elements):
    """A shipped measure with some keys of its elements changed."""
    whole = measure(name).model_dump(mode="json", exclude_none=True)
    for element, keys in elements.items():
        whole["elements"][element] |= keys
        whole["elements"][element] = {key: value for key, value in whole["elements"][element].items() if value != ""}
    return Measure.model_validate(whole)


@pytest.mark.parametrize(("measured", "line"), told(ELEMENTS))
def test_an_element_is_one_line(measured, line):
    name, element = measured.split()

    assert element_line(measure(name), Element(element)) == line


def test_the_line_follows_the_file():
    """A culture that need not come first, and a volume of which all is asked for by its start."""
    plain = changed("nys-ped-1h/spec-2015", blood_culture={"before_antibiotic": False}, fluids={"clocked": "started"})
    open_ended = changed("nys-ped-1h/spec-2015", blood_culture={"antibiotic_look_back": ""})

    assert element_line(plain, Element.BLOOD_CULTURE) == (
        "A blood culture is drawn at most 60 min after time zero, or up to 48 h before it."
    )
    assert element_line(plain, Element.FLUIDS) == (
        "The first of the infusions that bring in 20 mL/kg crystalloid starts at most 60 min after time zero, or up to "
        "6 h before it."
    )
    assert element_line(open_ended, Element.BLOOD_CULTURE) == (
        "A blood culture is drawn, not after the first systemic antibacterial, at most 60 min after time zero, "
        "or up to 48 h before it."
    )


def test_of_a_volume_a_share_is_told_where_it_is_less_than_all():
    all_of_it = changed(
        "sep1-like/1", fluids={"accepted_share": {"value": 1, "unit": "of the target", "source": "ours"}}
    )

    assert "30 mL/kg crystalloid" in element_line(all_of_it, Element.FLUIDS)
    assert "% of" not in element_line(all_of_it, Element.FLUIDS)


ABNORMAL_VITALS = """
    Time zero is the first vital sign that is abnormal for the age of that day, nothing more than 24 h before the
    earliest of the act that opened the case and the start of a systemic antibacterial.
"""


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("septic_shock", "Time zero is septic shock, as this measure defines it, after severe sepsis."),
        ("abnormal_vitals", ABNORMAL_VITALS),
    ],
)
def test_rules_of_the_catalogue_read_as_lines_too(rule, line):
    assert time_zero_line(by_rule(rule)) == " ".join(line.split())


def test_severe_sepsis_that_nobody_can_document_is_by_criteria_alone():
    alone = remade(measure("sep1-like/1"), "alone", time_zero__documented_by=[])

    assert time_zero_line(alone).endswith("and one organ dysfunction.")


def test_an_entry_without_a_score_names_none():
    scored = measure("nys-ped-1h/spec-2015").entry
    unscored = scored.model_copy(update={"acts": tuple(ActName), "pews_at_least": None})
    line = entry_line(measure("nys-ped-1h/spec-2015").model_copy(update={"entry": unscored}))

    assert "a PEWS, " in line


def test_sources_of_an_element_stand_once_with_that_of_its_limit_first():
    assert element_sources(measure("nys-ped-1h/spec-2015"), Element.BLOOD_CULTURE) == (
        "specification: Blood Cultures Obtained Time - time zero <= 1 hr",
        "project definition for streams: first culture from 48 h before time zero",
        "specification: Antibiotics Start Time - Blood Cultures Obtained Time >= 0, or no antibiotics",
        "project definition for streams: first antibiotic from 24 h before time zero",
    )
    assert element_sources(measure("nys-protocol-initiated-ped/2015"), Element.PROTOCOL) == (
        "report, p. 9: hospitals indicate for each case whether their protocol was initiated, by their own definition",
    )


def test_when_somebody_is_warned_and_how_long_late_charting_is_waited_for_have_lines_of_their_own():
    hours = {"value": 2, "unit": "hours", "source": "ours"}
    warned = {"value": [20], "unit": "minutes", "source": "ours too"}
    own = changed("nys-ped-1h/spec-2015", antibiotics={"grace": hours, "due_soon": warned})

    assert {"ours", "ours too"}.isdisjoint(element_sources(own, Element.ANTIBIOTICS))


@pytest.mark.parametrize(("name", "line"), told(TIME_ZEROS))
def test_time_zero_is_one_line(name, line):
    assert time_zero_line(measure(name)) == line


def test_the_entry_names_what_opens_a_case_and_from_which_score_on():
    assert entry_line(measure("nys-ped-1h/spec-2015")).endswith(
        "documented septic shock, a best-practice alert, a PEWS of 3 points or more."
    )
    assert entry_line(measure("sep1-like/1")) == (
        "A case opens with the first of these: a documented suspicion of infection, documented sepsis."
    )


def test_exclusions_say_whom_they_leave_out():
    lines = {rule.reason: exclusion_line(rule) for rule in measure("sep1-like/1").exclusions}

    assert lines == {
        "age": "Left out: age below 18 years, completed at admission.",
        "comfort_care_6h": "Left out: comfort care at most 360 min after time zero, or before it.",
        "expired_6h": "Left out: death at most 360 min after time zero, or before it.",
        "discharged_6h": "Left out: discharge or transfer out at most 360 min after time zero, or before it.",
        "transfer_in": "Left out: a stay with a transfer in.",
        "care_refused_6h": "Left out: a refusal of care at most 360 min after time zero, or before it.",
        "stay_over_120_days": "Left out: a stay longer than 120 days.",
        "antibiotics_over_24h": "Left out: systemic antibacterials that at time zero had been given for more than "
        "24 h, no dose more than 24 h after the one before.",
        "clinical_trial": "Left out: enrolment in a trial, whenever it was.",
        "pregnancy": "Left out: a documented pregnancy, whenever it was.",
        "covid19": "Left out: documented COVID-19, whenever it was.",
    }


def test_an_exclusion_from_shock_names_its_clock():
    shock = measure("sep1-like/1").shock

    assert exclusion_line(shock.exclusions[0], "septic shock") == (
        "Left out: comfort care at most 360 min after septic shock, or before it."
    )


def test_an_exclusion_names_its_reasons_and_which_time_of_a_death_counts():
    by_reason, by_discharge = measure("nys-ped-1h/trend-2015").exclusions[1:]

    assert exclusion_line(by_reason) == (
        "Left out: an exclusion from the protocol because of contraindication, whenever it was."
    )
    assert exclusion_line(by_reason.model_copy(update={"act_reasons": ("advance_directive", "declined")})) == (
        "Left out: an exclusion from the protocol because of advance directive or declined, whenever it was."
    )
    assert exclusion_line(by_discharge) == (
        "Left out: death (by the discharge's time) at most 1 h after time zero, or before it."
    )


def test_both_sides_of_an_age_are_told_apart():
    children = measure("nys-ped-1h/spec-2015").exclusions[0]

    assert isinstance(children, AgeExclusion)
    assert exclusion_line(children) == "Left out: age of 18 years or more, completed at admission."


def test_the_population_is_one_line_a_rule():
    assert [population_line(rule) for rule in measure("nys-adult-6h/public-2015").population] == [
        "Only cases with the start of a protocol in the emergency department belong to the measure.",
        "Only cases with septic shock belong to the measure.",
    ]


def test_the_resolution_says_what_becomes_of_the_last_unit():
    assert resolution_line(measure("ed-sepsis-triage/mannhardt")) == (
        "Times are cut down to the second before they are compared: 'at most' takes in the whole of its last second."
    )


def test_circumstances_read_without_a_definition_of_shock_too():
    plain = measure("nys-ped-1h/spec-2015")

    assert {each: circumstance_words(plain, each) for each in Circumstance} == {
        Circumstance.INITIAL_HYPOTENSION: "initial hypotension",
        Circumstance.PERSISTENT_HYPOTENSION: "hypotension that persists after the target volume",
        Circumstance.HYPOTENSION_ON_FLUIDS: "a low blood pressure after fluids began",
        Circumstance.HIGH_LACTATE: "an initial lactate that is high",
        Circumstance.SHOCK_DOCUMENTED: "documented shock",
    }


@pytest.mark.parametrize("name", shipped_measures())
def test_every_rule_of_every_shipped_measure_has_its_line(name):
    shipped = measure(name)
    lines = [element_line(shipped, element) for element in shipped.elements]
    lines += [exclusion_line(rule) for rule in shipped.exclusions]
    lines += [entry_line(shipped), time_zero_line(shipped)]

    assert [line for line in lines if "_" in line or not line.endswith(".")] == []
    assert all(source for element in shipped.elements for source in element_sources(shipped, element))


def test_every_word_of_the_vocabulary_reads_as_words():
    """A word added to the models must be given its words here too."""
    assert set(ACT_WORDS) == set(ActName)
    assert set(STEP_WORDS) == set(VisitStep)
    assert set(CLOCK_WORDS) == set(CountsFrom)
    assert [each for each in Moment if "_" in moment_words(each)] == []
    assert [each for each in Quantity if "_" in quantity_words(each)] == []


def test_a_bolus_beyond_the_fifth_is_counted_in_figures():
    assert [ordinal(Number(value=place, unit="bolus", source="test")) for place in (1, 5, 6)] == [
        "first",
        "fifth",
        "6th",
    ]


def test_a_rule_that_is_no_element_has_no_phrase():
    course = measure("sep1-like/1").exclusions[7]

    assert isinstance(course, CourseExclusion)
    with pytest.raises(TypeError, match="CourseExclusion"):
        act_phrase(course)
