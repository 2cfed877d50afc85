"""A measure in words: nothing of it is left out, and what is uncertain is said to be."""

import pytest

from measures_by_rule import by_rule
from schemas.verdict import Element
from scoring.measure import Measure
from scoring.measure_file.part import Part, every_part
from scoring.rules import load_conventions, load_rules, measure, shipped_measures
from scoring.told_measure import MARKS, UNCERTAIN, Said, in_force, number_rows, tell_measure

CONVENTIONS = load_conventions()
OTHERS = "others are judged too, and counted as outside of the period."

DEFINED = """
The initial lactate is, of those from 6 h before time zero on, the highest by time zero, else the first after it, by
    collection.
A reading is low: systolic blood pressure below 90 mmHg or mean arterial pressure below 65 mmHg.
Initial hypotension: 2 low readings at different minutes, the last at most 3 h after the first, from 6 h before time
    zero until 6 h after it, and before the target volume is in; dated by the last of them.
Septic shock: the earliest of hypotension that persists after the target volume, an initial lactate of 4 mmol/L or more
    or documented septic shock, at most 6 h after time zero, never dated before it.
The target volume is 90% of 30 mL/kg crystalloid, or less, as stated, with a documented reason for less volume, of
    infusions from 6 h before time zero on.
Hypotension persists where, after initial hypotension, within 60 min of the target volume 2 readings of one quantity in
    a row are low.
"""


def words(name):
    return tell_measure(measure(name), CONVENTIONS)


def section(told, title):
    return next(each for each in told.sections if each.title.startswith(title))


def texts(told, title):
    return [each.text for each in section(told, title).said]


def changed(name, **keys):
    whole = measure(name).model_dump(mode="json", exclude_none=True)
    return Measure.model_validate(whole | keys)


def test_who_is_a_case():
    told = words("nys-adult-6h/public-2015")

    assert texts(told, "Who is a case")[1:] == [
        "Left out of everything: a case where the last discharge is not after the first admission.",
        "Left out of everything: a case where the stay has ended and nobody sent a date of birth.",
        "Only cases with the start of a protocol in the emergency department belong to the measure.",
        "Only cases with septic shock belong to the measure.",
        "Left out: age below 18 years, completed at admission.",
        "Left out: a stay with a transfer in or a transfer out.",
        "Left out: an exclusion from the protocol, whenever it was.",
    ]


def test_strata_are_named():
    assert "Reported apart: sepsis, the gravest charted being documented sepsis." in (
        texts(words("cha-mortality/2012"), "Who is a case")
    )


def test_what_is_asked_for_with_its_warnings_and_its_bundle():
    said = section(words("sep1-like/1"), "What is asked for").said

    assert [each.text for each in said if each.of is Element.LACTATE] == [
        "The initial lactate is drawn at most 180 min after time zero, or up to 6 h before it.",
        "Warned 60 and 20 min before it is due.",
    ]
    assert [each.text for each in said if each.of is Element.BROAD_SPECTRUM][1:] == ["It stands outside of the bundle."]
    assert said[-1].text == (
        "The bundle is met when all that is asked for of these is met: lactate, repeat lactate, blood culture, "
        "antibiotics, fluids, vasopressor, reassessment."
    )


def test_an_element_with_a_grace_of_its_own_says_so():
    elements = measure("ed-sepsis-triage/mannhardt").model_dump(mode="json", exclude_none=True)["elements"]
    elements["lactate"]["grace"] = {"value": 2, "unit": "hours", "source": "ours"}
    told = tell_measure(changed("ed-sepsis-triage/mannhardt", elements=elements), CONVENTIONS)

    waited = Said("Late charting of it is waited for 2 h.", ("ours",), Element.LACTATE)
    assert waited in section(told, "What is asked for").said


def test_outcomes_have_no_bundle():
    told = words("nys-mortality-ped/2015")

    assert texts(told, "What is asked for")[-1] == (
        "There is no bundle: these are outcomes, and 'met' means that the patient died."
    )
    assert texts(told, "What the words mean") == ["A stay ends by death with discharge status 20."]


def test_shock_is_defined_with_its_numbers():
    assert "\n".join(texts(words("sep1-like/1"), "What the words mean")[:6]) == DEFINED.replace("\n    ", " ").strip()
    assert texts(words("ssc-hour1/2018"), "What the words mean")[2].startswith(
        "Initial hypotension: a low reading, from 6 h before time zero until 60 min after it,"
    )


def test_an_initial_lactate_without_a_look_back_has_none():
    assert texts(words("ed-sepsis-triage/mannhardt"), "What the words mean")[0] == (
        "The initial lactate is, the first, by collection."
    )


def test_severe_sepsis_is_spelled_out():
    told = texts(words("sep1-like/1"), "Time zero")

    assert told[2] == (
        "SIRS criteria, of which 2 are needed: temperature above 38.3 °C or below 36 °C; heart rate above 90/min; "
        "respiratory rate above 20/min; white cells above 12 \N{MULTIPLICATION SIGN} 10^9/L or below 4 "
        "\N{MULTIPLICATION SIGN} 10^9/L; bands above 10 %."
    )
    assert "new mechanical ventilation; creatinine above 2 mg/dL" in told[3]


def test_a_spectrum_of_its_own_is_told_instead_of_the_conventions():
    elements = measure("sep1-like/1").model_dump(mode="json", exclude_none=True)["elements"]
    elements["broad_spectrum"] |= {"alone": ["meropenem"], "spectrum_source": "ours"}
    told = tell_measure(changed("sep1-like/1", elements=elements), CONVENTIONS)
    spectrum = [each for each in section(told, "What the words mean").said if each.of is Element.BROAD_SPECTRUM]

    assert [each.text for each in spectrum] == ["Broad enough alone: meropenem."]
    assert spectrum[0].sources == ("ours",)

    elements["broad_spectrum"] |= {"alone": [], "together": [["amikacin"], ["vancomycin", "penicillin_g"]]}
    told = tell_measure(changed("sep1-like/1", elements=elements), CONVENTIONS)

    assert "Broad enough together: one of amikacin; with one of vancomycin or penicillin g." in (
        texts(told, "What the words mean")
    )


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (None, None, "Made for cases of any day."),
        ("2015-01-01", None, f"Made for cases from 2015-01-01; {OTHERS}"),
        (None, "2016-12-31", f"Made for cases until 2016-12-31, that day included; {OTHERS}"),
        ("2015-01-01", "2016-12-31", f"Made for cases from 2015-01-01 until 2016-12-31, that day included; {OTHERS}"),
    ],
)
def test_for_which_days_it_was_made(first, last, told):
    measured = changed("ed-sepsis-triage/mannhardt", effective_from=first, effective_until=last)

    assert in_force(measured.effective_from, measured.effective_until) == told


def test_numbers_are_named_compared_and_marked():
    rows = {row.place: row for row in words("sep1-like/1").numbers}

    assert (rows["time zero · sirs · wbc · above"].comparison, rows["time zero · sirs · wbc · above"].value) == (
        ">",
        "12",
    )
    assert rows["exclusions · stay over 120 days · limit"].comparison == "≤"
    assert (rows["lactate · due soon"].value, rows["lactate · due soon"].unit) == ("60, 20", "minutes")
    assert rows["lactate · due soon"].is_uncertain
    assert not rows["lactate · limit"].is_uncertain
    assert rows["hypotension · low · systolic bp · below"].comparison == "<"


def test_numbers_that_have_no_name_are_named_by_their_place():
    vitals, phoenix = (tell_measure(by_rule(name), CONVENTIONS).numbers for name in ("abnormal_vitals", "phoenix"))

    assert "time zero · children · 1 · vitals · temperature · above" in {row.place for row in vitals}
    assert {"time zero · items · 15 · steps · 1 · limit", "time zero · acts · 1 · points"} <= {
        row.place for row in phoenix
    }


def test_a_number_that_is_compared_by_no_sign_has_none():
    rows = {row.place: row for row in words("sep1-like/1").numbers}

    assert rows["initial lactate · look back"].comparison == ""
    assert rows["repeat lactate · elevated above"].comparison == ">"


def test_what_has_no_source_of_its_own_names_none():
    """A site need not say why data are dropped, why an element stands outside of the bundle, or whose its list is."""
    whole = measure("sep1-like/1").model_dump(mode="json", exclude_none=True)
    del whole["elements"]["broad_spectrum"]["in_bundle_source"]
    whole["elements"]["broad_spectrum"] |= {"alone": ["meropenem"]}
    told = tell_measure(Measure.model_validate(whole | {"drops": ["no_birth_date"]}), CONVENTIONS)
    unsourced = {said.text for each in told.sections for said in each.said if not said.sources}

    assert {
        "Left out of everything: a case where the stay has ended and nobody sent a date of birth.",
        "It stands outside of the bundle.",
        "Broad enough alone: meropenem.",
    } <= unsourced
    assert all(source for each in told.sections for said in each.said for source in said.sources)


def test_a_sentence_is_uncertain_by_its_own_words_too():
    assert Said("As we read it [M?].").is_uncertain
    assert not Said("As it is printed.", ("report, p. 1",)).is_uncertain


def test_a_measure_is_told_under_its_identifier_and_title():
    told = words("cha/2012")

    assert (told.identifier, told.title) == ("cha/2012", measure("cha/2012").title)


@pytest.mark.parametrize("name", shipped_measures())
def test_no_number_and_no_source_of_a_measure_is_left_out(name):
    body = measure(name).model_dump(mode="json", exclude_none=True)
    parts = [Part(body), *(part for part, _ in every_part(Part(body)))]
    told = words(name)
    stated = {source for each in told.sections for said in each.said for source in said.sources}
    stated |= {row.source for row in told.numbers} | {told.source}
    sources = {part.body[key] for part in parts for key in part.body if key == "source" or key.endswith("_source")}

    assert len(list(number_rows(measure(name)))) == sum("value" in part.body for part in parts)
    assert sources - stated == set()


@pytest.mark.parametrize("name", shipped_measures())
def test_all_that_is_marked_uncertain_is_told_as_uncertain(name):
    body = load_rules([name]).measures[0].model_dump(mode="json", exclude_none=True)
    told = "\n".join(words(name).uncertain)
    marked = [text for text in leaves(body) if UNCERTAIN in text]

    assert [text for text in marked if text not in told] == []
    assert set(MARKS) == {"[M]", "[M?]", "[I]"}


def leaves(value):
    """Every text of a measure."""
    match value:
        case dict():
            for each in value.values():
                yield from leaves(each)
        case list():
            for each in value:
                yield from leaves(each)
        case str():
            yield value
