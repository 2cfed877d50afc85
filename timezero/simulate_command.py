"""`timezero simulate`: seeded hospitals, their feed and the truth about it."""

from datetime import datetime
from pathlib import Path

import click
import orjson

from streams.simulator.department import (
    DEFAULT_HOSPITALS,
    DEFAULT_START,
    FEED,
    TRUTH_LINES,
    TRUTH_TABLE,
    Plan,
    write_simulation,
)
from streams.simulator.practice import Profile
from timezero.aware_time import AwareTime
from timezero.finite_range import FiniteRange
from timezero.out_folder import OutFolder

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_DAYS_AT_MOST = 36525
"""A hundred years: with the years above, every birth and every arrival has a date."""


def _with_room(_ctx: click.Context, _param: click.Parameter, start: datetime) -> datetime:
    """The first hour, where there are years enough before it to be born in and after it to arrive in."""
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        message = f"the year must lie from {_FIRST_YEAR} to {_LAST_YEAR}."
        raise click.BadParameter(message)
    return start


@click.command()
@click.option("--seed", type=click.IntRange(min=0), required=True, help="The same seed gives the same files.")
@click.option("--children", type=click.IntRange(min=0), default=0, show_default=True, help="How many children.")
@click.option("--adults", type=click.IntRange(min=0), default=0, show_default=True, help="How many adults.")
@click.option(
    "--hospitals",
    type=click.IntRange(min=1),
    default=DEFAULT_HOSPITALS,
    show_default=True,
    help="How many hospitals; they differ in how much is done in time.",
)
@click.option(
    "--days",
    type=FiniteRange(min=0, min_open=True, max=_DAYS_AT_MOST),
    help="Over how many days patients arrive. Without it, two an hour.",
)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    default=Profile.USUAL.value,
    show_default=True,
    help="usual: rates as in New York State. boundaries: most acts on the edges of windows, every verdict common.",
)
@click.option("--out", required=True, type=OutFolder(), help="Folder for the files.")
@click.option(
    "--start",
    type=AwareTime(),
    callback=_with_room,
    default=DEFAULT_START.isoformat(),
    show_default=True,
    help="First hour.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def simulate(
    *,
    seed: int,
    children: int,
    adults: int,
    hospitals: int,
    days: float | None,
    profile: str,
    out: Path,
    start: datetime,
    as_json: bool,
) -> None:
    """Make a feed of raw messages of simulated patients, and the truth about every case beside it.

    Hospitals with emergency department, wards and intensive care; charts with late entries, corrections,
    merged and changed numbers, cancelled admissions, repeated messages and topics that stand still.

    Writes feed.ndjson (for `timezero replay --format events`), truth.ndjson and truth.csv: for every case of
    every shipped measure, what a perfect observer says at the end. No simulated patient is a real one, and
    the identifiers say so.
    """
    if not children and not adults:
        message = "nobody to simulate: give --children, --adults or both."
        raise click.UsageError(message)
    plan = Plan(seed, children, adults, start, hospitals, days, Profile(profile))
    messages, patients = write_simulation(plan, out)
    if as_json:
        made = {"messages": messages, "cases": patients, "files": [FEED, TRUTH_LINES, TRUTH_TABLE]}
        click.echo(orjson.dumps(made))
        return
    click.echo(f"{messages} messages of {patients} patients in {out / FEED}; the truth in {out / TRUTH_TABLE}.")
