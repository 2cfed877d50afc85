"""A form in words: every kind of rule and condition on a line of its own, with limits and sources."""

from scoring.abstraction.form_words import FormRow, form_rows
from scoring.abstraction.measure_form import MeasureForm

AT_MOST = {"value": 60, "unit": "minutes", "comparison": "<=", "source": "limit"}
KNOWN = {"test": "known", "column": "triage_datetime"}
WITHIN = {"test": "within", "column": "antibiotics_start_datetime"}
BEYOND = {"test": "beyond", "column": "excluded_datetime"}
ORDER = {"test": "not_before", "column": "triage_datetime", "other": "protocol_datetime"}
HIGH = {
    "test": "above",
    "column": "lactate_level",
    "threshold": {"value": 2, "unit": "mmol/L", "source": "threshold"},
}
CODE = {"test": "code", "column": "septic_shock", "one_of": ["1", "2"]}
BLANK = {"test": "unknown", "column": "death_datetime"}

BODY = {
    "id": "f", "version": "1", "title": "A form", "source": "s", "resolution": "minute", "resolution_source": "cut",
    "drops": ["same_pcn", "overlap"], "drops_source": "left out",
    "time_zero": {
        "rule": "first", "first_known": [["protocol_datetime"], ["triage_datetime", "earliest_datetime"]], "source": "z"
    },
    "age": {"reason": "age", "limit": {"value": 18, "unit": "years", "comparison": ">=", "source": "years"}},
    "population": [{"reason": "elsewhere", "any_of": [[KNOWN]], "source": "p"}],
    "exclusions": [{"reason": "late", "any_of": [[BEYOND], [CODE, BLANK]], "limit": AT_MOST, "source": "e"}],
    "elements": {
        "lactate": {
            "any_of": [[WITHIN]], "limit": AT_MOST, "source": "a", "applies_when": [[HIGH]], "told_by": [[KNOWN]],
            "among": [[KNOWN]], "among_title": "among the triaged", "in_bundle": False,
            "look_back": {"value": 1.5, "unit": "hours", "source": "back"},
        },
        "fluids": {"any_of": [[ORDER]], "source": "o", "limit": AT_MOST | {"source": "o"}},
    },
    "warnings": [{"reason": "odd", "any_of": [[BLANK]], "source": "w"}],
    "strata": [{"title": "Shock", "column": "septic_shock", "one_of": ["1", "2"], "source": "t"}],
}  # fmt: skip


def test_every_rule_has_a_row_in_the_order_in_which_they_apply():
    assert list(form_rows(MeasureForm.model_validate(BODY))) == [
        FormRow("resolution", "minute", "", "cut"),
        FormRow("dropped", "`same_pcn`, `overlap`", "", "left out"),
        FormRow(
            "time zero `first`",
            "`protocol_datetime`; else earliest of `triage_datetime`, `earliest_datetime`",
            "",
            "z",
        ),
        FormRow("excluded: `age`", "age at admission", ">= 18 years", "years"),
        FormRow("not in the population: `elsewhere`", "unless `triage_datetime` is known", "", "p"),
        FormRow(
            "excluded: `late`",
            "`excluded_datetime` is beyond the limit; or `septic_shock` is 1 or 2 and `death_datetime` is blank",
            "<= 60 minutes",
            "e; limit",
        ),
        FormRow(
            "element `lactate`",
            "`antibiotics_start_datetime` is within the limit; asked for when `lactate_level` is above 2 mmol/L "
            "(threshold); else missed when `triage_datetime` is known, otherwise it cannot be assessed; "
            "also reported among the triaged; not part of a bundle",
            "<= 60 minutes, from 1.5 hours before",
            "a; limit; back",
        ),
        FormRow("element `fluids`", "`triage_datetime` is not before `protocol_datetime`", "<= 60 minutes", "o"),
        FormRow("warning: `odd`", "`death_datetime` is blank", "", "w"),
        FormRow("stratum `Shock`", "`septic_shock` is 1 or 2", "", "t"),
    ]


def test_what_a_form_does_not_have_has_no_row():
    bare = {name: part for name, part in BODY.items() if name not in {"time_zero", "age"}}
    form = MeasureForm.model_validate(bare | {"population": [], "exclusions": [], "warnings": [], "strata": []})

    assert [row.what for row in form_rows(form)] == ["resolution", "dropped", "element `lactate`", "element `fluids`"]
