"""`timezero score`: judge an abstraction file by a published measure."""

import sys
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoring.rules import UnknownMeasureError, load_conventions
from streams.score import ScoreResult, score_file
from streams.score_rates import FormRate, Rates
from streams.sources import SourceError
from timezero.site_option import measures_dir_option, site_from
from timezero.work_progress import work_progress

_WIDTH_IN_A_PIPE = 120
_SUPPRESSED = "S.S."
_NOT_CALCULATED = "N.C."
_LINES_NAMED = 10


@click.command()
@click.argument("cases", metavar="CASES.csv", type=click.Path(path_type=Path))
@click.option("--measure", required=True, metavar="ID", help="Measure to judge by; see `timezero measures list`.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File for the results.")
@measures_dir_option
@click.option("--internal", is_flag=True, help="Show counts of 10 or fewer cases too; not for publication.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON instead of tables.")
@click.pass_context
def score(
    ctx: click.Context,
    *,
    cases: Path,
    measure: str,
    out: Path,
    measures_dir: Path | None,
    internal: bool,
    as_json: bool,
) -> None:
    """Judge an abstraction file, one row a case, by a published measure.

    Writes one line for each row, in the same order: case_id, status, reason, Y, N or blank for each
    element, and the bundle. Prints numerators and denominators: S.S. where 10 or fewer cases count,
    N.C. where none does.
    """
    site = site_from(ctx, measures_dir)
    try:
        with work_progress() as progress:
            result = score_file(cases, measure, out, progress, site.forms)
    except (UnknownMeasureError, SourceError) as error:
        raise click.ClickException(str(error)) from error
    conventions = site.rules.conventions or load_conventions()
    shown = _Shown(0 if internal else int(conventions.reporting.suppressed_at_most.value))
    if as_json:
        click.echo(orjson.dumps(shown.summary(result), option=orjson.OPT_INDENT_2))
    else:
        shown.tables(result)


class _Shown:
    """The summary as it may be seen."""

    def __init__(self, suppressed_at_most: int) -> None:
        self._at_most = suppressed_at_most

    def summary(self, result: ScoreResult) -> dict[str, Any]:
        """For a machine."""
        rates = result.rates
        return {
            "measure": rates.form.identifier,
            "rows": result.rows,
            "extra_columns": result.extra_columns,
            "suppressed_at_most": self._at_most,
            "statuses": {status.value: self._count(count) for status, count in sorted(rates.statuses.items())},
            "reasons": {
                f"{status.value}.{reason}": self._count(count)
                for (status, reason), count in sorted(rates.reasons.items())
            },
            "warnings": {name: {"rows": len(lines), "lines": lines} for name, lines in sorted(rates.warnings.items())},
            "overall": self._rates(rates.overall),
            "facilities": {name: self._rates(each) for name, each in sorted(rates.facilities.items())},
            "quarters": {name: self._rates(each) for name, each in sorted(rates.quarters.items())},
            "strata": {name: self._rates(each) for name, each in rates.strata.items()},
        }

    def _rates(self, rates: Rates) -> dict[str, Any]:
        return {name: self._rate(rate) for name, rate in rates.items()}

    def _rate(self, rate: FormRate) -> dict[str, Any]:
        word = self._word(rate)
        if word is not None:
            return {"numerator": word, "denominator": word, "cannot_assess": word, "rate_percent": word}
        return {
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "cannot_assess": rate.cannot_assess,
            "rate_percent": rate.percent,
        }

    def _word(self, rate: FormRate) -> str | None:
        """What stands in place of a number that is not shown."""
        if rate.denominator == 0:
            return _NOT_CALCULATED
        return _SUPPRESSED if rate.denominator <= self._at_most else None

    def _count(self, count: int) -> int | str:
        return _SUPPRESSED if count <= self._at_most else count

    def tables(self, result: ScoreResult) -> None:
        """For people."""
        console = Console(width=None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE)
        rates = result.rates
        groups = [("all", rates.overall), *rates.strata.items()]
        for heading, rows in (
            ("", groups),
            ("facility", sorted(rates.facilities.items())),
            ("quarter", sorted(rates.quarters.items())),
        ):
            console.print(self._table(heading, rows, result), soft_wrap=False)
        statuses = ", ".join(f"{status.value} {self._count(count)}" for status, count in sorted(rates.statuses.items()))
        console.print(f"{rates.form.identifier}: {result.rows} rows; {statuses or 'none'}", highlight=False)
        for (status, reason), count in sorted(rates.reasons.items()):
            console.print(f"{status.value}: {reason} {self._count(count)}", highlight=False)
        for name, lines in sorted(rates.warnings.items()):
            named = ", ".join(map(str, lines[:_LINES_NAMED])) + (", ..." if len(lines) > _LINES_NAMED else "")
            console.print(f"warning: {name} in {len(lines)} rows, lines {named}", highlight=False)

    def _table(self, heading: str, rows: list[tuple[str, Rates]], result: ScoreResult) -> Table:
        table = Table(title=None, box=None, pad_edge=False)
        table.add_column(heading)
        table.add_column("element")
        for name in ("numerator", "denominator", "rate", "cannot assess"):
            table.add_column(name, justify="right")
        for title, rates in rows:
            for name, rate in rates.items():
                table.add_row(escape(title or "(blank)"), escape(result.rates.title(name)), *self._cells(rate))
        return table

    def _cells(self, rate: FormRate) -> tuple[str, ...]:
        word = self._word(rate)
        if word is not None:
            return (word, word, word, word)
        return (str(rate.numerator), str(rate.denominator), f"{rate.percent} %", str(rate.cannot_assess))
