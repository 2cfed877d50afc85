"""`timezero measures list`: which measures are shipped."""

import click
import orjson

from scoring.rules import load_rules, shipped_measures


@click.group()
def measures() -> None:
    """Show the measures that are shipped."""


@measures.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of objects with `id` and `title`.")
def list_measures(*, as_json: bool) -> None:
    """List the identifier and the title of every shipped measure."""
    titles = {name: measure_title(name) for name in shipped_measures()}
    if as_json:
        click.echo(orjson.dumps([{"id": name, "title": title} for name, title in titles.items()]))
        return
    width = max(map(len, titles), default=0)
    for name, title in titles.items():
        click.echo(f"{name:<{width}}  {title}")


def measure_title(name: str) -> str:
    """Title of one shipped measure."""
    return load_rules([name]).measures[0].title
