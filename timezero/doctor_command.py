"""`timezero doctor`: check this machine, the broker and the cache."""

import logging
from pathlib import Path

import click
import orjson

from timezero.doctor import Finding, Health, examine
from timezero.settings_option import config_option, settings_from

_MARKS = {Health.OK: "ok     ", Health.WARNING: "warning", Health.WRONG: "wrong  "}


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of check, health, found and to_do.")
@click.pass_context
def doctor(ctx: click.Context, *, config: Path | None, as_json: bool) -> None:
    """Check Python, packages, measures, broker, topics, Redis, clocks, the board's token file and the disk.

    A line each: what was found and, where it is not well, what to do. Ends with 1 if something is wrong.
    """
    settings = settings_from(config)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    if as_json:
        click.echo(orjson.dumps([finding.as_json() for finding in findings], option=orjson.OPT_INDENT_2))
    if any(finding.health is Health.WRONG for finding in findings):
        ctx.exit(1)


def _line(finding: Finding) -> str:
    advice = f"; {finding.to_do}" if finding.to_do else ""
    return f"{_MARKS[finding.health]}  {finding.check}: {finding.found}{advice}"
