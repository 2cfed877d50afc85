"""`timezero health`: what a worker or notifier on this machine last wrote about itself."""

from pathlib import Path

import click
import orjson

from streams.worker_health import health as read_health
from timezero.settings_option import config_option, settings_from


@click.command()
@click.argument("service", type=click.Choice(["worker", "notify"]), default="worker")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: well and sentence.")
@click.pass_context
def health(ctx: click.Context, *, service: str, config: Path | None, as_json: bool) -> None:
    """Say whether the worker, or the notifier, of this machine is well, by the file it writes about its progress.

    Asks neither broker nor cache. Ends with 1 if it is not well, or was never there.
    """
    settings = settings_from(config)
    datadir = settings.worker.datadir if service == "worker" else settings.notify.datadir
    well, sentence = read_health(datadir)
    click.echo(orjson.dumps({"well": well, "sentence": sentence}) if as_json else sentence)
    if not well:
        ctx.exit(1)
