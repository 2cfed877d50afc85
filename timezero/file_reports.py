"""What the checks of a hospital's own files print."""

from typing import Any

import click
import orjson

from streams.site_measures import FileReport
from timezero.site_option import EXIT_INPUT_ERROR


def tell_reports(ctx: click.Context, reports: tuple[FileReport, ...], *, as_json: bool) -> None:
    """Print an object a file, or faults to stderr and a line for each good file; end with 2 if one cannot be used."""
    if as_json:
        click.echo(orjson.dumps([_as_json(report) for report in reports], option=orjson.OPT_INDENT_2))
    else:
        _print(reports)
    if not all(report.is_good for report in reports):
        ctx.exit(EXIT_INPUT_ERROR)


def _print(reports: tuple[FileReport, ...]) -> None:
    for report in reports:
        for line in report.lines():
            click.echo(line, err=True)
        if report.is_good:
            click.echo(f"{report.path}: {report.tells}, good")


def _as_json(report: FileReport) -> dict[str, Any]:
    return {
        "file": str(report.path),
        "good": report.is_good,
        "id": report.identifier,
        "source": None if report.profile is None else report.profile.name,
        "faults": [
            {
                "line": fault.line,
                "key": fault.key,
                "what": fault.what,
                "remedy": fault.remedy,
                "severity": "warning" if fault.is_warning else "error",
            }
            for fault in report.faults
        ],
    }
