"""`timezero notify`: deliver alerts to a signed webhook."""

from collections.abc import Callable
from pathlib import Path

import click

from dashboards.board.case_links import make_case_links
from dashboards.board.settings import BoardRefusedError
from streams.notifier import run as run_notifier
from streams.webhook import Webhook, WebhookRefusedError, read_secret
from timezero.settings import Settings
from timezero.settings_option import config_option, settings_from


@click.command()
@config_option
@click.option("--url", help="Address to POST alerts to: https, or http on loopback.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="File whose first line signs: whsec_ and base64.")
@click.pass_context
def notify(ctx: click.Context, *, config: Path | None, url: str | None, secret_file: Path | None) -> None:
    """Deliver alerts to a signed webhook until SIGTERM or Ctrl-C, trying again where that may help.

    Each is signed as standardwebhooks.com describes and names no patient. One that cannot be delivered
    is given up after a bounded number of tries and recorded as such in the cache. With heartbeat_url set, signed
    heartbeats say that the whole chain lives, or what of it does not.

    Settings come from TIMEZERO_* variables and the TOML file; see docs/reference/settings.md.
    """
    settings = settings_from(config)
    chosen = {name: value for name, value in (("url", url), ("secret_file", secret_file)) if value is not None}
    settings = settings.model_copy(update={"notify": settings.notify.model_copy(update=chosen)})
    try:
        webhook, link, pulse = _webhook(settings), _link(settings), _pulse(settings)
    except (WebhookRefusedError, BoardRefusedError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"notify: {webhook.origin}")
    ctx.exit(run_notifier(settings.notify, settings.worker, webhook, link, pulse))


def _webhook(settings: Settings) -> Webhook:
    told = settings.notify
    if told.url is None or told.secret_file is None:
        message = "a webhook needs an address and a secret: give --url and --secret-file, or their settings."
        raise click.UsageError(message)
    return Webhook(told.url, read_secret(told.secret_file), told)


def _pulse(settings: Settings) -> Webhook | None:
    told = settings.notify
    if told.heartbeat_url is None or told.secret_file is None:
        return None
    return Webhook(told.heartbeat_url, read_secret(told.secret_file), told)


def _link(settings: Settings) -> Callable[[str, str], str]:
    """Names of cases: the board's own where it has a token, else from the webhook's secret, of use to nobody."""
    board = settings.board_settings()
    if board.token_file is not None:
        return make_case_links(board.read_token()).case
    secret = read_secret(settings.notify.secret_file) if settings.notify.secret_file else ""
    return make_case_links(secret).case
