"""`timezero redrive`: send rejected messages again that are understood now."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

import click
import orjson

from schemas.source_profile import SourceProfiles
from streams.clock import wall_clock
from streams.redrive import Choice, Fate, Redrive, Redriver, read_file, read_marks, read_topic, send
from streams.topic_layout import BrokerError, create_topics
from streams.worker_settings import WorkerSettings
from timezero.aware_time import AwareTime
from timezero.settings_option import config_option, settings_from
from timezero.site_option import site_from

_WORDS = {
    Fate.READY: "ready",
    Fate.STILL_REJECTED: "still rejected",
    Fate.OF_NO_USE: "of no use",
    Fate.NOT_KEPT: "not kept",
    Fate.DONE_BEFORE: "done before",
    Fate.UNREADABLE: "unreadable",
}


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--topic", "topics", multiple=True, help="Only what was refused on this topic; may be repeated.")
@click.option("--reason", "reasons", multiple=True, help="Only what was refused for this reason; may be repeated.")
@click.option("--source", "sources", multiple=True, help="Only what names this source; may be repeated.")
@click.option("--since", type=AwareTime(), help="Only what was refused at this time or later.")
@click.option("--until", type=AwareTime(), help="Only what was refused before this time.")
@click.option("--send", "do_send", is_flag=True, help="Send what is ready. Without it nothing is sent.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON: found (topic, reason, fate, count) and sent.")
@click.pass_context
def redrive(
    ctx: click.Context,
    *,
    file: Path | None,
    topics: tuple[str, ...],
    reasons: tuple[str, ...],
    sources: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    do_send: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Send rejected messages again, to the topics they were refused on, after what refused them was mended.

    Reads rejected.messages, or FILE with its records, a line each. What this installation understands now is
    ready; without --send it is only counted. What was sent is marked, and is not sent a second time. A message keeps
    the time at which it first reached us. Start the mended worker first.
    """
    worker = settings_from(config).worker
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    profiles = site_from(ctx, worker.measures_dir).rules.profiles
    choice = Choice(frozenset(topics), frozenset(reasons), frozenset(sources), since, until)
    try:
        found = asyncio.run(_redrive(worker, file, choice, profiles, do_send=do_send))
    except BrokerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(_json(found) if as_json else _table(found, do_send=do_send))


async def _redrive(
    worker: WorkerSettings, file: Path | None, choice: Choice, profiles: SourceProfiles, *, do_send: bool
) -> Redrive:
    redriver = Redriver(choice, await read_marks(worker.bootstrap), worker.max_message_bytes, profiles)
    if file is not None:
        for rejected in read_file(file):
            redriver.take(rejected)
    else:
        async for each in read_topic(worker.bootstrap):
            redriver.take(each)
    if do_send and redriver.ready:
        await create_topics(worker)
        redriver.redrive.sent = await send(worker.bootstrap, redriver.ready, wall_clock(), worker.max_record_bytes)
    return redriver.redrive


def _json(found: Redrive) -> bytes:
    lines = [
        {"topic": topic, "reason": reason, "fate": fate, "count": count}
        for (topic, reason, fate), count in sorted(found.found.items())
    ]
    return orjson.dumps({"found": lines, "sent": found.sent})


def _table(found: Redrive, *, do_send: bool) -> str:
    lines = [
        f"{count:>8}  {_WORDS[fate]:<14}  {topic or '-'}  {reason or '-'}"
        for (topic, reason, fate), count in sorted(found.found.items())
    ]
    ready = found.count(Fate.READY)
    last = f"{found.sent} sent." if do_send else f"{ready} ready; nothing was sent. Send them with --send."
    return "\n".join([*lines, last])
