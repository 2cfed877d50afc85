"""`--config` on the commands that have settings, and settings that say in one sentence what is wrong with them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from timezero.settings import Settings, SettingsError, load_settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def config_option(command: Decorated) -> Decorated:
    """Add `--config` to a command."""
    meaning = "TOML file with [worker], [board] and [notify]."
    return click.option("--config", type=click.Path(path_type=Path), help=meaning)(command)


def settings_from(config: Path | None) -> Settings:
    """Read the settings, or end with what is wrong with them."""
    try:
        return load_settings(os.environ, config)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
