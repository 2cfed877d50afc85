"""`timezero release`: let a topic through that is held since too much of it was rejected."""

from datetime import timedelta
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError

from schemas.topics import RAW_TOPICS, Topic
from streams.rejection_cap import RELEASED_KEY
from timezero.settings_option import config_option, settings_from

_REDIS_SECONDS = 3
_TOPICS = [topic.value for topic in (*RAW_TOPICS, Topic.ENCOUNTER_EVENTS)]


@click.command()
@click.argument("topic", type=click.Choice(_TOPICS), metavar="TOPIC")
@click.option(
    "--minutes", type=click.IntRange(1, 1440), default=60, show_default=True, help="For how long, by the wall's clock."
)
@config_option
def release(*, topic: str, minutes: int, config: Path | None) -> None:
    """Let TOPIC through although too much of it is rejected: what is rejected goes to rejected.messages.

    A worker that holds the topic goes on at its next try. For a feed that really sends what nobody can read; where
    our own code is at fault, start the worker with the mended one instead: it takes what waits by itself.
    """
    url = settings_from(config).worker.redis_url
    try:
        with Redis.from_url(url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS) as redis:
            redis.set(RELEASED_KEY + topic, "released", ex=timedelta(minutes=minutes))
    except (RedisError, ValueError) as error:
        message = f"Redis does not answer ({type(error).__name__}): start it, or set TIMEZERO_REDIS_URL."
        raise click.ClickException(message) from error
    click.echo(f"{topic} is let through for {minutes} min.")
