"""How a row stands, where no form that ships says so: drops in their order, ages, elements and bundles."""

from datetime import date, datetime, timedelta

import pytest

from scoring.abstraction.column import Column
from scoring.abstraction.form_judge import FormVerdict, find_time_zero, judge_row
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.row import AbstractedRow
from scoring.abstraction.warning import Warned

ZERO = datetime.fromisoformat("2015-06-01T10:00")
LIMIT = {"value": 60, "unit": "minutes", "comparison": "<=", "source": "made up"}


def known(column):
    return [[{"test": "known", "column": column}]]


def within(column):
    return [[{"test": "within", "column": column}]]


BODY = {
    "id": "f", "version": "1", "title": "A form", "source": "s", "resolution": "minute", "resolution_source": "s",
    "drops": ["no_birth_date", "same_pcn", "bad_datetime"], "drops_source": "s",
    "time_zero": {
        "rule": "first", "first_known": [["protocol_datetime"], ["triage_datetime", "earliest_datetime"]], "source": "s"
    },
    "elements": {"antibiotics": {"any_of": within("antibiotics_start_datetime"), "limit": LIMIT, "source": "s"}},
}  # fmt: skip


def form(**more):
    return MeasureForm.model_validate(BODY | more)


def element(**more):
    """A form with another element beside the drug."""
    told = {"any_of": within("fluids_completed_datetime"), "limit": LIMIT, "source": "s"} | more
    return form(elements=BODY["elements"] | {"fluids": told})


def row(born=date(2010, 6, 1), **minutes):
    """Times in minutes from time zero."""
    told = {"PROTOCOL": 0, "ADMISSION": -30, "DISCHARGE": 9999} | minutes
    instants = {Column[name]: ZERO + timedelta(minutes=at) for name, at in told.items() if at is not None}
    return AbstractedRow(facility="F1", born=born, instants=instants)


def stands(each, by, conflicts=frozenset()):
    verdict = judge_row(each, by, conflicts)
    return f"{verdict.status} {verdict.reason}" if verdict.reason else verdict.status.value


def test_of_a_row_without_its_fields_nothing_is_trusted():
    each = row()
    each.misaligned = True

    assert judge_row(each, form()) == FormVerdict("dropped", "bad_row")


def test_of_several_faults_the_one_named_first_is_why_a_row_is_left_out():
    assert stands(row(), form()) == "denominator"
    assert stands(row(DISCHARGE=-30), form()) == "dropped bad_datetime"
    assert stands(row(DISCHARGE=-29), form()) == "denominator"
    assert stands(row(ADMISSION=None), form()) == "dropped bad_datetime"
    assert stands(row(DISCHARGE=None), form()) == "dropped bad_datetime"
    assert stands(row(DISCHARGE=None), form(), {"same_pcn", "overlap"}) == "dropped same_pcn"
    assert stands(row(born=None, DISCHARGE=None), form(), {"same_pcn"}) == "dropped no_birth_date"
    assert stands(row(), form(), {"overlap"}) == "denominator"
    assert stands(row(DISCHARGE=None), form(drops=[])) == "dropped bad_datetime"


def test_a_row_that_cannot_be_read_has_bad_times():
    each = row()
    each.unreadable = True

    assert stands(each, form()) == "dropped bad_datetime"


@pytest.mark.parametrize(
    ("minutes", "at"),
    [
        ({}, 0),
        ({"PROTOCOL": None, "TRIAGE": 5, "EARLIEST": 7}, 5),
        ({"PROTOCOL": None, "TRIAGE": 5, "EARLIEST": 3}, 3),
        ({"PROTOCOL": None, "EARLIEST": 7}, 7),
        ({"PROTOCOL": 9, "TRIAGE": 5}, 9),
    ],
)
def test_time_zero_is_the_earliest_of_the_first_group_that_is_known(minutes, at):
    assert find_time_zero(row(**minutes), form()) == ZERO + timedelta(minutes=at)


def test_without_its_times_there_is_no_time_zero_and_a_measure_that_counts_none_needs_none():
    timeless = form(time_zero=None, elements={"antibiotics": {"any_of": known("triage_datetime"), "source": "s"}})

    assert find_time_zero(row(PROTOCOL=None), form()) is None
    assert stands(row(PROTOCOL=None), form()) == "cannot_assess no_time_zero"
    assert find_time_zero(row(), timeless) is None
    assert stands(row(PROTOCOL=None), timeless) == "denominator"


@pytest.mark.parametrize(
    ("comparison", "born", "out"),
    [
        (">=", date(1997, 6, 1), True),
        (">=", date(1997, 6, 2), False),
        ("<", date(1997, 6, 1), False),
        ("<", date(1997, 6, 2), True),
    ],
)
def test_an_age_is_that_of_the_day_of_admission(comparison, born, out):
    limit = {"value": 18, "unit": "years", "comparison": comparison, "source": "s"}

    stood = stands(row(born=born), form(age={"reason": "age", "limit": limit}))

    assert stood == ("excluded age" if out else "denominator")


def test_population_goes_before_exclusions_and_both_before_time_zero():
    rules = {
        "population": [{"reason": "not_triaged", "any_of": known("triage_datetime"), "source": "s"}],
        "exclusions": [
            {"reason": "soon", "any_of": within("death_datetime"), "limit": LIMIT, "source": "s"},
            {"reason": "ever", "any_of": known("death_datetime"), "source": "s"},
        ],
    }

    assert stands(row(), form(**rules)) == "not_in_population not_triaged"
    assert stands(row(TRIAGE=0, DEATH=60), form(**rules)) == "excluded soon"
    assert stands(row(TRIAGE=0, DEATH=61), form(**rules)) == "excluded ever"
    assert stands(row(TRIAGE=0), form(**rules)) == "denominator"
    assert stands(row(DEATH=0), form(**rules)) == "not_in_population not_triaged"


def test_a_population_may_have_a_limit():
    rule = {"reason": "late", "any_of": within("triage_datetime"), "limit": LIMIT, "source": "s"}

    assert stands(row(TRIAGE=60), form(population=[rule])) == "denominator"
    assert stands(row(TRIAGE=61), form(population=[rule])) == "not_in_population late"


@pytest.mark.parametrize(
    ("more", "minutes", "status"),
    [
        ({}, {"FLUIDS_COMPLETED": 60}, "met"),
        ({}, {"FLUIDS_COMPLETED": 61}, "missed"),
        ({"look_back": {"value": 5, "unit": "minutes", "source": "s"}}, {"FLUIDS_COMPLETED": -5}, "met"),
        ({"look_back": {"value": 5, "unit": "minutes", "source": "s"}}, {"FLUIDS_COMPLETED": -6}, "missed"),
        ({"applies_when": known("triage_datetime")}, {"FLUIDS_COMPLETED": 60}, "not_applicable"),
        ({"applies_when": known("triage_datetime")}, {"FLUIDS_COMPLETED": 60, "TRIAGE": 0}, "met"),
        ({"applies_when": within("triage_datetime")}, {"FLUIDS_COMPLETED": 60, "TRIAGE": 61}, "not_applicable"),
        ({"told_by": known("triage_datetime")}, {}, "cannot_assess"),
        ({"told_by": known("triage_datetime")}, {"TRIAGE": 0}, "missed"),
        ({"told_by": within("triage_datetime")}, {"TRIAGE": 60}, "missed"),
        ({"told_by": within("triage_datetime")}, {"TRIAGE": 61}, "cannot_assess"),
        ({"told_by": known("triage_datetime")}, {"FLUIDS_COMPLETED": 60}, "met"),
    ],
)
def test_how_an_element_stands(more, minutes, status):
    assert judge_row(row(**minutes), element(**more)).elements["fluids"] == status


@pytest.mark.parametrize(
    ("more", "minutes", "bundle"),
    [
        ({}, {"ANTIBIOTICS_START": 0, "FLUIDS_COMPLETED": 0}, "met"),
        ({}, {"ANTIBIOTICS_START": 0}, "missed"),
        ({"told_by": known("triage_datetime")}, {"ANTIBIOTICS_START": 0}, "cannot_assess"),
        ({"told_by": known("triage_datetime")}, {}, "missed"),
        ({"applies_when": known("triage_datetime")}, {"ANTIBIOTICS_START": 0}, "met"),
        ({"in_bundle": False}, {"ANTIBIOTICS_START": 0}, "met"),
    ],
)
def test_a_bundle_is_as_the_worst_of_what_it_asks_for(more, minutes, bundle):
    assert judge_row(row(**minutes), element(**more)).bundle == bundle


def test_elements_outside_of_a_bundle_make_none():
    alone = {"antibiotics": BODY["elements"]["antibiotics"] | {"in_bundle": False}}

    assert judge_row(row(), form(elements=alone)).bundle is None


def test_a_row_may_count_for_a_second_denominator():
    asked = element(among=within("triage_datetime"), among_title="of those")

    assert judge_row(row(TRIAGE=60), asked).among == {"fluids"}
    assert judge_row(row(TRIAGE=61), asked).among == set()


def test_what_was_done_before_birth_is_pointed_out_at_its_column():
    """Admitted and treated on the first of June, born on the second."""
    warned = [("born_after_admission", Column.DATE_OF_BIRTH), ("act_before_birth", Column.PROTOCOL)]

    assert list(judge_row(row(born=date(2015, 6, 2)), form()).warnings) == warned
    assert judge_row(row(born=date(2015, 6, 1)), form()).warnings == ()


def test_warnings_stand_in_a_row_wherever_it_stands():
    dated = form(
        effective_from="2015-06-02",
        warnings=[{"reason": "odd", "any_of": known("triage_datetime"), "source": "s"}],
        population=[{"reason": "alive", "any_of": known("death_datetime"), "source": "s"}],
    )
    each = row(TRIAGE=0, DISCHARGE=60)
    each.warnings.append(Warned("unknown_flag"))

    assert [warned.name for warned in judge_row(each, dated).warnings] == ["unknown_flag", "odd", "outside_period"]
    assert judge_row(row(), form()).warnings == ()


def code(column):
    return [[{"test": "code", "column": column, "one_of": ["1"]}]]


def coded(**codes):
    each = row()
    each.codes.update({Column[name]: said for name, said in codes.items()})
    return each


def blanks(each, by):
    return [warned.column.value for warned in judge_row(each, by).warnings if warned.name == "blank_condition"]


def test_a_blank_that_keeps_a_row_out_of_the_population_is_named():
    asked = form(
        population=[
            {"reason": "no_shock", "any_of": code("septic_shock"), "source": "s"},
            {"reason": "not_in_ed", "any_of": code("protocol_initiated_in_ed"), "source": "s"},
        ]
    )

    assert blanks(coded(), asked) == ["septic_shock"]
    assert blanks(coded(SEPTIC_SHOCK="0"), asked) == []
    assert blanks(coded(SEPTIC_SHOCK="1"), asked) == ["protocol_initiated_in_ed"]
    assert blanks(coded(SEPTIC_SHOCK="1", PROTOCOL_INITIATED_IN_ED="1"), asked) == []


def test_a_blank_for_which_an_element_is_not_asked_is_named_where_it_would_be():
    indicated = element(applies_when=code("fluids_indicated"))
    either = element(applies_when=[*code("fluids_indicated"), *code("septic_shock")])
    shocked = {"population": [{"reason": "r", "any_of": code("septic_shock"), "source": "s"}]}
    nobody = form(elements={"fluids": {"any_of": known("death_datetime"), "applies_when": code("fluids_indicated"),
                                      "source": "s"}}, **shocked)  # fmt: skip

    assert blanks(coded(), indicated) == ["fluids_indicated"]
    assert blanks(coded(FLUIDS_INDICATED="0"), indicated) == []
    assert blanks(coded(SEPTIC_SHOCK="1"), either) == []
    assert blanks(coded(SEPTIC_SHOCK="0"), nobody) == []


def test_a_warning_of_a_measure_names_what_should_not_be_blank():
    blank = {"test": "unknown", "column": "excluded_datetime"}
    rule = {"reason": "odd", "any_of": [[*known("triage_datetime")[0], blank]], "source": "s"}

    assert judge_row(row(TRIAGE=0), form(warnings=[rule])).warnings == (("odd", "excluded_datetime"),)


@pytest.mark.parametrize(
    ("minutes", "warned"),
    [
        ({"ADMISSION": None}, ("blank_datetime", "admission_datetime")),
        ({"DISCHARGE": None}, ("blank_datetime", "discharge_datetime")),
        ({"DISCHARGE": -30}, ("discharge_not_after_admission", "discharge_datetime")),
    ],
)
def test_why_a_stay_has_bad_times_is_named(minutes, warned):
    verdict = judge_row(row(**minutes), form())

    assert (verdict.reason, verdict.warnings) == ("bad_datetime", (warned,))


def test_a_time_that_cannot_be_read_is_not_called_blank():
    each = row(ADMISSION=None)
    each.unreadable = True
    each.warnings.append(Warned("unreadable_datetime", Column.ADMISSION))

    assert judge_row(each, form()).warnings == (("unreadable_datetime", "admission_datetime"),)


def test_a_form_knows_the_codes_that_it_names_and_those_of_the_file():
    rule = {"test": "code", "column": "pediatric_fluids", "one_of": ["0", "a_1"]}
    named = form(
        strata=[{"title": "t", "column": "severity", "one_of": ["no_sepsis"], "source": "s"}],
        elements={"fluids": {"any_of": [[rule]], "applies_when": code("transfer_in"), "source": "s"}},
    ).codes()

    assert [text for text in ("0", "1", "a_1", "01") if named[Column.PEDIATRIC_FLUIDS].fullmatch(text)] == ["0", "a_1"]
    assert all(named[Column.SEVERITY].fullmatch(text) for text in ("no_sepsis", "sepsis", "septic_shock"))
    assert named[Column.DISCHARGE_STATUS].fullmatch("20")
    assert {Column.TRANSFER_IN, Column.ADULT_FLUIDS}.isdisjoint(named)


def test_a_warning_counts_no_time():
    rule = {"reason": "odd", "any_of": within("triage_datetime"), "source": "s"}

    assert judge_row(row(TRIAGE=0), form(warnings=[rule])).warnings == ()


@pytest.mark.parametrize(
    ("dates", "outside"),
    [
        ({}, False),
        ({"effective_from": "2015-06-01"}, False),
        ({"effective_from": "2015-06-02"}, True),
        ({"effective_until": "2015-06-01"}, False),
        ({"effective_until": "2015-05-31"}, True),
        ({"effective_from": "2015-01-01", "effective_until": "2015-12-31"}, False),
    ],
)
def test_a_measure_counts_from_its_first_day_to_its_last(dates, outside):
    """By the day of discharge; outside of them it is judged all the same."""
    verdict = judge_row(row(DISCHARGE=60), form(**dates))

    assert (verdict.status, verdict.warnings) == ("denominator", (("outside_period", None),) if outside else ())


def test_a_form_needs_the_columns_that_its_rules_read():
    bare = set(form(elements={}, time_zero=None).columns())
    whole = set(
        form(
            population=[{"reason": "r", "any_of": known("transfer_in"), "source": "s"}],
            exclusions=[{"reason": "r", "any_of": known("transfer_out"), "source": "s"}],
            warnings=[{"reason": "r", "any_of": known("severity"), "source": "s"}],
            strata=[{"title": "t", "column": "septic_shock", "one_of": ["1"], "source": "s"}],
            elements={
                "lactate": {
                    "any_of": known("death_datetime"), "applies_when": known("lactate_level"),
                    "told_by": known("adult_fluids"), "among": known("broad_spectrum"), "source": "s",
                }
            },
        ).columns()
    )  # fmt: skip

    assert bare == {
        "facility_id", "case_id", "pcn", "mrn", "upi", "date_of_birth", "admission_datetime", "discharge_datetime"
    }  # fmt: skip
    assert whole - bare == {
        "protocol_datetime", "triage_datetime", "earliest_datetime", "transfer_in", "transfer_out", "severity",
        "septic_shock", "death_datetime", "lactate_level", "adult_fluids", "broad_spectrum",
    }  # fmt: skip
    assert list(form().columns()) == [column for column in Column if column in form().columns()]


def test_an_element_that_is_told_by_a_limit_needs_one():
    with pytest.raises(ValueError, match="a condition 'within' or 'beyond' needs a limit"):
        form(
            elements={
                "lactate": {"any_of": known("death_datetime"), "told_by": within("death_datetime"), "source": "s"}
            }
        )
