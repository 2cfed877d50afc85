"""`python -m chaos`: a campaign, in namespaces of its own."""

import logging
import os
import random
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import click

from chaos.campaign import Campaign, chosen
from chaos.fault import KINDS
from chaos.installation import Installation
from chaos.network import APART, lay_own_network
from chaos.report import circumstances, keep, table
from timezero.local_kafka import kafka_jars

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
_IS_APART = "CHAOS_IS_APART"


@click.command()
@click.option("--faults", default=100, show_default=True, help="How many to inject.")
@click.option("--seed", default="million", show_default=True, help="Of the feed, the faults and whom they hit.")
@click.option("--kinds", default="", help="Only these, joined by commas.")
@click.option("--workers", default=2, show_default=True, help="Workers of the group.")
@click.option("--speed", default=3600.0, show_default=True, help="Engine seconds a wall second.")
@click.option("--stays-a-day", default=8.0, show_default=True, help="Simulated stays that begin in an engine day.")
@click.option("--minutes", default=1e9, help="No fault later than so long after the begin.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="Folder of the result.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep here what all parts have written.")
def main(faults, seed, kinds, workers, speed, stays_a_day, minutes, out, folder):
    """Break a running installation again and again, and hold what stands at the end against the replay."""
    if not os.environ.get(_IS_APART):
        kafka_jars()
        # What is mounted in there is in nobody's way once the campaign has ended.
        with _kept(folder) as written:
            command = [*APART, sys.executable, "-P", "-m", "chaos", *sys.argv[1:], "--folder", str(written)]
            raise SystemExit(subprocess.run(command, check=False, env=os.environ | {_IS_APART: "1"}).returncode)
    # Kafka's clients complain of every broken connection, and to break them is what we are here for.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    logging.getLogger("aiokafka").propagate = False
    lay_own_network()
    rng = random.Random(seed)
    where = circumstances()
    here = Installation(folder, seed, rng, workers=workers, speed=speed, stays_a_day=stays_a_day)
    campaign = Campaign(here, click.echo)
    with here.running():
        state = campaign.run(chosen(kinds.split(",") if kinds else sorted(KINDS), faults, rng), minutes * 60)
    kept = keep(campaign, state, seed, out, where)
    for line in table(campaign, state):
        click.echo(line)
    click.echo(f"kept in {kept}")
    raise SystemExit(0 if state.is_right() and campaign.stuck is None else 1)


def _kept(folder):
    """The folder, or one that goes with the campaign."""
    if folder is None:
        return tempfile.TemporaryDirectory(prefix="timezero-chaos-")
    folder.mkdir(parents=True, exist_ok=True)
    return nullcontext(folder)


if __name__ == "__main__":
    main()
