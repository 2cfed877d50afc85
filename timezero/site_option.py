"""`--measures-dir` on the commands that judge: the hospital's own measures beside those that ship."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from streams.site_measures import Site, SiteFilesError, read_site

EXIT_INPUT_ERROR = 2

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def measures_dir_option(command: Decorated) -> Decorated:
    """Add `--measures-dir` to a command."""
    meaning = "Folder with the hospital's own measures, conventions and sources, a TOML file each."
    return click.option(
        "--measures-dir",
        type=click.Path(path_type=Path),
        envvar="TIMEZERO_MEASURES_DIR",
        show_envvar=True,
        help=meaning,
    )(command)


def site_from(ctx: click.Context, folder: Path | None) -> Site:
    """Read the hospital's own measures, or end with every fault of their files, a line each."""
    try:
        return read_site(folder)
    except SiteFilesError as error:
        click.echo(f"timezero: {error}", err=True)
        ctx.exit(EXIT_INPUT_ERROR)
