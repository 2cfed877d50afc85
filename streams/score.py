"""Scoring an abstraction file: two passes over it, one to find contradictions, one to judge and write."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.verdict import ElementStatus
from scoring.abstraction.form_judge import FormVerdict, judge_row
from scoring.abstraction.identity import CaseIds, IdentityRecords
from scoring.abstraction.measure_form import MeasureForm
from scoring.abstraction.shipped_forms import load_form
from scoring.number import Resolution
from streams.abstraction_file import AbstractionFile, open_abstraction_file
from streams.output_file import refuse_inputs, written_whole
from streams.score_rates import BUNDLE, ScoreRates

_PRINTED = {ElementStatus.MET: "Y", ElementStatus.MISSED: "N"}
_ROWS_BETWEEN_WORDS = 1000


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What came of it.

    Attributes:
        rates: Numerators and denominators.
        rows: How many rows the file has.
        extra_columns: How many of its columns no measure knows.
    """

    rates: ScoreRates
    rows: int
    extra_columns: int


def score_file(
    cases: Path,
    measure: str,
    out: Path,
    progress: Callable[[str, int], None],
    forms: Sequence[MeasureForm] = (),
) -> ScoreResult:
    """Judge every row of `cases` by the measure and write one line for each to `out`, in the same order.

    `out` appears only when it is complete; one that was there before stays until then. `forms` are the hospital's own
    measures.

    Raises:
        UnknownMeasureError: The measure does not ship with a form.
        SourceError: The file cannot be read, lacks a column that the measure needs, or is the one to write; there is
            no folder for `out`.
        OSError: `out` cannot be written.
    """
    form = load_form(measure, forms)
    file = open_abstraction_file(cases, form.columns(), measure)
    refuse_inputs([out], [cases])
    conflicts = _find_conflicts(file, form.resolution, progress)
    rates, case_ids = ScoreRates(form), CaseIds()
    rows = 0
    with written_whole(out) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("case_id", "status", "reason", *form.elements, BUNDLE))
        for number, case_id, row in file.rows(form):
            verdict = judge_row(row, form, conflicts.get(number, frozenset()))
            rates.count(number, row, verdict)
            if not row.misaligned:
                rates.warn(number, case_ids.warnings(row.facility, case_id))
            writer.writerow(_line(case_id, form, verdict))
            rows += 1
            if rows % _ROWS_BETWEEN_WORDS == 0:
                progress("judging", rows)
    return ScoreResult(rates, rows, file.extra)


def _find_conflicts(
    file: AbstractionFile, resolution: Resolution, progress: Callable[[str, int], None]
) -> dict[int, frozenset[str]]:
    records = IdentityRecords(resolution)
    for number, texts in file.identities():
        records.learn(number, texts)
        if number % _ROWS_BETWEEN_WORDS == 0:
            progress("comparing", number)
    return records.conflicts()


def _line(case_id: str, form: MeasureForm, verdict: FormVerdict) -> tuple[str, ...]:
    elements = (_PRINTED.get(verdict.elements[name], "") if verdict.elements else "" for name in form.elements)
    bundle = _PRINTED.get(verdict.bundle, "") if verdict.bundle else ""
    return (case_id, verdict.status.value, verdict.reason or "", *elements, bundle)
