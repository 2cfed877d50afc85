"""`timezero simulate`: a seeded emergency department, its feed and the truth about it."""

from datetime import datetime
from pathlib import Path

import click
import orjson

from streams.simulator.department import DEFAULT_START, FEED, TRUTH_LINES, TRUTH_TABLE, Plan, write_simulation
from timezero.aware_time import AwareTime


@click.command()
@click.option("--seed", type=click.IntRange(min=0), required=True, help="The same seed gives the same files.")
@click.option("--children", type=click.IntRange(min=0), default=0, show_default=True, help="How many children.")
@click.option("--adults", type=click.IntRange(min=0), default=0, show_default=True, help="How many adults.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@click.option("--start", type=AwareTime(), default=DEFAULT_START.isoformat(), show_default=True, help="First hour.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def simulate(*, seed: int, children: int, adults: int, out: Path, start: datetime, as_json: bool) -> None:
    """Make a feed of raw messages of simulated patients, and the truth about every case beside it.

    Writes feed.ndjson (for `timezero replay --format events`), truth.ndjson and truth.csv. No
    simulated patient is a real one, and the identifiers say so.
    """
    if not children and not adults:
        message = "nobody to simulate: give --children, --adults or both."
        raise click.UsageError(message)
    messages, cases = write_simulation(Plan(seed, children, adults, start), out)
    if as_json:
        made = {"messages": messages, "cases": cases, "files": [FEED, TRUTH_LINES, TRUTH_TABLE]}
        click.echo(orjson.dumps(made))
        return
    click.echo(f"{messages} messages of {cases} patients in {out / FEED}; the truth in {out / TRUTH_TABLE}.")
