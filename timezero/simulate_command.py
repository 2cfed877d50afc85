"""`timezero simulate`: seeded hospitals, their feed and the truth about it."""

from datetime import datetime, timedelta
from pathlib import Path

import click
import orjson

from schemas.length_of_time import LONGEST
from schemas.source_profile import load_profiles
from streams.simulator.chart import SOURCE
from streams.simulator.department import (
    DEFAULT_HOSPITALS,
    DEFAULT_START,
    FEED,
    TRUTH_LINES,
    TRUTH_TABLE,
    Plan,
    days_of_arrivals,
    write_simulation,
)
from streams.simulator.practice import Profile
from timezero.aware_time import AwareTime
from timezero.finite_range import FiniteRange
from timezero.out_folder import OutFolder

_HOSPITALS_AT_MOST = 10_000
"""More than any country has; they are made before the first patient comes."""


def _years() -> tuple[int, int]:
    """The first and last year in which patients may come: a reader of the feed takes a year more on either side."""
    source = load_profiles()[SOURCE]
    return source.earliest_year + 1, source.latest_year - 1


def _within_years(_ctx: click.Context, _param: click.Parameter, start: datetime) -> datetime:
    first, last = _years()
    if not first <= start.year <= last:
        message = f"the year must lie from {first} to {last}: a replay takes other times for implausible."
        raise click.BadParameter(message)
    return start


def _refuse_beyond_years(plan: Plan) -> None:
    _, last = _years()
    took = days_of_arrivals(plan)
    if took > LONGEST.days or (plan.start + timedelta(days=took)).year > last:
        message = (
            f"the last patients would come after {last}: give fewer patients, fewer --days, or an earlier --start."
        )
        raise click.UsageError(message)


@click.command()
@click.option("--seed", type=click.IntRange(min=0), required=True, help="The same seed gives the same files.")
@click.option("--children", type=click.IntRange(min=0), default=0, show_default=True, help="How many children.")
@click.option("--adults", type=click.IntRange(min=0), default=0, show_default=True, help="How many adults.")
@click.option(
    "--hospitals",
    type=click.IntRange(min=1, max=_HOSPITALS_AT_MOST),
    default=DEFAULT_HOSPITALS,
    show_default=True,
    help=f"How many hospitals, at most {_HOSPITALS_AT_MOST:,}; they differ in how much is done in time.",
)
@click.option(
    "--days",
    type=FiniteRange(min=0, min_open=True, max=LONGEST.days),
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
    callback=_within_years,
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
    _refuse_beyond_years(plan)
    messages, patients = write_simulation(plan, out)
    if as_json:
        made = {"messages": messages, "cases": patients, "files": [FEED, TRUTH_LINES, TRUTH_TABLE]}
        click.echo(orjson.dumps(made))
        return
    click.echo(f"{messages} messages of {patients} patients in {out / FEED}; the truth in {out / TRUTH_TABLE}.")
