"""`timezero repartition`: move an installation to a broker with another number of partitions."""

import asyncio
import logging
from pathlib import Path

import click
import orjson
import stamina.instrumentation
from redis.exceptions import RedisError

from streams.repartition import NotReadyError
from streams.repartition import repartition as move
from streams.topic_layout import BrokerError
from timezero.settings_option import config_option, settings_from


@click.command()
@click.option("--from", "source", required=True, metavar="HOST:PORT", help="The old Kafka brokers, joined by commas.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: copied (records by topic).")
def repartition(*, source: str, config: Path | None, as_json: bool) -> None:
    """Copy log, results, rejected messages and states from the old brokers to those of the settings.

    The new topics get as many partitions as the settings say. Nothing is judged, shown or delivered again. Stop what
    sends, let workers and notifier finish, and stop them first; the old broker is only read. Raw messages are
    not copied, and counts of feeds begin anew.
    """
    worker = settings_from(config).worker
    stamina.instrumentation.set_on_retry_hooks([])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if source == worker.bootstrap:
        message = f"{source} is the new broker too: name another with TIMEZERO_BOOTSTRAP or in [worker]."
        raise click.ClickException(message)
    try:
        copied = asyncio.run(move(source, worker))
    except (BrokerError, NotReadyError) as error:
        raise click.ClickException(str(error)) from error
    except (RedisError, ValueError) as error:
        message = f"Redis does not answer ({type(error).__name__}): start it, or set TIMEZERO_REDIS_URL."
        raise click.ClickException(message) from error
    if as_json:
        click.echo(orjson.dumps({"copied": copied}))
        return
    for topic, count in sorted(copied.items()):
        click.echo(f"{count:>10}  {topic}")
    click.echo(f"Start the workers with partitions = {worker.partitions} on {worker.bootstrap}.")
