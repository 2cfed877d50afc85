"""`timezero score`: judge an abstraction file by a published measure."""

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoring.rules import UnknownMeasureError, load_conventions
from streams.score import ScoreResult, score_file
from streams.score_rates import FormRate, Rates, ScoreRates
from streams.sources import SourceError
from timezero.score_hints import score_hints
from timezero.site_option import measures_dir_option, site_from
from timezero.work_progress import work_progress

_WIDTH_IN_A_PIPE = 120
_SUPPRESSED = "S.S."
_NOT_CALCULATED = "N.C."
_LINES_NAMED = 10


def _file(_ctx: click.Context, _option: click.Parameter, path: Path) -> Path:
    """An empty name reads as the folder we are in; `-` would become a file of that name."""
    if str(path) in {".", "-"}:
        message = "name a file; an empty name, '.' and '-' are none."
        raise click.BadParameter(message)
    return path


def _file_to_write(ctx: click.Context, option: click.Parameter, path: Path) -> Path:
    if not _file(ctx, option, path).parent.is_dir():
        message = f"there is no folder {path.parent}; make it first."
        raise click.BadParameter(message)
    return path


def _one_measure(_ctx: click.Context, _option: click.Parameter, named: tuple[str, ...]) -> str:
    measure, *others = named
    if others:
        message = "it is given more than once; a file is judged by one measure at a time."
        raise click.BadParameter(message)
    return measure


@click.command()
@click.argument("cases", metavar="CASES.csv", type=click.Path(path_type=Path), callback=_file)
@click.option(
    "--measure",
    required=True,
    multiple=True,
    callback=_one_measure,
    metavar="ID",
    help="Measure to judge by; see `timezero measures list`.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_file_to_write,
    help="File for the results.",
)
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
    N.C. where none does. S.S. hides a number only where it stands: a total less the other figures
    can give it, so look at that before you publish. A header to fill in: `timezero measures show ID
    --template`; what the columns hold: docs/reference/abstraction-files.md.
    """
    site = site_from(ctx, measures_dir)
    try:
        with work_progress() as progress:
            result = score_file(cases, measure, out, progress, site.forms)
    except (UnknownMeasureError, SourceError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.filename == str(cases):
            raise
        message = f"{out} cannot be written: {error.strerror or type(error).__name__}."
        raise click.ClickException(message) from error
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
            "warnings": _warnings(rates),
            "hints": list(score_hints(result, self._at_most)),
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
        for line in _warning_lines(rates):
            console.print(line, highlight=False)
        for hint in score_hints(result, self._at_most):
            console.print(f"hint: {hint}", highlight=False)

    def _table(self, heading: str, rows: list[tuple[str, Rates]], result: ScoreResult) -> Table:
        table = Table(title=None, box=None, pad_edge=False)
        table.add_column(heading)
        table.add_column("element")
        for name in ("numerator", "denominator", "rate", "cannot assess"):
            table.add_column(name, justify="right")
        for title, rates in rows:
            for name, rate in rates.items():
                table.add_row(
                    escape(_harmless(title) or "(blank)"), escape(result.rates.title(name)), *self._cells(rate)
                )
        return table

    def _cells(self, rate: FormRate) -> tuple[str, ...]:
        word = self._word(rate)
        if word is not None:
            return (word, word, word, word)
        return (str(rate.numerator), str(rate.denominator), f"{rate.percent} %", str(rate.cannot_assess))


def _warnings(rates: ScoreRates) -> dict[str, dict[str, Any]]:
    """For a machine: by name; the columns where there are any, each with its lines."""
    by_name: dict[str, dict[str, Any]] = {}
    for warned, lines in rates.warnings_in_order():
        told = by_name.setdefault(warned.name, {"rows": 0, "lines": []})
        told["lines"] = sorted({*told["lines"], *lines})
        told["rows"] = len(told["lines"])
        if warned.column is not None:
            told.setdefault("columns", {})[warned.column.value] = lines
    return by_name


def _warning_lines(rates: ScoreRates) -> Iterator[str]:
    """For people: a line for each column."""
    for warned, lines in rates.warnings_in_order():
        named = ", ".join(map(str, lines[:_LINES_NAMED])) + (", ..." if len(lines) > _LINES_NAMED else "")
        column = "" if warned.column is None else f" ({warned.column.value})"
        yield f"warning: {warned.name} in {len(lines)} rows, lines {named}{column}"


def _harmless(text: str) -> str:
    """Text of a cell for a terminal: what would steer it is shown as what it is, `\\x1b`."""
    return "".join(
        each.encode("unicode_escape").decode() if unicodedata.category(each).startswith("C") else each for each in text
    )
