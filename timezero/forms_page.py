"""The page of the reference that tells how abstraction files are written and judged, from the measures themselves."""

from dataclasses import astuple

from scoring.abstraction.column import Column
from scoring.abstraction.column_words import MEANINGS as COLUMN_MEANINGS
from scoring.abstraction.column_words import kind_of
from scoring.abstraction.form_words import form_rows
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.abstraction.warning import MEANINGS as WARNING_MEANINGS

_EXAMPLE = "nys-ped-1h/spec-2015"
_EXAMPLE_ROW = {
    Column.FACILITY_ID: "F1",
    Column.CASE_ID: "C1",
    Column.DATE_OF_BIRTH: "2010-03-02",
    Column.ADMISSION: "2015-06-01T09:30",
    Column.DISCHARGE: "2015-06-05T12:00",
    Column.DISCHARGE_STATUS: "01",
    Column.PROTOCOL: "2015-06-01T10:00",
    Column.BLOOD_CULTURES_OBTAINED: "1",
    Column.BLOOD_CULTURES_OBTAINED_AT: "2015-06-01T10:20",
    Column.ANTIBIOTICS_START: "2015-06-01T10:50",
    Column.PEDIATRIC_FLUIDS: "1",
    Column.FLUIDS_COMPLETED: "2015-06-01T10:59",
}


def forms_page(generated: str) -> str:
    """`abstraction-files.md`; `generated` is the notice that heads every generated page."""
    sections = "\n".join(_section(load_form(name)) for name in shipped_forms())
    return f"""{generated}

# Measures for abstraction files

What `timezero score` judges, one row a case: how a file is written, what comes out, and each measure rule by rule.

## How a file is written

- **Table.** Comma-separated text; semicolons and tabs part fields too. A field that holds such a sign, a quotation
  mark or a line break stands in quotation marks, and a mark within it is doubled. The file may be packed
  (`cases.csv.gz`).
- **Letters.** UTF-8, with or without a byte order mark; UTF-16 with one; anything else is read as Windows-1252.
- **First line.** The names of the columns, in any order; capitals and blanks around them do not matter. A column that
  the measure needs and the file lacks is refused; one that no measure knows is passed over. To begin with:
  `timezero measures show {_EXAMPLE} --template --out cases.csv`
- **Time.** `2015-06-01T10:00` (ISO 8601), with `T` or a blank between; seconds and an offset (`-05:00`, `Z`) may
  follow. In one row all times have an offset or none has. A date alone is no time: nobody can tell its minute.
- **Date.** `2010-03-02`.
- **Flag.** `1`, `yes`, `y` or `true`; `0`, `no`, `n` or `false`.
- **Code.** As listed; capitals do not matter, nor whether a blank, a hyphen or an underscore parts two words. `1.0`
  is `1`.
- **Number.** With a decimal point.
- A blank is not known.

| column | kind | what it holds |
|---|---|---|
{_columns()}

A file of one case for `{_EXAMPLE}`:

```csv
{_example()}```

## What comes out

A line for each row, in the same order.

| column | what it holds |
|---|---|
| `case_id` | as in the row |
| `status` | `denominator`, `excluded`, `not_in_population`, `cannot_assess` (no time zero) or `dropped` |
| `reason` | why it is not in the denominator; below, the names of the rules |
| each element | `Y`: met; `N`: not met; blank: not asked for, or the row does not tell, or not in the denominator |
| `bundle` | `Y`: all that is asked for was met; `N`: something was not; blank: the row does not tell, or as above |

What the row does not tell stays in the denominator, and the summary counts it as `cannot assess`. `S.S.` stands for
numbers of 10 or fewer cases, `N.C.` where no case counts; `--internal` shows all. `S.S.` hides a number only where it
stands: the total less the other facilities, or the rows less the other statuses, can give it. Look at that before you
publish.

A row is dropped as `bad_row` (more or fewer fields than the first line), `bad_datetime` (a time that cannot be read,
none of admission or discharge, or a discharge before or in the minute of the admission), `same_pcn` (one PCN, another
MRN or UPI), `same_mrn` (one MRN, another UPI or date of birth), `duplicate` or `overlap` (visits of one patient that
are the same, or share time), `no_birth_date`. Contradictions are looked for within a facility; all rows of one are
dropped.

A warning changes no verdict: it names lines, and the column where it is about one, that somebody should look at.
Beside those of a measure there are, of every file:

| warning | the row |
|---|---|
{_warnings()}

## How a row is judged

A row is dropped, or excluded by its age, or it is not in the population, or otherwise excluded, or it has no time
zero and cannot be assessed, or it is in the denominator: the first that holds. Times are cut down to the minute
first. *Within* means: known, and at most the limit after time zero, with no lower bound unless one is given. Why it
is read so: [decision 0013](../decisions/0013-abstraction-files.md).
{sections}"""


def _columns() -> str:
    return "\n".join(f"| `{column.value}` | {kind_of(column)} | {COLUMN_MEANINGS[column]} |" for column in Column)


def _example() -> str:
    columns = load_form(_EXAMPLE).columns()
    return f"{','.join(columns)}\n{','.join(_EXAMPLE_ROW.get(column, '') for column in columns)}\n"


def _warnings() -> str:
    return "\n".join(f"| `{name}` | {meaning} |" for name, meaning in WARNING_MEANINGS.items())


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
