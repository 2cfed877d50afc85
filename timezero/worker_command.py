"""`timezero worker`: run the stream worker."""

from pathlib import Path

import click

from streams.worker import run as run_worker
from timezero.settings_option import config_option, settings_from


@click.command()
@config_option
@click.option(
    "--measures-dir",
    type=click.Path(path_type=Path),
    help="Folder with the hospital's own measures, conventions and sources. Default: the setting measures_dir.",
)
@click.pass_context
def worker(ctx: click.Context, *, config: Path | None, measures_dir: Path | None) -> None:
    """Run ingest, owner, ticker, aggregates and projection until SIGTERM or Ctrl-C.

    Settings come from TIMEZERO_* variables and the TOML file; see docs/reference/settings.md.
    """
    settings = settings_from(config).worker
    ctx.exit(run_worker(settings.model_copy(update={"measures_dir": measures_dir or settings.measures_dir})))
