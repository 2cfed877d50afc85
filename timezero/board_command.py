"""`timezero board`: serve the live board."""

from pathlib import Path

import click

from dashboards.board.server import run as run_board
from dashboards.board.settings import BoardRefusedError
from timezero.settings_option import config_option, settings_from


@click.command()
@config_option
@click.option("--host", help="Address to listen on; anything but loopback needs a token file.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any free one.")
def board(*, config: Path | None, host: str | None, port: int | None) -> None:
    """Serve the live board until interrupted; prints its address once it listens.

    Settings come from TIMEZERO_* variables and the TOML file; see docs/reference/settings.md.
    """
    settings = settings_from(config)
    chosen = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    options = settings.board.model_copy(update=chosen)
    told = settings.model_copy(update={"board": options}).board_settings()
    try:
        run_board(told, say_address=lambda address: click.echo(f"board: {address}"))
    except BoardRefusedError as error:
        raise click.ClickException(str(error)) from error
