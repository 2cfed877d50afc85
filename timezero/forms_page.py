"""The page of the reference that tells how abstraction files are judged, written from the measures themselves."""

from dataclasses import astuple

from scoring.abstraction.form_words import form_rows
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.shipped_forms import load_form, shipped_forms


def forms_page(generated: str) -> str:
    """`abstraction-files.md`; `generated` is the notice that heads every generated page."""
    sections = "\n".join(_section(load_form(name)) for name in shipped_forms())
    return f"""{generated}

# Measures for abstraction files

What `timezero score` judges, one row a case. A row is dropped, or it is not in the population, or excluded, or it has
no time zero and cannot be assessed, or it is in the denominator: the first that holds, rules in the order below. Times
are cut down to the minute first. *Within* means: known, and at most the limit after time zero, with no lower bound
unless one is given. Why it is read so: [decision 0013](../decisions/0013-abstraction-files.md).

A warning changes no verdict: it names lines that somebody should look at. Beside those of a measure there are, of every
file:

| warning | the row |
|---|---|
| `no_case_id` | has no `case_id` |
| `repeated_case_id` | has the `case_id` of an earlier row of its facility; both count |
| `born_after_admission` | has a date of birth after its day of admission; it is judged as a child's |
| `act_before_birth` | has a time of arrival, treatment or death before its date of birth; it counts as it stands |
| `unknown_flag` | has a flag that is neither 0 nor 1; it counts as not given |
| `unreadable_number` | has a measured value that is no number; it counts as not given |
| `outside_period` | has a discharge outside of the dates for which the measure was made; it is judged all the same |
{sections}"""


def _section(form: MeasureForm) -> str:
    readings = "".join(f"\n- {reading}" for reading in form.readings)
    rows = "\n".join(f"| {' | '.join(map(_cell, astuple(row)))} |" for row in form_rows(form))
    period = (
        f" Made for discharges from {form.effective_from} to {form.effective_until}." if form.effective_from else ""
    )
    return f"""
## {form.identifier}

{form.title}.{period}

Source: {form.source}
{readings}

Columns it needs: {", ".join(f"`{column.value}`" for column in form.columns())}.

| what | when | limit | source |
|---|---|---|---|
{rows}
"""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
