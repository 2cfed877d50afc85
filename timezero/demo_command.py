"""`timezero demo`: everything on this machine, over real and simulated patients, on a scaled clock."""

import signal
import sys
from pathlib import Path
from types import FrameType

import click

from streams.replay_player import FeedNotSentError
from streams.site_measures import SiteFilesError
from timezero.demo import DEFAULT_PORT, DEFAULT_SPEED, Broker, DemoOptions, PartEndedError, PortTakenError, run_demo
from timezero.finite_range import FiniteRange
from timezero.server_process import ServerUnavailableError

_STOPPED_BY_SIGTERM = 128 + signal.SIGTERM


@click.command()
@click.option(
    "--for",
    "lasts",
    type=FiniteRange(min=0, min_open=True),
    help="End by itself this many seconds after the board is live.",
)
@click.option(
    "--speed",
    type=FiniteRange(min=0, min_open=True, max=3600),
    default=DEFAULT_SPEED,
    show_default=True,
    help="Seconds of the demo's clock in one second.",
)
@click.option("--broker", type=click.Choice([each.value for each in Broker]), default="embedded", show_default=True)
@click.option(
    "--port", type=click.IntRange(1, 65535), help=f"The board's port. Default: {DEFAULT_PORT}, or a free one."
)
@click.option(
    "--measures-dir",
    type=click.Path(path_type=Path),
    help="Folder with the hospital's own measures, a TOML file each: rows of their own on the board.",
)
@click.pass_context
def demo(
    ctx: click.Context, *, lasts: float | None, speed: float, broker: str, port: int | None, measures_dir: Path | None
) -> None:
    """Start a broker, a cache, the worker and the board, and play patients into them until Ctrl-C.

    The patients are real, de-identified stays of the MIMIC-III demo (ODbL 1.0), moved to the
    present, and simulated ones. The last line printed is the board's address, once it is live.
    """
    signal.signal(signal.SIGTERM, _stop)
    options = DemoOptions(Broker(broker), speed, lasts, port, measures_dir)
    try:
        run_demo(options, say=lambda address: click.echo(f"board: {address}"), note=_note)
    except (PortTakenError, SiteFilesError) as error:
        raise click.ClickException(str(error)) from error
    except (ServerUnavailableError, PartEndedError, FeedNotSentError) as error:
        click.echo(f"timezero demo: {error}", err=True)
        ctx.exit(1)


def _note(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(what, err=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """A SIGTERM ends the demo as Ctrl-C does: every part is stopped on the way out."""
    sys.exit(_STOPPED_BY_SIGTERM)
