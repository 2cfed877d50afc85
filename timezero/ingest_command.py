"""`timezero ingest`: send a recorded feed to the raw topics."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from schemas.topics import RAW_TOPICS, Topic
from streams.clock import Clock
from streams.feed_message import FeedMessage
from streams.produce import telling_when
from streams.replay_player import FeedNotSentError, Played, play_feed
from streams.sources import SourceError, SourceMessage, open_source
from timezero.settings import Settings
from timezero.settings_option import config_option, settings_from
from timezero.work_progress import work_progress

_FORMATS = ("events", "mimic3", "xes")


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", required=True, type=click.Choice(_FORMATS), help="What the input is.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print what was sent as JSON.")
def ingest(*, inputs: tuple[Path, ...], format_: str, config: Path | None, as_json: bool) -> None:
    """Send a recorded feed to the raw topics, in its order, as fast as the broker takes it.

    A message above the limit is not sent; a record with its size and hash goes to rejected.messages.
    A record of rejected.messages is a line of the format `events`: mend its value, and send it again; one that needs no
    mending is sent again by `timezero redrive`.
    """
    settings = settings_from(config)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        played = _send(inputs, format_, settings)
    except (SourceError, FeedNotSentError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(orjson.dumps({"sent": played.sent, "too_large": played.too_large}))
    else:
        click.echo(f"{played.sent} messages sent, {played.too_large} refused for their size.")


def _send(inputs: tuple[Path, ...], format_: str, settings: Settings) -> Played:
    messages = _messages(open_source(inputs, format_))
    worker = settings.worker
    with work_progress() as progress:
        return asyncio.run(
            play_feed(
                messages,
                worker.bootstrap,
                clock=None,
                limit_bytes=worker.max_message_bytes,
                progress=lambda count: progress("sending", count),
            )
        )


def _messages(read: Iterator[SourceMessage]) -> Iterator[FeedMessage]:
    """What names no raw topic goes to `raw.act`, where the worker rejects it with its reason."""
    wall = Clock()
    for message in read:
        topic = message.topic if message.topic in RAW_TOPICS else Topic.RAW_ACT.value
        told = telling_when(message)
        value = told if isinstance(told, str) else dict(told)
        yield FeedMessage(message.received_at or wall.now(), topic, message.key, value)
