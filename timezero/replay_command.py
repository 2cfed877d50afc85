"""`timezero replay`: judge a recorded feed without a broker."""

import logging
import sys
from datetime import datetime
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from scoring.rules import UnknownMeasureError
from streams.replay import LostProcessError, ReplayRequest, ReplayResult
from streams.replay import replay as replay_feed
from streams.replay.output import REJECTED
from streams.sources import FORMATS, TOPIC_PREFIX, NamedTopic, ReceivedSpan, SourceError
from timezero.aware_time import AwareTime
from timezero.out_folder import OutFolder
from timezero.settings_option import config_option, settings_from
from timezero.site_option import measures_dir_option, site_from
from timezero.work_progress import work_progress

_WIDTH_IN_A_PIPE = 120


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option("--format", "format_", required=True, type=click.Choice(FORMATS), help="What the input is.")
@click.option(
    "--measures", required=True, metavar="ID[,ID...]", help="Measures to judge; see `timezero measures list`."
)
@measures_dir_option
@click.option("--out", required=True, type=OutFolder(), help="Folder for the results.")
@click.option("--as-of", type=AwareTime(), help="Leave out what was received later. Default: after everything.")
@click.option("--since", type=AwareTime(), help="Of topics: only records of this time or later.")
@click.option("--until", type=AwareTime(), help="Of topics: only records before this time.")
@config_option
@click.option("--processes", type=click.IntRange(1), help="How many work at a time. Default: one a core.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON instead of a table.")
@click.pass_context
def replay(
    ctx: click.Context,
    *,
    inputs: tuple[str, ...],
    format_: str,
    measures: str,
    measures_dir: Path | None,
    out: Path,
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
    config: Path | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Judge a recorded feed with the engine of the live service, without a broker.

    INPUT is a file, or for tables their folder. events and log are also read from the broker of the settings:
    kafka:TOPIC, kafka:TOPIC/PARTITION, or kafka:TOPIC/PARTITION:FIRST-END for offsets from FIRST to before END.

    Writes verdicts.ndjson, alerts.ndjson, history.ndjson, cases.csv, rejected.ndjson and summary.json into the
    folder given with --out, and prints the rates. A feed of any size takes the same memory; it is put aside in that
    folder while the work goes on.

    \b
    Formats:
      events  raw messages as NDJSON: topic, key, value, received_at
      log     an export of encounter.events with its ticks and user acts
      mimic3  the published tables as .csv or .csv.gz, any subset of them
      xes     an event log, plain or .gz
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if (since or until) and not all(each.startswith(TOPIC_PREFIX) for each in inputs):
        message = "--since and --until are for topics; of a file everything is read, up to --as-of."
        raise click.UsageError(message)
    site = site_from(ctx, measures_dir).rules
    try:
        named = tuple(NamedTopic.read(each) if each.startswith(TOPIC_PREFIX) else Path(each) for each in inputs)
        bootstrap = settings_from(config).worker.bootstrap
        span = ReceivedSpan(since, until)
        request = ReplayRequest(named, format_, _named(measures), out, as_of, site, processes, bootstrap, span)
        with work_progress() as progress:
            result = replay_feed(request, progress)
    except (UnknownMeasureError, SourceError, LostProcessError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo((out / "summary.json").read_text(encoding="utf-8"), nl=False)
    else:
        _show(result)
    if result.tally.nothing_understood:
        message = f"warning: no message could be read as {format_}; {out / REJECTED} has the reasons. Is it the format?"
        click.echo(message, err=True)


def _named(measures: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name.strip() for name in measures.split(",") if name.strip()))
    if not named:
        message = "--measures names no measure; `timezero measures list` shows those shipped."
        raise click.UsageError(message)
    return named


def _show(result: ReplayResult) -> None:
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_IN_A_PIPE)
    table = Table(title=None, box=None, pad_edge=False)
    table.add_column("measure")
    table.add_column("element")
    for name in ("met", "of", "rate", "late", "missed", "cannot assess", "excluded", "pending"):
        table.add_column(name, justify="right")
    for measure in result.measures:
        for rate in measure.rates:
            name = measure.measure if rate.stratum is None else f"{measure.measure}: {rate.stratum.replace('_', ' ')}"
            table.add_row(name, rate.element.value, *_cells(rate.as_json()))
    console.print(table)
    totals = result.tally.as_json()["totals"]
    console.print(f"messages: {_listed(totals)}", highlight=False)
    for measure in result.measures:
        console.print(f"cases of {measure.measure}: {_listed(dict(measure.cases)) or 'none'}", highlight=False)
        console.print(f"stays that opened none: {result.never_opened.get(measure.measure, 0)}", highlight=False)
        if measure.outside_period:
            told = f"warning: {measure.outside_period} of days for which {measure.measure} was not made"
            console.print(told, highlight=False)
    console.print(f"alerts: {result.alerts}", highlight=False)


def _cells(rate: dict[str, object]) -> tuple[str, ...]:
    percent = rate["rate_percent"]
    shown = "no cases" if percent is None else f"{percent} %"
    names = ("met_late", "missed", "cannot_assess", "excluded", "pending")
    return (str(rate["numerator"]), str(rate["denominator"]), shown, *(str(rate[name]) for name in names))


def _listed(counts: object) -> str:
    if not isinstance(counts, dict):
        return orjson.dumps(counts).decode()
    return ", ".join(f"{name} {count}" for name, count in counts.items())
