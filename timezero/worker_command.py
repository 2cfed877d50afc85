"""`timezero worker`: run the stream worker."""

from pathlib import Path

import click

from streams.worker import run as run_worker
from timezero.settings_option import config_option, settings_from


@click.command()
@config_option
@click.pass_context
def worker(ctx: click.Context, *, config: Path | None) -> None:
    """Run ingest, owner, ticker, aggregates and projection until SIGTERM or Ctrl-C.

    Settings come from TIMEZERO_* variables and the TOML file; see docs/reference/settings.md.
    """
    ctx.exit(run_worker(settings_from(config).worker))
