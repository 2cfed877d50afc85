"""`timezero grafana`: build the dashboard, or push it to a Grafana."""

from pathlib import Path

import click
import orjson

from dashboards.grafana import GrafanaRefusedError, build, read_token
from dashboards.grafana import apply as push

_INDENT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@click.group()
def grafana() -> None:
    """Build the Grafana dashboard, or push it to a Grafana."""


@grafana.command("build")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: print it.")
def build_dashboard(*, out: Path | None) -> None:
    """Print the dashboard as JSON, as Grafana imports it."""
    body = orjson.dumps(build(), option=_INDENT)
    if out is None:
        click.echo(body, nl=False)
    else:
        out.write_bytes(body)


@grafana.command("apply")
@click.option("--url", required=True, help="Address of the Grafana server.")
@click.option("--token-file", type=click.Path(path_type=Path), help="File whose first line is the access token.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was sent, and the answer, as JSON.")
def apply_dashboard(*, url: str, token_file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Create the dashboard on a Grafana server, or replace it there."""
    if token_file is None and not dry_run:
        message = "an access token is needed: give --token-file, or --dry-run to send nothing."
        raise click.UsageError(message)
    try:
        token = read_token(token_file) if token_file is not None else ""
        pushed = push(url, token, dry_run=dry_run)
    except GrafanaRefusedError as error:
        raise click.ClickException(str(error)) from error
    if as_json or dry_run:
        told = {"url": pushed.url, "body": pushed.body, "sent": pushed.sent, "answer": pushed.answer}
        click.echo(orjson.dumps(told, option=_INDENT), nl=False)
    else:
        click.echo(f"the dashboard was sent to {pushed.url}")
